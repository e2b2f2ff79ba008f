from datetime import date
from decimal import Decimal

import pytest

from gold.catalogue.kpis import composition as kpis
from tests.gold.frames import assert_same

DIM_TITLE = """title_key BIGINT, type STRING, release_year INT, date_added DATE, rating_key BIGINT,
    duration_minutes INT, content_age_category STRING, in_catalogue BOOLEAN"""
THIRD, TWO_THIRDS, NINETY = Decimal("0.333333"), Decimal("0.666667"), Decimal("90.000000")


@pytest.fixture
def star(spark):
    """Movies 1 (France and Japan) and 2 (nothing known), show 3 (Japan), and movie 4, which left the catalogue."""
    titles = [
        (1, "Movie", 2020, date(2021, 5, 1), 10, 90, "Recent", True),
        (2, "Movie", 2009, None, -1, None, "Classic", True),
        (3, "TV Show", 2020, date(2016, 5, 1), 10, None, "Recent", True),
        (4, "Movie", 1999, date(2021, 5, 1), 10, 60, "Classic", False),
        (-1, "Unknown", None, None, -1, None, "Unknown", False),
    ]
    genres = [(20, "Dramas"), (21, "Kids"), (-1, "Unknown")]
    countries = [(30, "France"), (31, "Japan"), (-1, "Unknown")]
    of_genre = [(1, 21), (1, 20), (2, -1), (3, 20), (4, 21)]
    of_country = [(1, 30), (1, 31), (2, -1), (3, 31), (4, 30)]
    return {
        "dim_title": spark.createDataFrame(titles, DIM_TITLE),
        "dim_rating": spark.createDataFrame([(10, "PG"), (-1, "Unknown")], "rating_key BIGINT, rating STRING"),
        "dim_genre": spark.createDataFrame(genres, "genre_key BIGINT, genre STRING"),
        "dim_country": spark.createDataFrame(countries, "country_key BIGINT, country STRING"),
        "bridge_title_genre": spark.createDataFrame(of_genre, "title_key BIGINT, genre_key BIGINT"),
        "bridge_title_country": spark.createDataFrame(of_country, "title_key BIGINT, country_key BIGINT"),
    }


@pytest.fixture
def made(star):
    """Calls a KPI's function with the tables of the star that its parameters name."""

    def make(function):
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        return function(*[star[name] for name in names])

    return make


def test_kpi_content_type(made, rows):
    expected = rows(kpis.KPI_CONTENT_TYPE, ("Movie", 2, TWO_THIRDS), ("TV Show", 1, THIRD))
    assert_same(made(kpis.kpi_content_type), expected)


def test_kpi_genre_counts_a_title_once_for_each_genre(made, rows):
    expected = rows(kpis.KPI_GENRE, ("Dramas", 2, TWO_THIRDS), ("Kids", 1, THIRD), ("Unknown", 1, THIRD))
    assert_same(made(kpis.kpi_genre), expected)


def test_114_a_movie_of_any_length_can_be_averaged(star, spark):
    """A lake from before the rule `plausible_duration` may hold one."""
    longest = spark.createDataFrame([(1, "Movie", 2020, None, 10, 2**31 - 1, "Recent", True)], DIM_TITLE)
    bridge, countries = star["bridge_title_country"], star["dim_country"]
    age = kpis.kpi_content_age(longest, bridge, countries, star["bridge_title_genre"], star["dim_genre"])
    trend = kpis.kpi_content_trend(longest, bridge, countries)
    found = {row["average_duration"] for rows in (age, trend) for row in rows.collect()}
    assert found == {Decimal("2147483647.000000")}


def test_kpi_country_counts_a_title_once_for_each_country(made, rows):
    expected = rows(kpis.KPI_COUNTRY, ("France", 1, 1, 0), ("Japan", 2, 1, 1), ("Unknown", 1, 1, 0))
    assert_same(made(kpis.kpi_country), expected)


def test_kpi_rating_counts_titles_without_one_under_unknown(made, rows):
    assert_same(made(kpis.kpi_rating), rows(kpis.KPI_RATING, ("PG", 2, TWO_THIRDS), ("Unknown", 1, THIRD)))


def test_kpi_release_year(made, rows):
    expected = rows(kpis.KPI_RELEASE_YEAR, (2009, "Movie", 1), (2020, "Movie", 1), (2020, "TV Show", 1))
    assert_same(made(kpis.kpi_release_year), expected)


def test_kpi_year_added_is_null_where_no_date_is_known(made, rows):
    expected = rows(kpis.KPI_YEAR_ADDED, (2016, "TV Show", 1), (2021, "Movie", 1), (None, "Movie", 1))
    assert_same(made(kpis.kpi_year_added), expected)


def test_kpi_content_age_averages_movies_only_and_names_known_genres(made, rows):
    expected = rows(
        kpis.KPI_CONTENT_AGE,
        ("Movie", "Classic", "Unknown", 1, None, 0, []),
        ("Movie", "Recent", "France", 1, NINETY, 2, ["Dramas", "Kids"]),
        ("Movie", "Recent", "Japan", 1, NINETY, 2, ["Dramas", "Kids"]),
        ("TV Show", "Recent", "Japan", 1, None, 1, ["Dramas"]),
    )
    assert_same(made(kpis.kpi_content_age), expected)


def test_kpi_content_trend_starts_in_2010_and_averages_movies_only(made, rows):
    expected = rows(kpis.KPI_CONTENT_TREND, (2020, "Movie", 1, NINETY, 2), (2020, "TV Show", 1, None, 1))
    assert_same(made(kpis.kpi_content_trend), expected)


def test_kpi_content_trend_counts_a_country_once_and_unknown_ones_not(spark, star, rows):
    titles = [
        (1, "Movie", 2010, None, -1, 90, "Modern", True),
        (2, "Movie", 2010, None, -1, 60, "Modern", True),
        (3, "Movie", 2011, None, -1, None, "Modern", True),
        (4, "Movie", None, None, -1, None, "Unknown", True),
    ]
    of_country = spark.createDataFrame([(1, 30), (1, 31), (2, 31), (3, -1)], "title_key BIGINT, country_key BIGINT")
    trend = kpis.kpi_content_trend(spark.createDataFrame(titles, DIM_TITLE), of_country, star["dim_country"])
    expected = [(2010, "Movie", 2, Decimal("75.000000"), 2), (2011, "Movie", 1, None, 0)]
    assert_same(trend, rows(kpis.KPI_CONTENT_TREND, *expected))


def test_kpi_genre_trend(made, rows):
    expected = [("Dramas", 2016, 1), ("Dramas", 2021, 1), ("Kids", 2021, 1), ("Unknown", None, 1)]
    assert_same(made(kpis.kpi_genre_trend), rows(kpis.KPI_GENRE_TREND, *expected))


def test_kpi_country_growth_compares_five_years_with_the_five_before(made, rows):
    expected = [("France", 1, 0, None), ("Japan", 1, 1, Decimal("0.000000")), ("Unknown", 0, 0, None)]
    assert_same(made(kpis.kpi_country_growth), rows(kpis.KPI_COUNTRY_GROWTH, *expected))
