"""Loads one version of every served table into DuckDB's memory, which then opens no file any more."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from local_runtime.delta.actions import TableSnapshot
from local_runtime.delta.data_files import lack_columns
from local_runtime.delta.lake import Lake
from local_runtime.delta.time_travel import oldest_readable, readable_snapshot
from local_runtime.engines.paths import engine_path
from local_runtime.errors import CorruptTableError, LakehouseError
from local_runtime.inspection.parquet_rows import rows_sql
from local_runtime.inspection.read_only import connect, lock
from local_runtime.quoting import DOUBLE, quoted, quoted_table, text_literal
from local_runtime.state.last_run import run_command
from serving.sources import Source, is_served

if TYPE_CHECKING:
    import duckdb

READ_FEATURES = frozenset({"timestampNtz"})
"""Features of Delta tables that need nothing more than reading their Parquet files."""


def load(lake: Lake, source: Source) -> "duckdb.DuckDBPyConnection":
    """A database in memory with the source's tables in schemas like the lake's. It is locked: it reads no file.

    Raises LakehouseError where a version can't be read as it was: lost files, a damaged log, deletion vectors.
    """
    import duckdb

    connection = connect()
    try:
        connection.execute("SET TimeZone = 'UTC'")
        for schema in {name.split(".")[0] for name in source.versions if is_served(name)}:
            connection.execute(f"CREATE SCHEMA {quoted(schema, DOUBLE)}")
        for name, version in source.versions.items():
            if is_served(name):
                _load_table(connection, lake, name, version, source)
        # Each query runs in the thread that asks for it: two at once share two cores better than eight threads do.
        connection.execute("SET threads = 1")
        lock(connection, [])
    except duckdb.Error as error:
        connection.close()
        raise LakehouseError(f"The tables of {lake.root} can't be loaded: {error}") from None
    except BaseException:
        connection.close()
        raise
    return connection


def _load_table(connection: "duckdb.DuckDBPyConnection", lake: Lake, name: str, version: int, source: Source) -> None:
    log = lake.log(name)
    try:
        snapshot = readable_snapshot(log, name, version)
    except CorruptTableError:  # a run doesn't help: the message says what does
        raise
    except LakehouseError as error:
        if oldest_readable(log) is None:
            raise LakehouseError(f"{error} Rebuild it: `{run_command(lake, [name])}`.") from None
        raise LakehouseError(f"{error}{_way_out(lake, source)}") from None
    known = source.table_ids.get(name)
    if snapshot is None or (known is not None and snapshot.metadata["id"] != known):
        raise LakehouseError(f"{lake.path(name)} is not the table that was published.{_way_out(lake, source)}")
    unread = set(snapshot.protocol.get("readerFeatures") or ()) - READ_FEATURES
    if unread:
        raise LakehouseError(
            f"Table {name} uses {', '.join(sorted(unread))} of Delta Lake, which `serve` doesn't read: rows would be "
            f"wrong. Rebuild it: `{run_command(lake, [name])}`."
        )
    connection.execute(f"CREATE TABLE {quoted_table(name)} AS {_rows(connection, lake, name, snapshot)}")


def _way_out(lake: Lake, source: Source) -> str:
    if source.publication is None:
        return ""
    return (
        f"\nPublication {source.publication} names that version. A new run publishes the tables as they are: "
        f"`{run_command(lake)}`."
    )


def _rows(connection: "duckdb.DuckDBPyConnection", lake: Lake, name: str, snapshot: TableSnapshot) -> str:
    """The rows in SQL. Files of other programs lack their partition columns: the log has these values."""
    path = lake.path(name)
    partitioned: dict[tuple[tuple[str, str | None], ...], list[str]] = {}
    for add, action in snapshot.files.items():
        values: Mapping[str, Any] = action.get("partitionValues") or {}
        lacking = bool(values) and lack_columns([path / unquote(add)], values)
        partitioned.setdefault(tuple(sorted(values.items())) if lacking else (), []).append(
            engine_path(lake.root, path / unquote(add))
        )
    if not partitioned.keys() - {()}:
        return rows_sql(connection, path, snapshot, partitioned.get((), []))
    parts = []
    for constants, files in partitioned.items():
        replaced = ", ".join(f"{_literal(value)} AS {quoted(column, DOUBLE)}" for column, value in constants)
        rows = rows_sql(connection, path, snapshot, files)
        parts.append(f"SELECT * REPLACE ({replaced}) FROM ({rows})" if constants else rows)
    typed = rows_sql(connection, path, snapshot, [])
    return " UNION ALL BY NAME ".join(f"({part})" for part in (typed, *parts))


def _literal(value: str | None) -> str:
    return "NULL" if value is None else text_literal(value)
