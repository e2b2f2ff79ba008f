"""What the model reads by SQL gives the rows that the registry's joins give."""

import pytest

from tests.metrics.conftest import gold, registry  # noqa: F401

pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")

import sqlglot

from dashboards.power_bi.columns import columns_of
from dashboards.power_bi.partitions import sql_of
from dashboards.power_bi.star import TABLES
from metrics.query import Query
from metrics.sql import statement


def test_events_have_the_keys_of_their_devices_and_countries(registry, gold):  # noqa: F811
    table = TABLES["Events"]
    sql = sql_of(registry, table, [column.source for column in columns_of(registry, table)]).replace("{gold}", "gold")
    rows = sqlglot.transpile(sql, read="databricks", write="duckdb")[0]
    found = gold.execute(
        f"""SELECT device, country, event_type, CAST(SUM(events) AS BIGINT) FROM ({rows}) AS e
        JOIN gold.dim_device AS d USING (device_key) JOIN gold.dim_country AS c ON c.country_key = e.country_key
        GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    wanted = statement(registry, Query(metrics=("events",), dimensions=("device", "viewing_country", "event_type")))
    assert found == sorted(gold.execute(wanted.sql, dict(wanted.parameters)).fetchall())
    assert ("Unknown", "Unknown", "Unknown", 2) in found and ("smart tv", "Norway", "PLAY_START", 5) in found
