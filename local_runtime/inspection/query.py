"""SQL over the lake: DuckDB reads the Delta tables that a query names, at the versions that it names.

Gold may be read as it is published (published.py).
"""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from local_runtime.delta.actions import TableSnapshot
from local_runtime.delta.data_files import lacks_partition
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.delta.lake import DEFAULT_SCHEMA, Lake
from local_runtime.engines.paths import engine_path
from local_runtime.errors import LakehouseError
from local_runtime.inspection.formats import Room, as_csv, as_json, as_table
from local_runtime.inspection.parquet_rows import rows_sql
from local_runtime.inspection.published import PUBLISHED_SCHEMA, PublishedTables, publication_read
from local_runtime.inspection.read_only import (
    LAKE_ONLY,
    Reading,
    connect,
    files_named,
    lock,
    message_of,
    statements,
)
from local_runtime.inspection.sql_text import Named, names_in, with_versions, without_end
from local_runtime.quoting import DOUBLE, quoted, text_literal
from local_runtime.state.last_run import no_lake, run_command

if TYPE_CHECKING:
    import duckdb

VERSION_OF_SCHEMA = re.compile(r"@[vp]\d+(?=\.)")
UNKNOWN_TABLE = re.compile(r'Catalog Error: Table with name "?(?P<name>.+?)"? does not exist')


def answer(lake: Lake, query: str, output: str, room: Room | None = None, reading: Reading = LAKE_ONLY) -> str:
    """The results of a query's statements, one after the other, as `table`, `csv` or `json`.

    Tables and CSV have an empty line between them; JSON is an array for each. Raises as `results`.
    """
    import duckdb

    formats: dict[str, Callable[[duckdb.DuckDBPyRelation], str]] = {
        "table": lambda result: as_table(result, room or Room(), reading.advice.see_all),
        "csv": as_csv,
        "json": as_json,
    }
    try:
        return ("" if output == "json" else "\n").join(map(formats[output], results(lake, query, reading)))
    except duckdb.Error as error:
        raise LakehouseError(message_of(error, reading)) from None


def run_query(lake: Lake, query: str) -> "duckdb.DuckDBPyRelation":
    """The result, in memory, of a query with one statement. Raises as `results`."""
    (result,) = materialized_results(lake, query)
    return result


def materialized_results(lake: Lake, query: str) -> "Iterator[duckdb.DuckDBPyRelation]":
    """The results of a query's statements, one after the other, each in memory.

    Nothing is read before the first result is requested; then it raises as `results`.
    """
    import duckdb

    try:
        for result in results(lake, query):
            yield result.materialize()
    except duckdb.Error as error:
        raise LakehouseError(message_of(error, LAKE_ONLY)) from None


def results(lake: Lake, query: str, reading: Reading = LAKE_ONLY) -> "Iterator[duckdb.DuckDBPyRelation]":
    """The results of the statements of `query`, in order, except for those without results (SET, USE).

    Raises LakehouseError for what DuckDB refuses, for statements that do more than read, for files outside the lake,
    for tables that the lake doesn't have, and for versions that can't be read.
    """
    import duckdb

    connection = connect()
    parsed = statements(connection, with_versions(query), reading.advice)
    names = [names_in(connection, statement.query) for statement in parsed]
    tables = lake.tables()
    try:
        paths = _register_tables(connection, lake, tables, names, reading)
    except duckdb.Error as error:
        raise LakehouseError(message_of(error, reading)) from None
    if reading.files:
        paths += [path for statement in parsed for path in files_named(statement.query)]
    lock(connection, paths)
    for statement, named in zip(parsed, names, strict=True):
        try:
            result = connection.sql(without_end(statement.query))
        except duckdb.CatalogException as error:
            raise LakehouseError(_unknown_table_message(lake, tables, named or [], error)) from None
        except duckdb.Error as error:
            raise LakehouseError(message_of(error, reading)) from None
        if result is not None and statement.type.name != "SET":
            yield result


def bound_result(
    lake: Lake, query: str, values: Mapping[str, Any], tables: Iterable[str], reading: Reading = LAKE_ONLY
) -> "duckdb.DuckDBPyRelation":
    """The result, in memory, of one query that reads the `tables` (schema.table), with values for its parameters.

    Raises as `results`.
    """
    import duckdb

    known = lake.tables()
    if not known:
        raise LakehouseError(no_lake(lake))
    connection, missing = connect(), sorted({*tables} - {*known})
    if missing:
        raise LakehouseError(f"There is no table {missing[0]} in {lake.root}: `{run_command(lake)}` makes it.")
    named = [Named(schema, table) for schema, _, table in (name.partition(".") for name in tables)]
    try:
        lock(connection, _register_tables(connection, lake, known, [named], reading))
        return connection.sql(query, params=dict(values)).materialize()
    except duckdb.Error as error:
        raise LakehouseError(message_of(error, reading)) from None


