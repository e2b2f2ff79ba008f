"""A materialized view: skipped where nothing changed, else refreshed in one commit, by partitions or in full."""

from collections.abc import Mapping
from dataclasses import dataclass

from local_runtime.delta.actions import LogAction, TableSnapshot, TableVersion
from local_runtime.pipelines.datasets import QueryFlow
from local_runtime.state.progress import FlowProgress
from local_runtime.update.flows.context import Taken
from local_runtime.update.flows.table_run import TableRun
from local_runtime.update.reads import RunReads
from local_runtime.update.results import COMPLETE_RECOMPUTE, NO_OP, PARTITION_OVERWRITE, Refresh, Result

Partition = tuple[str | None, ...]


class FullRefreshNeeded(Exception):
    """Why a view is refreshed in full."""


@dataclass(frozen=True)
class ChangedPartitions:
    """The partitions of a view that a source's changes touch, and the source's files in them."""

    source: str
    partitions: frozenset[Partition]
    files: tuple[LogAction, ...]
    of: int


def run_materialized_view(table: TableRun, flow: QueryFlow, result: Result) -> None:
    """Refreshes the view."""
    reads = table.reads(flow)
    for name in table.run.graph.tables_read(table.dataset.name):
        reads.pin(name)
    last = table.last(flow)
    if last is not None and (last.code, last.tables) == (table.code, reads.tables) and table.is_as_written:
        result.refresh = Refresh(NO_OP, "nothing that it depends on has changed")
        return
    try:
        changed = _changed_partitions(table, reads, last)
    except FullRefreshNeeded as why:
        result.refresh = Refresh(COMPLETE_RECOMPUTE, str(why))
        rows = table.call(reads, flow.function)
        taken = Taken(reads.tables, refresh=result.refresh, results=reads.results)
        table.write_measured(flow, rows, "overwrite", taken, result)
        reads.discard_staged()
        return
    many = f"{len(changed.partitions):,} of {changed.of:,} partitions of {changed.source} have changed"
    result.refresh = Refresh(PARTITION_OVERWRITE, many)
    reads.restrict(changed.source, changed.files)
    rows = table.call(reads, flow.function)
    snapshot = table.snapshot()
    removed = [
        add
        for add in (snapshot.files.values() if snapshot else ())
        if _partition(add, table.dataset.partition_cols) in changed.partitions
    ]
    taken = Taken(reads.tables, refresh=result.refresh, results=reads.results)
    table.write_measured(flow, rows, "replace", taken, result, removed, changed.partitions)
    reads.discard_staged()


def _changed_partitions(table: TableRun, reads: RunReads, last: FlowProgress | None) -> ChangedPartitions:
    """What has changed, by partitions. Raises InFull."""
    dataset = table.dataset
    source = dataset.refreshed_by
    if table.must_write or last is None:
        raise FullRefreshNeeded("it is built for the first time, or anew")
    if source is None:
        raise FullRefreshNeeded(dataset.not_refreshable_because)
    if last.code != table.code:
        raise FullRefreshNeeded("its code has changed")
    if not table.is_as_written:
        raise FullRefreshNeeded("another program has changed it")
    others = {name for name, at in reads.tables.items() if name != source and last.tables.get(name) != at}
    if others:
        raise FullRefreshNeeded(f"{', '.join(sorted(others))} has changed")
    seen, now = last.tables.get(source), reads.tables[source]
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
    return ChangedPartitions(source, frozenset(touched), files, len(partitions))


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
