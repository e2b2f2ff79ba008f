"""Verdicts where somebody has decided, where part files come late, and where versions run out."""

from dataclasses import replace

import pytest

from cleanse.releases.decisions import ACCEPT, REJECT
from tests.cleanse.releases.test_verdicts import judged, release, verdicts
from tests.cleanse.releases.verdict_oracle import day


def test_release_verdicts_decisions(spark):
    releases = [release(1, 1000), release(2, 10), release(3, 1000), release(4, 0)]
    names = [one.path for one in releases]
    assert verdicts(spark, *releases, decisions={names[1]: ACCEPT}) == ["applied", "applied", "applied", "unreadable"]
    assert verdicts(spark, *releases, decisions={names[2]: REJECT}) == ["applied", "held", "rejected", "unreadable"]
    # A release without a valid row can't be accepted.
    assert verdicts(spark, *releases, decisions={names[3]: ACCEPT})[3] == "unreadable"


@pytest.mark.costly_on_spark
def test_release_verdicts_acceptance_of_late_parts_outlives_a_full_refresh_which_joins_them(spark):
    whole = release(1, 10)
    late = f"{whole.path} of 2026-11-29 10:00:00"
    assert verdicts(spark, whole, decisions={late: ACCEPT}) == ["applied"]
    # Rejected ones are rows of the release then, so the decision does nothing, which is reported.
    assert judged(spark, [whole], {late: REJECT})[late]["verdict"] == "missing"
    other = "titles/x.csv of 2026-11-29 10:00:00"
    assert judged(spark, [whole], {other: REJECT})[other]["verdict"] == "missing"


def test_release_verdicts_decision_that_names_no_release_is_listed_and_stops_nothing(spark):
    """A release may not have come yet: decisions are deployed to several workspaces."""
    first, named = release(1, 5), {"titles/002.csv": REJECT, "titles/003.csv": ACCEPT}
    rows = judged(spark, [first], named)
    assert {path: row["verdict"] for path, row in rows.items()} == {
        first.path: "applied",
        **dict.fromkeys(named, "missing"),
    }
    missing = rows["titles/002.csv"].asDict()
    assert {name: value for name, value in missing.items() if value is not None} == {
        "_release": "titles/002.csv",
        "release": "titles/002.csv",
        "verdict": "missing",
        "decision": REJECT,
    }
    assert {row["verdict"] for row in judged(spark, [], named).values()} == {"missing"}
    assert verdicts(spark, first, release(2, 5), release(3, 1), decisions=named) == ["applied", "rejected", "applied"]


@pytest.mark.costly_on_spark
def test_release_verdicts_decision_names_the_folder_of_part_files(spark):
    part = replace(release(2, 10), path="titles/netflix_2021-09-25/x")
    assert (
        judged(spark, [release(1, 1000), part], {"titles/netflix_2021-09-25": ACCEPT})[part.path]["verdict"]
        == "applied"
    )


def test_release_verdicts_decision_about_a_folders_part_files_is_not_about_other_files_in_it(spark):
    first, parts = release(1, 1000), replace(release(2, 10), path="titles/day")
    other = replace(release(3, 10), path="titles/day/x.csv")
    rows = judged(spark, [first, parts, other], {parts.path: REJECT})
    assert (rows[parts.path]["verdict"], rows[other.path]["verdict"]) == ("rejected", "held")


@pytest.mark.costly_on_spark
def test_27_part_files_that_come_late_are_late_and_change_nothing(spark):
    """Their date is that of the first parts, and their titles are others."""
    first = release(1, 50)
    late = replace(
        release(1, range(50, 100)), path=f"{first.path} of later", ingested_at=day(2), first_parts=first.path
    )
    rows = judged(spark, [first, late, release(3, 50)])
    assert [rows[path]["verdict"] for path in sorted(rows)] == ["applied", "late", "applied"]
    assert rows["titles/003.csv"]["compared_with"] == first.path
    assert rows[late.path]["reason"] == "late part files"
    assert judged(spark, [first, late], {late.path: REJECT})[late.path]["verdict"] == "rejected"


def test_27_part_files_that_come_after_unreadable_ones_are_not_late(spark):
    """Those changed nothing, and stay as they are."""
    first = release(1, 0, rows=5, left_out=5)
    second, third = (
        replace(release(1, 50), path=f"{first.path} of {number}", ingested_at=day(number), first_parts=first.path)
        for number in (2, 3)
    )
    rows = judged(spark, [first, second, third])
    assert [rows[path]["verdict"] for path in sorted(rows)] == ["unreadable", "applied", "late"]


@pytest.mark.costly_on_spark
def test_27_accepted_part_files_give_their_release_another_version_that_is_no_later_one(spark):
    """History, which has the release without them, has to be made again; the next release comes after both."""
    late = [f"titles/001.csv of 2021-11-0{number} 10:00:00" for number in (1, 2)]
    releases = [release(1, 5), replace(release(1, 5), path="titles/001b.csv"), release(2, 5)]
    versions = [
        [judged(spark, releases, dict.fromkeys(late[:count], ACCEPT))[it.path]["version"] for it in releases]
        for count in range(3)
    ]
    (first, *_), (one_more, *_), (both, *_) = versions
    assert first < one_more < both
    assert {it.replace(microsecond=it.microsecond // 1000 * 1000) for it in (first, one_more, both)} == {first}
    assert len({tuple(others) for _, *others in versions}) == 1


@pytest.mark.costly_on_spark
def test_release_verdicts_of_more_releases_of_one_second_than_history_can_tell_apart(spark):
    """They would have the versions of other releases."""
    paths = [f"titles/{number:04}.csv" for number in range(1001)]
    releases = [replace(release(1, 1), path=path) for path in paths]
    next_second = replace(release(1, 1), released_at=day(1).replace(second=1), path="titles/x.csv")
    rows = judged(spark, [*releases, next_second], {paths[1000]: ACCEPT})
    assert [rows[path]["verdict"] for path in paths] == ["applied"] * 999 + ["held"] * 2
    assert rows[paths[999]]["reason"].startswith("more than 999 releases of one second")
    applied = [row["version"] for _, row in sorted(rows.items()) if row["verdict"] == "applied"]
    assert applied == sorted({*applied})
    assert len(applied) == 1000
