from decimal import Decimal

from gold.catalogue.kpis import composition
from tests.helpers.frames import assert_same_rows

THIRD, TWO_THIRDS = Decimal("0.333333"), Decimal("0.666667")


def test_kpi_content_type(made, rows):
    expected = rows(composition.KPI_CONTENT_TYPE, ("Movie", 2, TWO_THIRDS), ("TV Show", 1, THIRD))
    assert_same_rows(made(composition.kpi_content_type), expected)


def test_kpi_genre_counts_a_title_once_for_each_genre(made, rows):
    expected = rows(composition.KPI_GENRE, ("Dramas", 2, TWO_THIRDS), ("Kids", 1, THIRD), ("Unknown", 1, THIRD))
    assert_same_rows(made(composition.kpi_genre), expected)


def test_kpi_country_counts_a_title_once_for_each_country(made, rows):
    expected = rows(composition.KPI_COUNTRY, ("France", 1, 1, 0), ("Japan", 2, 1, 1), ("Unknown", 1, 1, 0))
    assert_same_rows(made(composition.kpi_country), expected)


def test_kpi_rating_counts_titles_without_one_under_unknown(made, rows):
    assert_same_rows(
        made(composition.kpi_rating), rows(composition.KPI_RATING, ("PG", 2, TWO_THIRDS), ("Unknown", 1, THIRD))
    )
