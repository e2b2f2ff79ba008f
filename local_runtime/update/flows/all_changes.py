"""All changes of some keys that a flow has taken in, without those that rules dropped."""

from dataclasses import replace

from pyspark.sql import DataFrame

from local_runtime.errors import LakehouseError
from local_runtime.lake.segments import Segment
from local_runtime.pipelines.datasets import AutoCdcFlow
from local_runtime.update.auto_cdc import column, comparable, without
from local_runtime.update.flows.change_rows import ROW, Changes, changes_of
from local_runtime.update.flows.dropped_changes import dropped_changes, rows_of
from local_runtime.update.flows.table_run import TableRun
from local_runtime.update.reads import RunReads


def all_changes(
    table: TableRun, flow: AutoCdcFlow, reads: RunReads, touched: DataFrame, dropped: tuple[Segment, ...]
) -> Changes:
    """Those of the flow that runs, up to what it `reads`; `dropped` are what rules have dropped of them."""
    source = table.reads(flow, everything=True).pinned_as(reads).stream(flow.source)
    return _without_dropped(table, flow, source, touched, dropped)


def all_changes_of_another(table: TableRun, flow: AutoCdcFlow, touched: DataFrame) -> Changes:
    """Those of another flow than the one that runs.

    Where rules decide about changes, without those that are new to that flow: they are checked when it runs.
    """
    whole, dropped = table.reads(flow, everything=True), dropped_changes(table, flow).segments
    if not _is_under_rules(table):
        return _without_dropped(table, flow, whole.stream(flow.source), touched, dropped)
    fresh = table.reads(flow, for_another=True)
    gained = fresh.stream(flow.source)
    return _without_dropped(table, flow, whole.pinned_as(fresh).stream(flow.source), touched, dropped, gained)


def _is_under_rules(table: TableRun) -> bool:
    """Whether rules, of the table or of views that it reads, decide about more than what a view gives."""
    graph = table.run.graph
    views = [graph.datasets[name] for name in graph.views_read(table.dataset.name)]
    return bool(table.dataset.expectations) or not all(view.only_drops for view in views)


def _without_dropped(
    table: TableRun,
    flow: AutoCdcFlow,
    source: DataFrame,
    touched: DataFrame,
    segments: tuple[Segment, ...],
    gained: DataFrame | None = None,
) -> Changes:
    """The changes of the touched keys without those that were dropped, and without `gained` ones."""
    names = comparable(source.schema)

    def changes(rows: DataFrame, with_rows: bool = True) -> Changes:
        return changes_of(table.dataset.name, flow, rows, table.dataset.partition_cols, with_rows).of(touched)

    dropped = rows_of(table, segments, source)
    if dropped is None and gained is None:
        return changes(source, with_rows=False)
    found = changes(source)
    events = found.events
    if dropped is not None:
        if table.run.graph.views_read(table.dataset.name):
            _check_known(table.dataset.name, flow, changes(dropped).events, events, names)
        events = without(events, dropped, names, ROW)
    if gained is not None:
        events = without(events, gained, names, ROW)
    return replace(found, events=events.drop(ROW))


def _check_known(name: str, flow: AutoCdcFlow, dropped: DataFrame, events: DataFrame, names: list[str]) -> None:
    """Checks that changes that were dropped are among those that a view gives now.

    Raises LakehouseError where they aren't: they are there in another form, and would come back.
    """
    rows = events.select(*[column(it, ROW).alias(it) for it in names])
    if without(dropped, rows, names, ROW).limit(1).collect():
        raise LakehouseError(
            f"{name}: its rules have dropped changes of the flow {flow.name} that a view gives in another form now: "
            "its code has changed, or another table that it reads. So they can't be left out any more. "
            f"`./lakehouse run --full-refresh {name}` rebuilds the table from what the view gives now."
        )
