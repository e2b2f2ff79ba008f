"""Answers of the registry over a small gold of known rows."""

import pytest

pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")

from local_runtime.errors import LakehouseError


def test_a_total_counts_what_is_in_the_catalogue_and_all_that_was_watched(ask):
    assert ask("titles", "plays", "hours_viewed", "viewers") == [(3, 4, 3.516667, 2)]


def test_hours_are_divided_among_genres_by_their_weights_and_plays_count_for_each(ask):
    assert ask("hours_viewed", "plays", by=("genre",)) == [
        ("Unknown", 2.0, 1),
        ("Dramas", 0.766667, 3),
        ("Comedies", 0.75, 2),
    ]


def test_a_filter_of_a_genre_gives_what_its_row_gives(ask):
    assert ask("hours_viewed", "plays", where="genre = 'Dramas'") == [(0.766667, 3)]
    # Of two genres a title counts once in plays, and with both of its weights in hours.
    assert ask("hours_viewed", "plays", where="genre in ('Dramas', 'Comedies')") == [(1.516667, 3)]


def test_a_share_is_of_all_titles_not_of_the_sum_of_rows(ask):
    assert ask("titles", "title_share", by=("genre",)) == [
        ("Dramas", 2, 0.666667),
        ("Comedies", 1, 0.333333),
        ("Unknown", 1, 0.333333),
    ]


def test_the_total_of_a_share_keeps_filters_but_those_of_its_own_dimensions(ask):
    assert ask("title_share", by=("genre",), where="genre = 'Comedies'") == [("Comedies", 0.333333)]
    assert ask("title_share", by=("genre",), where="type = 'Movie' and genre = 'Comedies'") == [("Comedies", 0.5)]


def test_one_name_is_the_country_of_production_or_of_viewing_as_the_metric_has_it(ask):
    assert ask("titles", by=("country",)) == [("Chile", 2), ("Norway", 1)]
    assert ask("plays", by=("country",)) == [("Chile", 2), ("Norway", 1), ("Unknown", 1)]
    assert ask("plays", by=("production_country",)) == [("Norway", 2), ("Chile", 1), ("Unknown", 1)]


def test_metrics_of_several_tables_are_put_side_by_side(ask):
    assert ask("plays", "events", by=("device",)) == [("smart tv", 4, 5), ("Unknown", 0, 2)]


def test_devices_are_matched_by_their_letters_and_digits(ask):
    assert ask("events", by=("device",), where="device = 'smart tv'") == [("smart tv", 5)]


def test_subscribers_are_the_last_months_where_months_are_put_together(ask):
    by_month = [("2022-01-01", 2, 0, 10.0), ("2022-02-01", 1, 1, 10.0)]
    assert ask("active_subscribers", "churned_subscribers", "revenue", grain="month") == by_month
    assert ask("active_subscribers", "churned_subscribers", "revenue") == [(1, 1, 20.0)]
    assert ask("active_subscribers", "revenue", by=("year",)) == [("2022-01-01", 1, 20.0)]


def test_the_average_revenue_is_of_those_whose_revenue_is_known(ask):
    assert ask("average_revenue_per_user", by=("month",)) == [("2022-01-01", 10.0), ("2022-02-01", 10.0)]
    assert ask("revenue", where="age_band = '65+'") == [(None,)]
    assert ask("revenue", where="age_band = '13-17'") == [(0.0,)]


def test_the_last_days_end_with_the_newest_of_the_data(ask):
    assert ask("plays", last="2d") == [(3,)]
    assert ask("plays", by=("day",), last="30d") == [("2022-01-31", 1), ("2022-02-28", 2), ("2022-03-01", 1)]
    assert ask("plays", by=("month",), last="2m") == [("2022-02-01", 2), ("2022-03-01", 1)]


def test_a_period_is_compared_with_the_one_before(ask):
    assert ask("plays", last="1d", compare="previous") == [(1, 2, -0.5)]
    assert ask("plays", "hours_viewed", last="1m", compare="previous") == [(3, 1, 2.0, 2.516667, 1.0, 1.516667)]


def test_a_month_is_compared_with_the_one_before_and_the_first_with_nothing(ask):
    assert ask("plays", by=("month",), compare="previous") == [
        ("2022-01-01", 1, 0, None),
        ("2022-02-01", 2, 1, 1.0),
        ("2022-03-01", 1, 2, -0.5),
    ]


def test_a_year_before_without_data_is_nothing(ask):
    assert ask("plays", last="1m", compare="year") == [(3, 0, None)]


def test_the_change_of_a_share_is_the_difference(ask):
    assert ask("type_hours_share", by=("type",), last="1m", compare="previous") == [
        ("Unknown", 0.794702, None, None),
        ("Movie", 0.205298, 1.0, -0.794702),
    ]


def test_a_filter_of_time_moves_with_the_period_that_is_compared(ask):
    assert ask("plays", by=("month",), where="month = '2022-02-01'", compare="previous") == [("2022-02-01", 2, 1, 1.0)]


def test_growth_counts_calendar_years_before_the_latest_with_an_addition(ask):
    by_country = ask("titles_last_5_years", "titles_previous_5_years", "title_growth", by=("country",))
    assert by_country == [("Chile", 1, 1, 0.0), ("Norway", 1, 0, None)]


