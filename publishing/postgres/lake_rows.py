"""The lake's side: a table's rows at a version, how many there are and their digest, and what differs from another."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exports.tables import Table
from local_runtime.delta.lake import DEFAULT_SCHEMA
from local_runtime.errors import LakehouseError
from local_runtime.inspection.query import results
from local_runtime.quoting import DOUBLE, quoted, quoted_table
from publishing.postgres.types import cell, fingerprint_in_lake, has_digest, number_in_lake

if TYPE_CHECKING:
    import pyarrow as pa

FINGERPRINT = "row fingerprint"
CAME = "row came"


@dataclass(frozen=True)
class Summary:
    """How many rows there are, and the sum of their fingerprints' numbers; None where rows have none."""

    rows: int
    total: int | None


@dataclass(frozen=True)
class Difference:
    """The rows that came, as COPY takes them, and those that went, by key or by fingerprint; `total` is of the change."""

    came: "pa.Table"
    went: "pa.Table"
    rows_gone: int
    total: int | None

    @property
    def rows(self) -> int:
        """By how many rows the table has grown."""
        return int(self.came.num_rows) - self.rows_gone


def summary(table: Table) -> Summary:
    """The rows of the table: how many, and their sum."""
    number = number_in_lake(fingerprint_in_lake(table.columns)) if has_digest(table.columns) else "NULL::BIGINT"
    with table.being_read():
        ((rows, total),) = table.relation().aggregate(f"count(*), sum({number})").fetchall()
    return Summary(rows, None if not has_digest(table.columns) else int(total or 0))


@contextmanager
def batches(table: Table) -> Iterator["pa.RecordBatchReader"]:
    """All rows, as COPY takes them."""
    with table.being_read():
        yield table.batches(map(cell, table.columns))


def difference(table: Table, version: int, key: tuple[str, ...]) -> Difference | None:
    """What differs from an older version of the table, whose columns are the same; None where that can't be read.

    With a key, the rows that went are the keys that no row has any more; without one, `fingerprint` and `copies`.
    """
    names = ", ".join(quoted(column.name, DOUBLE) for column in table.columns)
    old, new = (quoted_table(f"{DEFAULT_SCHEMA}.{table.name}", each) for each in (version, table.version))
    mark = fingerprint_in_lake(table.columns) if has_digest(table.columns) else "NULL"
    marks = f'{mark} AS "{FINGERPRINT}"'
    cells = ", ".join(map(cell, table.columns))
    query = (
        f"WITH came AS (SELECT {names} FROM {new} EXCEPT ALL SELECT {names} FROM {old}), "
        f"went AS (SELECT {names} FROM {old} EXCEPT ALL SELECT {names} FROM {new}) "
        f'SELECT true AS "{CAME}", {marks}, {cells} FROM came '
        f"UNION ALL SELECT false, {mark}, {cells} FROM went"
    )
    try:
        with table.being_read():
            (found,) = results(table.lake, query)
            rows = found.to_arrow_table()
    except LakehouseError:
        return None
    return _sorted_out(rows, table, key)


def _sorted_out(rows: "pa.Table", table: Table, key: tuple[str, ...]) -> Difference:
    import duckdb

    connection = duckdb.connect()
    connection.register("rows", rows)
    came, went = f'"{CAME}"', f'NOT "{CAME}"'
    keys = ", ".join(quoted(name, DOUBLE) for name in key)
    names = ", ".join(quoted(column.name, DOUBLE) for column in table.columns)
    number = number_in_lake(f'"{FINGERPRINT}"')
    ((rows_gone, total),) = connection.sql(
        f"SELECT count(*) FILTER ({went}), sum(CASE WHEN {came} THEN 1 ELSE -1 END * {number}::HUGEINT) FROM rows"
    ).fetchall()
    gone = (
        f"SELECT {keys} FROM rows WHERE {went} EXCEPT SELECT {keys} FROM rows WHERE {came}"
        if key
        else f'SELECT "{FINGERPRINT}" AS fingerprint, count(*) AS copies FROM rows WHERE {went} GROUP BY ALL'
    )
    return Difference(
        came=connection.sql(f"SELECT {names} FROM rows WHERE {came}").to_arrow_table(),
        went=connection.sql(gone).to_arrow_table(),
        rows_gone=rows_gone,
        total=int(total or 0) if has_digest(table.columns) else None,
    )
