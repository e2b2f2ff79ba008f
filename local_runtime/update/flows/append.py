"""A streaming flow: appends what its source gained."""

from dataclasses import replace

from local_runtime.auto_loader.layout import METADATA_COLUMN
from local_runtime.graph.plans import with_plan_made_once
from local_runtime.pipelines.datasets import QueryFlow
from local_runtime.state.file_names import file_names
from local_runtime.update.flows.as_staged import Fit
from local_runtime.update.flows.continuity import folder_of
from local_runtime.update.flows.stages import ReadBatch
from local_runtime.update.flows.table_run import TableRun
from local_runtime.update.results import Result


def run_append(table: TableRun, flow: QueryFlow, result: Result) -> None:
    """Appends what is new, one micro-batch per commit; a first run commits even without rows."""
    while not _append_next(table, flow, result):
        pass


def _append_next(table: TableRun, flow: QueryFlow, result: Result) -> bool:
    """Appends the next micro-batch; whether it was the last."""
    run = table.run
    fit = Fit(run.engine, run.graph.datasets, table.dataset, flow, run.files_read)
    reads = table.reads(flow, fit=fit)
    rows = with_plan_made_once(table.call(reads, flow.function).drop(METADATA_COLUMN))
    table.check_sources(flow, reads)
    last, increment = table.last(flow), reads.increment
    records = increment.records if increment else []
    names = file_names(table.dataset.properties, table.run.graph.secrets)
    result.files = {**result.files, **{names.shown(record.name): record for record in records}}
    if reads.has_news or last is None:
        intake = replace(
            reads.intake(),
            files=reads.ledger.add(records),  # written before the commit that names it
            columns=increment.columns if increment else last.intake.columns if last else {},
            folder=folder_of(reads.source, table.dataset.pipeline),
        )
        batch = ReadBatch(flow=flow, intake=intake, results=reads.results, way=fit.way or (last.way if last else ""))
        if increment and fit.columns is not None:
            table.commit_as_staged(batch, increment, fit.columns, result)
        else:
            table.write_checked(batch, rows, "append", result)
    reads.discard_staged()
    return reads.is_last