def test_a_title_is_watched_from_its_first_view_on(ask):
    assert ask("titles", "watched_titles", "unwatched_titles", "unwatched_share", by=("type",)) == [
        ("Movie", 2, 1, 1, 0.5),
        ("TV Show", 1, 0, 1, 1.0),
    ]


def test_distinct_genres_leave_out_unknown_and_count_no_title_twice(ask):
    assert ask("genres", "production_countries", "titles", by=("type",)) == [("Movie", 2, 2, 2), ("TV Show", 0, 1, 1)]


def test_the_order_is_the_one_asked_for_then_a_total_one(ask):
    assert ask("titles", by=("genre",), order=("-genre",), limit=2) == [("Unknown", 1), ("Dramas", 2)]
    assert ask("titles", by=("genre",), order=("titles", "genre")) == [("Comedies", 1), ("Unknown", 1), ("Dramas", 2)]


def test_what_adds_up_over_everything_does_over_every_dimension(ask, registry):
    """But for a title that counts for each of its genres, countries and people: those rows add up to more."""
    from metrics.query import Query
    from metrics.sql import statement
    from tests.metrics.conftest import TABLES

    checked = 0
    for name, measure in registry.metrics.items():
        wanted = statement(registry, Query(metrics=(name,))) if measure.adds_up == "everything" else None
        if wanted is None or not {table.removeprefix("gold.") for table in wanted.tables} <= TABLES.keys():
            continue
        ((total,),) = ask(name)
        for dimension in registry.dimensions_of(name):
            asked = statement(registry, Query(metrics=(name,), dimensions=(dimension,)))
            if not {table.removeprefix("gold.") for table in asked.tables} <= TABLES.keys():
                continue
            added = sum(row[-1] or 0 for row in ask(name, by=(dimension,)))
            entity = registry.own_entity(name)
            of_several = registry.has_bridge(entity, registry.dimensions_of_entity(entity)[dimension])
            if of_several and measure.over_bridge != "weighted":
                assert added >= total, (name, dimension)
            else:
                assert added == pytest.approx(total, abs=0.00001), (name, dimension)
            checked += 1
    assert checked > 80


def test_values_are_bound_whatever_they_are(ask, registry):
    from metrics.query import Filter, Query
    from metrics.sql import statement

    nasty = "x' OR 1=1; --"
    assert ask("titles", where="genre = 'x'' OR 1=1; --'") == [(0,)]
    wanted = statement(registry, Query(metrics=("titles",), where=(Filter("genre", "=", (nasty,)),)))
    assert nasty not in wanted.sql
    assert list(wanted.parameters.values()) == [nasty]


REFUSED = {
    "There is no metric 'hour_viewed'. The nearest: hours_viewed": {"metrics": ("hour_viewed",)},
    "titles has no dimension 'gender'": {"metrics": ("titles",), "by": ("gender",)},
    "it is production_country of titles; viewing_country of plays": {
        "metrics": ("titles", "plays"),
        "by": ("country",),
    },
    "views has a meaning for each title only: add the dimension title": {"metrics": ("views",)},
    "is a share of a total: add a dimension": {"metrics": ("title_share",)},
    "type_hours_share is a share of a total: add the dimension type": {
        "metrics": ("type_hours_share",),
        "by": ("device",),
    },
    "active_subscribers is by month, so days of it don't exist": {"metrics": ("active_subscribers",), "last": "30d"},
    "subscribers has no dates": {"metrics": ("subscribers",), "grain": "month"},
    "compare needs a period": {"metrics": ("plays",), "compare": "previous"},
    "last '30' isn't a period": {"metrics": ("plays",), "last": "30"},
    "Time has one grain in a query, not month and year": {"metrics": ("plays",), "by": ("month", "year")},
    "release_year is a whole number, not 'new'": {"metrics": ("titles",), "where": "release_year = 'new'"},
    "month is a day such as 2022-03-01, not 'May'": {"metrics": ("plays",), "where": "month = 'May'"},
    "The answer has no column 'hours' to order by": {"metrics": ("plays",), "order": ("hours",)},
    "A limit is a number from 1": {"metrics": ("plays",), "limit": 0},
    "country is viewing_country here, which is there too": {
        "metrics": ("plays",),
        "by": ("country", "viewing_country"),
    },
    "The dimension 'genre' is there twice": {"metrics": ("plays",), "by": ("genre", "genre")},
}


@pytest.mark.parametrize("message", REFUSED)
def test_a_query_that_makes_no_sense_is_refused_with_what_to_ask(ask, message):
    options = dict(REFUSED[message])
    with pytest.raises(LakehouseError) as error:
        ask(*options.pop("metrics"), **options)
    assert message in str(error.value)


@pytest.mark.parametrize(
    "text",
    ["", "genre", "genre == 'x'", "genre = x", "genre = 'x' or 1=1", "genre in ()", "a = 'x';", "a = 'x", "1 = 1"],
)
def test_a_filter_is_a_dimension_and_a_value_and_nothing_else(text):
    from metrics.where import parse_where

    with pytest.raises(LakehouseError, match="isn't understood at"):
        parse_where(text)
