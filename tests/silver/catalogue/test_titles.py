from datetime import date, datetime

import pytest
from pyspark.sql import functions as F

from silver.catalogue.titles import (
    FIRST_YEAR,
    LAST_YEAR,
    LONGEST_LIST,
    LONGEST_MOVIE,
    MAX_SEASONS,
    TITLE_COLUMNS,
    TITLES,
    TITLES_QUARANTINE,
    check_titles,
    next_titles,
    quarantined_titles,
    valid_titles,
    with_title_failures,
)
from silver.releases.next_release import NO_RELEASE, failure_counts
from tests.helpers.frames import assert_same_rows

COLUMNS = {column.name: column.type for column in (*TITLES_QUARANTINE.columns, *TITLES.columns)}


def typed(spark, rows, *columns):
    """Rows of columns as the specifications type them."""
    return spark.createDataFrame(rows, ", ".join(f"`{name}` {COLUMNS[name]}" for name in columns))


def test_104_a_file_with_evidence_for_both_orders_is_not_decided(spark, bronze):
    dates = {
        "9/25/2021": [],
        "25/9/2020": [],
        "9/5/2021": ["ambiguous_date_order"],
        "5/5/2021": [],
        "2021-09-05": [],
        "September 5, 2021": [],
        "31/31/2021": ["valid_date_added"],
    }
    rows = bronze(*[{"title": text, "date_added": text} for text in dates])
    expected = [(text, failed) for text, failed in dates.items()]
    assert_same_rows(
        check_titles(rows).select("title", "failed_rules"), typed(spark, expected, "title", "failed_rules")
    )


def test_104_one_bad_date_does_not_turn_a_files_dates_around(spark, bronze):
    dates = {"9/5/2021": date(2021, 9, 5), "9/25/2021": date(2021, 9, 25), "12/1/2020": date(2020, 12, 1)}
    rows = bronze(*[{"title": text, "date_added": text} for text in (*dates, "31/31/2021")])
    expected = [(text, day) for text, day in dates.items()]
    assert_same_rows(valid_titles(rows).select("title", "date_added"), typed(spark, expected, "title", "date_added"))


@pytest.mark.parametrize(
    ("day", "file", "modified", "is_plausible"),
    [
        ("2007-01-15", "a.csv", datetime(2021, 9, 25), False),
        ("2007-01-16", "a.csv", datetime(2021, 9, 25), True),
        ("2021-09-26", "a.csv", datetime(2021, 9, 25), True),
        ("2021-09-27", "a.csv", datetime(2021, 9, 25), False),
        ("2021-09-27", "a_2021_09.csv", datetime(2000, 1, 1), True),
        ("2021-10-02", "a_2021_09.csv", datetime(2022, 1, 1), False),
        ("25-Sep-99", "a.csv", datetime(2021, 9, 25), False),
        ("September 25, 0021", "a.csv", datetime(2021, 9, 25), False),
        ("1/1/9999", "a.csv", datetime(2021, 9, 25), False),
        ("2101-01-01", "a_2100-12-31.csv", datetime(2021, 9, 25), False),
        (None, "a.csv", datetime(2021, 9, 25), True),
    ],
)
def test_113_a_title_is_added_after_streaming_began_and_before_its_release(
    spark, bronze, day, file, modified, is_plausible
):
    rows = bronze({"date_added": day, "_source_file": f"file:///{file}", "_source_modified_at": modified})
    expected = [([] if is_plausible else ["plausible_date_added"],)]
    assert_same_rows(check_titles(rows).select("failed_rules"), typed(spark, expected, "failed_rules"))


def test_valid_titles_are_typed_split_and_folded(spark, bronze):
    rows = bronze({}, {"show_id": "s2", "title": None})
    expected = {
        "show_id": "s1",
        "type": "Movie",
        "type_flag": 1,
        "title": "Heat: Reloaded",
        "short_title": "Heat",
        "directors": ["Ann Lee", "Bo Dahl"],
        "cast": [],
        "countries": ["France", "Japan"],
        "genres": ["Dramas", "Comedies"],
        "date_added": date(2021, 9, 25),
        "release_year": 2020,
        "rating": "PG-13",
        "duration_minutes": 90,
        "seasons": None,
        "description": "x",
    }
    titles = valid_titles(rows)
    assert titles.columns == list(TITLE_COLUMNS)
    assert titles.schema["title_key"].dataType.simpleString() == "bigint"
    assert_same_rows(titles.select(*expected), typed(spark, [tuple(expected.values())], *expected))


