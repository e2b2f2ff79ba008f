"""Verdicts on catalogue releases, from bronze rows."""

from datetime import datetime

import pytest

from cleanse.catalogue.rows import TITLE_ROWS, title_rows
from cleanse.catalogue.verdicts import TITLE_VERDICTS, title_verdicts
from cleanse.releases.decisions import ACCEPT
from cleanse.releases.verdicts import Limits
from tests.helpers.frames import assert_same_rows, stored

LIMITS = Limits(closed_percent=15, left_out_percent=30, at_least=2)
EMPTY = {
    name: None
    for name in ("show_id", "type", "title", "director", "country", "date_added", "release_year", "rating", "duration")
} | {"listed_in": None, "description": None}
FIRST, SECOND, THIRD = (f"titles/2021-0{month}-01.csv" for month in (7, 8, 9))


@pytest.fixture
def verdicts(cells):
    """The rows of the verdicts, by release: from the changes that each release makes to a good row."""

    def judge(releases, decisions=None, arrivals=None):
        rows = [
            {"_release": name, "_ingested_at": (arrivals or {}).get(name, datetime(2021, 10, 1)), **change}
            for name, changes in releases.items()
            for change in changes
        ]
        found = title_verdicts(stored(title_rows(cells(*rows)), TITLE_ROWS), LIMITS, decisions or {})
        return {row["release"]: row for row in found.collect()}

    return judge


def titled(*names, **change):
    return [{"show_id": name, "title": name, **change} for name in names]


def test_title_verdicts_of_an_empty_table_are_none(cells, rows):
    assert_same_rows(title_verdicts(stored(title_rows(cells()), TITLE_ROWS), LIMITS, {}), rows(TITLE_VERDICTS))


def test_title_verdicts_say_what_each_release_would_close(verdicts):
    found = verdicts({FIRST: titled(*"abcd"), SECOND: titled(*"bcd"), THIRD: titled(*"d")}, {THIRD: ACCEPT})
    names = ("verdict", "reason", "decision", "release_order", "compared_with", "rows", "members", "closes")
    assert {release: tuple(row[name] for name in names) for release, row in found.items()} == {
        FIRST: ("applied", None, None, 1, None, 4, 4, None),
        SECOND: ("applied", None, None, 2, FIRST, 3, 3, 1),
        THIRD: ("applied", "closes too many", "accept", 3, SECOND, 1, 1, 2),
    }
    versions = [row["version"] for _, row in sorted(found.items())]
    assert [version.date() for version in versions] == [datetime(2021, month, 1).date() for month in (7, 8, 9)]


def test_title_verdicts_count_as_left_out_neither_repeats_nor_rows_without_any_value(verdicts):
    rows = [
        *titled(*"abcd"),
        *titled("e", type="Song"),
        {**EMPTY, "cast": " "},
        *[EMPTY] * 2,
        *titled("a", rating="R"),
        # It has a value, which can't be read.
        {**EMPTY, "date_added": "one fine day"},
    ]
    (row,) = verdicts({FIRST: rows}).values()
    assert (row.rows, row.members, row.left_out) == (10, 4, 2)


@pytest.mark.costly_on_spark
def test_26_a_copy_whose_gaps_were_filled_is_held(verdicts):
    gaps = [*titled(*"abcdefg"), *titled(*"hij", cast="C", country=None)]
    first = [{**row, "cast": row.get("cast", "X")} if row["title"] < "h" else {**row, "cast": None} for row in gaps]
    filled = [{**row, "cast": "X", "country": "Y"} for row in gaps]
    found = verdicts({FIRST: first, SECOND: filled, THIRD: first})
    assert [(row.verdict, row.reason) for _, row in sorted(found.items())] == [
        ("applied", None),
        ("held", "gaps filled"),
        ("applied", None),
    ]


@pytest.mark.costly_on_spark
def test_26_a_release_without_the_column_of_directors_is_held(verdicts):
    """Its titles would be others, and the first ones gone."""
    found = verdicts({FIRST: titled("a"), SECOND: titled("a", director=None), THIRD: titled("a", "b")})
    assert {release: (row.verdict, row.reason) for release, row in found.items()} == {
        FIRST: ("applied", None),
        SECOND: ("held", "identity column missing"),
        THIRD: ("applied", None),
    }


@pytest.mark.costly_on_spark
def test_27_a_late_release_and_late_part_files_are_late(verdicts):
    parts = "titles/2021-08-01/x"
    late_part = {"_source_file": "part-00001-x.csv", "_ingested_at": datetime(2021, 11, 1)}
    releases = {FIRST: titled("a"), parts: [*titled("a"), *titled("b", **late_part)]}
    found = verdicts(releases, arrivals={FIRST: datetime(2021, 10, 2)})
    assert {release: row.verdict for release, row in found.items()} == {
        FIRST: "late",
        parts: "applied",
        f"{parts} of 2021-11-01 00:00:00": "late",
    }


def test_the_rule_warns_of_every_release_that_waits(rows):
    verdicts = ("applied", "rejected", "held", "late", "unreadable")
    table = rows(TITLE_VERDICTS, *[{"verdict": verdict} for verdict in verdicts])
    waits = table.filter(f"NOT ({TITLE_VERDICTS.rules['release_is_settled']})").collect()
    assert [row.verdict for row in waits] == ["held", "late", "unreadable"]


@pytest.mark.costly_on_spark
def test_25_a_release_without_a_valid_row_is_unreadable_whatever_is_decided(verdicts):
    found = verdicts({FIRST: titled("a", type="Song"), SECOND: titled("a")}, {FIRST: ACCEPT})
    assert {release: (row.verdict, row.left_out) for release, row in found.items()} == {
        FIRST: ("unreadable", 1),
        SECOND: ("applied", 0),
    }
