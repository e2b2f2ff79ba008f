"""Silver and gold match the sample's truth, clean and with every kind of error."""

import pytest

from sample.catalogue import Sample
from sample.dirt import DIRT, EVENT_DIRT
from sample.making import make
from tests.end_to_end.conftest import Place
from tests.helpers.power_bi import check_what_power_bi_takes_for_granted
from tests.helpers.registry import check_kpis_are_queries, check_kpis_are_queries_on
from tests.helpers.truth import check_catalogue, check_imdb, check_kpis, check_playback, rows

SIZE = {"titles": 350, "releases": 3, "sessions": 400, "subscribers": 200, "imdb": 20}


CLEAN, DIRTY = pytest.param(((), ()), id="clean", marks=pytest.mark.large), pytest.param((DIRT, EVENT_DIRT), id="dirty")


@pytest.fixture(scope="module", params=[CLEAN, DIRTY])
def made(request, tmp_path_factory, sail):
    """A place where a sample was loaded."""
    place = Place.at(tmp_path_factory.mktemp("made"), sail)
    dirt, event_dirt = map(frozenset, request.param)
    make(place.landing, Sample(**SIZE, dirt=dirt, event_dirt=event_dirt))
    place.run()
    return place


def test_every_kpi_shows_what_the_sample_was_meant_to_be(made):
    check_kpis(made)


def test_every_kpi_is_the_query_of_the_registry_that_it_stands_for(made):
    check_kpis_are_queries(made.lake)
    check_what_power_bi_takes_for_granted(made.lake)


def test_every_kpi_is_its_query_on_the_default_engine_too(made, sail):
    check_kpis_are_queries_on(made.lake, sail)


@pytest.mark.parametrize("check", [check_catalogue, check_playback, check_imdb])
def test_the_rest_is_what_the_sample_was_meant_to_be(made, check):
    check(made)


def test_the_samples_have_what_the_kpis_tell_apart(made, request):
    """Otherwise a wrong KPI could pass."""
    is_dirty = request.node.callspec.id == "dirty"
    for quarantine in ("titles_quarantine", "subscribers_quarantine", "playback_events_quarantine"):
        assert (rows(made, f"SELECT count(*) FROM silver.{quarantine}")[0][0] > 0) == is_dirty
    is_so = {
        "titles that have left": "SELECT count(*) FROM gold.dim_title WHERE NOT in_catalogue AND title_key <> -1",
        "completed plays": "SELECT sum(completed_plays) FROM gold.kpi_genre_completion",
        "plays that are no view": "SELECT count(*) FROM gold.fact_playback WHERE NOT is_view",
        "known subscribers": "SELECT count(*) FROM gold.fact_playback WHERE subscriber_key <> -1",
        "unknown subscribers": "SELECT count(*) FROM gold.fact_playback WHERE subscriber_key = -1",
    }
    dirt = {
        "unknown titles": "SELECT count(*) FROM gold.fact_playback WHERE title_key = -1",
        "lost ratings": "SELECT sum(titles) FROM gold.kpi_rating WHERE rating = 'Unknown'",
    }
    assert [what for what, query in is_so.items() if not rows(made, query)[0][0]] == []
    assert [what for what, query in dirt.items() if bool(rows(made, query)[0][0]) != is_dirty] == []
