"""All rows of a table, for the commands' own questions: on one DuckDB, because to start one takes longer than to ask.

What users ask goes through `query`, on a DuckDB that is locked for it alone.
"""

from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from local_runtime.delta.lake import Lake
from local_runtime.delta.time_travel import readable_snapshot
from local_runtime.engines.paths import engine_path
from local_runtime.errors import LakehouseError
from local_runtime.inspection.parquet_rows import rows_sql
from local_runtime.inspection.query import needs_delta_rs, run_query
from local_runtime.inspection.read_only import connect
from local_runtime.quoting import quoted_table

if TYPE_CHECKING:
    import duckdb


def rows_of_table(lake: Lake, name: str, version: int | None = None) -> "duckdb.DuckDBPyRelation":
    """The rows of schema.table at a version (None: as it is now), in memory. Raises LakehouseError as `results`."""
    import duckdb

    log = lake.log(name)
    snapshot = readable_snapshot(log, name, version)
    if snapshot is None or needs_delta_rs(log, snapshot):
        return run_query(lake, f"FROM {quoted_table(name, version)}")
    files = [engine_path(lake.root, log.path / unquote(add)) for add in snapshot.files]
    cursor = _duckdb().cursor()
    try:
        return cursor.sql(rows_sql(cursor, log.path, snapshot, files)).materialize()
    except duckdb.Error as error:
        raise LakehouseError(f"Table {name} can't be read: {error}") from None


@cache
def _duckdb() -> "duckdb.DuckDBPyConnection":
    connection = connect()
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    return connection
