"""The release that history applies next: the oldest applied one after the version that it has."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from cleanse.catalogue.rows import TITLE_ROWS
from cleanse.catalogue.verdicts import TITLE_VERDICTS
from silver.releases.next_release import NO_RELEASE, next_release, next_valid_rows

VERSIONS = [datetime(2021, month, 1, 0, 0, 0, 1000) for month in (1, 2, 3)]


@pytest.fixture
def checked(rows):
    """Checked rows of (release, title); one without a title is not valid."""

    def row(release, title):
        failed = [] if title else ["valid_title"]
        return {"_release": release, "release": release, "title": title, "failed_rules": failed, "show_id": "s1"}

    return lambda *cells: rows(TITLE_ROWS, *[row(*cell) for cell in cells])


@pytest.fixture
def verdicts(rows):
    """Verdicts of (release, verdict, version, rows: 1), in any order."""

    def row(release, verdict, version, count=1):
        return {"_release": release, "release": release, "verdict": verdict, "version": version, "rows": count}

    return lambda *cells: rows(TITLE_VERDICTS, *[row(*cell) for cell in cells])


def titles(release):
    return sorted(row.title or "" for row in release.rows.collect())


def apply_all(rows, verdicts, rendered=lambda version: version):
    """Asks for the next release until there is none; returns the titles of each."""
    latest, applied = NO_RELEASE, []
    while release := next_release(rows, verdicts, latest):
        applied.append(titles(release))
        latest = rendered(release.version)
    return applied


def test_next_release_goes_through_the_applied_ones_in_the_order_of_their_versions(checked, verdicts):
    rows = checked(("b", "B"), ("a", "A"), ("a", None), ("c", "C"))
    applied = zip("bac", ["applied"] * 3, VERSIONS, [1, 2, 1], strict=True)
    assert apply_all(rows, verdicts(*applied)) == [["B"], ["", "A"], ["C"]]


@pytest.mark.parametrize("verdict", ["held", "late", "rejected", "unreadable"])
def test_next_release_passes_over_every_other_verdict_and_raises_no_error(checked, verdicts, verdict):
    rows = checked(("a", "A"), ("b", "B"), ("c", "C"))
    states = zip("abc", ("applied", verdict, "applied"), VERSIONS, strict=True)
    assert apply_all(rows, verdicts(*states)) == [["A"], ["C"]]


def test_next_release_of_part_files_leaves_the_late_ones_out(rows, verdicts):
    """Both are in one partition; the late ones are a release of their own."""
    parts = [("a", "A"), ("a of 2021-11-01 00:00:00", "late")]
    checked = rows(
        TITLE_ROWS, *[{"_release": "a", "release": name, "title": title, "failed_rules": []} for name, title in parts]
    )
    assert titles(next_release(checked, verdicts(("a", "applied", VERSIONS[0])), NO_RELEASE)) == ["A"]


@pytest.mark.parametrize(
    "rendered",
    [
        lambda version: version,
        lambda version: version.replace(tzinfo=UTC),
        lambda version: version.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=-8))),
        lambda version: datetime.fromisoformat(version.isoformat(timespec="milliseconds")),
    ],
    ids=["as it was", "UTC", "Pacific", "text of milliseconds"],
)
def test_a_version_is_recognized_however_it_comes_back(checked, verdicts, rendered):
    rows = checked(("a", "A"), ("b", "B"), ("c", "C"))
    known = verdicts(*[(name, "applied", version) for name, version in zip("abc", VERSIONS, strict=True)])
    assert apply_all(rows, known, rendered) == [["A"], ["B"], ["C"]]


@pytest.mark.parametrize("cells", [[], [("a", "held", VERSIONS[0])]], ids=["no release", "none applied"])
def test_before_the_first_release_the_next_one_is_empty_and_then_none(checked, verdicts, cells):
    rows, known = checked(("a", "A")), verdicts(*cells)
    release = next_release(rows, known, None)
    assert (titles(release), release.version) == ([], NO_RELEASE)
    assert next_release(rows, known, NO_RELEASE) is None


def test_next_valid_rows_are_those_that_failed_no_rule(checked, verdicts):
    rows, known = checked(("a", "A"), ("a", None)), verdicts(("a", "applied", VERSIONS[0], 2))
    valid, version = next_valid_rows(rows, known, None, "title", "show_id")
    assert (version, [tuple(row) for row in valid.collect()]) == (VERSIONS[0], [("A", "s1")])
    assert next_valid_rows(rows, known, version, "title") is None


@pytest.mark.parametrize("judged", [2, 4_000])
def test_next_release_raises_an_error_where_the_rows_are_not_those_that_were_judged(checked, verdicts, judged):
    """Another update may have replaced one of the two tables: without rows, history would close every title."""
    for rows in (checked(("a", "A")), checked(("b", "B"))):
        with pytest.raises(ValueError, match=rf"^a has {judged:,} rows in its verdict, and [01] in the table of"):
            next_release(rows, verdicts(("a", "applied", VERSIONS[0], judged)), NO_RELEASE)


def test_27_a_release_that_late_part_files_joined_is_no_later_one(checked, verdicts):
    """History that has it without them is made again, and gives what a full refresh gives."""
    joined = VERSIONS[0].replace(microsecond=VERSIONS[0].microsecond + 2)
    rows, known = checked(("a", "A"), ("b", "B")), verdicts(("a", "applied", joined), ("b", "applied", VERSIONS[1]))
    assert next_release(rows, known, VERSIONS[0]).version == VERSIONS[1]
    assert next_release(rows, known, joined).version == VERSIONS[1]
    assert next_release(rows, known, NO_RELEASE).version == joined
