"""AUTO CDC from changes: the keys that changed are recomputed from all of their changes."""

from functools import reduce
from operator import and_, or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from local_runtime.graph.plans import with_plan_made_once
from local_runtime.pipelines.datasets import AutoCdcFlow
from local_runtime.update import auto_cdc
from local_runtime.update.auto_cdc import column
from local_runtime.update.expectations import EXEMPT, RETAINED, drop_failing_rows
from local_runtime.update.flows import upserts
from local_runtime.update.flows.change_rows import Changes, changes_of, check_complete, is_delete, merged_changes
from local_runtime.update.flows.columns import columns_with_history
from local_runtime.update.flows.stages import ReadBatch
from local_runtime.update.flows.table_run import TableRun
from local_runtime.update.reads import RunReads
from local_runtime.update.results import Result


def run_changes(table: TableRun, flow: AutoCdcFlow, result: Result) -> None:
    """Applies the changes that the source gained, a micro-batch at a time.

    Raises LakehouseError as `_apply_next`.
    """
    while not _apply_next(table, flow, result):
        pass


def _apply_next(table: TableRun, flow: AutoCdcFlow, result: Result) -> bool:
    """Applies the next micro-batch; whether it was the last.

    Raises LakehouseError for changes without a key or a sequence, for a source that doesn't have all columns of the
    table, and for changes that fail a rule of `expect_or_fail`.
    """
    reads = table.reads(flow)
    gained = with_plan_made_once(reads.stream(flow.source))
    table.check_sources(flow, reads)
    if table.last(flow) is not None and not reads.has_news:
        return True
    batch = ReadBatch(flow=flow, intake=reads.intake(), results=reads.results)
    checked = table.check_rows(gained, exempt=is_delete(flow)) if table.dataset.expectations else None
    if checked is not None:
        gained, batch = checked.rows((*RETAINED, EXEMPT)), batch.checked(checked)
    changes = changes_of(table.dataset.name, flow, gained, table.dataset.partition_cols)
    if upserts.is_possible(table.dataset, changes):
        upserts.run_upsert(table, changes, batch, result)
    else:
        _apply_all_of_keys(table, flow, changes, reads, batch, result)
    if checked is not None:
        checked.discard()
    reads.discard_staged()
    return reads.is_last


def _apply_all_of_keys(
    table: TableRun, flow: AutoCdcFlow, changes: Changes, reads: RunReads, batch: ReadBatch, result: Result
) -> None:
    """Recomputes the keys of the changes from all of their changes, of all flows into the table.

    What the table's rules drop now is left out of all of them, also of those that were written under other rules.
    """
    name = table.dataset.name
    produced = _check_events(name, changes) + batch.dropped
    touched = changes.events.select(*map(column, changes.flow.keys)).distinct()

    def all_of(other: AutoCdcFlow) -> Changes:
        all_reads = table.reads(other, everything=True)
        if other is flow:
            all_reads.pin_as(reads)
        rows = drop_failing_rows(all_reads.stream(other.source), table.dataset.history_rules, exempt=is_delete(other))
        all_changes = changes_of(name, other, rows, table.dataset.partition_cols).for_keys(touched)
        if other is not flow:
            _check_events(name, all_changes)
        return all_changes

    state = merged_changes(table.dataset, all_of).state()
    if not table.must_write:
        state = _untouched(table, changes.flow, touched, state.schema).unionByName(state)
    table.write(batch, state, "overwrite", result, produced)


def _check_events(table: str, changes: Changes) -> int:
    """The number of changes.

    Raises LakehouseError for changes without a key, which belong to nothing, or without a sequence, whose order is
    unknown: a struct of nulls is no sequence.
    """
    no_key = reduce(or_, [column(key).isNull() for key in changes.flow.keys])
    no_sequence = reduce(and_, [value.isNull() for value in auto_cdc.sequence_values(changes.events)])
    counts = changes.events.agg(*map(_count_where, (F.lit(True), no_key, no_sequence))).collect()[0]
    check_complete(table, changes.flow, counts[1], counts[2])
    return int(counts[0])


def _count_where(condition: Column) -> Column:
    return F.count(F.when(condition, 1))


def _untouched(table: TableRun, flow: AutoCdcFlow, touched: DataFrame, state: StructType) -> DataFrame:
    """The table's rows of other keys, with the columns of the new state.

    Raises LakehouseError if columns of the table are missing there: they could not be kept for the touched keys.
    """
    current = table.current()
    columns = columns_with_history(table.run.lake, table.dataset.name, flow, current.schema, state)
    return auto_cdc.with_columns(current.join(touched, list(flow.keys), how="left_anti"), columns)
