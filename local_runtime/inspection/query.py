"""SQL over the lake: DuckDB reads the Delta tables that a query names, at the versions that it names."""

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from local_runtime.errors import LakehouseError
from local_runtime.lake.actions import Snapshot
from local_runtime.lake.lake import Lake
from local_runtime.lake.paths import plain

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
# As Databricks writes time travel: table@v3.
VERSIONED = re.compile(r"\b(\w+)\.(\w+)@v(\d+)\b")


def answer(lake: Lake, query: str, output: str) -> str:
    """The result of `query` as `table`, `csv` or `json` (one array of objects). Raises as `ask`."""
    result = ask(lake, query)
    return "" if result is None else _format(result, output)


def ask(lake: Lake, query: str) -> "duckdb.DuckDBPyRelation | None":
    """The result of `query`; None for a statement without one.

    Raises LakehouseError for a query that DuckDB refuses and for a version that a table doesn't have.
    """
    import duckdb

    # No extension is fetched at run time: DuckDB would try, and wait for the network.
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("CREATE MACRO get_json_object(j, path) AS json_extract_string(j, path)")
    for schema, table, version in _named(lake, query):
        _register(connection, lake, schema, table, version)
    try:
        return connection.sql(VERSIONED.sub(r'\1."\2@v\3"', query))
    except duckdb.Error as error:
        known = ", ".join(lake.tables()) or f"none; `./lakehouse run` makes them in {lake.root}"
        hint = f"\nTables: {known}." if isinstance(error, duckdb.CatalogException) else ""
        raise LakehouseError(f"{str(error).strip()}{hint}") from None


def _named(lake: Lake, query: str) -> set[tuple[str, str, int | None]]:
    """The tables of the lake whose names stand in the query, with the versions asked for."""
    named: set[tuple[str, str, int | None]] = {(s, t, int(v)) for s, t, v in VERSIONED.findall(query)}
    words = set(re.findall(r"\w+", query.lower()))
    for name in lake.tables():
        schema, table = name.split(".")
        if table.lower() in words and schema.lower() in words:
            named.add((schema, table, None))
    return named


def _register(
    connection: "duckdb.DuckDBPyConnection", lake: Lake, schema: str, table: str, version: int | None
) -> None:
    log = lake.log(f"{schema}.{table}")
    if version is not None and version not in log.versions():
        versions = log.versions()
        there = f"it has v{versions[0]} to v{versions[-1]}" if versions else "there is no such table"
        raise LakehouseError(f"{schema}.{table}@v{version}: {there}.")
    log.check()
    snapshot = log.snapshot(version)
    if snapshot is None:
        return
    name = table if version is None else f"{table}@v{version}"
    connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
    rows = _rows(connection, lake, log.path, snapshot, source=f"{schema}_{name}")
    connection.execute(f'CREATE VIEW "{schema}"."{name}" AS {rows}')


def _rows(connection: "duckdb.DuckDBPyConnection", lake: Lake, path: Path, snapshot: Snapshot, source: str) -> str:
    """The table's rows in DuckDB's SQL: its Parquet files, which starts fastest.

    Where those alone don't say what the table holds (features such as deletion vectors, partitions) delta-rs reads it,
    and refuses what it can't.
    """
    if set(snapshot.protocol.get("readerFeatures") or []) - {"timestampNtz"} or snapshot.metadata["partitionColumns"]:
        from deltalake import DeltaTable

        connection.register(source, DeltaTable(str(path), version=snapshot.version).to_pyarrow_dataset())
        return f'SELECT * FROM "{source}"'
    columns = {field["name"]: _type(field["type"]) for field in json.loads(snapshot.metadata["schemaString"])["fields"]}
    files = [plain(lake.root, path / unquote(add)) for add in snapshot.files]
    if not files:
        return f"SELECT {', '.join(_column(name, kind, set()) for name, kind in columns.items())} WHERE false"
    listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    stored = f"FROM read_parquet([{listed}], union_by_name = true)"
    there = {name for name, *_ in connection.sql(f"DESCRIBE SELECT * {stored}").fetchall()}
    return f"SELECT {', '.join(_column(name, kind, there) for name, kind in columns.items())} {stored}"


def _column(name: str, kind: str, there: set[str]) -> str:
    """The column in its table's type: Spark writes timestamps in a Parquet form that has no time zone."""
    quoted = '"' + name.replace('"', '""') + '"'
    if name not in there:
        return f"NULL::{kind} AS {quoted}"
    return f"{quoted}::{kind} AS {quoted}" if kind == "TIMESTAMPTZ" else quoted


def _type(delta: Any) -> str:
    """DuckDB's name for a type of a Delta schema."""
    match delta:
        case {"type": "array", "elementType": element}:
            return f"{_type(element)}[]"
        case {"type": "map", "keyType": key, "valueType": value}:
            return f"MAP({_type(key)}, {_type(value)})"
        case {"type": "struct", "fields": fields}:
            inner = ", ".join(f'"{field["name"]}" {_type(field["type"])}' for field in fields)
            return f"STRUCT({inner})"
        case _:
            return TYPES.get(delta, str(delta))


def _format(result: "duckdb.DuckDBPyRelation", output: str) -> str:
    import duckdb

    try:
        return _formatted(result, output)
    except duckdb.Error as error:
        raise LakehouseError(str(error).strip()) from None


def _formatted(result: "duckdb.DuckDBPyRelation", output: str) -> str:
    if output == "table":
        return f"{result}\n"
    names, rows = result.columns, result.fetchall()
    if output == "json":
        return (
            json.dumps(
                [dict(zip(names, row, strict=True)) for row in rows], default=_plain, ensure_ascii=False, indent=1
            )
            + "\n"
        )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    """A nested value as JSON, which CSV can hold."""
    return json.dumps(value, default=_plain, ensure_ascii=False) if isinstance(value, list | dict) else value


def _plain(value: Any) -> Any:
    """What JSON has no type for: decimals as numbers, dates and times in ISO 8601, others as text."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else str(value)
