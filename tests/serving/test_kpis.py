"""KPI tables: what gold has, row by row."""

import csv
from decimal import Decimal

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

from local_runtime.inspection.query import run_query
from metrics.kpis import kpi_tables
from metrics.registry import load_registry
from serving.api.formats import plain

TABLES = kpi_tables(load_registry())


@pytest.mark.parametrize("name", TABLES)
def test_a_kpi_table_has_golds_rows(unprotected, made_lake, name):
    answer = unprotected.get(f"/api/v1/kpis/{name}").json()
    stored = run_query(made_lake, f"FROM gold.{name}")
    keys = [column.endswith("_key") for column in stored.columns]
    rows = [tuple(plain(value, key) for value, key in zip(row, keys, strict=True)) for row in stored.fetchall()]
    assert {column["name"] for column in answer["columns"]} == {*stored.columns}
    served = [tuple(row[column] for column in stored.columns) for row in answer["data"]]
    assert sorted(map(repr, served)) == sorted(map(repr, rows))


def test_the_list_has_every_table_with_its_question_and_address(client):
    listed = client.get("/api/v1/kpis").json()["data"]
    assert [table["name"] for table in listed] == TABLES
    assert all(client.get(table["rows"], params={"limit": 1}).status_code == 200 for table in listed)
    assert {table["name"] for table in listed if table["personal"]} == {"kpi_subscribers", "kpi_type_preference"}


def test_a_kpi_table_can_be_had_as_csv(client, made_lake):
    rows = [*csv.DictReader(client.get("/api/v1/kpis/kpi_content_type", params={"format": "csv"}).text.splitlines())]
    stored = run_query(made_lake, "SELECT type, titles, share FROM gold.kpi_content_type ORDER BY ALL").fetchall()
    assert [(row["type"], int(row["titles"]), Decimal(row["share"])) for row in rows] == stored


def test_the_limit_leaves_rows_out_and_says_so(client):
    answer = client.get("/api/v1/kpis/kpi_genre", params={"limit": 2})
    assert (len(answer.json()["data"]), answer.json()["complete"], answer.headers["x-complete"]) == (2, False, "false")


def test_a_table_that_is_not_there_is_named_with_the_nearest(client):
    answer = client.get("/api/v1/kpis/kpi_genres")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:lakehouse:problem:unknown-kpi-table")
    assert "kpi_genre" in answer.json()["detail"]
