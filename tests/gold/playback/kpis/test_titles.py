"""KPIs of viewing."""

from datetime import date
from decimal import Decimal

import pytest

from gold.conformed.events import EVENT_DAYS, MEMBERS, event_days, members
from gold.playback.kpis import titles as kpis
from tests.gold.frames import assert_same

DAILY = "title_key BIGINT, device_key BIGINT, country_key BIGINT, plays BIGINT, watched_seconds BIGINT"
FACT = "title_key BIGINT, device_key BIGINT, country_key BIGINT, subscriber_id STRING"
MONDAY, TUESDAY = date(2024, 1, 1), date(2024, 1, 2)
ZERO = Decimal("0.000000")


@pytest.fixture
def star(spark, rows):
    """Three plays by two people and nobody known: of a movie of an hour on tv in France, and of a show on the web."""
    return {
        "daily": spark.createDataFrame([(1, 40, 30, 2, 5400), (2, 41, -1, 1, 3600)], DAILY),
        "fact_playback": spark.createDataFrame(
            [(1, 40, 30, "u"), (1, 40, 30, "v"), (2, 41, -1, None)],
            FACT,
        ),
        "dim_title": spark.createDataFrame(
            [(1, "Movie", 60), (2, "Show", None), (3, "Never", 90)],
            "title_key BIGINT, title STRING, duration_minutes INT",
        ),
        "dim_device": spark.createDataFrame(
            [(40, "tv"), (41, "web"), (-1, "Unknown")], "device_key BIGINT, device STRING"
        ),
        "dim_country": spark.createDataFrame(
            [(30, "France", "FR"), (31, "Japan", "JP"), (-1, "Unknown", None)],
            "country_key BIGINT, country STRING, iso_code STRING",
        ),
        "event_days": rows(
            EVENT_DAYS,
            (MONDAY, "PLAY_START", "tv", "FR", 3),
            (MONDAY, "PAUSE", "tv", "JP", 1),
            (TUESDAY, None, None, "XX", 2),
        ),
    }


@pytest.fixture
def made(star):
    """Calls a KPI's function with the tables of the star that its parameters name."""

    def make(function):
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        return function(*[star[name] for name in names])

    return make


def test_kpi_events_by_date(made, rows):
    assert_same(made(kpis.kpi_events_by_date), rows(kpis.KPI_EVENTS_BY_DATE, (MONDAY, 4), (TUESDAY, 2)))


def test_kpi_event_type_names_events_without_a_type(made, rows):
    expected = [
        *(("PLAY_START", 3, Decimal("0.500000")), ("PAUSE", 1, Decimal("0.166667"))),
        ("Unknown", 2, Decimal("0.333333")),
    ]
    assert_same(made(kpis.kpi_event_type), rows(kpis.KPI_EVENT_TYPE, *expected))


def test_kpi_top_titles_has_titles_that_were_watched(made, rows):
    expected = rows(
        kpis.KPI_TOP_TITLES,
        (1, "Movie", 2, Decimal("1.500000"), Decimal("1.500000"), 2),
        (2, "Show", 1, None, Decimal("1.000000"), 0),
    )
    assert_same(made(kpis.kpi_top_titles), expected)


def test_kpi_device_has_devices_with_plays_or_events(made, rows):
    expected = rows(
        kpis.KPI_DEVICE,
        ("tv", 2, Decimal("1.500000"), 2, 4),
        ("web", 1, Decimal("1.000000"), 0, 0),
        ("Unknown", 0, ZERO, 0, 2),
    )
    assert_same(made(kpis.kpi_device), expected)


def test_kpi_viewing_by_country_has_countries_with_plays_or_events(made, rows):
    expected = rows(
        kpis.KPI_VIEWING_BY_COUNTRY,
        ("France", 2, Decimal("1.500000"), 2, 3),
        ("Japan", 0, ZERO, 0, 1),
        ("Unknown", 1, Decimal("1.000000"), 0, 2),
    )
    assert_same(made(kpis.kpi_viewing_by_country), expected)


def test_members_are_days_devices_and_countries_once_each(star, rows):
    more = star["event_days"].unionByName(rows(EVENT_DAYS, (MONDAY, "PAUSE", "tv", "FR", 7)))
    assert_same(members(more), rows(MEMBERS, (MONDAY, "tv", "FR"), (MONDAY, "tv", "JP"), (TUESDAY, None, "XX")))


def test_event_days_counts_events(spark, rows):
    events = spark.createDataFrame(
        [(MONDAY, "PAUSE", "tv", None)] * 2 + [(MONDAY, None, "tv", None)],
        "event_date DATE, event_type STRING, device_type STRING, country STRING",
    )
    assert_same(event_days(events), rows(EVENT_DAYS, (MONDAY, "PAUSE", "tv", None, 2), (MONDAY, None, "tv", None, 1)))


