"""A refresh by keys: the keys of the rows that changed, and where the rows of these keys are (docs/decisions/0039)."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from local_runtime.delta.actions import LogAction, TableSnapshot
from local_runtime.delta.data_files import lacks_partition, missing_paths
from local_runtime.delta.run_again import run_command
from local_runtime.engines.paths import engine_path
from local_runtime.errors import LakehouseError
from local_runtime.quoting import DOUBLE, quoted
from local_runtime.update.flows.source_changes import FullRefreshNeeded, SourceChanges
from local_runtime.update.flows.stages import StagedBatch, partition_of
from local_runtime.update.flows.table_run import TableRun
from local_runtime.update.reads import RunReads
from local_runtime.writing.same_rows import comparing_duckdb

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FEW_ROWS = 100_000  # of a view: computing it in full costs no more than finding out what changed
SIGN = "__sign"
PLAIN_TYPES = {"date", "integer", "long", "string"}  # whose values are the same texts to Delta and to DuckDB
# By name, because files that are older than a column lack it.
ROWS = "read_parquet(?, hive_partitioning = false, union_by_name = true)"
MANY_FILES = 8  # of a partition: they are made one with the rows that are added


@dataclass(frozen=True, kw_only=True)
class ChangedKeys:
    """Keys whose rows are computed again: `count` values of the columns `by`, in the Parquet file `path`.

    `source_files` are the files of each source that have rows of these keys, `own_files` those of the view.
    """

    by: tuple[str, ...]
    path: Path
    count: int
    source_files: Mapping[str, tuple[LogAction, ...]]
    own_files: tuple[LogAction, ...]


def changed_keys(table: TableRun, reads: RunReads, by: Sequence[str], sources: Sequence[SourceChanges]) -> ChangedKeys:
    """The keys of the rows that a source gained or lost.

    Raises FullRefreshNeeded where that isn't known, or costs more than to compute the view in full.
    """
    own = table.snapshot()
    if own is None or table.rows < FEW_ROWS:
        raise FullRefreshNeeded(f"it has fewer than {FEW_ROWS:,} rows")
    if compacted := [source.name for source in sources if source.is_compacted]:
        raise FullRefreshNeeded(f"{', '.join(compacted)} has been compacted")
    snapshots = {table.dataset.name: own, **{source.name: source.snapshot for source in sources}}
    for name, snapshot in snapshots.items():
        _check_readable(table, name, snapshot)
        # Names may differ in their case, which the engine's schemas tell apart.
        types = [_types(snapshot).get(key) for key in by]
        if None in types or types != [_types(own).get(key) for key in by]:
            raise FullRefreshNeeded(f"{name} has {', '.join(by)} under other names or types")
    if missing_paths(path for source in sources for path in source.lost()):
        raise FullRefreshNeeded("files that a source had are gone")
    path = reads.staging / f"keys-{uuid.uuid4().hex}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    import duckdb

    try:
        # What memory doesn't hold goes beside the keys, not into the folder in which the command was called.
        with duckdb.connect(config={"temp_directory": str(path.parent)}) as duck:
            count = _write_keys(duck, path, by, sources)
            files = {name: _having(duck, table, name, snapshot, path, by) for name, snapshot in snapshots.items()}
    except duckdb.Error as error:
        raise FullRefreshNeeded(f"its sources' rows can't be compared ({str(error).splitlines()[0]})") from None
    own_files = files.pop(table.dataset.name)
    _check_share(sources, files)
    return ChangedKeys(by=tuple(by), path=path, count=count, source_files=files, own_files=own_files)


def _check_readable(table: TableRun, name: str, snapshot: TableSnapshot) -> None:
    files = list(snapshot.files.values())
    if any(add.get("deletionVector") for add in files) or lacks_partition(table.run.lake.path(name), files):
        raise FullRefreshNeeded(f"{name} has files of another program")


def _check_share(sources: Sequence[SourceChanges], files: Mapping[str, Sequence[LogAction]]) -> None:
    size = sum(add["size"] for source in sources for add in source.snapshot.files.values())
    if sum(add["size"] for of_source in files.values() for add in of_source) * 2 > size:
        raise FullRefreshNeeded(f"the changed keys are in more than half of {', '.join(sorted(files))}")


def _write_keys(duck: "DuckDBPyConnection", path: Path, by: Sequence[str], sources: Sequence[SourceChanges]) -> int:
    """Writes the keys of all rows of which the sources have more, or fewer, than before; returns their number."""
    keys, parts = _columns(by), []
    arguments: list[list[str]] = []
    for source in sources:
        sides = [(sign, files) for sign, files in source.sides() if files]
        if sides:
            rows = " UNION ALL BY NAME ".join(f"SELECT *, {sign} AS {SIGN} FROM {ROWS}" for sign, _ in sides)
            # Counted, because EXCEPT ALL takes several times as long.
            counted = f"SELECT * EXCLUDE {SIGN}, sum({SIGN}) AS {SIGN} FROM ({rows}) GROUP BY ALL"
            parts.append(f"SELECT {keys} FROM ({counted}) WHERE {SIGN} <> 0")
            arguments += [[*map(str, files)] for _, files in sides]
    if not parts:
        return 0
    duck.execute(f"CREATE TABLE keys AS SELECT DISTINCT {keys} FROM ({' UNION ALL '.join(parts)})", arguments)
    if duck.execute(f"SELECT 1 FROM keys WHERE {' OR '.join(f'{_columns([key])} IS NULL' for key in by)}").fetchone():
        raise FullRefreshNeeded(f"rows without {', '.join(by)} have changed")
    ((count,),) = duck.execute("SELECT count(*) FROM keys").fetchall()
    if count:
        duck.table("keys").write_parquet(str(path))
    return int(count)


def _having(
    duck: "DuckDBPyConnection", table: TableRun, name: str, snapshot: TableSnapshot, keys: Path, by: Sequence[str]
) -> tuple[LogAction, ...]:
    """The files of a table that have rows of the keys."""
    if not keys.exists():
        return ()
    folder = table.run.lake.path(name)
    files = {str(folder / unquote(path)): add for path, add in _in_partitions_of_keys(duck, snapshot, by).items()}
    if not files:
        return ()
    rows = "read_parquet(?, hive_partitioning = false, filename = true)"
    query = f"SELECT DISTINCT filename FROM {rows} SEMI JOIN keys USING ({_columns(by)})"
    return tuple(files[file] for (file,) in duck.execute(query, [list(files)]).fetchall())


def _in_partitions_of_keys(
    duck: "DuckDBPyConnection", snapshot: TableSnapshot, by: Sequence[str]
) -> Mapping[str, LogAction]:
    """The table's files, by path: where the keys name their partitions, only those in partitions of keys."""
    partition_by = tuple(snapshot.metadata.get("partitionColumns") or ())
    types = _types(snapshot)
    if not partition_by or not {*partition_by} <= {*by} or not {types[name] for name in partition_by} <= PLAIN_TYPES:
        return snapshot.files
    texts = ", ".join(f"{_columns([name])}::VARCHAR" for name in partition_by)
    # To Delta, an empty text is a partition's null.
    found = duck.execute(f"SELECT DISTINCT {texts} FROM keys").fetchall()
    of_keys = {tuple(text or None for text in row) for row in found}
    return {path: add for path, add in snapshot.files.items() if partition_of(add, partition_by) in of_keys}


