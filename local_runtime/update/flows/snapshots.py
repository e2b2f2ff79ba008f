"""AUTO CDC from snapshots: complete states of a source, applied in the order of their versions."""

from dataclasses import dataclass
from datetime import UTC, datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from local_runtime.counts import counted
from local_runtime.errors import LakehouseError
from local_runtime.pipelines.datasets import SnapshotFlow
from local_runtime.state.progress import SnapshotVersion, plain_version
from local_runtime.update import auto_cdc
from local_runtime.update.auto_cdc import END_AT, START_AT, column
from local_runtime.update.expectations import FAILED
from local_runtime.update.flows.columns import all_columns, check_reserved, with_canonical_keys
from local_runtime.update.flows.stages import ReadBatch
from local_runtime.update.flows.table_run import TableRun
from local_runtime.update.reads import RunReads
from local_runtime.update.results import Result


@dataclass(frozen=True, kw_only=True)
class _NextSnapshot:
    """A snapshot that the flow's source gives, its version, and what was read for it."""

    rows: DataFrame
    version: SnapshotVersion
    reads: RunReads


def run_snapshots(table: TableRun, flow: SnapshotFlow, result: Result) -> None:
    """Applies the snapshots that the source has.

    Raises LakehouseError where the first call gives none, and where versions don't rise, as Databricks does.
    """
    last = table.last(flow)
    applied = last.intake.snapshot_version if last else None
    # Progress of an older version of this program has no list, and one that began now would lack the first versions.
    is_listed = not isinstance(flow.source, str) and (last is None or bool(last.intake.applied))
    versions = last.intake.applied if last else ()
    while (snapshot := _next(table, flow, result, applied)) is not None:
        _check_version(table.dataset.name, snapshot.version, applied)
        versions = (*versions, snapshot.version) if is_listed else ()
        _apply(table, flow, snapshot, versions, result, is_first=applied is None)
        applied = snapshot.version
    if applied is None:
        raise LakehouseError(
            f"{table.dataset.name}: its snapshot function gave no first snapshot, which Databricks refuses "
            "(APPLY_CHANGES_FROM_SNAPSHOT_ERROR.FIRST_SNAPSHOT_EMPTY). Let the first call give an empty DataFrame of "
            "the right columns, and a version lower than any other."
        )


def state_after_first(table: str, flow: SnapshotFlow, snapshot: DataFrame) -> DataFrame:
    """What the target would have if this were its first snapshot, read now.

    Raises LakehouseError where the flow names columns that the snapshot doesn't have.
    """
    check_reserved(table, snapshot.columns)
    flow.spelled_like(snapshot.columns, snapshot.columns)
    if flow.scd_type == 1:
        return snapshot
    return auto_cdc.first_history(snapshot, F.lit(_now()), snapshot.columns)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _next(table: TableRun, flow: SnapshotFlow, result: Result, applied: SnapshotVersion | None) -> _NextSnapshot | None:
    """The next snapshot; the version of one that is a table is the time at which it is read."""
    reads = table.reads(flow)
    if not isinstance(flow.source, str):
        exhausted, place = table.run.graph.exhausted, (table.dataset.name, flow.name)
        state = _state(table, applied)
        if state is not None and exhausted.get(place) == state and table.run.graph.is_repeatable:
            return None
        answer = table.call(reads, flow.source, applied)
        if answer is None:
            exhausted[place] = state
            return None
        return _NextSnapshot(rows=answer[0], version=plain_version(answer[1]), reads=reads)
    for name in table.run.graph.tables_read(table.dataset.name):
        reads.pin(name)
    last = table.last(flow)
    if result.commits or (last is not None and (last.code, last.intake.tables) == (table.code, reads.tables)):
        return None
    return _NextSnapshot(rows=reads.table(flow.source), version=_now(), reads=reads)


def _state(table: TableRun, applied: SnapshotVersion | None) -> object:
    """What the answer of a function of snapshots follows from, beside its code; None where more may matter."""
    name, graph, lake = table.dataset.name, table.run.graph, table.run.lake
    of_files = any(graph.sources[one] or graph.datasets[one].paths for one in (name, *graph.views_read(name)))
    logs = {read: lake.log(read).details() for read in graph.tables_read(name)}
    if of_files or None in logs.values():
        return None
    tables = {read: (log.metadata["id"], log.version) for read, log in logs.items() if log}
    return table.code, applied, tables


