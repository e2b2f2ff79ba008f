"""Whether rows to write equal the rows of a table: then neither it nor the tables that read it are written."""

import json
from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pyspark.sql.types import StructType

from local_runtime.delta.actions import TableSnapshot, rows_in
from local_runtime.delta.ddl import nullable_columns
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.quoting import DOUBLE, quoted
from local_runtime.writing.writer import StagedRows

if TYPE_CHECKING:
    import duckdb

MAX_ROWS = 100_000  # rows; for more, the comparison takes longer than it saves


def has_same_rows(log: DeltaLog, current: TableSnapshot, staged: StagedRows, parts: Collection[str]) -> bool:
    """Whether the `kept` parts of the staged rows are the table's rows, in any order; False for large tables."""
    counts = staged.counts()
    rows = sum(counts.get(part, 0) for part in parts)
    if rows > MAX_ROWS or rows != rows_in(log.path, current):
        return False
    columns = nullable_columns(StructType.fromJson(json.loads(current.metadata["schemaString"])))
    if columns != staged.rows_schema or list(current.metadata.get("partitionColumns") or []) != list(
        staged.partition_by
    ):
        return False
    if not rows:
        return True
    new = [str(path) for part in parts for path in staged.files.get(part, ())]
    old = [str(log.path / unquote(add["path"])) for add in current.files.values()]
    names = ", ".join(quoted(name, DOUBLE) for name in columns.names)
    rows_of = f"SELECT {names} FROM read_parquet(?, hive_partitioning = false)"
    import duckdb

    try:
        with comparing_duckdb().cursor() as duck:
            difference = duck.execute(f"SELECT 1 FROM ({rows_of} EXCEPT ALL {rows_of}) LIMIT 1", [new, old]).fetchone()
    except duckdb.Error:  # a missing file, or one that another program wrote differently
        return False
    return difference is None


@cache
def comparing_duckdb() -> "duckdb.DuckDBPyConnection":
    """One for all comparisons of written rows, by cursors: to start it takes longer than most of them."""
    import duckdb

    return duckdb.connect()
