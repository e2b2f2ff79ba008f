"""A materialized view: replaced in one commit, skipped where its sources, its code and its rows are as they were."""

from local_runtime.pipelines.datasets import QueryFlow
from local_runtime.update.flows.table_run import TableRun, Taken
from local_runtime.update.results import Result


def run(table: TableRun, flow: QueryFlow, result: Result) -> None:
    """Refreshes the view."""
    reads = table.reads(flow)
    for name in table.run.graph.tables_read(table.dataset.name):
        reads.pin(name)
    last = table.last(flow)
    if last is not None and (last.code, last.tables) == (table.code, reads.tables) and table.is_as_written:
        return
    rows = table.call(reads, flow.function)
    table.write_measured(flow, rows, "overwrite", Taken(reads.tables), result)
