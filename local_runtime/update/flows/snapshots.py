"""AUTO CDC from snapshots: whole states of a source, applied one after the other in the order of their versions."""

from datetime import UTC, datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from local_runtime.errors import LakehouseError
from local_runtime.lake.progress import SnapshotVersion
from local_runtime.pipelines.datasets import SnapshotFlow
from local_runtime.pipelines.injected_spark import answered_by
from local_runtime.update import auto_cdc
from local_runtime.update.flows.table_run import TableRun, Taken
from local_runtime.update.reads import RunReads
from local_runtime.update.results import Result

Snapshot = tuple[DataFrame, SnapshotVersion]


def run(table: TableRun, flow: SnapshotFlow, result: Result) -> None:
    """Applies the snapshots that are there.

    Raises LakehouseError where the first call gives none, and where versions don't rise, as Databricks does.
    """
    last = table.last(flow)
    applied = last.snapshot if last else None
    while (found := _next(table, flow, result, applied)) is not None:
        snapshot, version, reads = found
        _check_version(table.dataset.name, version, applied)
        _apply(table, flow, snapshot, version, reads, result, is_first=applied is None)
        applied = version
    if applied is None:
        raise LakehouseError(
            f"{table.dataset.name}: its snapshot function gave no first snapshot, which Databricks refuses "
            "(APPLY_CHANGES_FROM_SNAPSHOT_ERROR.FIRST_SNAPSHOT_EMPTY). Let the first call give an empty DataFrame of "
            "the right columns, and a version lower than any other."
        )


def _next(
    table: TableRun, flow: SnapshotFlow, result: Result, applied: SnapshotVersion | None
) -> tuple[DataFrame, SnapshotVersion, RunReads] | None:
    """The next snapshot, its version, and what was read for it; that of a table is as old as the reading of it."""
    reads = table.reads(flow)
    if not isinstance(flow.source, str):
        with answered_by(reads):
            found = flow.source(applied)
        return None if found is None else (*found, reads)
    for name in table.run.graph.tables_read(table.dataset.name):
        reads.pin(name)
    last = table.last(flow)
    if result.commits or (last is not None and last.tables == reads.tables):
        return None
    return reads.table(flow.source), datetime.now(UTC).replace(tzinfo=None), reads


def _check_version(name: str, version: SnapshotVersion, applied: SnapshotVersion | None) -> None:
    if applied is None:
        return
    if type(version) is not type(applied):
        raise LakehouseError(
            f"{name}: snapshot version {version!r} is of another type than the one applied last ({applied!r})."
        )
    if not version > applied:  # type: ignore[operator]
        raise LakehouseError(
            f"{name}: snapshot version {version!r} is not later than the one applied last ({applied!r}), and versions "
            "must rise (OUT_OF_ORDER_SNAPSHOT_VERSION on Databricks)."
        )


def _apply(
    table: TableRun,
    flow: SnapshotFlow,
    snapshot: DataFrame,
    version: SnapshotVersion,
    reads: RunReads,
    result: Result,
    is_first: bool,
) -> None:
    columns = snapshot.columns
    count = snapshot.agg(F.count(F.lit(1)).alias("rows"), F.count_distinct(*flow.keys).alias("keys")).collect()[0]
    if count["rows"] != count["keys"]:
        raise LakehouseError(
            f"{table.dataset.name}: snapshot {version!r} has {count['rows']:,} rows and {count['keys']:,} keys "
            f"({', '.join(flow.keys)}): a key may not be null, nor stand twice."
        )
    if flow.scd_type == 1:
        state = snapshot
    elif is_first:
        state = auto_cdc.first_history(snapshot, F.lit(version), columns)
    else:
        state = auto_cdc.apply_snapshot(
            table.current(), snapshot, F.lit(version), flow.keys, columns, flow.tracked_of(columns)
        )
    table.write(flow, state, "overwrite", Taken(reads.tables, snapshot=version), result, count["rows"])
