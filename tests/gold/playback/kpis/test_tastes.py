"""What is watched by genre, person, type and region; hours add up."""

from decimal import Decimal

import pytest

from gold.catalogue.bridges import BRIDGE_TITLE_GENRE, BRIDGE_TITLE_PERSON
from gold.catalogue.dimensions import DIM_GENRE, DIM_PERSON, DIM_TITLE
from gold.conformed.dimensions import DIM_COUNTRY
from gold.playback.facts import FACT_PLAYBACK, FACT_PLAYBACK_DAILY
from gold.playback.kpis import tastes
from gold.subscribers.dimensions import DIM_SUBSCRIBER
from tests.helpers.frames import assert_same_rows

ZERO = Decimal("0.000000")
DAILY = "date_key title_key country_key plays watched_seconds"


@pytest.fixture
def star(rows):
    """Title 1 has two genres and three actors, 2 one genre and nobody, -1 is unknown; 30 is France, 31 Japan."""
    half, third = Decimal("0.500000"), [Decimal(f"0.33333{digit}") for digit in "433"]
    return {
        "daily": rows(
            FACT_PLAYBACK_DAILY,
            (20240101, 1, 30, 2, 7200),
            (20240102, 1, 31, 1, 3),
            (20240101, 2, 30, 1, 1800),
            (20240101, -1, 30, 1, 60),
            columns=DAILY,
        ),
        "genres": rows(
            BRIDGE_TITLE_GENRE,
            *((1, 50, half), (1, 51, half), (2, 51, Decimal("1.000000")), (-1, -1, Decimal("1.000000"))),
            columns="title_key genre_key weight",
        ),
        "persons": rows(
            BRIDGE_TITLE_PERSON,
            (1, 70, "director", Decimal("1.000000")),
            *[(title, -1, "director", Decimal("1.000000")) for title in (2, -1)],
            *[(title, -1, "cast", Decimal("1.000000")) for title in (2, -1)],
            *[(1, 60 + position, "cast", weight) for position, weight in enumerate(third)],
            columns="title_key person_key role weight",
        ),
        "dim_genre": rows(DIM_GENRE, (50, "Dramas"), (51, "Comedies"), (-1, "Unknown"), columns="genre_key genre"),
        "dim_person": rows(
            DIM_PERSON, (60, "A"), (61, "B"), (62, "C"), (70, "D"), (-1, "Unknown"), columns="person_key person"
        ),
        "dim_country": rows(
            DIM_COUNTRY,
            *((30, "France", "Europe"), (31, "Japan", "Asia"), (-1, "Unknown", "Unknown")),
            columns="country_key country region",
        ),
    }


def hours(seconds):
    return (Decimal(seconds) / 3600).quantize(Decimal("0.000001"), rounding="ROUND_HALF_UP")


def test_a_title_counts_for_each_genre_by_its_weight_in_hours(star, rows):
    expected = rows(
        tastes.KPI_WATCHED_GENRE,
        ("Dramas", hours("3601.5"), 3),
        ("Comedies", hours("5401.5"), 4),
        ("Unknown", hours(60), 1),
    )
    assert_same_rows(tastes.kpi_watched_genre(star["daily"], star["genres"], star["dim_genre"]), expected)


def test_directors_and_actors_have_their_own_hours_which_add_up(star, rows):
    arguments = star["daily"], star["persons"], star["dim_person"]
    directors = rows(tastes.KPI_WATCHED_DIRECTOR, ("D", hours(7203), 3), ("Unknown", hours(1860), 2))
    assert_same_rows(tastes.kpi_watched_person(*arguments, "director"), directors)
    actors = tastes.kpi_watched_person(*arguments, "cast").collect()
    assert {row.name: row.plays for row in actors} == {"A": 3, "B": 3, "C": 3, "Unknown": 2}
    assert abs(sum(row.hours_viewed for row in actors) - hours(7203 + 1860)) <= Decimal("0.000002")


