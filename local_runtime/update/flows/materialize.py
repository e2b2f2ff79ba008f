"""A materialized view: skipped if nothing changed, else refreshed in one commit, by partitions or in full."""

from collections.abc import Mapping
from dataclasses import dataclass

from local_runtime.delta.actions import LogAction, TableSnapshot, TableVersion
from local_runtime.graph.plans import with_plan_made_once
from local_runtime.pipelines.datasets import QueryFlow
from local_runtime.state.progress import FlowProgress
from local_runtime.update.flows.stages import Partition, ReadBatch, ReplacedFiles
from local_runtime.update.flows.table_run import TableRun
from local_runtime.update.reads import RunReads
from local_runtime.update.results import COMPLETE_RECOMPUTE, NOTHING_CHANGED, PARTITION_OVERWRITE, Refresh, Result
from local_runtime.writing.writer import Mode


class FullRefreshNeeded(Exception):
    """Why a view is refreshed in full."""


@dataclass(frozen=True, kw_only=True)
class ChangedPartitions:
    """The partitions of a view that changes of its source touch, and the source's files in them.

    `total` is the number of the source's partitions.
    """

    source: str
    partitions: frozenset[Partition]
    files: tuple[LogAction, ...]
    total: int


def run_materialized_view(table: TableRun, flow: QueryFlow, result: Result) -> None:
    """Refreshes the view."""
    reads = table.reads(flow)
    for name in table.run.graph.tables_read(table.dataset.name):
        reads.pin(name)
    last = table.last(flow)
    if last is not None and (last.code, last.intake.tables) == (table.code, reads.tables) and table.is_as_written:
        result.refresh = NOTHING_CHANGED
        return
    mode, replaced = _plan(table, reads, last, result)
    rows = with_plan_made_once(table.call(reads, flow.function))
    batch = ReadBatch(flow=flow, intake=reads.intake(), results=reads.results, refresh=result.refresh)
    table.write_checked(batch, rows, mode, result, replaced)
    reads.discard_staged()


def _plan(
    table: TableRun, reads: RunReads, last: FlowProgress | None, result: Result
) -> tuple[Mode, ReplacedFiles | None]:
    """How the view is refreshed, recorded in `result` too; by partitions, its reads are restricted to those."""
    try:
        changed = _changed_partitions(table, reads, last)
    except FullRefreshNeeded as why:
        result.refresh = Refresh(COMPLETE_RECOMPUTE, str(why))
        return "overwrite", None
    share = f"{len(changed.partitions):,} of {changed.total:,} partitions of {changed.source} have changed"
    result.refresh = Refresh(PARTITION_OVERWRITE, share)
    reads.restrict(changed.source, changed.files)
    snapshot, columns = table.snapshot(), table.dataset.partition_cols
    files = snapshot.files.values() if snapshot else ()
    removed = tuple(add for add in files if _partition(add, columns) in changed.partitions)
    return "replace", ReplacedFiles(files=removed, partitions=changed.partitions)


def _changed_partitions(table: TableRun, reads: RunReads, last: FlowProgress | None) -> ChangedPartitions:
    """What has changed, by partitions. Raises InFull."""
    dataset = table.dataset
    source = dataset.refreshed_by
    if table.must_write or last is None:
        raise FullRefreshNeeded("it is built for the first time, or again")
    if source is None:
        raise FullRefreshNeeded(dataset.not_refreshable_because)
    if last.code != table.code:
        raise FullRefreshNeeded("its code has changed")
    if not table.is_as_written:
        raise FullRefreshNeeded("another program has changed it")
    others = {name for name, at in reads.tables.items() if name != source and last.intake.tables.get(name) != at}
    if others:
        raise FullRefreshNeeded(f"{', '.join(sorted(others))} has changed")
    seen, now = last.intake.tables.get(source), reads.tables[source]
    log = table.run.lake.log(source)
    snapshot = log.snapshot(reads.version_of(source))
    if seen is None or seen.table_id != now.table_id or snapshot is None:
        raise FullRefreshNeeded(f"{source} is another table than before")
    if list(snapshot.metadata.get("partitionColumns") or []) != list(table.run.graph.datasets[source].partition_cols):
        raise FullRefreshNeeded(f"{source} is not partitioned as its code says")
    touched = _touched(table, source, seen, snapshot)
    partitions = {_partition(add, dataset.partition_cols) for add in snapshot.files.values()}
    if len(touched) * 2 > len(partitions):
        raise FullRefreshNeeded(
            f"{len(touched):,} of {len(partitions):,} partitions of {source} have changed, more than half"
        )
    files = tuple(add for add in snapshot.files.values() if _partition(add, dataset.partition_cols) in touched)
    return ChangedPartitions(source=source, partitions=frozenset(touched), files=files, total=len(partitions))


def _touched(table: TableRun, source: str, seen: TableVersion, snapshot: TableSnapshot) -> set[Partition]:
    """The partitions in which files came or went since a version. Raises InFull where that isn't known."""
    log = table.run.lake.log(source)
    available, partition_by = {*log.versions()}, table.dataset.partition_cols
    touched: set[Partition] = set()
    for version in range(seen.version + 1, snapshot.version + 1):
        if version not in available:
            raise FullRefreshNeeded(f"log entries of {source} are gone")
        for action in log.entry(version).actions:
            for kind in ("add", "remove"):
                file: Mapping[str, object] = action.get(kind) or {}
                if not file or not file.get("dataChange", True):
                    continue
                if not file.get("partitionValues"):
                    raise FullRefreshNeeded(f"version {version} of {source} doesn't say which partitions it changed")
                touched.add(_partition(file, partition_by))
    return touched


def _partition(file: LogAction, partition_by: tuple[str, ...]) -> Partition:
    values = file.get("partitionValues") or {}
    return tuple(values.get(name) or None for name in partition_by)
