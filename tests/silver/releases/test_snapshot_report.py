"""The report on releases of a snapshot feed: what their verdicts mean, and cells that can't be read."""

import json
from datetime import datetime

import pytest

from bronze.feeds import Feed, SourceColumn
from cleanse.releases.cells import UNREADABLE
from cleanse.releases.rows import RELEASE_COLUMNS
from cleanse.releases.verdicts import verdicts_table
from common.rules import FAILED_RULES
from common.specifications import TableSpec
from silver.releases.report import releases_table, snapshot_report
from tests.helpers.frames import assert_same_rows

FEED = Feed(
    name="films",
    folder="films",
    comment="",
    columns=(SourceColumn("title", "", ("name",)), SourceColumn("genre", "")),
    options={},
    row_noun="titles",
    collection="the catalogue",
    has_releases=True,
)
ROWS = TableSpec(name="film_rows", comment="", columns=(*RELEASE_COLUMNS, FAILED_RULES, UNREADABLE))
VERDICTS = verdicts_table("film_verdicts", "release of films", "title")
RELEASES = releases_table("film_releases", "release of films")
VALID = ([], [])


@pytest.fixture
def report(rows):
    """The report on releases: by name what is in their verdicts, and (failed rules, unreadable cells) of their rows."""

    def make(releases, other_headers=()):
        rescued = json.dumps({**dict.fromkeys(other_headers, "x"), "_file_path": "a"})
        bronze, checked, verdicts = [], [], []
        for order, (name, (verdict, cells)) in enumerate(releases.items(), start=1):
            path, _, _ = name.partition(" of ")
            known = {"_release": path, "release": name}
            day = datetime(2021, 1, order)
            file = {"_source_file": f"file:///in/{path}", "_release": path}
            bronze += [{"title": "x", "_rescued_data": rescued, **file}] * len(cells)
            for failed, unreadable in cells:
                described = {"ordered_by": "name", "failed_rules": failed, "unreadable": unreadable}
                checked.append({**known, **file, **described, "undecided_date": verdict.get("undecided_date")})
            told = {key: value for key, value in verdict.items() if key != "undecided_date"}
            counts = {"rows": len(cells), "release_order": order, "released_at": day, "ingested_at": day}
            verdicts.append({**known, **counts, "verdict": "applied", **told})
        return snapshot_report(rows(FEED.table, *bronze), rows(ROWS, *checked), rows(VERDICTS, *verdicts), FEED)

    return make


def by_release(report, *columns):
    return {row["release"]: tuple(row[name] for name in columns) for row in report.collect()}


def failing(report, rule):
    """The releases that a rule of the table warns of."""
    return sorted(by_release(report.filter(f"NOT coalesce(({RELEASES.rules[rule]}), false)"), "release"))


def test_snapshot_report_of_no_release_is_empty(rows, report):
    assert_same_rows(report({}), rows(RELEASES))


def test_snapshot_report_is_one_row_per_release_of_the_specified_columns(rows, report):
    invalid = (["b", "a"], [])
    found = report(
        {
            "films/a/x": ({}, [VALID, invalid, VALID]),
            "films/b.csv": ({"verdict": "unreadable", "undecided_date": "05-09-2021"}, [invalid]),
        },
        other_headers=["extra"],
    )
    first = {
        "source_file": "file:///in/films/a/x",
        "file_name": "x",
        "release_order": 1,
        "released_at": datetime(2021, 1, 1),
        "ordered_by": "name",
        "rows": 3,
        "valid_rows": 2,
        "quarantined_rows": 1,
        "is_applied": True,
        "missing_columns": ["genre"],
        "matched_headers": [],
        "leftover_headers": ["extra"],
        "separator": None,
        "problem": None,
        "is_superseded": False,
        "release": "films/a/x",
        "verdict": "applied",
        "reason": None,
        "unreadable": [],
        "undecided_date": None,
    }
    second = {
        **first,
        **{"source_file": "file:///in/films/b.csv", "file_name": "b.csv", "release": "films/b.csv"},
        **{"release_order": 2, "released_at": datetime(2021, 1, 2), "rows": 1, "valid_rows": 0},
        **{"is_applied": False, "verdict": "unreadable", "undecided_date": "05-09-2021"},
        "problem": "films/b.csv was not applied: its only row is not valid. No column was found for genre. "
        'Left-over header: "extra".',
    }
    assert_same_rows(found.select(*first), rows(RELEASES, first, second).select(*first))


