"""A materialized view: replaced in one commit, skipped where neither its sources nor its code have changed."""

from local_runtime.pipelines.datasets import QueryFlow
from local_runtime.update.flows.table_run import TableRun, Taken
from local_runtime.update.results import Result


def run(table: TableRun, flow: QueryFlow) -> Result:
    """Refreshes the view."""
    result = Result(table.dataset.name, flow.name)
    reads = table.reads(flow)
    for name in table.run.graph.tables_read(table.dataset.name):
        reads.pin(name)
    last = table.last(flow)
    if last is not None and (last.code, last.tables) == (table.code, reads.tables):
        return result
    rows = table.call(reads, flow.function)
    table.write_measured(flow, rows, "overwrite", Taken(reads.tables), result)
    return result
