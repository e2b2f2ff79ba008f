"""Runs the flows of a table, each by its kind."""

import time

from local_runtime.pipelines.datasets import AutoCdcFlow, Dataset, Kind, QueryFlow, SnapshotFlow
from local_runtime.update.flows import append, changes, materialize, snapshots
from local_runtime.update.flows.table_run import Run, TableRun
from local_runtime.update.results import Result


def run_dataset(run: Run, dataset: Dataset) -> list[Result]:
    """Runs the flows of a table, in order. Raises what a flow raises; what was committed before stays."""
    table = TableRun(run, dataset)
    results = []
    for flow in dataset.flows:
        started = time.monotonic()
        match flow:
            case QueryFlow() if dataset.kind is Kind.MATERIALIZED_VIEW:
                result = materialize.run(table, flow)
            case QueryFlow():
                result = append.run(table, flow)
            case AutoCdcFlow():
                result = changes.run(table, flow)
            case SnapshotFlow():
                result = snapshots.run(table, flow)
        result.seconds = time.monotonic() - started
        results.append(result)
    return results
