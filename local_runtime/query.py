"""SQL over the lake: DuckDB reads the Delta tables that a query names, at the versions that it names."""

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from local_runtime.errors import LakehouseError
from local_runtime.lake import Lake

if TYPE_CHECKING:
    import duckdb

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
    from deltalake import DeltaTable

    log = lake.log(f"{schema}.{table}")
    if version is not None and version not in log.versions():
        versions = log.versions()
        there = f"it has v{versions[0]} to v{versions[-1]}" if versions else "there is no such table"
        raise LakehouseError(f"{schema}.{table}@v{version}: {there}.")
    log.check()
    name = table if version is None else f"{table}@v{version}"
    source = f"{schema}_{name}"
    table_at = DeltaTable(str(log.path), version=version)
    connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
    connection.execute(f'CREATE VIEW "{schema}"."{name}" AS {_relation(connection, table_at, source)}')


def _relation(connection: "duckdb.DuckDBPyConnection", table: Any, source: str) -> str:
    """The table's rows in DuckDB's SQL: its Parquet files, which starts fastest.

    Where those alone don't say what the table holds (it has no file, a column that is in none of them, or features
    such as deletion vectors) delta-rs reads it, and refuses what it can't.
    """
    files = table.file_uris()
    if files and not table.protocol().reader_features:
        listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
        rows = f"SELECT * FROM read_parquet([{listed}], union_by_name = true)"
        found = [name for name, *_ in connection.sql(f"DESCRIBE {rows}").fetchall()]
        columns = {column.name: str(column.type) for column in table.schema().fields}
        if set(found) == columns.keys():
            return rows.replace("*", ", ".join(_typed(name, kind) for name, kind in columns.items()), 1)
    connection.register(source, table.to_pyarrow_dataset())
    return f'SELECT * FROM "{source}"'


def _typed(column: str, delta_type: str) -> str:
    """The column in its table's type: Spark writes timestamps in a Parquet form that has no time zone."""
    return f'"{column}"::TIMESTAMPTZ AS "{column}"' if delta_type == 'PrimitiveType("timestamp")' else f'"{column}"'


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