def test_kpi_underwatched_titles_are_top_rated_and_in_the_less_watched_half(spark, rows):
    titles = [(key, f"T{key}", "Movie", key != 6) for key in range(1, 8)]
    ratings = [
        (1, "7.5", 1000),
        (2, "7.4", 9000),
        (3, "9.0", 999),
        (4, "9.1", 5000),
        (5, "8.0", 2000),
        (6, "9.9", 9999),
    ]
    daily = [(4, 40, 30, 3, 7200), (5, 40, 30, 1, 1800), (5, 41, 31, 1, 1800), (7, 40, 30, 1, 60), (2, 40, 30, 1, 9000)]
    found = kpis.kpi_underwatched_titles(
        spark.createDataFrame(daily, DAILY),
        spark.createDataFrame(
            [(key, Decimal(rating), votes) for key, rating, votes in ratings],
            "title_key BIGINT, average_rating DECIMAL(3,1), votes BIGINT",
        ),
        spark.createDataFrame(titles, "title_key BIGINT, title STRING, type STRING, in_catalogue BOOLEAN"),
    )
    # Of five rated titles of the catalogue, by hours: 1 and 3 (none), 5, 4, 2. Title 3 has too few votes.
    expected = rows(
        kpis.KPI_UNDERWATCHED_TITLES,
        (1, "T1", "Movie", Decimal("7.5"), 1000, 0, ZERO, ZERO),
        (5, "T5", "Movie", Decimal("8.0"), 2000, 2, Decimal("1.000000"), Decimal("0.400000")),
    )
    assert_same(found, expected)


@pytest.fixture
def genre_completion(spark):
    """The KPI of plays (title, completion, is_completed): 1 is a drama and a comedy, 2 has no genre, 3 no bridge."""

    def make(*plays):
        facts = spark.createDataFrame(
            [(title, None if share is None else Decimal(share), done) for title, share, done in plays],
            "title_key BIGINT, completion DECIMAL(18,6), is_completed BOOLEAN",
        )
        bridge = spark.createDataFrame([(1, 50), (1, 51), (2, -1)], "title_key BIGINT, genre_key BIGINT")
        genres = [(50, "Dramas"), (51, "Comedies"), (-1, "Unknown")]
        return kpis.kpi_genre_completion(facts, bridge, spark.createDataFrame(genres, "genre_key BIGINT, genre STRING"))

    return make


def test_kpi_genre_completion_counts_a_title_for_each_of_its_genres(genre_completion, rows):
    plays = [(1, "0", False), (1, "0.5", False), (1, "0.95", True), (2, "0.000001", False), (3, "0", False)]
    of_title = 3, Decimal("0.483333"), 1, Decimal("0.333333")
    expected = [("Dramas", *of_title), ("Comedies", *of_title), ("Unknown", 2, Decimal("0.000001"), 0, ZERO)]
    assert_same(genre_completion(*plays), rows(kpis.KPI_GENRE_COMPLETION, *expected))


def test_kpi_genre_completion_leaves_out_what_has_no_completion(genre_completion, rows):
    found = genre_completion((1, None, False), (1, "1", True), (2, None, False), (-1, None, False))
    of_title = 1, Decimal("1.000000"), 1, Decimal("1.000000")
    assert_same(found, rows(kpis.KPI_GENRE_COMPLETION, ("Dramas", *of_title), ("Comedies", *of_title)))
    assert_same(genre_completion((-1, None, False)), rows(kpis.KPI_GENRE_COMPLETION))


@pytest.fixture
def catalogue_depth(spark):
    """The KPI of days (title, long_plays): two movies and a show are in the catalogue, movie 4 has left it."""

    def make(*days):
        titles = [(1, "Movie", True), (2, "Movie", True), (3, "TV Show", True), (4, "Movie", False)]
        return kpis.kpi_catalogue_depth(
            spark.createDataFrame(list(days), "title_key BIGINT, long_plays BIGINT"),
            spark.createDataFrame(
                [*titles, (-1, "Unknown", False)], "title_key BIGINT, type STRING, in_catalogue BOOLEAN"
            ),
        )

    return make


def test_kpi_catalogue_depth_counts_a_title_with_a_view_once_and_none_that_is_unknown_or_gone(catalogue_depth, rows):
    expected = [("Movie", 2, 1, 1, Decimal("0.500000")), ("TV Show", 1, 1, 0, ZERO)]
    found = catalogue_depth((1, 2), (1, 1), (1, 0), (2, 0), (3, 1), (4, 1), (-1, 3))
    assert_same(found, rows(kpis.KPI_CATALOGUE_DEPTH, *expected))


def test_of_a_catalogue_that_nobody_watches_all_is_unwatched(catalogue_depth, rows):
    expected = [("Movie", 2, 0, 2, Decimal("1.000000")), ("TV Show", 1, 0, 1, Decimal("1.000000"))]
    assert_same(catalogue_depth(), rows(kpis.KPI_CATALOGUE_DEPTH, *expected))
