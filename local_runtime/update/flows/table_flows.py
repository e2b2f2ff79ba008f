"""Runs the flows of a table, each by its kind."""

import time

from local_runtime.pipelines.datasets import AutoCdcFlow, Dataset, Flow, Kind, QueryFlow, SnapshotFlow
from local_runtime.update.flows import append, changes, materialize, snapshots
from local_runtime.update.flows.run_context import Run
from local_runtime.update.flows.table_run import TableRun
from local_runtime.update.results import Result


def run_dataset(run: Run, dataset: Dataset, results: list[Result]) -> None:
    """Runs the flows of a table, in order; what each did is in `results`, a flow that fails being the last of them.

    Raises what a flow raises; what was committed before stays.
    """
    table = TableRun(run, dataset)
    for flow in dataset.flows:
        result = Result(dataset.name, flow.name, started=time.monotonic())
        results.append(result)
        try:
            _run_flow(table, flow, result)
        finally:
            result.ended = time.monotonic()


def _run_flow(table: TableRun, flow: Flow, result: Result) -> None:
    keeps_history = isinstance(flow, AutoCdcFlow | SnapshotFlow)
    if keeps_history and (last := table.last(flow)) is not None:
        result.is_of_older_code = last.code != table.code
    match flow:
        case QueryFlow() if table.dataset.kind is Kind.MATERIALIZED_VIEW:
            materialize.run_materialized_view(table, flow, result)
        case QueryFlow():
            append.run_append(table, flow, result)
        case AutoCdcFlow():
            changes.run_changes(table, flow, result)
        case SnapshotFlow():
            snapshots.run_snapshots(table, flow, result)
