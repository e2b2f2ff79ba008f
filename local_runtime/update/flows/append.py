"""A streaming flow: appends what its source gained."""

from local_runtime.auto_loader.layout import METADATA_COLUMN
from local_runtime.pipelines.datasets import QueryFlow
from local_runtime.pipelines.injected_spark import answered_by
from local_runtime.update.flows.table_run import TableRun, Taken
from local_runtime.update.results import Result


def run(table: TableRun, flow: QueryFlow) -> Result:
    """Appends one increment; a flow that runs for the first time commits even where there is none."""
    result = Result(table.dataset.name, flow.name)
    reads = table.reads(flow)
    with answered_by(reads):
        rows = flow.function().drop(METADATA_COLUMN)
    last, increment = table.last(flow), reads.increment
    records = increment.records if increment else []
    result.files = {record.name: record for record in records}
    if reads.has_news or last is None:
        # The ledger is written before the commit that names it.
        files = reads.ledger.add(records)
        columns = increment.columns if increment else last.columns if last else {}
        taken = Taken(reads.tables, frozenset(reads.streams), files, columns)
        table.write_measured(flow, rows, "append", taken, result)
    return result
