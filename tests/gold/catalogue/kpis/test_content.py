from decimal import Decimal

from gold.catalogue.bridges import BRIDGE_TITLE_COUNTRY
from gold.catalogue.dimensions import DIM_TITLE
from gold.catalogue.kpis import content
from tests.gold.catalogue.kpis.conftest import TITLE
from tests.helpers.frames import assert_same_rows

NINETY = Decimal("90.000000")


def test_114_a_movie_of_any_length_can_be_averaged(star, rows):
    """A lake that is older than the rule `plausible_duration` may hold one."""
    longest = rows(DIM_TITLE, (1, "Movie", 2020, None, 10, 2**31 - 1, "Recent", True), columns=TITLE)
    bridge, countries = star["bridge_title_country"], star["dim_country"]
    age = content.kpi_content_age(longest, bridge, countries, star["bridge_title_genre"], star["dim_genre"])
    trend = content.kpi_content_trend(longest, bridge, countries)
    found = {row["average_duration"] for kpi in (age, trend) for row in kpi.collect()}
    assert found == {Decimal("2147483647.000000")}


def test_kpi_content_age_averages_movies_only_and_names_known_genres(made, rows):
    expected = rows(
        content.KPI_CONTENT_AGE,
        ("Movie", "Classic", "Unknown", 1, None, 0, []),
        ("Movie", "Recent", "France", 1, NINETY, 2, ["Dramas", "Kids"]),
        ("Movie", "Recent", "Japan", 1, NINETY, 2, ["Dramas", "Kids"]),
        ("TV Show", "Recent", "Japan", 1, None, 1, ["Dramas"]),
    )
    assert_same_rows(made(content.kpi_content_age), expected)


def test_kpi_content_trend_starts_in_2010_and_averages_movies_only(made, rows):
    expected = rows(content.KPI_CONTENT_TREND, (2020, "Movie", 1, NINETY, 2), (2020, "TV Show", 1, None, 1))
    assert_same_rows(made(content.kpi_content_trend), expected)


def test_kpi_content_trend_counts_a_country_once_and_unknown_ones_not(star, rows):
    titles = [
        (1, "Movie", 2010, None, -1, 90, "Modern", True),
        (2, "Movie", 2010, None, -1, 60, "Modern", True),
        (3, "Movie", 2011, None, -1, None, "Modern", True),
        (4, "Movie", None, None, -1, None, "Unknown", True),
    ]
    made_in = rows(BRIDGE_TITLE_COUNTRY, (1, 30), (1, 31), (2, 31), (3, -1), columns="title_key country_key")
    trend = content.kpi_content_trend(rows(DIM_TITLE, *titles, columns=TITLE), made_in, star["dim_country"])
    expected = [(2010, "Movie", 2, Decimal("75.000000"), 2), (2011, "Movie", 1, None, 0)]
    assert_same_rows(trend, rows(content.KPI_CONTENT_TREND, *expected))
