"""What is watched by genre, person, type and region; hours add up."""

from decimal import Decimal

import pytest

from gold.playback.kpis import tastes as preferences
from tests.gold.frames import assert_same

DAILY = "date_key INT, title_key BIGINT, country_key BIGINT, plays BIGINT, watched_seconds BIGINT"
FACT = "country_key BIGINT, subscriber_key BIGINT, title_key BIGINT, watched_seconds BIGINT"


@pytest.fixture
def star(spark):
    """Title 1 has two genres and three actors, 2 one genre and nobody, -1 is unknown; 30 is France, 31 Japan."""
    third = [(1, 60 + place, "cast", Decimal(f"0.33333{digit}")) for place, digit in ((0, 4), (1, 3), (2, 3))]
    return {
        "daily": spark.createDataFrame(
            [
                (20240101, 1, 30, 2, 7200),
                (20240102, 1, 31, 1, 3),
                (20240101, 2, 30, 1, 1800),
                (20240101, -1, 30, 1, 60),
            ],
            DAILY,
        ),
        "genres": spark.createDataFrame(
            [(1, 50, Decimal("0.500000")), (1, 51, Decimal("0.500000")), (2, 51, Decimal("1.000000"))],
            "title_key BIGINT, genre_key BIGINT, weight DECIMAL(18,6)",
        ),
        "persons": spark.createDataFrame(
            [(1, 70, "director", Decimal("1.000000")), (2, -1, "director", Decimal("1.000000")), *third],
            "title_key BIGINT, person_key BIGINT, role STRING, weight DECIMAL(18,6)",
        ),
        "dim_genre": spark.createDataFrame(
            [(50, "Dramas"), (51, "Comedies"), (-1, "Unknown")], "genre_key BIGINT, genre STRING"
        ),
        "dim_person": spark.createDataFrame(
            [(60, "A"), (61, "B"), (62, "C"), (70, "D"), (-1, "Unknown")], "person_key BIGINT, person STRING"
        ),
        "dim_country": spark.createDataFrame(
            [(30, "France", "Europe"), (31, "Japan", "Asia"), (-1, "Unknown", "Unknown")],
            "country_key BIGINT, country STRING, region STRING",
        ),
    }


def hours(seconds):
    return (Decimal(seconds) / 3600).quantize(Decimal("0.000001"), rounding="ROUND_HALF_UP")


def test_a_title_counts_for_each_genre_by_its_weight_in_hours(star, rows):
    expected = rows(
        preferences.KPI_WATCHED_GENRE,
        ("Dramas", hours("3601.5"), 3),
        ("Comedies", hours("5401.5"), 4),
        ("Unknown", hours(60), 1),
    )
    assert_same(preferences.kpi_watched_genre(star["daily"], star["genres"], star["dim_genre"]), expected)


def test_directors_and_actors_have_their_own_hours_which_add_up(star, rows):
    arguments = star["daily"], star["persons"], star["dim_person"]
    directors = rows(preferences.KPI_WATCHED_DIRECTOR, ("D", hours(7203), 3), ("Unknown", hours(1860), 2))
    assert_same(preferences.kpi_watched_person(*arguments, "director"), directors)
    actors = preferences.kpi_watched_person(*arguments, "cast").collect()
    assert {row.name: row.plays for row in actors} == {"A": 3, "B": 3, "C": 3, "Unknown": 2}
    assert abs(sum(row.hours_viewed for row in actors) - hours(7203 + 1860)) <= Decimal("0.000002")


@pytest.mark.parametrize("seconds", [6, 11, 18, 23, 33, 38])
def test_hours_are_rounded_by_all_of_the_time(spark, star, seconds):
    daily = spark.createDataFrame([(20240101, 1, 30, 1, seconds)], DAILY)
    found = preferences.kpi_watched_person(daily, star["persons"], star["dim_person"], "cast").collect()
    weights = {"A": Decimal("0.333334"), "B": Decimal("0.333333"), "C": Decimal("0.333333")}
    assert {row.name: row.hours_viewed for row in found} == {
        name: hours(seconds * weight) for name, weight in weights.items()
    }


def test_regions_have_genres(star, rows):
    found = preferences.kpi_regional_performance(star["daily"], star["genres"], star["dim_genre"], star["dim_country"])
    expected = rows(
        preferences.KPI_REGIONAL_PERFORMANCE,
        ("Europe", "France", "Dramas", hours(3600), 2),
        ("Europe", "France", "Comedies", hours(5400), 3),
        ("Europe", "France", "Unknown", hours(60), 1),
        ("Asia", "Japan", "Dramas", hours("1.5"), 1),
        ("Asia", "Japan", "Comedies", hours("1.5"), 1),
    )
    assert_same(found, expected)


def test_types_have_their_share_of_a_country_and_age_band(spark, star, rows):
    facts = [(30, 20, 1, 900), (30, 21, 1, 900), (30, 20, 2, 600), (30, -1, -1, 60), (31, 20, 2, 0)]
    subscribers = spark.createDataFrame(
        [(20, "18-24"), (21, "18-24"), (-1, "Unknown")], "subscriber_key BIGINT, age_band STRING"
    )
    titles = spark.createDataFrame([(1, "Movie"), (2, "TV Show"), (-1, None)], "title_key BIGINT, type STRING")
    found = preferences.kpi_type_preference(
        spark.createDataFrame(facts, FACT), subscribers, titles, star["dim_country"]
    )
    expected = rows(
        preferences.KPI_TYPE_PREFERENCE,
        ("France", "18-24", "Movie", hours(1800), Decimal("0.75")),
        ("France", "18-24", "TV Show", hours(600), Decimal("0.25")),
        ("France", "Unknown", "Unknown", hours(60), Decimal(1)),
        ("Japan", "18-24", "TV Show", hours(0), None),
    )
    assert_same(found, expected)