def _register_tables(
    connection: "duckdb.DuckDBPyConnection",
    lake: Lake,
    tables: list[str],
    names: list[list[Named] | None],
    reading: Reading,
) -> list[str]:
    """Makes the tables that are named views, in schemas like the lake's; returns the files that they read."""
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("CREATE MACRO get_json_object(j, path) AS json_extract_string(j, path)")
    for schema in {name.split(".")[0] for name in tables}:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema, DOUBLE)}")
    if any(name.startswith(f"{DEFAULT_SCHEMA}.") for name in tables):
        connection.execute(f"SET schema = {text_literal(DEFAULT_SCHEMA)}")
    tables_named = set[Named]().union(*(_tables_named(tables, named) for named in names))
    published = _published(lake, tables_named, reading)
    paths = [path for named in tables_named for path in _register(connection, published, named)]
    if note := published.note(tables_named):
        reading.tell(note)
    return paths


def _published(lake: Lake, named: set[Named], reading: Reading) -> PublishedTables:
    """How the named tables are read. A damaged publication is an error only for those that are read by it."""
    try:
        return PublishedTables(lake, publication_read(lake, reading.gold), reading.advice.read_latest)
    except LakehouseError:
        if any(name.schema == PUBLISHED_SCHEMA and not name.has_version for name in named):
            raise
        return PublishedTables(lake, None, reading.advice.read_latest)


def _tables_named(tables: list[str], named: list[Named] | None) -> set[Named]:
    """The tables of the lake that are named; all of them where only running the statement shows which."""
    tables_named = set()
    for name in tables:
        schema, table = name.split(".")
        if named is None:
            tables_named.add(Named(schema, table))
            continue
        for reference in named:
            if reference.table.lower() == table.lower() and (reference.schema or schema).lower() == schema.lower():
                tables_named.add(Named(schema, table, reference.version, reference.publication))
    return tables_named


def _unknown_table_message(lake: Lake, tables: list[str], named: list[Named], error: Exception) -> str:
    """The message for an unknown name; for a table it lists the nearest names."""
    match = UNKNOWN_TABLE.match(str(error).strip())
    if match is None:
        return str(error).strip()
    if not tables:
        return f"There are no tables in {lake.root}: `{run_command(lake)}` makes them."
    name = VERSION_OF_SCHEMA.sub("", match["name"])
    of_schema = [
        f"{reference.schema}.{reference.table}" for reference in named if reference.schema and reference.table == name
    ]
    name = of_schema[0] if of_schema else name
    near = _nearest_tables(name, tables)
    return f"There is no table {name}.\n" + (
        f"Nearest: {', '.join(near)}." if near else f"There are: {', '.join(tables)}."
    )


def _nearest_tables(name: str, tables: list[str]) -> list[str]:
    """The tables whose names, with or without their schema, are most similar to `name`."""
    table = name.rpartition(".")[2].lower()
    by_name = {known.lower(): known for known in tables}
    by_table: dict[str, list[str]] = {}
    for known in tables:
        by_table.setdefault(known.split(".")[1].lower(), []).append(known)
    nearest = [known for near in difflib.get_close_matches(table, by_table, n=3) for known in by_table[near]]
    nearest += [by_name[near] for near in difflib.get_close_matches(name.lower(), by_name, n=3, cutoff=0.8)]
    return list(dict.fromkeys(nearest))[:3]


def _register(connection: "duckdb.DuckDBPyConnection", tables: PublishedTables, named: Named) -> list[str]:
    """Makes the table a view of DuckDB's; returns the files that the view reads.

    Those are its Parquet files, which starts fastest. Where they alone aren't the table's rows (features such as
    deletion vectors, partitions) delta-rs reads it, and refuses what it can't.
    """
    schema, name, lake = named.view_schema, named.table, tables.lake
    log = lake.log(f"{named.schema}.{name}")
    snapshot = tables.snapshot_of(named)
    files: list[str] = []
    if needs_delta_rs(log, snapshot):
        source = f"{schema}_{name}"
        connection.register(source, _arrow_dataset(log.path, snapshot))
        rows = f"SELECT * FROM {quoted(source, DOUBLE)}"
    else:
        files = [engine_path(lake.root, log.path / unquote(add)) for add in snapshot.files]
        rows = rows_sql(connection, log.path, snapshot, files)
    if named.has_version:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema, DOUBLE)}")
    connection.execute(f"CREATE VIEW {quoted(schema, DOUBLE)}.{quoted(name, DOUBLE)} AS {rows}")
    return files


def needs_delta_rs(log: DeltaLog, snapshot: TableSnapshot) -> bool:
    """Whether the table's Parquet files alone aren't its rows."""
    features = {*(snapshot.protocol.get("readerFeatures") or [])}
    return bool(features - {"timestampNtz"}) or lacks_partition(log.path, snapshot.files.values())


def _arrow_dataset(path: Path, snapshot: TableSnapshot) -> Any:
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    try:
        return DeltaTable(str(path), version=snapshot.version).to_pyarrow_dataset()
    except DeltaError as error:
        raise LakehouseError(f"Table {path} can't be read: {error}") from None
