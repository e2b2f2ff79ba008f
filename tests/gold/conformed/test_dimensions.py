from datetime import date

import pytest
from pyspark.sql import functions as F

from gold.conformed.dimensions import DIM_COUNTRY, DIM_DATE, DIM_DEVICE, dim_country, dim_date, dim_device
from gold.conformed.reference import COUNTRY_SCHEMA
from tests.gold.frames import assert_same, keyed

DATES = "date_added DATE"
SUBSCRIBERS = "country STRING, device_type STRING, join_date DATE, last_payment_date DATE"
COUNTRIES = "countries ARRAY<STRING>"
UNKNOWN_DATE = (-1, None, None, None, None, "Unknown", None, None, "Unknown", None)
UNKNOWN_COUNTRY = (-1, "Unknown", None, "Unknown")


@pytest.fixture
def known_countries(spark):
    return spark.createDataFrame([("France", "FR", "Europe"), ("Soviet Union", None, "Europe")], COUNTRY_SCHEMA)


@pytest.fixture
def events(spark):
    """No events."""
    return spark.createDataFrame(
        [], "event_date DATE, event_type STRING, device_type STRING, country STRING, events BIGINT"
    )


@pytest.fixture
def nobody(spark):
    """No subscribers."""
    return spark.createDataFrame([], SUBSCRIBERS)


def test_dim_date_is_every_day_of_every_year_in_which_a_title_was_added(spark, events, nobody, one_row):
    titles = spark.createDataFrame([(date(2019, 7, 1),), (date(2020, 2, 29),), (None,)], DATES)
    days = dim_date(titles, events, nobody, one_row)
    found = days.selectExpr("count(*) AS days", "min(date) AS first", "max(date) AS last")
    expected = [(365 + 366 + 1, date(2019, 1, 1), date(2020, 12, 31))]
    assert_same(found, spark.createDataFrame(expected, "days BIGINT, first DATE, last DATE"))


def test_dim_date_describes_a_day(spark, events, nobody, rows, one_row):
    days = dim_date(spark.createDataFrame([(date(2020, 2, 29),)], DATES), events, nobody, one_row)
    expected = [
        (20200228, date(2020, 2, 28), 2020, 1, 2, "February", 28, 5, "Friday", False),
        (20200229, date(2020, 2, 29), 2020, 1, 2, "February", 29, 6, "Saturday", True),
        UNKNOWN_DATE,
    ]
    assert_same(days.filter("date_key IN (20200228, 20200229, -1)"), rows(DIM_DATE, *expected))


def test_113_dim_date_is_within_its_range_whatever_dates_titles_have(spark, events, nobody, rows, one_row):
    texts = [("0021-09-25",), ("9999-01-01",), ("2007-01-15",), ("2101-01-01",), ("2020-02-29",)]
    titles = spark.createDataFrame(texts, "text STRING").select(F.col("text").try_cast("date").alias("date_added"))
    assert dim_date(titles, events, nobody, one_row).count() == 366 + 1
    outside = titles.filter("date_added <> DATE'2020-02-29'")
    assert_same(dim_date(outside, events, nobody, one_row), rows(DIM_DATE, UNKNOWN_DATE))


def test_dim_date_without_dates_is_the_unknown_member(spark, events, nobody, rows, one_row):
    assert_same(
        dim_date(spark.createDataFrame([(None,)], DATES), events, nobody, one_row), rows(DIM_DATE, UNKNOWN_DATE)
    )


def test_dim_country_has_codes_and_regions_where_they_are_known(spark, events, nobody, rows, known_countries, one_row):
    made_in = [(["France", "Soviet Union"],), (["France", "Atlantis"],), ([],), (None,)]
    titles = spark.createDataFrame(made_in, COUNTRIES)
    expected = rows(
        DIM_COUNTRY,
        (None, "Atlantis", None, "Unknown"),
        (None, "France", "FR", "Europe"),
        (None, "Soviet Union", None, "Europe"),
        UNKNOWN_COUNTRY,
    )
    assert_same(
        dim_country(titles, events, nobody, known_countries, one_row), keyed(expected, "country_key", "country")
    )


def test_dim_country_without_titles_is_the_unknown_member(spark, events, nobody, rows, known_countries, one_row):
    titles = spark.createDataFrame([], COUNTRIES)
    assert_same(dim_country(titles, events, nobody, known_countries, one_row), rows(DIM_COUNTRY, UNKNOWN_COUNTRY))


def test_dimensions_have_what_subscribers_have(spark, events, known_countries, rows, one_row):
    joined, paid = date(2019, 3, 1), date(2020, 12, 31)
    people = spark.createDataFrame([("France", "tv", joined, paid), (None, None, joined, None)], SUBSCRIBERS)
    titles = spark.createDataFrame([], f"{DATES}, {COUNTRIES}")
    days = dim_date(titles, events, people, one_row).filter("date_key > 0")
    assert days.selectExpr("min(year)", "max(year)").collect()[0] == (2019, 2021)
    countries = dim_country(titles, events, people, known_countries, one_row)
    expected = rows(DIM_COUNTRY, (None, "France", "FR", "Europe"), UNKNOWN_COUNTRY)
    assert_same(countries, keyed(expected, "country_key", "country"))
    watched = spark.createDataFrame([("web",), ("tv",), (None,)], "device_type STRING")
    devices = rows(DIM_DEVICE, (None, "tv"), (None, "web"), (-1, "Unknown"))
    assert_same(dim_device(watched, people, one_row), keyed(devices, "device_key", "device"))


def test_dim_date_has_every_month_of_who_joined_before_it_begins_and_of_who_never_paid(spark, events, one_row):
    titles = spark.createDataFrame([(date(2020, 2, 29),)], DATES)
    people = [(None, None, date(2005, 6, 15), date(2020, 1, 1)), (None, None, date(2020, 12, 3), None)]
    days = dim_date(titles, events, spark.createDataFrame(people, SUBSCRIBERS), one_row).filter("date_key > 0")
    assert days.selectExpr("min(date)", "max(date)").collect()[0] == (date(2007, 1, 1), date(2021, 12, 31))
