"""The lake's side: a table's rows at a version, how many there are and their digest, and what differs from another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exports.tables import Table, relations
from local_runtime.delta.lake import DEFAULT_SCHEMA
from local_runtime.errors import LakehouseError
from local_runtime.inspection.query import results
from local_runtime.quoting import DOUBLE, quoted, quoted_table
from publishing.postgres.types import cell, fingerprint_in_lake, has_digest, number_in_lake

if TYPE_CHECKING:
    import duckdb
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
    """Rows that came, as COPY takes them, and those that went, by key or fingerprint; and the change of the sum."""

    came: "pa.Table"
    went: "pa.Table"
    rows_gone: int
    total: int | None

    @property
    def rows(self) -> int:
        """By how many rows the table has grown."""
        return int(self.came.num_rows) - self.rows_gone


def summaries(tables: Sequence[Table]) -> dict[str, Summary]:
    """How many rows each table has, and their sum, by its name."""
    selects = [f"SELECT count(*), sum({_number(table)})" for table in tables]
    found = {}
    for table, answer in zip(tables, relations(tables, selects), strict=True):
        with table.being_read():
            ((rows, total),) = answer.fetchall()
        found[table.name] = Summary(rows, int(total or 0) if has_digest(table.columns) else None)
    return found


def _number(table: Table) -> str:
    return number_in_lake(fingerprint_in_lake(table.columns)) if has_digest(table.columns) else "NULL::BIGINT"


def all_rows(tables: Sequence[Table]) -> "Iterator[duckdb.DuckDBPyRelation]":
    """The rows of each table as COPY takes them, in order; a table's are read when they are asked for."""
    return relations(tables, [f"SELECT {', '.join(map(cell, table.columns))}" for table in tables])


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
