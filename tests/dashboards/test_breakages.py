"""The harness itself: what it reports, and what it refuses."""

import pytest

from tests.dashboards.breakages import Breakage, ask, edited, removed, renamed, replaced

FILES = {"model/a.txt": "SUM(hours)", "page.json": '{\n  "name": "a"\n}\n'}
AVERAGE = Breakage("average for sum", "meaning", replaced("model/*", "SUM", "AVERAGE"))
NO_PAGE = Breakage("no page", "missing files", removed("page.json"))


def check_of_files(files):
    return [f"{path} is missing" for path in FILES if path not in files]


def test_a_report_says_which_check_caught_which_and_what_none_did():
    report = ask(FILES, [AVERAGE, NO_PAGE], {"files": check_of_files, "none": lambda files: []})
    assert report.missed == ["average for sum"] and report.caught() == {"files": 1, "none": 0}
    assert [dict(outcome.caught_by) for outcome in report.outcomes] == [{}, {"files": "page.json is missing"}]
    assert report.lines()[:3] == ["files: 1 of 2", "none: 0 of 2", "together: 1 of 2"]


def test_a_breakage_that_changes_nothing_is_refused():
    same = Breakage("same", "ids", edited("page.json", lambda page: page.update(name="a")))
    with pytest.raises(ValueError, match="'same' changes nothing"):
        ask(FILES, [same], {"files": check_of_files})
    with pytest.raises(ValueError, match=r"no file model/\* has 'MEDIAN'"):
        ask(FILES, [Breakage("median", "meaning", replaced("model/*", "MEDIAN", "SUM"))], {})


def test_a_check_that_complains_of_unbroken_files_is_refused():
    with pytest.raises(ValueError, match="before anything is planted"):
        ask(FILES, [AVERAGE], {"always": lambda files: ["wrong"]})


def test_a_check_that_fails_has_not_noticed_anything():
    def failing(files):
        if "page.json" not in files:
            raise KeyError("page.json")
        return []

    with pytest.raises(KeyError):
        ask(FILES, [NO_PAGE], {"failing": failing})


def test_files_are_moved():
    assert sorted(renamed("model/*", "model/", "models/")(FILES)) == ["models/a.txt", "page.json"]
