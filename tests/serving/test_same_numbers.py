"""The same number everywhere: the sample's truth = KPI table = the registry's SQL = the API."""

import json

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

from metrics.kpis import kpi_query, kpi_tables
from metrics.registry import load_registry
from sample.kpis import KPI_TRUTH
from serving.api.formats import plain
from serving.pages.addresses import address
from tests.helpers.matrix import pairs, questions
from tests.helpers.registry import answered, as_texts, differences, kpi_rows
from tests.helpers.truth import kpi_and_truth, titles_of

REGISTRY = load_registry()
QUESTIONS = questions(REGISTRY)


@pytest.fixture(scope="module")
def truth(made_lake):
    """What each KPI table of the sample is meant to be."""
    return json.loads((made_lake.root.parent / "landing" / KPI_TRUTH).read_text())


@pytest.fixture(scope="module")
def titles(made_lake):
    """Who each title is, by its key."""
    return titles_of(made_lake)


def served(client, query):
    """The API's rows as texts."""
    answer = client.get(address(query))
    assert answer.status_code == 200, answer.text
    assert answer.json()["complete"], query
    return sorted(repr(tuple(row.values())) for row in answer.json()["data"])


def as_served(columns, rows):
    """Rows of the registry's SQL as texts, written as the API writes them."""
    keys = [column.endswith("_key") for column in columns]
    return sorted(repr(tuple(map(plain, row, keys))) for row in rows)


def test_the_questions_are_all_that_the_api_offers(client):
    offered = client.get("/api/v1/metrics").json()["data"]
    assert {(one["name"], by) for one in offered for by in one["dimensions"] + one["grains"]} == {
        (metric, dimensions[-1]) for metric, dimensions in pairs(REGISTRY)
    }


@pytest.mark.parametrize("entity", QUESTIONS)
def test_the_api_has_the_numbers_of_the_registrys_sql(unprotected, made_lake, entity):
    for query in QUESTIONS[entity]:
        columns, rows, _ = answered(made_lake, query)
        assert served(unprotected, query) == as_served(columns, rows), query


@pytest.mark.parametrize("name", kpi_tables(REGISTRY))
def test_what_the_sample_was_meant_to_be_is_the_number_everywhere(unprotected, made_lake, truth, titles, name):
    table, meant = kpi_and_truth(made_lake, name, truth[name], titles)
    assert table == meant
    query = kpi_query(REGISTRY, name)
    columns, rows, _ = answered(made_lake, query)
    stored, _ = kpi_rows(made_lake, REGISTRY, name, columns)
    assert differences(name, as_texts(rows), stored, REGISTRY.tables[name].is_excerpt) is None
    assert served(unprotected, query) == as_served(columns, rows)
