"""SQL over the lake: DuckDB reads the Delta tables that a query names, at the versions that it names."""

import re
from typing import TYPE_CHECKING, Any

from local_runtime.errors import LakehouseError
from local_runtime.lake import Lake

if TYPE_CHECKING:
    import duckdb

# As Databricks writes time travel: table@v3.
VERSIONED = re.compile(r"\b(\w+)\.(\w+)@v(\d+)\b")


def answer(lake: Lake, query: str, output: str) -> str:
    """The result of `query` as `table`, `csv` or `json` (one array of objects).

    Raises LakehouseError for a query that DuckDB refuses and for a version that a table doesn't have.
    """
    import duckdb

    connection = duckdb.connect(config={"TimeZone": "UTC"})
    connection.execute("CREATE MACRO get_json_object(j, path) AS json_extract_string(j, path)")
    text = VERSIONED.sub(r'\1."\2@v\3"', query)
    for schema, table, version in _named(lake, query):
        _register(connection, lake, schema, table, version)
    try:
        result = connection.sql(text)
        return _format(result, output) if result is not None else ""
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


def _register(connection: "duckdb.DuckDBPyConnection", lake: Lake, schema: str, table: str, version: int | None) -> None:
    from deltalake import DeltaTable

    log = lake.log(f"{schema}.{table}")
    if version is not None and version not in log.versions():
        versions = log.versions()
        there = f"it has v{versions[0]} to v{versions[-1]}" if versions else "there is no such table"
        raise LakehouseError(f"{schema}.{table}@v{version}: {there}.")
    log.check()
    name = table if version is None else f"{table}@v{version}"
    source = f"{schema}_{name}"
    connection.register(source, DeltaTable(str(log.path), version=version).to_pyarrow_dataset())
    connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
    connection.execute(f'CREATE VIEW "{schema}"."{name}" AS FROM "{source}"')


def _format(result: Any, output: str) -> str:
    if output == "table":
        return f"{result}\n"
    rows = result.arrow().read_all() if hasattr(result.arrow(), "read_all") else result.arrow()
    if output == "csv":
        import io

        import pyarrow.csv

        text = io.BytesIO()
        pyarrow.csv.write_csv(_flat(rows), text)
        return text.getvalue().decode()
    import json

    return json.dumps(rows.to_pylist(), default=str, ensure_ascii=False, indent=1) + "\n"


def _flat(rows: Any) -> Any:
    """Nested columns as JSON, which CSV can hold."""
    import json

    import pyarrow as pa

    for place, column in enumerate(rows.schema):
        if pa.types.is_nested(column.type):
            texts = [None if v is None else json.dumps(v, default=str, ensure_ascii=False) for v in rows[column.name].to_pylist()]
            rows = rows.set_column(place, column.name, pa.array(texts, pa.string()))
    return rows