def _types(snapshot: TableSnapshot) -> Mapping[str, Any]:
    return {field["name"]: field["type"] for field in json.loads(snapshot.metadata["schemaString"])["fields"]}


def _columns(names: Iterable[str]) -> str:
    return ", ".join(quoted(name, DOUBLE) for name in names)


def with_other_rows(table: TableRun, staged: StagedBatch, keys: ChangedKeys) -> StagedBatch:
    """The batch of the keys' new rows, with all other rows of the files that it replaces.

    Those are the files that have old rows of the keys, and all of a partition that has many. Raises LakehouseError
    where the query has returned rows of other keys.
    """
    if not keys.count:
        return replace(staged, rows=staged.rows.without_files())
    _check_keys(table, staged, keys)
    snapshot = table.snapshot()
    files = snapshot.files.values() if snapshot else ()
    by = table.dataset.partition_cols
    having = {add["path"] for add in keys.own_files}
    partitions: dict[object, list[LogAction]] = {}
    for add in files:
        partitions.setdefault(partition_of(add, by), []).append(add)
    written = {tuple(values.values()) for values in staged.rows.partitions.values()}
    many = [part for part, adds in partitions.items() if len(adds) >= MANY_FILES and part in written]
    having |= {add["path"] for part in many for add in partitions[part]}
    replaced = tuple(add for add in files if add["path"] in having)
    if not replaced:
        return staged if staged.count else replace(staged, rows=staged.rows.without_files())
    rows = table.rows_of(replaced)
    others = rows.join(_rows_of_keys(table, keys, rows), [*keys.by], how="left_anti")
    kept = table.stage(others, "replace")
    both = staged.rows.with_rows_of(kept, staged.parts)
    produced = staged.count if staged.produced is None else staged.produced
    return replace(staged, rows=both, parts=("",), produced=produced, removed=replaced)


def only_keys(table: TableRun, keys: ChangedKeys, rows: DataFrame) -> DataFrame:
    """The rows of these keys."""
    return rows.join(_rows_of_keys(table, keys, rows), [*keys.by], how="left_semi") if keys.count else rows


def _rows_of_keys(table: TableRun, keys: ChangedKeys, rows: DataFrame) -> DataFrame:
    """One row per key, with columns as in `rows`."""
    schema = StructType([rows.schema[name] for name in keys.by])
    return F.broadcast(table.run.engine.read.schema(schema).parquet(engine_path(table.run.lake.root, keys.path)))


def _check_keys(table: TableRun, staged: StagedBatch, keys: ChangedKeys) -> None:
    written = [str(path) for part in staged.parts for path in staged.rows.files.get(part, ())]
    if not written:
        return
    of_keys = f"SELECT {_columns(keys.by)} FROM {ROWS}"
    with comparing_duckdb().cursor() as duck:
        other = duck.execute(f"({of_keys} EXCEPT {of_keys}) LIMIT 1", [written, str(keys.path)]).fetchone()
    if other:
        raise LakehouseError(
            f"{table.dataset.name}: its query returned rows of other keys than it was asked for. "
            f"`{run_command(table.run.lake, [table.dataset.name])}` rebuilds it."
        )
