"""The most watched titles, well rated but little watched ones, and how many titles are watched at all."""

from decimal import Decimal

import pytest

from gold.catalogue.dimensions import DIM_TITLE
from gold.catalogue.facts import FACT_TITLE_RATING
from gold.playback.facts import FACT_PLAYBACK_DAILY
from gold.playback.kpis import titles
from tests.helpers.frames import assert_same_rows

ZERO = Decimal("0.000000")


def test_kpi_top_titles_has_titles_that_were_watched_or_started(made, rows):
    expected = rows(
        titles.KPI_TOP_TITLES,
        (1, "Movie", 2, Decimal("1.500000"), Decimal("1.500000"), 2, 3),
        (2, "Show", 1, None, Decimal("1.000000"), 0, 0),
        (3, "Never", 0, ZERO, ZERO, 0, 1),
        (-1, "Unknown", 0, None, ZERO, 0, 2),
    )
    assert_same_rows(made(titles.kpi_top_titles), expected)


def test_kpi_underwatched_titles_are_top_rated_and_in_the_less_watched_half(rows):
    catalogue = [(key, f"T{key}", "Movie", key != 6) for key in range(1, 8)]
    ratings = [
        (1, "7.5", 1000),
        (2, "7.4", 9000),
        (3, "9.0", 999),
        (4, "9.1", 5000),
        (5, "8.0", 2000),
        (6, "9.9", 9999),
    ]
    daily = [(4, 40, 30, 3, 7200), (5, 40, 30, 1, 1800), (5, 41, 31, 1, 1800), (7, 40, 30, 1, 60), (2, 40, 30, 1, 9000)]
    found = titles.kpi_underwatched_titles(
        rows(FACT_PLAYBACK_DAILY, *daily, columns="title_key device_key country_key plays watched_seconds"),
        rows(
            FACT_TITLE_RATING,
            *[(key, Decimal(rating), votes) for key, rating, votes in ratings],
            columns="title_key average_rating votes",
        ),
        rows(DIM_TITLE, *catalogue, columns="title_key title type in_catalogue"),
    )
    # Of five rated titles of the catalogue, by hours: 1 and 3 (none), 5, 4, 2. Title 3 has too few votes.
    expected = rows(
        titles.KPI_UNDERWATCHED_TITLES,
        (1, "T1", "Movie", Decimal("7.5"), 1000, 0, ZERO, ZERO),
        (5, "T5", "Movie", Decimal("8.0"), 2000, 2, Decimal("1.000000"), Decimal("0.400000")),
    )
    assert_same_rows(found, expected)


@pytest.fixture
def catalogue_depth(rows):
    """The KPI of days (title, long_plays): two movies and a show are in the catalogue, movie 4 has left it."""

    def make(*days):
        catalogue = [(1, "Movie", True), (2, "Movie", True), (3, "TV Show", True), (4, "Movie", False)]
        return titles.kpi_catalogue_depth(
            rows(FACT_PLAYBACK_DAILY, *days, columns="title_key long_plays"),
            rows(DIM_TITLE, *catalogue, (-1, "Unknown", False), columns="title_key type in_catalogue"),
        )

    return make


def test_kpi_catalogue_depth_counts_a_title_with_a_view_once_and_none_that_is_unknown_or_gone(catalogue_depth, rows):
    expected = [("Movie", 2, 1, 1, Decimal("0.500000")), ("TV Show", 1, 1, 0, ZERO)]
    found = catalogue_depth((1, 2), (1, 1), (1, 0), (2, 0), (3, 1), (4, 1), (-1, 3))
    assert_same_rows(found, rows(titles.KPI_CATALOGUE_DEPTH, *expected))


def test_of_a_catalogue_that_nobody_watches_all_is_unwatched(catalogue_depth, rows):
    expected = [("Movie", 2, 0, 2, Decimal("1.000000")), ("TV Show", 1, 0, 1, Decimal("1.000000"))]
    assert_same_rows(catalogue_depth(), rows(titles.KPI_CATALOGUE_DEPTH, *expected))
