"""A streaming flow: appends what its source gained."""

from local_runtime.auto_loader.layout import METADATA_COLUMN
from local_runtime.pipelines.datasets import QueryFlow
from local_runtime.update.flows.context import Taken
from local_runtime.update.flows.continuity import folder_of
from local_runtime.update.flows.table_run import TableRun
from local_runtime.update.results import Result


def run_append(table: TableRun, flow: QueryFlow, result: Result) -> None:
    """Appends what is new, a micro-batch at a time, each in a commit; a first run commits even where there is none."""
    while not _append_next(table, flow, result):
        pass


def _append_next(table: TableRun, flow: QueryFlow, result: Result) -> bool:
    """Appends the next micro-batch; whether it was the last."""
    reads = table.reads(flow)
    rows = table.call(reads, flow.function).drop(METADATA_COLUMN)
    table.check_sources(flow, reads)
    last, increment = table.last(flow), reads.increment
    records = increment.records if increment else []
    result.files = {**result.files, **{record.name: record for record in records}}
    if reads.has_news or last is None:
        # The ledger is written before the commit that names it.
        files = reads.ledger.add(records)
        columns = increment.columns if increment else last.columns if last else {}
        folder = folder_of(reads.source, table.dataset.pipeline)
        taken = Taken(reads.tables, frozenset(reads.streams), files, columns, folder=folder, results=reads.results)
        table.write_measured(flow, rows, "append", taken, result)
    reads.discard_staged()
    return reads.is_last
