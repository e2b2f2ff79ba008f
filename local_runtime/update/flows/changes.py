"""AUTO CDC from changes: the keys that changed are computed anew from all of their changes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from local_runtime.errors import LakehouseError
from local_runtime.lake.ddl import nullable_columns
from local_runtime.lake.segments import Segment
from local_runtime.pipelines.datasets import AutoCdcFlow, Dataset
from local_runtime.update import auto_cdc
from local_runtime.update.auto_cdc import column
from local_runtime.update.flows import upserts
from local_runtime.update.flows.columns import all_columns, as_stored, check_reserved
from local_runtime.update.flows.context import Taken
from local_runtime.update.flows.dropped_changes import check_changes, dropped_before, without_dropped
from local_runtime.update.flows.table_run import TableRun
from local_runtime.update.reads import RunReads
from local_runtime.update.results import Result


@dataclass(frozen=True)
class Changes:
    """A flow's changes: the columns that are kept of them, with `__sequence` and `__delete`; `flow` names those."""

    flow: AutoCdcFlow
    columns: list[str]
    events: DataFrame

    def state(self) -> DataFrame:
        """What the target has of the keys whose changes these are."""
        if self.flow.scd_type == 1:
            return auto_cdc.latest_state(self.events, self.flow.keys, self.columns)
        return auto_cdc.history(self.events, self.flow.keys, self.columns, self.flow.tracked_of(self.columns))

    def rows(self) -> DataFrame:
        """The columns of them that the target gets."""
        return self.events.select(*map(column, self.columns))

    def of(self, keys: DataFrame) -> "Changes":
        """Those of some keys."""
        return replace(self, events=self.events.join(keys, list(self.flow.keys), how="left_semi"))

    def also(self, table: str, other: "Changes") -> "Changes":
        """These changes, and those of another flow into the same table.

        Raises LakehouseError where they have other columns or types.
        """
        one, two = (
            {field.name: field.dataType.simpleString() for field in nullable_columns(it.events.schema).fields}
            for it in (self, other)
        )
        if one != two:
            differ = sorted({name for name, _ in one.items() ^ two.items()})
            raise LakehouseError(
                f"{table}: the changes of its flows {self.flow.name} and {other.flow.name} differ in these columns or "
                f"their types: {', '.join(differ).replace('__sequence', 'sequence_by')}. They make one history."
            )
        return replace(self, events=self.events.unionByName(other.events))


def run(table: TableRun, flow: AutoCdcFlow, result: Result) -> None:
    """Applies the changes that the source gained, a micro-batch at a time.

    Raises LakehouseError as `_apply_next`.
    """
    while not _apply_next(table, flow, result):
        pass


def _apply_next(table: TableRun, flow: AutoCdcFlow, result: Result) -> bool:
    """Applies the next micro-batch; whether it was the last.

    Raises LakehouseError for changes without a key or a sequence, for a source that lacks columns of the table, and for
    changes that fail a rule of `expect_or_fail`.
    """
    reads = table.reads(flow)
    gained = reads.stream(flow.source)
    table.check_sources(flow, reads)
    if table.last(flow) is not None and not reads.has_news:
        return True
    changes = changes_of(table.dataset.name, flow, gained, table.dataset.partition_cols)
    under_rules = check_changes(table, flow, changes.events)
    changes = replace(changes, events=under_rules.events)
    taken = Taken(reads.tables, frozenset(reads.streams), results=reads.results, dropped_changes=under_rules.dropped)
    if under_rules.checked is not None:
        taken = taken.under_rules(under_rules.checked)
    if upserts.is_possible(table.dataset, flow, changes.events, changes.columns):
        upserts.run(table, changes.flow, changes.events, changes.columns, taken, result)
    else:
        _apply_all_of_keys(table, flow, changes, reads, taken, result)
    under_rules.forget()
    reads.forget_staged()
    return reads.is_last


def _apply_all_of_keys(
    table: TableRun, flow: AutoCdcFlow, changes: Changes, reads: RunReads, taken: Taken, result: Result
) -> None:
    """Computes the keys of the changes anew from all of their changes, of all flows into the table."""
    name = table.dataset.name
    rows_in = _check_events(name, changes) + taken.dropped
    touched = changes.events.select(*map(column, changes.flow.keys)).distinct()

    def all_of(other: AutoCdcFlow) -> Changes:
        if other is flow:
            whole = table.reads(other, everything=True).pinned_as(reads)
            return _all_of(table, other, whole, touched, taken.dropped_changes)
        found = _all_of_other(table, other, touched)
        _check_events(name, found)
        return found

    state = merged(table.dataset, all_of).state()
    if not table.must_write:
        state = _untouched(table, changes.flow, touched, state.schema).unionByName(state)
    table.write(flow, state, "overwrite", taken, result, rows_in)


