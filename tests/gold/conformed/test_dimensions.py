from datetime import UTC, date, datetime

import pytest
from pyspark.sql import functions as F

from common.countries import COUNTRY_SCHEMA, countries
from common.forms import member_form
from common.releases import NAME
from gold.conformed.dimensions import DIM_COUNTRY, DIM_DATE, DIM_DEVICE, dim_country, dim_date, dim_device
from gold.conformed.events import PLAYBACK_MEMBERS
from silver.catalogue.titles import TITLES
from silver.subscribers.snapshots import SUBSCRIBER_RELEASES, SUBSCRIBERS
from tests.helpers.frames import assert_same_rows, keyed

UNKNOWN_DATE = (-1, None, None, None, None, "Unknown", None, None, "Unknown", None)
UNKNOWN_COUNTRY = (-1, "Unknown", None, "Unknown")


@pytest.fixture
def known_countries(spark):
    return spark.createDataFrame([("France", "FR", "Europe"), ("Soviet Union", None, "Europe")], COUNTRY_SCHEMA)


@pytest.fixture
def events(rows):
    """No events."""
    return rows(PLAYBACK_MEMBERS)


@pytest.fixture
def nobody(rows):
    """No subscribers."""
    return rows(SUBSCRIBERS)


@pytest.fixture
def releases(rows):
    """No snapshots of subscribers."""
    return rows(SUBSCRIBER_RELEASES)


def test_dim_date_is_every_day_of_every_year_in_which_a_title_was_added(spark, rows, events, nobody, releases, one_row):
    titles = rows(TITLES, (date(2019, 7, 1),), (date(2020, 2, 29),), (None,), columns="date_added")
    days = dim_date(titles, events, nobody, releases, one_row)
    found = days.selectExpr("count(*) AS days", "min(date) AS first", "max(date) AS last")
    expected = [(365 + 366 + 1, date(2019, 1, 1), date(2020, 12, 31))]
    assert_same_rows(found, spark.createDataFrame(expected, "days BIGINT, first DATE, last DATE"))


def test_dim_date_describes_a_day(events, nobody, rows, releases, one_row):
    days = dim_date(rows(TITLES, (date(2020, 2, 29),), columns="date_added"), events, nobody, releases, one_row)
    expected = [
        (20200228, date(2020, 2, 28), 2020, 1, 2, "February", 28, 5, "Friday", False),
        (20200229, date(2020, 2, 29), 2020, 1, 2, "February", 29, 6, "Saturday", True),
        UNKNOWN_DATE,
    ]
    assert_same_rows(days.filter("date_key IN (20200228, 20200229, -1)"), rows(DIM_DATE, *expected))


def test_113_dim_date_is_within_its_range_whatever_dates_titles_have(spark, events, nobody, rows, releases, one_row):
    texts = [("0021-09-25",), ("9999-01-01",), ("2007-01-15",), ("2101-01-01",), ("2020-02-29",)]
    titles = spark.createDataFrame(texts, "text STRING").select(F.col("text").try_cast("date").alias("date_added"))
    assert dim_date(titles, events, nobody, releases, one_row).count() == 366 + 1
    outside = titles.filter("date_added <> DATE'2020-02-29'")
    assert_same_rows(dim_date(outside, events, nobody, releases, one_row), rows(DIM_DATE, UNKNOWN_DATE))


def test_dim_date_without_dates_is_the_unknown_member(events, nobody, rows, releases, one_row):
    assert_same_rows(
        dim_date(rows(TITLES, (None,), columns="date_added"), events, nobody, releases, one_row),
        rows(DIM_DATE, UNKNOWN_DATE),
    )


def test_dim_country_has_codes_and_regions_where_they_are_known(events, nobody, rows, known_countries, one_row):
    made_in = [(["France", "Soviet Union"],), (["France", "Atlantis"],), ([],), (None,)]
    titles = rows(TITLES, *made_in, columns="countries")
    expected = rows(
        DIM_COUNTRY,
        (None, "Atlantis", None, "Unknown"),
        (None, "France", "FR", "Europe"),
        (None, "Soviet Union", None, "Europe"),
        UNKNOWN_COUNTRY,
    )
    assert_same_rows(
        dim_country(titles, events, nobody, known_countries, one_row), keyed(expected, "country_key", "country")
    )


def test_dim_country_without_titles_is_the_unknown_member(events, nobody, rows, known_countries, one_row):
    titles = rows(TITLES)
    assert_same_rows(dim_country(titles, events, nobody, known_countries, one_row), rows(DIM_COUNTRY, UNKNOWN_COUNTRY))