def test_cells_that_cannot_be_read_are_counted_by_rule_with_an_example(report):
    cells = [
        ([], [("valid_rating", "8.1"), ("valid_duration", "long")]),
        ([], [("valid_rating", "7.8")]),
        (["valid_title"], [("valid_rating", None)]),
        VALID,
    ]
    found = report({"films/a.csv": ({}, cells), "films/b.csv": ({}, [([], [("valid_rating", "9.9")])])})
    assert by_release(found, "unreadable", "valid_rows", "problem") == {
        "films/a.csv": ([("valid_duration", 1, "long"), ("valid_rating", 3, "7.8")], 3, None),
        "films/b.csv": ([("valid_rating", 1, "9.9")], 1, None),
    }
    # The first one is superseded.
    assert failing(found, "cells_are_readable") == ["films/b.csv"]


HELD = {"verdict": "held", "reason": "closes too many", "closes": 1500, "compared_with": "films/a.csv"}
LATE = {"verdict": "late", "compared_with": "films/a.csv"}


def test_26_a_held_release_says_why_and_what_decides(report):
    found = report({"films/a.csv": ({}, [VALID]), "films/b.csv": (HELD, [VALID] * 2 + [(["a"], [])])})
    text, is_applied = by_release(found, "problem", "is_applied")["films/b.csv"]
    assert not is_applied
    assert text.startswith(
        "films/b.csv is held, and was not applied: closes too many. It would close 1,500 titles, compared with "
        "films/a.csv; 1 of its 3 rows is left out. "
    )
    assert "reject" in text


def test_27_a_late_release_says_what_decides(report):
    found = by_release(report({"films/a.csv": ({}, [VALID]), "films/b.csv": (LATE, [VALID])}), "problem")
    (text,) = found["films/b.csv"]
    assert text.startswith(
        "films/b.csv came too late, and was not applied: its date is before that of films/a.csv, which was applied "
        "before. "
    )
    assert "reject" in text


def test_a_release_waits_for_a_decision_even_where_later_ones_were_applied(report):
    found = report(
        {
            "films/a.csv": ({}, [VALID]),
            "films/b.csv": (HELD, [VALID]),
            "films/c.csv": (LATE, [VALID]),
            "films/d.csv": ({"verdict": "rejected", "reason": "future date"}, [VALID]),
            "films/e.csv": ({"verdict": "unreadable"}, [(["a"], [])]),
            "films/f.csv": ({}, [VALID]),
            "films/g.csv": ({"verdict": "unreadable"}, [(["a"], [])]),
        }
    )
    assert by_release(found, "is_applied", "is_superseded") == {
        "films/a.csv": (True, True),
        "films/b.csv": (False, False),
        "films/c.csv": (False, False),
        "films/d.csv": (False, True),
        "films/e.csv": (False, True),
        "films/f.csv": (True, False),
        "films/g.csv": (False, False),
    }
    assert failing(found, "release_is_applied") == ["films/b.csv", "films/c.csv", "films/g.csv"]


def test_a_rejected_release_is_settled_though_it_is_the_newest(report):
    found = report({"films/a.csv": ({}, [VALID]), "films/b.csv": ({"verdict": "rejected"}, [VALID])})
    assert failing(found, "release_is_applied") == []
    assert by_release(found, "problem")["films/b.csv"] == (None,)


def test_104_a_release_that_writes_both_orders_of_dates_is_reported_until_a_later_one_is_applied(report):
    ambiguous = ([], [("ambiguous_date_order", "9/5/2021")])
    found = report({"films/2021-01.csv": ({}, [ambiguous]), "films/2021-02.csv": ({}, [ambiguous, VALID])})
    assert by_release(found, "is_applied", "valid_rows", "problem")["films/2021-02.csv"] == (
        True,
        2,
        "films/2021-02.csv writes 9/25/2021 as well as 25/9/2021: dates that may be either of two days are unknown "
        "(ambiguous_date_order). Write its dates one way (2021-09-25) and land it under a name that comes later: its "
        "own with _corrected before the extension.",
    )
    assert failing(found, "release_is_whole") == ["films/2021-02.csv"]


def test_a_release_of_which_most_rows_are_left_out_is_reported(report):
    found = report({"films/a.csv": ({}, [VALID, (["valid_type"], []), (["valid_title", "valid_type"], [])])})
    assert by_release(found, "problem")["films/a.csv"] == (
        "films/a.csv was applied, but only 1 of its 3 rows is valid: titles of the others are missing from the "
        "catalogue. Rules: valid_title, valid_type.",
    )
    assert failing(found, "release_is_whole") == ["films/a.csv"]