def _all_of(
    table: TableRun, flow: AutoCdcFlow, whole: RunReads, touched: DataFrame, dropped: tuple[Segment, ...]
) -> Changes:
    """All changes of some keys, without those that rules dropped."""
    found = changes_of(table.dataset.name, flow, whole.stream(flow.source), table.dataset.partition_cols).of(touched)
    return replace(found, events=without_dropped(table, found.events, dropped))


def _all_of_other(table: TableRun, other: AutoCdcFlow, touched: DataFrame) -> Changes:
    """All changes of some keys of another flow than the one that runs.

    Where rules decide about changes, without those that are new to that flow: they are checked when it runs.
    """
    whole, dropped = table.reads(other, everything=True), dropped_before(table, other)
    graph, name = table.run.graph, table.dataset.name
    if not table.dataset.expectations and all(graph.datasets[view].only_drops for view in graph.views_read(name)):
        return _all_of(table, other, whole, touched, dropped)
    fresh = table.reads(other, for_another=True)
    gained = changes_of(table.dataset.name, other, fresh.stream(other.source), table.dataset.partition_cols)
    found = _all_of(table, other, whole.pinned_as(fresh), touched, dropped)
    return replace(found, events=auto_cdc.without(found.events, gained.of(touched).events))


def merged(dataset: Dataset, changes: Callable[[AutoCdcFlow], Changes]) -> Changes:
    """The changes of all flows into the dataset.

    Raises LakehouseError where they have different columns.
    """
    of_each = [changes(flow) for flow in dataset.flows if isinstance(flow, AutoCdcFlow)]
    return reduce(lambda one, other: one.also(dataset.name, other), of_each)


def changes_of(table: str, flow: AutoCdcFlow, rows: DataFrame, partition_by: Sequence[str] = ()) -> Changes:
    """What the rows of the flow's source are as changes; equal keys are of equal bits, and as they are written.

    Raises LakehouseError where the flow names columns that the source doesn't have.
    """
    columns = flow.kept_of(rows.columns)
    check_reserved(table, columns)
    deletes = F.lit(False) if flow.apply_as_deletes is None else F.coalesce(flow.apply_as_deletes, F.lit(False))
    events = rows.select(*map(column, columns), flow.sequence_by.alias("__sequence"), deletes.alias("__delete"))
    spelled = flow.spelled_as(rows.columns, columns)
    return Changes(spelled, columns, as_stored(events, spelled.keys, partition_by))


def _check_events(table: str, changes: Changes) -> int:
    """The number of changes.

    Raises LakehouseError for changes without a key, which belong to nothing, or without a sequence, whose order is
    unknown: a struct without one value is none.
    """
    no_key = reduce(or_, [column(key).isNull() for key in changes.flow.keys])
    no_sequence = reduce(and_, [value.isNull() for value in auto_cdc.sequence_values(changes.events)])
    found = changes.events.agg(*map(_count, (F.lit(True), no_key, no_sequence))).collect()[0]
    if found[1]:
        raise LakehouseError(
            f"{table}: {found[1]:,} changes of the flow {changes.flow.name} have no value in a key "
            f"({', '.join(changes.flow.keys)}), so they belong to no row. Leave them out in a view."
        )
    if found[2]:
        raise LakehouseError(f"{table}: {found[2]:,} changes have no sequence_by value, so their order is unknown.")
    return int(found[0])


def _count(condition: Column) -> Column:
    return F.count(F.when(condition, 1))


def _untouched(table: TableRun, flow: AutoCdcFlow, touched: DataFrame, state: StructType) -> DataFrame:
    """The table's rows of other keys, with the columns of the new state.

    Raises LakehouseError where that lacks columns of the table: they could not be kept for the touched keys.
    """
    there = table.current()
    columns = all_columns(table.dataset.name, there.schema, state, flow.scd_type)
    lost = [field.name for field in columns[len(state.fields) :]]
    if lost:
        raise LakehouseError(
            f"{table.dataset.name} has the columns {', '.join(lost)}, which the changes of the flow {flow.name} don't "
            "have any more, so their values could not be kept. Give them the columns (as null), or refresh the table "
            f"in full: `./lakehouse run --full-refresh {table.dataset.name}`."
        )
    return auto_cdc.with_columns(there.join(touched, list(flow.keys), how="left_anti"), columns)