def test_dimensions_have_what_subscribers_have(events, known_countries, rows, releases, one_row):
    joined, paid = date(2019, 3, 1), date(2020, 12, 31)
    columns = "country device_type join_date last_payment_date"
    people = rows(SUBSCRIBERS, ("France", "tv", joined, paid), (None, None, joined, None), columns=columns)
    titles = rows(TITLES)
    days = dim_date(titles, events, people, releases, one_row).filter("date_key > 0")
    assert days.selectExpr("min(year)", "max(year)").collect()[0] == (2019, 2021)
    countries = dim_country(titles, events, people, known_countries, one_row)
    expected = rows(DIM_COUNTRY, (None, "France", "FR", "Europe"), UNKNOWN_COUNTRY)
    assert_same_rows(countries, keyed(expected, "country_key", "country"))
    watched = rows(PLAYBACK_MEMBERS, ("web",), ("tv",), (None,), columns="device_type")
    devices = rows(DIM_DEVICE, (None, "tv"), (None, "web"), (-1, "Unknown"))
    assert_same_rows(dim_device(watched, people, one_row), keyed(devices, "device_key", "device"))


def test_dim_country_has_no_code_twice_whatever_is_watched_and_made(spark, rows, nobody, one_row):
    """All countries of the reference data, made in and watched."""
    known = spark.createDataFrame(countries(), COUNTRY_SCHEMA)
    titles = rows(TITLES, *[([name],) for name, _, _ in countries()], columns="countries")
    watched = rows(PLAYBACK_MEMBERS, *[(code,) for _, code, _ in countries()], columns="country")
    found = dim_country(titles, watched, nobody, known, one_row)
    assert found.filter("iso_code IS NOT NULL").groupBy("iso_code").count().filter("count > 1").collect() == []
    assert found.count() == len(countries()) + 1


def test_a_device_is_one_however_players_and_subscribers_spell_it(rows, one_row):
    ended = datetime(2024, 1, 1, tzinfo=UTC)
    owned = [("smart tv", None), ("smart tv", None), ("smart-tv", ended), ("smart-tv", ended), ("laptop", ended)]
    people = rows(SUBSCRIBERS, *owned, ("lap-top", ended), (None, None), columns="device_type __END_AT")
    watched = rows(PLAYBACK_MEMBERS, ("smart_tv",), ("web",), ("smarttv+",), (None,), columns="device_type")
    devices = rows(
        DIM_DEVICE, *[(None, device) for device in ("smart tv", "smarttv+", "web", "lap-top")], (-1, "Unknown")
    )
    assert_same_rows(dim_device(watched, people, one_row), keyed(devices, "device_key", "device", member_form))


def test_dim_date_has_every_month_of_who_joined_before_it_begins_and_of_who_never_paid(rows, events, releases, one_row):
    titles = rows(TITLES, (date(2020, 2, 29),), columns="date_added")
    joined = [(date(2005, 6, 15), date(2020, 1, 1)), (date(2020, 12, 3), None)]
    people = rows(SUBSCRIBERS, *joined, columns="join_date last_payment_date")
    days = dim_date(titles, events, people, releases, one_row).filter("date_key > 0")
    assert days.selectExpr("min(date)", "max(date)").collect()[0] == (date(2007, 1, 1), date(2021, 12, 31))


def test_dim_date_has_the_months_of_snapshots_where_those_of_payments_and_of_joining_are_unknown(
    rows, events, nobody, one_row
):
    titles = rows(TITLES, (date(2020, 2, 29),), columns="date_added")
    columns = "released_at ordered_by is_applied missing_columns"
    unpaid, december = ["last_payment_date"], datetime(2021, 12, 1, tzinfo=UTC)
    later = datetime(2025, 1, 1, tzinfo=UTC)
    snapshots = rows(
        SUBSCRIBER_RELEASES,
        (december, NAME, True, unpaid),
        *(
            (later, "modification time", True, unpaid),
            (later, NAME, False, unpaid),
            (later, NAME, True, []),
        ),
        columns=columns,
    )
    days = dim_date(titles, events, nobody, snapshots, one_row).filter("date_key > 0")
    assert days.selectExpr("min(year)", "max(year)").collect()[0] == (2020, 2022)
    people = rows(SUBSCRIBERS, (december, None), (None, None), columns="__START_AT join_date")
    days = dim_date(titles, events, people, snapshots.limit(0), one_row).filter("date_key > 0")
    assert days.selectExpr("min(year)", "max(year)").collect()[0] == (2020, 2022)
