"""What status prints: the verdict first, and nothing about what a lake doesn't have."""

from datetime import UTC, datetime

import pytest

from local_runtime.cli import status_report
from local_runtime.cli.status_report import status_text
from local_runtime.inspection.status import LakeState, TableState
from local_runtime.state.file_ledger import FileRecord

NOW = datetime.now(UTC)
LONG_NAME = "titles/a folder/with a name that is longer than others/netflix_2021-09-25.csv"
RELEASE = {
    **{"release": LONG_NAME, "file_name": "x.csv", "released_at": NOW, "ordered_by": "modification time"},
    **{"verdict": "applied", "is_superseded": False, "undecided_date": None},
}


def lake(**parts):
    tables = [TableState("bronze.a", 1, 7, NOW), *(TableState(f"gold.{name}", 1, 0, NOW) for name in "bcd")]
    return LakeState(lake="/in/my lake", tables=tables, **parts)


@pytest.mark.parametrize(
    ("parts", "lines"),
    [
        ({}, ["Healthy."]),
        ({"problems": ["It is bad."]}, ["Needs attention: 1 problem.", "It is bad."]),
        ({"problems": ["Bad.", "Worse."]}, ["Needs attention: 2 problems.", "Bad.", "Worse."]),
        ({"running": True}, ["A run is in progress: look again when it has ended."]),
        ({"invented": True}, ["Healthy.", "The data in this lake are invented: it is a sample."]),
    ],
)
def test_the_verdict_and_the_problems_come_first(parts, lines):
    text = status_text(lake(**parts)).splitlines()
    assert text[: len(lines) + 2] == ["Lake /in/my lake", *lines, ""]


def test_tables_without_rows_are_counted_and_listed_only_where_all_are_asked_for():
    text = status_text(lake())
    assert "bronze.a" in text
    assert "gold.b" not in text
    assert "3 tables without rows (gold 3): ./lakehouse status --long --lake '/in/my lake'" in text
    every = status_text(lake(), long=True)
    assert "gold.b" in every
    assert "without rows" not in every


def test_rows_in_quarantine_come_with_the_command_that_shows_them():
    text = status_text(lake(quarantined={"silver.a_quarantine": {"valid_id": 3}}))
    assert "./lakehouse rejected FILE --lake '/in/my lake'" in text
    assert "lakehouse rejected" not in status_text(lake())


def test_in_80_columns_lines_end_between_words_and_names_stay_whole(monkeypatch):
    monkeypatch.setattr(status_report.console, "_force_terminal", True)
    monkeypatch.setattr(status_report.console, "_width", 80)
    problem = f"{LONG_NAME.replace(' ', '-')} is held, and that is so for many reasons, of which none is short.\n"
    state = lake(releases={"silver.title_releases": [RELEASE]}, problems=[f"{problem}./lakehouse accept {'x' * 90}"])
    text = status_text(state)
    assert LONG_NAME.replace(" ", "-") in text
    assert f"./lakehouse accept {'x' * 90}" in text
    others = [line for line in text.splitlines() if "xxx" not in line]
    assert max(map(len, others)) <= 80
    assert "others/netflix_2021-09-25.csv\n    of " in text


def test_names_of_files_and_cells_do_nothing_to_the_terminal():
    release = {**RELEASE, "release": "titles/a\nHealthy. \x1b[32m.csv"}
    record = FileRecord("b", "rejected", 0, 0, "", reason="encoding", message="\0")
    parts = {"releases": {"silver.title_releases": [release]}, "problems": ["\x1b]0;x\x07"]}
    text = status_text(lake(**parts, rejected={"bronze.titles": {"b\nHealthy. \x1b[32m.csv": record}}))
    assert r"titles/a\nHealthy. \x1b[32m.csv" in text
    assert r"b\nHealthy. \x1b[32m.csv (encoding): \x00" in text
    assert r"\x1b]0;x\x07" in text
    assert not {*"\x1b\0\x07"} & {*text} and "\nHealthy. " not in text
