"""Rows on their way: COPY in CSV, made of Arrow's batches."""

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from exports.tables import Table
from local_runtime.quoting import DOUBLE, quoted
from publishing.postgres.definitions import columns_of
from publishing.postgres.lake_rows import Difference
from publishing.postgres.server import Server
from publishing.postgres.types import INSTEAD_OF_NUL, fingerprint_on_server

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

BATCH = 50_000  # rows
CAME, WENT = "pg_temp.lakehouse_came", "pg_temp.lakehouse_went"


def send_all(server: Server, table: Table, rows: "duckdb.DuckDBPyRelation") -> int:
    """Sends all rows into the table, which has none; returns how many NUL characters were replaced."""
    with table.being_read():
        reader = rows.to_arrow_reader(BATCH)
        return _copy(server, server.named(table.name), reader.schema.names, reader)


def send_difference(server: Server, table: Table, changes: Difference, key: Sequence[str]) -> int | None:
    """Sends what changed; returns how many NUL characters were replaced.

    None where the server hadn't the rows that went: somebody has changed it, and the table has to be sent completely.
    """
    target, names = server.named(table.name), changes.came.schema.names
    try:
        if changes.went.num_rows and not _delete(server, target, table, changes, key):
            return None
        if not changes.came.num_rows:
            return 0
        if not key:
            return _copy(server, target, names, changes.came.to_batches(BATCH))
        server.run(f"CREATE TEMP TABLE lakehouse_came ON COMMIT DROP AS SELECT * FROM {target} LIMIT 0")
        replaced = _copy(server, CAME, names, changes.came.to_batches(BATCH))
        server.run(_upsert(target, names, key))
        return replaced
    finally:
        if server.is_usable:
            server.run(f"DROP TABLE IF EXISTS {CAME}, {WENT}")


def _delete(server: Server, target: str, table: Table, changes: Difference, key: Sequence[str]) -> bool:
    """Deletes the rows that went; whether all of them were there."""
    names = ", ".join(quoted(name, DOUBLE) for name in key)
    rows = f"AS SELECT {names} FROM {target} LIMIT 0" if key else "(fingerprint text, copies bigint)"
    server.run(f"CREATE TEMP TABLE lakehouse_went {'' if key else rows} ON COMMIT DROP {rows if key else ''}")
    _copy(server, WENT, changes.went.schema.names, changes.went.to_batches(BATCH))
    if key:
        same = " AND ".join(f"t.{quoted(name, DOUBLE)} = w.{quoted(name, DOUBLE)}" for name in key)
        return server.run(f"DELETE FROM {target} t USING {WENT} w WHERE {same}") == int(changes.went.num_rows)
    deleted = server.run(f"""
        DELETE FROM {target} t USING (
            SELECT place, fingerprint, row_number() OVER (PARTITION BY fingerprint) AS copy
            FROM (SELECT ctid AS place, {fingerprint_on_server(columns_of(table))} AS fingerprint FROM {target}) marked
        ) found JOIN {WENT} w USING (fingerprint) WHERE t.ctid = found.place AND found.copy <= w.copies
    """)
    return deleted == changes.rows_gone


def _upsert(target: str, names: Sequence[str], key: Sequence[str]) -> str:
    columns, keys = (", ".join(quoted(name, DOUBLE) for name in each) for each in (names, key))
    values = [f"{quoted(it, DOUBLE)} = excluded.{quoted(it, DOUBLE)}" for it in names if it not in key]
    then = f"DO UPDATE SET {', '.join(values)}" if values else "DO NOTHING"
    return f"INSERT INTO {target} ({columns}) SELECT {columns} FROM {CAME} ON CONFLICT ({keys}) {then}"


def _copy(server: Server, target: str, names: Sequence[str], rows: "Iterable[pa.RecordBatch]") -> int:
    """Copies the rows; returns how many NUL characters were replaced, which PostgreSQL's texts can't hold."""
    from pyarrow import csv

    columns, replaced = ", ".join(quoted(name, DOUBLE) for name in names), 0
    statement = f"COPY {target} ({columns}) FROM STDIN (FORMAT csv)"
    options = csv.WriteOptions(include_header=False)
    with server.connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        for batch in rows:
            buffer = io.BytesIO()
            csv.write_csv(batch, buffer, options)
            content = buffer.getvalue()
            if found := content.count(b"\0"):
                replaced += found
                content = content.replace(b"\0", INSTEAD_OF_NUL.encode())
            copy.write(content)
    return replaced
