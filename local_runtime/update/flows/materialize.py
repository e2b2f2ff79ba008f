"""A materialized view: skipped if nothing changed, else refreshed in one commit: by partitions, by keys, or in full."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from local_runtime.delta.actions import LogAction
from local_runtime.graph.plans import with_plan_made_once
from local_runtime.pipelines.datasets import QueryFlow, RefreshScope
from local_runtime.state.progress import FlowProgress
from local_runtime.state.roles import DROPS_ROWS, NEVER
from local_runtime.update.flows.changed_keys import changed_keys, only_keys, with_other_rows
from local_runtime.update.flows.source_changes import FullRefreshNeeded, SourceChanges, changes_since
from local_runtime.update.flows.stages import Completion, Partition, ReadBatch, partition_of
from local_runtime.update.flows.table_run import TableRun
from local_runtime.update.reads import RunReads
from local_runtime.update.results import (
    COMPLETE_RECOMPUTE,
    GROUP_AGGREGATE,
    NOTHING_CHANGED,
    PARTITION_OVERWRITE,
    Refresh,
    Result,
)
from local_runtime.writing.writer import Mode


@dataclass(frozen=True, kw_only=True)
class ChangedPartitions:
    """The partitions of a view that changes of its sources touch, and the sources' files in them.

    `total` is the number of the sources' partitions.
    """

    partitions: frozenset[Partition]
    files: dict[str, tuple[LogAction, ...]]
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
    mode, complete = _plan(table, reads, last, result)
    rows = with_plan_made_once(table.call(reads, flow.function))
    batch = ReadBatch(flow=flow, intake=reads.intake(), results=reads.results, refresh=result.refresh)
    table.write_checked(batch, rows, mode, result, complete)
    reads.discard_staged()


def _plan(
    table: TableRun, reads: RunReads, last: FlowProgress | None, result: Result
) -> tuple[Mode, Completion | None]:
    """How the view is refreshed, recorded in `result` too; its reads are restricted to what that needs.

    The rows that it gives then are made a batch to commit by what is returned.
    """
    reasons = [_why_in_full(table, last)]
    if last is not None and not any(reasons):
        for scope in table.dataset.refresh_scopes()[0]:
            try:
                sources = _changes(table, reads, last, scope)
                complete = (_by_keys if scope.by_keys else _by_partitions)(table, reads, scope, sources, result)
            except FullRefreshNeeded as why:
                reasons.append(str(why))
            else:
                return "replace", complete
    result.refresh = Refresh(COMPLETE_RECOMPUTE, "; ".join(dict.fromkeys(filter(None, reasons))))
    return "overwrite", None


def _by_keys(
    table: TableRun, reads: RunReads, scope: RefreshScope, sources: Sequence[SourceChanges], result: Result
) -> Completion:
    keys = changed_keys(table, reads, scope.by, sources)
    names = ", ".join(source.name for source in sources if source.actions)
    result.refresh = Refresh(GROUP_AGGREGATE, f"{keys.count:,} values of {', '.join(scope.by)} have changed in {names}")
    for name, files in keys.source_files.items():
        reads.restrict(name, files, partial(only_keys, table, keys))
    return partial(with_other_rows, table, keys=keys)


def _by_partitions(
    table: TableRun, reads: RunReads, scope: RefreshScope, sources: Sequence[SourceChanges], result: Result
) -> Completion:
    changed = _changed_partitions(scope.by, sources)
    names = ", ".join(sorted(changed.files))
    share = f"{len(changed.partitions):,} of {changed.total:,} partitions of {names} have changed"
    result.refresh = Refresh(PARTITION_OVERWRITE, share)
    for name, files in changed.files.items():
        reads.restrict(name, files)
    return partial(table.with_partitions_replaced, partitions=changed.partitions)


def _why_in_full(table: TableRun, last: FlowProgress | None) -> str:
    """Why the view has to be computed in full, whatever has changed in its sources; "" if it doesn't."""
    if table.must_write or last is None:
        return "it is built for the first time, or again"
    scopes, why_none = table.dataset.refresh_scopes()
    if not scopes:
        return why_none
    if last.code != table.code:
        return "its code has changed"
    if last.metrics.dropped and table.dataset.properties.get(DROPS_ROWS) == NEVER:
        return "its rules dropped rows, which stay reported only where all are counted"
    return "" if table.is_as_written else "another program has changed it"


def _changes(table: TableRun, reads: RunReads, last: FlowProgress, scope: RefreshScope) -> Sequence[SourceChanges]:
    """What has changed in the scope's sources. Raises FullRefreshNeeded where something else has."""
    name, graph, seen = table.dataset.name, table.run.graph, last.intake.tables
    others = {other for other, at in reads.tables.items() if other not in scope.sources and seen.get(other) != at}
    if others:
        raise FullRefreshNeeded(f"{', '.join(sorted(others))} has changed")
    for view in sorted(graph.views_read(name)):
        if through := scope.sources & graph.tables_read(view):
            raise FullRefreshNeeded(f"it reads {', '.join(sorted(through))} through the view {view} too")
    return [changes_since(table, reads, source, seen.get(source)) for source in sorted(scope.sources)]


def _changed_partitions(by: tuple[str, ...], sources: Sequence[SourceChanges]) -> ChangedPartitions:
    """What has changed, by partitions. Raises FullRefreshNeeded."""
    touched = frozenset[Partition]().union(*(source.touched(by) for source in sources))
    files = {
        source.name: [(partition_of(add, by), add) for add in source.snapshot.files.values()] for source in sources
    }
    partitions = {partition for adds in files.values() for partition, _ in adds}
    if len(touched) * 10 > len(partitions) * 9:
        names = ", ".join(sorted(files))
        raise FullRefreshNeeded(
            f"{len(touched):,} of {len(partitions):,} partitions of {names} have changed, nearly all"
        )
    of_touched = {name: tuple(add for part, add in adds if part in touched) for name, adds in files.items()}
    return ChangedPartitions(partitions=touched, files=of_touched, total=len(partitions))
