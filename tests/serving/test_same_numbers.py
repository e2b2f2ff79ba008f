"""The same number everywhere: the sample's truth = KPI table = the registry's SQL = the API = exports."""

import csv
import json

import duckdb
import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

from local_runtime.cli.arguments import main
from local_runtime.inspection.query import run_query
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


def test_exports_have_the_numbers_of_every_kpi_table(made_lake, tmp_path):
    """Parquet and the database with their types, CSV as texts (but for lists, whose form is the export's own)."""
    names = sorted(kpi_tables(REGISTRY))
    for form in ("parquet", "csv", "duckdb"):
        assert main(["export", "--lake", str(made_lake.root), str(tmp_path / form), *names, "--format", form]) == 0
    database = duckdb.connect(str(tmp_path / "duckdb" / "lake.duckdb"), read_only=True)
    for name in names:
        stored = run_query(made_lake, f"SELECT * FROM gold.{name}")
        rows, columns = as_texts(stored.fetchall()), stored.columns
        parquet = database.execute(f"SELECT * FROM '{tmp_path}/parquet/{name}/*.parquet'")
        assert as_texts(parquet.fetchall()) == rows, name
        assert as_texts(database.execute(f"SELECT * FROM gold.{name}").fetchall()) == rows, name
        single = [column for column, type_ in zip(columns, stored.types, strict=True) if "[]" not in str(type_)]
        texts = ", ".join(f"coalesce(CAST({column} AS VARCHAR), '')" for column in single)
        with (tmp_path / "csv" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            written = [tuple(row[column] for column in single) for row in csv.DictReader(file)]
        assert as_texts(written) == as_texts(run_query(made_lake, f"SELECT {texts} FROM gold.{name}").fetchall()), name
