from decimal import Decimal

from gold.catalogue.kpis import trends
from tests.helpers.frames import assert_same_rows


def test_kpi_release_year(made, rows):
    expected = rows(trends.KPI_RELEASE_YEAR, (2009, "Movie", 1), (2020, "Movie", 1), (2020, "TV Show", 1))
    assert_same_rows(made(trends.kpi_release_year), expected)


def test_kpi_year_added_is_null_where_no_date_is_known(made, rows):
    expected = rows(trends.KPI_YEAR_ADDED, (2016, "TV Show", 1), (2021, "Movie", 1), (None, "Movie", 1))
    assert_same_rows(made(trends.kpi_year_added), expected)


def test_kpi_genre_trend(made, rows):
    expected = [("Dramas", 2016, 1), ("Dramas", 2021, 1), ("Kids", 2021, 1), ("Unknown", None, 1)]
    assert_same_rows(made(trends.kpi_genre_trend), rows(trends.KPI_GENRE_TREND, *expected))


def test_kpi_country_growth_compares_five_years_with_the_five_before(made, rows):
    expected = [("France", 1, 0, None), ("Japan", 1, 1, Decimal("0.000000")), ("Unknown", 0, 0, None)]
    assert_same_rows(made(trends.kpi_country_growth), rows(trends.KPI_COUNTRY_GROWTH, *expected))
