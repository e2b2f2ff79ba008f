from datetime import date, datetime

import pytest
from chispa import assert_column_equality
from pyspark.sql import functions as F

from gold import dimensions, reference
from silver.keys import UNKNOWN_KEY

TITLES = """title_key BIGINT, show_id STRING, type STRING, type_flag INT, title STRING, short_title STRING,
    directors ARRAY<STRING>, cast ARRAY<STRING>, countries ARRAY<STRING>, genres ARRAY<STRING>, date_added DATE,
    release_year INT, rating STRING, duration_minutes INT, seasons INT, description STRING,
    __START_AT TIMESTAMP, __END_AT TIMESTAMP"""
JAN, FEB = datetime(2021, 1, 1), datetime(2021, 2, 1)


def title(key, start=JAN, end=None, **values):
    row = {
        "type": "Movie", "type_flag": 1, "title": f"T{key}", "directors": [], "cast": [], "countries": [], "genres": [],
    } | values  # fmt: skip
    names = [part.split()[0] for part in TITLES.replace("\n", " ").split(",")]
    return tuple({**row, "title_key": key, "__START_AT": start, "__END_AT": end}.get(name) for name in names)


@pytest.fixture
def titles(spark):
    return lambda *rows: spark.createDataFrame(list(rows), TITLES)


@pytest.fixture
def one_row(spark):
    return spark.range(1)


@pytest.fixture
def known_countries(spark):
    return spark.createDataFrame(reference.country_rows(), reference.COUNTRY_SCHEMA)


@pytest.fixture
def known_ratings(spark):
    return spark.createDataFrame(reference.maturity_rows(), reference.MATURITY_SCHEMA)


def test_latest_titles_is_one_row_per_title_with_its_newest_version(titles):
    history = titles(title(1, JAN, FEB, rating="PG"), title(1, FEB, None, rating="R"), title(2, JAN, FEB))
    latest = {row.title_key: (row.rating, row["__END_AT"]) for row in dimensions.latest_titles(history).collect()}
    assert latest == {1: ("R", None), 2: (None, FEB)}


def test_dim_title_keeps_a_title_that_left_and_says_so(titles, one_row):
    rows = dimensions.dim_title(titles(title(1), title(2, JAN, FEB)), one_row).collect()
    assert {row.title_key: row.in_catalogue for row in rows} == {1: True, 2: False, UNKNOWN_KEY: False}


def test_content_age_category(spark):
    rows = [(2020, "Recent"), (2019, "Modern"), (2010, "Modern"), (2009, "Classic"), (None, "Unknown")]
    df = spark.createDataFrame(rows, "year INT, expected STRING")
    assert_column_equality(
        df.withColumn("actual", dimensions.content_age_category(F.col("year"))), "actual", "expected"
    )


def test_dim_country_has_codes_regions_and_an_unknown_member(titles, known_countries, one_row):
    listed = titles(
        title(1, countries=["France", "Soviet Union"]), title(2, countries=["France", "Atlantis"]), title(3)
    )
    rows = dimensions.dim_country(listed, known_countries, one_row).collect()
    assert sorted((row.country, row.iso_code, row.region) for row in rows) == [
        ("Atlantis", None, "Unknown"),
        ("France", "FR", "Europe"),
        ("Soviet Union", None, "Europe"),
        ("Unknown", None, "Unknown"),
    ]


def test_dim_rating_has_audience_and_age(titles, known_ratings, one_row):
    rows = dimensions.dim_rating(
        titles(title(1, rating="PG-13"), title(2, rating="X"), title(3)), known_ratings, one_row
    ).collect()
    assert sorted((row.rating, row.audience, row.minimum_age) for row in rows) == [
        ("PG-13", "Teens", 13),
        ("Unknown", "Unknown", None),
        ("X", "Unknown", None),
    ]


def test_dim_genre_and_dim_person_have_each_name_once(titles, one_row):
    listed = titles(title(1, genres=["A", "B"], directors=["X"], cast=["X", "Y"]), title(2, genres=["B"], cast=["Y"]))
    assert sorted(row.genre for row in dimensions.dim_genre(listed, one_row).collect()) == ["A", "B", "Unknown"]
    assert sorted(row.person for row in dimensions.dim_person(listed, one_row).collect()) == ["Unknown", "X", "Y"]


def test_dim_date_is_every_day_of_every_year_in_which_a_title_was_added(titles, one_row):
    days = dimensions.dim_date(titles(title(1, date_added=date(2020, 2, 29)), title(2, date_added=None)), one_row)
    assert days.count() == 366 + 1
    (leap_day,) = days.filter("date_key = 20200229").collect()
    assert (leap_day.quarter, leap_day.month_name, leap_day.day_of_week, leap_day.is_weekend) == (
        1,
        "February",
        6,
        True,
    )


def test_without_titles_there_are_only_unknown_members(titles, known_countries, known_ratings, one_row):
    nothing = titles().limit(0)
    made = {
        "dim_date": dimensions.dim_date(nothing, one_row),
        "dim_title": dimensions.dim_title(nothing, one_row),
        "dim_genre": dimensions.dim_genre(nothing, one_row),
        "dim_country": dimensions.dim_country(nothing, known_countries, one_row),
        "dim_person": dimensions.dim_person(nothing, one_row),
        "dim_rating": dimensions.dim_rating(nothing, known_ratings, one_row),
    }
    for name, rows in made.items():
        assert [row[0] for row in rows.collect()] == [UNKNOWN_KEY], name
