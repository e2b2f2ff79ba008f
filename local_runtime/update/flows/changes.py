"""AUTO CDC from changes: the keys that changed are computed anew from all of their changes."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from local_runtime.errors import LakehouseError
from local_runtime.pipelines.datasets import AutoCdcFlow
from local_runtime.update import auto_cdc
from local_runtime.update.flows.table_run import TableRun, Taken
from local_runtime.update.results import Result


def run(table: TableRun, flow: AutoCdcFlow, result: Result) -> None:
    """Applies the changes that the source gained."""
    reads = table.reads(flow)
    changes = reads.stream(flow.source)
    table.check_sources(flow, reads)
    if table.last(flow) is not None and not reads.has_news:
        return
    whole = table.reads(flow, everything=True).pinned_as(reads)
    events, columns = _events(flow, changes)
    missing = events.filter("__sequence IS NULL").count()
    if missing:
        raise LakehouseError(
            f"{table.dataset.name}: {missing:,} changes have no sequence_by value, so their order is unknown."
        )
    keys = list(flow.keys)
    touched = changes.select(*keys).distinct()
    theirs = _events(flow, whole.stream(flow.source))[0].join(touched, keys, how="left_semi")
    if flow.scd_type == 1:
        state = auto_cdc.latest_state(theirs, flow.keys, columns)
    else:
        state = auto_cdc.history(theirs, flow.keys, columns, flow.tracked_of(columns))
    if not table.must_write:
        untouched = table.current().join(touched, keys, how="left_anti")
        state = untouched.select(*state.columns).unionByName(state)
    table.write(flow, state, "overwrite", Taken(reads.tables, frozenset(reads.streams)), result, events.count())


def _events(flow: AutoCdcFlow, changes: DataFrame) -> tuple[DataFrame, list[str]]:
    """The changes with `__sequence` and `__delete`, and the names of the columns that are kept."""
    columns = list(flow.columns or [name for name in changes.columns if name not in flow.except_columns])
    deletes = F.lit(False) if flow.apply_as_deletes is None else F.coalesce(flow.apply_as_deletes, F.lit(False))
    return changes.select(*columns, flow.sequence_by.alias("__sequence"), deletes.alias("__delete")), columns
