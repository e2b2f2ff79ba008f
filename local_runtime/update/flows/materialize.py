"""A materialized view: skipped where nothing changed, else refreshed in one commit, by partitions or in full."""

from collections.abc import Mapping
from dataclasses import dataclass

from local_runtime.lake.actions import Action, Snapshot, TableVersion
from local_runtime.lake.progress import FlowProgress
from local_runtime.pipelines.datasets import QueryFlow
from local_runtime.update.flows.context import Taken
from local_runtime.update.flows.table_run import TableRun
from local_runtime.update.reads import RunReads
from local_runtime.update.results import FULL, PARTITIONS, UNCHANGED, Refresh, Result

Partition = tuple[str | None, ...]


class InFull(Exception):
    """Why a view is refreshed in full."""


@dataclass(frozen=True)
class Changed:
    """The partitions of a view that a source's changes touch, and the source's files in them."""

    source: str
    partitions: frozenset[Partition]
    files: tuple[Action, ...]
    of: int


def run(table: TableRun, flow: QueryFlow, result: Result) -> None:
    """Refreshes the view."""
    reads = table.reads(flow)
    for name in table.run.graph.tables_read(table.dataset.name):
        reads.pin(name)
    last = table.last(flow)
    if last is not None and (last.code, last.tables) == (table.code, reads.tables) and table.is_as_written:
        result.refresh = Refresh(UNCHANGED, "nothing that it depends on has changed")
        return
    try:
        changed = _changed(table, reads, last)
    except InFull as why:
        result.refresh = Refresh(FULL, str(why))
        rows = table.call(reads, flow.function)
        taken = Taken(reads.tables, refresh=result.refresh, results=reads.results)
        table.write_measured(flow, rows, "overwrite", taken, result)
        reads.forget_staged()
        return
    many = f"{len(changed.partitions):,} of {changed.of:,} partitions of {changed.source} have changed"
    result.refresh = Refresh(PARTITIONS, many)
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
    reads.forget_staged()


def _changed(table: TableRun, reads: RunReads, last: FlowProgress | None) -> Changed:
    """What has changed, by partitions. Raises InFull."""
    dataset = table.dataset
    source = dataset.refreshed_by
    if table.must_write or last is None:
        raise InFull("it is built for the first time, or anew")
    if source is None:
        raise InFull(dataset.not_by_partitions)
    if last.code != table.code:
        raise InFull("its code has changed")
    if not table.is_as_written:
        raise InFull("another program has changed it")
    others = {name for name, at in reads.tables.items() if name != source and last.tables.get(name) != at}
    if others:
        raise InFull(f"{', '.join(sorted(others))} has changed")
    seen, now = last.tables.get(source), reads.tables[source]
    log = table.run.lake.log(source)
    snapshot = log.snapshot(reads.version_of(source))
    if seen is None or seen.table_id != now.table_id or snapshot is None:
        raise InFull(f"{source} is another table than before")
    if list(snapshot.metadata.get("partitionColumns") or []) != list(table.run.graph.datasets[source].partition_cols):
        raise InFull(f"{source} is not partitioned as its code says")
    touched = _touched(table, source, seen, snapshot)
    there = {_partition(add, dataset.partition_cols) for add in snapshot.files.values()}
    if len(touched) * 2 > len(there):
        raise InFull(f"{len(touched):,} of {len(there):,} partitions of {source} have changed, more than half")
    files = tuple(add for add in snapshot.files.values() if _partition(add, dataset.partition_cols) in touched)
    return Changed(source, frozenset(touched), files, len(there))


def _touched(table: TableRun, source: str, seen: TableVersion, snapshot: Snapshot) -> set[Partition]:
    """The partitions in which files came or went since a version. Raises InFull where that isn't known."""
    log = table.run.lake.log(source)
    there, by = {*log.versions()}, table.dataset.partition_cols
    touched: set[Partition] = set()
    for version in range(seen.version + 1, snapshot.version + 1):
        if version not in there:
            raise InFull(f"log entries of {source} are gone")
        for action in log.entry(version).actions:
            for kind in ("add", "remove"):
                file: Mapping[str, object] = action.get(kind) or {}
                if not file or not file.get("dataChange", True):
                    continue
                if not file.get("partitionValues"):
                    raise InFull(f"version {version} of {source} doesn't say which partitions it changed")
                touched.add(_partition(file, by))
    return touched


def _partition(file: Action, by: tuple[str, ...]) -> Partition:
    values = file.get("partitionValues") or {}
    return tuple(values.get(name) or None for name in by)