def _check_version(name: str, version: SnapshotVersion, applied: SnapshotVersion | None) -> None:
    if applied is None:
        return
    if type(version) is not type(applied):
        raise LakehouseError(
            f"{name}: snapshot version {version!r} is of another type than the one applied last ({applied!r})."
        )
    if not _is_later(version, applied):
        raise LakehouseError(
            f"{name}: snapshot version {version!r} is not later than the one applied last ({applied!r}), and versions "
            "must rise (OUT_OF_ORDER_SNAPSHOT_VERSION on Databricks)."
        )


def _is_later(version: SnapshotVersion, applied: SnapshotVersion) -> bool:
    try:
        return bool(version > applied)  # type: ignore[operator]
    except TypeError:  # timestamps with and without a time zone
        return False


def _apply(
    table: TableRun,
    flow: SnapshotFlow,
    snapshot: _NextSnapshot,
    versions: tuple[SnapshotVersion, ...],
    result: Result,
    is_first: bool,
) -> None:
    """Applies a snapshot; `versions` are those of all that will have been applied then."""
    check_reserved(table.dataset.name, snapshot.rows.columns)
    canonical = with_canonical_keys(snapshot.rows, flow.keys, table.dataset.partition_cols)
    reads = snapshot.reads
    batch = ReadBatch(flow=flow, intake=reads.intake(snapshot.version, versions), results=reads.results)
    if not table.dataset.expectations:
        with table.run.writer.materialized(table.dataset.name, canonical) as rows:
            _apply_materialized(table, flow, rows, None, batch, result, is_first)
    else:
        checked = table.check_rows(canonical, schema=canonical.schema)
        retained, failed = checked.rows(), checked.rows((FAILED,))
        _apply_materialized(table, flow, retained, failed, batch.checked(checked), result, is_first)
        checked.discard()
    reads.discard_staged()


def _apply_materialized(
    table: TableRun,
    flow: SnapshotFlow,
    snapshot: DataFrame,
    dropped: DataFrame | None,
    batch: ReadBatch,
    result: Result,
    is_first: bool,
) -> None:
    """Applies a snapshot that is computed: its rows are asked for more than once.

    A key whose rows were all `dropped` by rules stays as it was: it is in the snapshot, so it isn't deleted.
    """
    name, version = table.dataset.name, batch.intake.snapshot_version
    flow, current, snapshot = _aligned(table, flow, snapshot, is_first)
    count = snapshot.agg(
        F.count(F.lit(1)).alias("rows"), F.count_distinct(*map(column, flow.keys)).alias("keys")
    ).collect()[0]
    if count["rows"] != count["keys"]:
        raise LakehouseError(
            f"{name}: snapshot {version!r} has {counted(count['rows'], 'row')} and {counted(count['keys'], 'key')} "
            f"({', '.join(flow.keys)}): a key may not be null or duplicated."
        )
    columns = snapshot.columns
    if dropped is not None and current is not None:
        snapshot = snapshot.unionByName(_kept_as_they_were(flow, current, snapshot, dropped))
    if flow.scd_type == 1:
        state = snapshot
    elif current is None:
        state = auto_cdc.first_history(snapshot, F.lit(version), columns)
    else:
        state = auto_cdc.apply_snapshot(
            current, snapshot, F.lit(version), flow.keys, columns, flow.tracked_columns(columns)
        )
    table.write(batch, state, "overwrite", result, count["rows"] + batch.dropped)


def _kept_as_they_were(flow: SnapshotFlow, current: DataFrame, snapshot: DataFrame, dropped: DataFrame) -> DataFrame:
    """The table's current rows of keys that the snapshot has only in dropped rows."""
    keys = list(flow.keys)
    open_rows = current.filter(F.col(END_AT).isNull()) if flow.scd_type == 2 else current
    of_dropped = open_rows.join(dropped.select(*map(column, keys)), keys, how="left_semi")
    rest = of_dropped.join(snapshot.select(*map(column, keys)), keys, how="left_anti")
    return rest.select(*map(column, snapshot.columns))


def _aligned(
    table: TableRun, flow: SnapshotFlow, snapshot: DataFrame, is_first: bool
) -> tuple[SnapshotFlow, DataFrame | None, DataFrame]:
    """The flow as columns are spelled, the table's rows (None: this is its first snapshot), and the snapshot.

    Both get the columns of both; those that one didn't have are null.
    """
    if is_first:
        return flow.spelled_like(snapshot.columns, snapshot.columns), None, snapshot
    current = table.current()
    columns = all_columns(table.run.lake, table.dataset.name, current.schema, snapshot.schema, flow.scd_type)
    flow = flow.spelled_like(snapshot.columns, [field.name for field in columns])
    history = [field for field in current.schema.fields if field.name in (START_AT, END_AT)]
    return flow, auto_cdc.with_columns(current, [*columns, *history]), auto_cdc.with_columns(snapshot, columns)
