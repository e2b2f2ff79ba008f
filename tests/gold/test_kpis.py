from datetime import date
from decimal import Decimal

import pytest

from gold import kpis

DIM_TITLE = """title_key BIGINT, type STRING, release_year INT, date_added DATE, rating_key BIGINT,
    duration_minutes INT, content_age_category STRING, in_catalogue BOOLEAN"""


@pytest.fixture
def star(spark):
    """Movies 1 (France and Japan) and 2 (nothing known), show 3 (Japan), and movie 4, which left the catalogue."""
    titles = [
        (1, "Movie", 2020, date(2021, 5, 1), 10, 90, "Recent", True),
        (2, "Movie", 2012, None, -1, None, "Modern", True),
        (3, "TV Show", 2020, date(2016, 5, 1), 10, None, "Recent", True),
        (4, "Movie", 1999, date(2021, 5, 1), 10, 60, "Classic", False),
        (-1, "Unknown", None, None, -1, None, "Unknown", False),
    ]
    genres = [(20, "Dramas"), (21, "Kids"), (-1, "Unknown")]
    countries = [(30, "France"), (31, "Japan"), (-1, "Unknown")]
    of_genre = [(1, 20), (1, 21), (2, -1), (3, 20), (4, 21)]
    of_country = [(1, 30), (1, 31), (2, -1), (3, 31), (4, 30)]
    return {
        "dim_title": spark.createDataFrame(titles, DIM_TITLE),
        "dim_rating": spark.createDataFrame([(10, "PG"), (-1, "Unknown")], "rating_key BIGINT, rating STRING"),
        "dim_genre": spark.createDataFrame(genres, "genre_key BIGINT, genre STRING"),
        "dim_country": spark.createDataFrame(countries, "country_key BIGINT, country STRING"),
        "bridge_title_genre": spark.createDataFrame(of_genre, "title_key BIGINT, genre_key BIGINT"),
        "bridge_title_country": spark.createDataFrame(of_country, "title_key BIGINT, country_key BIGINT"),
    }


def rows(frame):
    return sorted((tuple(row) for row in frame.collect()), key=repr)


def test_kpi_content_type(star):
    assert rows(kpis.kpi_content_type(star["dim_title"])) == [
        ("Movie", 2, Decimal("0.666667")),
        ("TV Show", 1, Decimal("0.333333")),
    ]


def test_kpi_genre_counts_a_title_once_for_each_genre(star):
    third, two_thirds = Decimal("0.333333"), Decimal("0.666667")
    actual = rows(kpis.kpi_genre(star["dim_title"], star["bridge_title_genre"], star["dim_genre"]))
    assert actual == [("Dramas", 2, two_thirds), ("Kids", 1, third), ("Unknown", 1, third)]


def test_kpi_country(star):
    actual = rows(kpis.kpi_country(star["dim_title"], star["bridge_title_country"], star["dim_country"]))
    assert actual == [("France", 1, 1, 0), ("Japan", 2, 1, 1), ("Unknown", 1, 1, 0)]


def test_kpi_rating_counts_titles_without_one_under_unknown(star):
    actual = rows(kpis.kpi_rating(star["dim_title"], star["dim_rating"]))
    assert actual == [("PG", 2, Decimal("0.666667")), ("Unknown", 1, Decimal("0.333333"))]


def test_kpi_release_year(star):
    assert rows(kpis.kpi_release_year(star["dim_title"])) == [
        (2012, "Movie", 1),
        (2020, "Movie", 1),
        (2020, "TV Show", 1),
    ]


def test_kpi_year_added_is_null_where_no_date_is_known(star):
    assert rows(kpis.kpi_year_added(star["dim_title"])) == [
        (2016, "TV Show", 1),
        (2021, "Movie", 1),
        (None, "Movie", 1),
    ]


def test_kpi_content_age_averages_movies_only_and_counts_known_genres(star):
    actual = rows(
        kpis.kpi_content_age(
            star["dim_title"], star["bridge_title_country"], star["dim_country"], star["bridge_title_genre"]
        )
    )
    assert actual == [
        ("Movie", "Modern", "Unknown", 1, None, 0),
        ("Movie", "Recent", "France", 1, Decimal("90.000000"), 2),
        ("Movie", "Recent", "Japan", 1, Decimal("90.000000"), 2),
        ("TV Show", "Recent", "Japan", 1, None, 1),
    ]


def test_kpi_genre_trend(star):
    actual = rows(kpis.kpi_genre_trend(star["dim_title"], star["bridge_title_genre"], star["dim_genre"]))
    assert actual == [("Dramas", 2016, 1), ("Dramas", 2021, 1), ("Kids", 2021, 1), ("Unknown", None, 1)]


def test_kpi_country_growth_compares_five_years_with_the_five_before(star):
    actual = rows(kpis.kpi_country_growth(star["dim_title"], star["bridge_title_country"], star["dim_country"]))
    assert actual == [("France", 1, 0, None), ("Japan", 1, 1, Decimal("0.000000")), ("Unknown", 0, 0, None)]