@pytest.mark.parametrize("seconds", [6, 11, 18, 23, 33, 38])
def test_hours_are_rounded_by_all_of_the_time(rows, star, seconds):
    daily = rows(FACT_PLAYBACK_DAILY, (20240101, 1, 30, 1, seconds), columns=DAILY)
    found = tastes.kpi_watched_person(daily, star["persons"], star["dim_person"], "cast").collect()
    weights = {"A": Decimal("0.333334"), "B": Decimal("0.333333"), "C": Decimal("0.333333")}
    assert {row.name: row.hours_viewed for row in found} == {
        name: hours(seconds * weight) for name, weight in weights.items()
    }


def test_regions_have_genres(star, rows):
    found = tastes.kpi_regional_performance(star["daily"], star["genres"], star["dim_genre"], star["dim_country"])
    expected = rows(
        tastes.KPI_REGIONAL_PERFORMANCE,
        ("Europe", "France", "Dramas", hours(3600), 2),
        ("Europe", "France", "Comedies", hours(5400), 3),
        ("Europe", "France", "Unknown", hours(60), 1),
        ("Asia", "Japan", "Dramas", hours("1.5"), 1),
        ("Asia", "Japan", "Comedies", hours("1.5"), 1),
    )
    assert_same_rows(found, expected)


def test_types_have_their_share_of_a_country_and_age_band(star, rows):
    facts = [(30, 20, 1, 900), (30, 21, 1, 900), (30, 20, 2, 600), (30, -1, -1, 60), (31, 20, 2, 0)]
    found = tastes.kpi_type_preference(
        rows(FACT_PLAYBACK, *facts, columns="country_key subscriber_key title_key watched_seconds"),
        rows(DIM_SUBSCRIBER, (20, "18-24"), (21, "18-24"), (-1, "Unknown"), columns="subscriber_key age_band"),
        rows(DIM_TITLE, (1, "Movie"), (2, "TV Show"), (-1, None), columns="title_key type"),
        star["dim_country"],
    )
    expected = rows(
        tastes.KPI_TYPE_PREFERENCE,
        ("France", "18-24", "Movie", hours(1800), Decimal("0.75")),
        ("France", "18-24", "TV Show", hours(600), Decimal("0.25")),
        ("France", "Unknown", "Unknown", hours(60), Decimal(1)),
        ("Japan", "18-24", "TV Show", hours(0), None),
    )
    assert_same_rows(found, expected)


@pytest.fixture
def genre_completion(rows):
    """The KPI of plays (title, completion, is_completed): 1 is a drama and a comedy, 2 has no genre."""

    def make(*plays):
        facts = [(title, None if share is None else Decimal(share), done) for title, share, done in plays]
        return tastes.kpi_genre_completion(
            rows(FACT_PLAYBACK, *facts, columns="title_key completion is_completed"),
            rows(BRIDGE_TITLE_GENRE, (1, 50), (1, 51), (2, -1), columns="title_key genre_key"),
            rows(DIM_GENRE, (50, "Dramas"), (51, "Comedies"), (-1, "Unknown"), columns="genre_key genre"),
        )

    return make


def test_kpi_genre_completion_counts_a_title_for_each_of_its_genres(genre_completion, rows):
    plays = [(1, "0", False), (1, "0.5", False), (1, "0.95", True), (2, "0.000001", False)]
    of_title = 3, Decimal("0.483333"), 1, Decimal("0.333333")
    expected = [("Dramas", *of_title), ("Comedies", *of_title), ("Unknown", 1, Decimal("0.000001"), 0, ZERO)]
    assert_same_rows(genre_completion(*plays), rows(tastes.KPI_GENRE_COMPLETION, *expected))


def test_kpi_genre_completion_leaves_out_what_has_no_completion(genre_completion, rows):
    found = genre_completion((1, None, False), (1, "1", True), (2, None, False), (-1, None, False))
    of_title = 1, Decimal("1.000000"), 1, Decimal("1.000000")
    assert_same_rows(found, rows(tastes.KPI_GENRE_COMPLETION, ("Dramas", *of_title), ("Comedies", *of_title)))
    assert_same_rows(genre_completion((-1, None, False)), rows(tastes.KPI_GENRE_COMPLETION))
