"""The rows of a version's Parquet files, as DuckDB reads them."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_runtime.delta.actions import TableSnapshot
from local_runtime.errors import LakehouseError
from local_runtime.quoting import DOUBLE, quoted, text_literal

if TYPE_CHECKING:
    import duckdb

TYPES = {
    "string": "VARCHAR",
    "long": "BIGINT",
    "integer": "INTEGER",
    "short": "SMALLINT",
    "byte": "TINYINT",
    "binary": "BLOB",
    "timestamp": "TIMESTAMPTZ",
    "timestamp_ntz": "TIMESTAMP",
}

# Types that DuckDB calls as Delta does.
SAME_TYPE = re.compile(r"boolean|date|float|double|decimal(\(\d+, ?\d+\))?")


def rows_sql(connection: "duckdb.DuckDBPyConnection", path: Path, snapshot: TableSnapshot, files: list[str]) -> str:
    """The rows of a table's Parquet files in DuckDB's SQL: the columns of its schema, in its order and types.

    A column that a file lacks is null there. Raises LakehouseError for a type that DuckDB isn't known to have.
    """
    fields = json.loads(snapshot.metadata["schemaString"])["fields"]
    columns = {field["name"]: _duckdb_type(field["type"], path) for field in fields}
    if not files:
        return f"SELECT {', '.join(_column_sql(name, kind, set()) for name, kind in columns.items())} WHERE false"
    stored = (
        f"FROM read_parquet([{', '.join(map(text_literal, files))}], union_by_name = true, hive_partitioning = false)"
    )
    stored_columns = {name for name, *_ in connection.sql(f"DESCRIBE SELECT * {stored}").fetchall()}
    return f"SELECT {', '.join(_column_sql(name, kind, stored_columns) for name, kind in columns.items())} {stored}"


def _column_sql(name: str, kind: str, stored_columns: set[str]) -> str:
    """The column in its table's type: Spark writes timestamps in a Parquet form that has no time zone."""
    column = quoted(name, DOUBLE)
    if name not in stored_columns:
        return f"NULL::{kind} AS {column}"
    return f"{column}::{kind} AS {column}" if kind == "TIMESTAMPTZ" else column


def _duckdb_type(delta: Any, path: Path) -> str:
    """DuckDB's name for a type of the Delta schema of the table at `path`."""
    match delta:
        case {"type": "array", "elementType": element}:
            return f"{_duckdb_type(element, path)}[]"
        case {"type": "map", "keyType": key, "valueType": value}:
            return f"MAP({_duckdb_type(key, path)}, {_duckdb_type(value, path)})"
        case {"type": "struct", "fields": fields}:
            inner = (f"{quoted(field['name'], DOUBLE)} {_duckdb_type(field['type'], path)}" for field in fields)
            return f"STRUCT({', '.join(inner)})"
        case str() if delta in TYPES or SAME_TYPE.fullmatch(delta):
            return TYPES.get(delta, delta)
    raise LakehouseError(f"Table {path} can't be read: {delta!r} is no type of a column that `sql` knows.")
