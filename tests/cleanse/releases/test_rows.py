"""What the verdicts ask of a table of checked rows."""

from datetime import datetime

import pytest
from pyspark.sql import functions as F

from cleanse.catalogue.rows import TITLE_ROWS, UNIQUE_TITLE
from cleanse.releases.rows import releases_of, valid_rows
from tests.helpers.frames import assert_same_rows

DAY, INGESTED = datetime(2021, 9, 25), datetime(2021, 10, 1)


@pytest.fixture
def checked(rows):
    """Checked rows of the release titles/a.csv, each with changes."""
    usual = {"_release": "titles/a.csv", "released_at": DAY, "release_ingested_at": INGESTED, "failed_rules": []}

    def make(*changes):
        named = [{**usual, **change} for change in changes]
        return rows(TITLE_ROWS, *[{**row, "release": row.get("release", row["_release"])} for row in named])

    return make


def releases(rows, gaps=None):
    is_empty = F.col("show_id").isNull() & F.col("title").isNull()
    return releases_of(rows, UNIQUE_TITLE, is_empty, gaps or {}, F.max(F.size("directors")) > 0)


def test_releases_of_counts_rows_members_and_what_is_left_out_without_repeats_and_empty_rows(checked):
    rows = checked(
        {"title": "A"},
        {"title": "B", "unreadable": [("valid_rating", "7.8")]},
        {"title": "A", "failed_rules": [UNIQUE_TITLE]},
        {"title": "C", "failed_rules": ["valid_type", "valid_release_year"]},
        {"show_id": "s5", "failed_rules": ["valid_title"]},
        {"failed_rules": ["valid_title", "valid_show_id"]},
    )
    counts = releases(rows).select("rows", "members", "left_out").collect()
    assert [tuple(row) for row in counts] == [(6, 2, 2)]


def test_releases_of_is_one_row_per_release_with_when_it_is_from(spark, checked):
    late = "titles/x of 2021-11-01 10:00:00"
    rows = checked(
        {},
        {},
        {"_release": "titles/x", "released_at": None, "directors": ["Ann Lee"]},
        {"_release": "titles/x", "release": late, "release_ingested_at": datetime(2021, 11, 1)},
    )
    expected = spark.createDataFrame(
        [
            ("titles/a.csv", "titles/a.csv", "titles/a", DAY, INGESTED, 2, None),
            ("titles/x", "titles/x", "titles/x", None, INGESTED, 1, True),
            ("titles/x", late, late, DAY, datetime(2021, 11, 1), 1, None),
        ],
        "_release STRING, release STRING, sort_key STRING, released_at TIMESTAMP, ingested_at TIMESTAMP, rows BIGINT, "
        "has_identity BOOLEAN",
    )
    assert_same_rows(releases(rows).select(*expected.columns), expected)


def test_a_name_orders_releases_of_one_date_without_its_ending(checked):
    names = ("titles/x.csv", "titles/x (1).csv", "titles/v1.2/x", "titles/x.csv.gz")
    found = releases(checked(*[{"_release": name} for name in names])).collect()
    assert {row.release: row.sort_key for row in found} == {
        "titles/x.csv": "titles/x",
        "titles/x (1).csv": "titles/x (1)",
        "titles/v1.2/x": "titles/v1.2/x",
        "titles/x.csv.gz": "titles/x.csv",
    }


@pytest.mark.parametrize(
    ("released_at", "in_future"),
    [(datetime(2021, 10, 2), False), (datetime(2021, 10, 2, 0, 0, 1), True), (datetime(2100, 1, 1), True)],
)
def test_a_release_is_of_the_future_more_than_a_day_after_its_ingestion(checked, released_at, in_future):
    (row,) = releases(checked({"released_at": released_at})).collect()
    assert row.in_future is in_future


def test_releases_of_counts_the_gaps_of_columns(spark, checked):
    gaps = {name: F.when(F.max(F.size(name)) > 0, F.count_if(F.size(name) == 0)) for name in ("cast", "countries")}
    rows = checked({"cast": ["A"], "countries": []}, {"cast": [], "countries": []}, {"cast": [], "countries": []})
    expected = spark.createDataFrame([([2, None],)], "unknown ARRAY<BIGINT>")
    assert_same_rows(releases(rows, gaps).select("unknown"), expected)
    none = spark.createDataFrame([([],)], "unknown ARRAY<BIGINT>")
    assert_same_rows(releases(rows).select("unknown"), none)


def test_valid_rows_failed_no_rule(checked):
    rows = checked({"title": "A"}, {"title": "B", "failed_rules": [UNIQUE_TITLE]})
    assert [row.title for row in valid_rows(rows).collect()] == ["A"]
