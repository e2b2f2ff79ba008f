"""Digests of tables: equal where two lakes hold the same rows, whatever the order and the engine that wrote them."""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from local_runtime.delta.lake import DEFAULT_SCHEMA, EVENT_LOG, Lake
from local_runtime.inspection.query import materialized_results
from local_runtime.quoting import DOUBLE, quoted, quoted_table

if TYPE_CHECKING:
    import duckdb

LOAD_TIME = "ingested_at"
"""The names of columns, and of fields in them, that say when something was loaded end so."""


def digests(lake: Lake, schema: str = DEFAULT_SCHEMA) -> dict[str, tuple[int, str]]:
    """For each table of `schema` its row count and the SHA-256 over its sorted, canonical rows, without load times."""
    tables = [name for name in lake.tables() if name.startswith(f"{schema}.") and not name.endswith(f".{EVENT_LOG}")]
    queries = [f"SELECT * FROM {quoted_table(name)}" for name in tables]
    relations = materialized_results(lake, ";".join(queries)) if tables else []
    return {name: _digest(table) for name, table in zip(tables, relations, strict=True)}


def _digest(table: "duckdb.DuckDBPyRelation") -> tuple[int, str]:
    """Row count and digest of one table."""
    columns = sorted(name for name in table.columns if not name.endswith(LOAD_TIME))
    values = table.select(*(quoted(name, DOUBLE) for name in columns)).fetchall()
    rows = sorted(json.dumps([_canonical(value) for value in row]) for row in values)
    digest = hashlib.sha256(json.dumps(columns).encode())
    for row in rows:
        digest.update(row.encode() + b"\n")
    return len(rows), digest.hexdigest()


def _canonical(value: Any) -> Any:
    match value:
        case Decimal():
            return str(value.normalize())
        case datetime():
            # DuckDB reads a time within a column without its zone, where Spark wrote the file: days and times are UTC.
            return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
        case date():
            return value.isoformat()
        case list():
            return [_canonical(item) for item in value]
        case dict():
            return {key: _canonical(item) for key, item in sorted(value.items()) if not key.endswith(LOAD_TIME)}
        case _:
            return value