@pytest.mark.parametrize(
    ("change", "column", "expected"),
    [
        ({"type": "tv show", "duration": "2 Seasons"}, "type", "TV Show"),
        ({"type": "tv show", "duration": "2 Seasons"}, "seasons", 2),
        ({"rating": "74 min", "duration": None}, "duration_minutes", 74),
        ({"duration": None}, "duration_minutes", None),
        ({"duration": f"{LONGEST_MOVIE} min"}, "duration_minutes", LONGEST_MOVIE),
        ({"type": "TV Show", "duration": f"{MAX_SEASONS} Seasons"}, "seasons", MAX_SEASONS),
        ({"type": "TV Show", "duration": None}, "seasons", None),
        ({"date_added": None}, "date_added", None),
        ({"date_added": "2021-9-5 00:00:00"}, "date_added", date(2021, 9, 5)),
        ({"date_added": "Sep 25, 2021"}, "date_added", date(2021, 9, 25)),
        ({"director": "Not Given"}, "directors", []),
        ({"release_year": "2020.0"}, "release_year", 2020),
        ({"release_year": str(FIRST_YEAR)}, "release_year", FIRST_YEAR),
        ({"release_year": str(LAST_YEAR)}, "release_year", LAST_YEAR),
        ({"cast": None, "_rescued_data": '{"cast_members": "Cy Ng"}'}, "cast", ["Cy Ng"]),
        ({"title": None, "_rescued_data": '{"movie_title": "Heat"}'}, "title", "Heat"),
    ],
)
def test_valid_titles_repair(spark, bronze, change, column, expected):
    assert_same_rows(valid_titles(bronze(change)).select(column), typed(spark, [(expected,)], column))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"show_id": " "}, "valid_show_id"),
        ({"title": "\u200b\u00a0"}, "valid_title"),
        ({"title": None}, "valid_title"),
        ({"type": "Podcast"}, "valid_type"),
        ({"type": None}, "valid_type"),
        ({"release_year": "soon"}, "valid_release_year"),
        ({"release_year": None}, "valid_release_year"),
        ({"release_year": str(FIRST_YEAR - 1)}, "valid_release_year"),
        ({"release_year": str(LAST_YEAR + 1)}, "valid_release_year"),
        ({"date_added": "one fine day"}, "valid_date_added"),
        ({"rating": "7.8"}, "valid_rating"),
        ({"duration": "long"}, "valid_duration"),
        ({"duration": f"{LONGEST_MOVIE + 1} min"}, "plausible_duration"),
        ({"duration": "0 min"}, "plausible_duration"),
        ({"type": "TV Show", "duration": f"{MAX_SEASONS + 1} Seasons"}, "plausible_duration"),
        ({"cast": ",".join(map(str, range(LONGEST_LIST + 1)))}, "plausible_lists"),
        ({"date_added": "1/1/9999"}, "plausible_date_added"),
        ({"duration": "2 Seasons"}, "length_fits_type"),
        ({"type": "TV Show"}, "length_fits_type"),
        ({"_corrupt_record": "s1,Movie"}, "well_formed_record"),
    ],
)
def test_quarantined_titles_are_rows_as_they_came_and_their_rules(spark, bronze, change, rule):
    good = {"show_id": "s2", "title": "Another"}
    expected = bronze(change).withColumn("failed_rules", F.array(F.lit(rule)))
    assert_same_rows(quarantined_titles(bronze(change, good)), expected)


def test_quarantined_titles_are_of_the_specified_columns(bronze, rows):
    assert_same_rows(quarantined_titles(bronze({})), rows(TITLES_QUARANTINE))


def test_check_titles_keeps_of_a_releases_rows_with_one_identity_the_one_added_last_then_the_smallest_show_id(
    spark, bronze
):
    rows = bronze(
        {"show_id": "s9", "date_added": "2021-01-02"},
        {"show_id": "s10", "date_added": "2021-01-02"},
        {"show_id": "s1", "date_added": "2021-01-01"},
        {"show_id": "s0", "date_added": None},
        {"show_id": "s2", "_source_file": "another release"},
        {"show_id": "s3", "release_year": None, "date_added": "2021-09-01"},
    )
    expected = [
        ("s10", []),
        ("s9", ["unique_title"]),
        ("s1", ["unique_title"]),
        ("s0", ["unique_title"]),
        ("s2", []),
        ("s3", ["valid_release_year"]),
    ]
    actual = check_titles(rows).select("show_id", "failed_rules")
    assert_same_rows(actual, typed(spark, expected, "show_id", "failed_rules"))


def test_every_row_is_valid_or_quarantined_and_none_both(bronze):
    rows = bronze(
        {}, {"title": None}, {"type": None}, {"show_id": None}, {"show_id": "s5", "title": "B"}, {"show_id": "s6"}
    )
    assert valid_titles(rows).count() + quarantined_titles(rows).count() == 6


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([{"title": None, "type": None}, {}, {}], 0),
        ([{"title": None, "type": None}, {"title": None}], 1),
        ([{"title": None, "type": None}], 2),
        ([], None),
    ],
)
def test_fewest_failures_is_that_of_the_best_row(spark, bronze, changes, expected):
    counts = failure_counts(with_title_failures(bronze(*changes)))
    assert_same_rows(counts.select("fewest"), spark.createDataFrame([(expected,)], "fewest INT"))


def test_next_titles_are_the_valid_ones_of_the_next_release_and_its_version(bronze):
    rows = bronze(
        {"_source_file": "2021-10-01.csv", "title": "First"},
        {"_source_file": "2021-11-01.csv", "title": "Second"},
        {"_source_file": "2021-11-01.csv", "title": None},
        {"_source_file": "2021-12-01.csv", "title": None},
    )
    titles, first = next_titles(rows, None)
    assert [row.title for row in titles.collect()] == ["First"]
    assert titles.columns == list(TITLE_COLUMNS)
    titles, second = next_titles(rows, first)
    assert [row.title for row in titles.collect()] == ["Second"]
    assert (first.date(), second.date()) == (date(2021, 10, 1), date(2021, 11, 1))
    assert next_titles(rows, second) is None


def test_before_the_first_release_next_titles_are_none_of_the_right_columns(bronze):
    titles, version = next_titles(bronze({"title": None}), None)
    assert (titles.count(), titles.columns, version) == (0, list(TITLE_COLUMNS), NO_RELEASE)
    assert next_titles(bronze({"title": None}), NO_RELEASE) is None
