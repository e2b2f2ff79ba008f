"""All rows of a table, for the commands' own questions: on one DuckDB, because to start one takes longer than to ask.

What users ask goes through `query`, on a DuckDB that is locked for it alone.
"""

from collections.abc import Callable
from functools import cache, wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar
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

Answer = TypeVar("Answer")
More = ParamSpec("More")


def kept_for_rows(
    answer: Callable[Concatenate[Lake, str, More], Answer],
) -> Callable[Concatenate[Lake, str, More], Answer]:
    """Has a question about a table's newest rows asked once for them: a watch asks after each of its updates.

    The answer must follow from the rows alone, and nobody may change it. Whether the table can be read is looked at
    each time.
    """
    known: dict[tuple[object, ...], tuple[object, Answer]] = {}

    @wraps(answer)
    def kept(lake: Lake, name: str, /, *more: More.args, **named: More.kwargs) -> Answer:
        snapshot = readable_snapshot(lake.log(name), name, None)
        rows = snapshot and (snapshot.version, snapshot.metadata.get("id"), frozenset(snapshot.files))
        key = (lake.root, name, more, *named.items())
        if key not in known or known[key][0] != rows:
            known[key] = rows, answer(lake, name, *more, **named)
        return known[key][1]

    return kept


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
