"""Checks that a flow may resume from its saved progress: its kind and its sources must be the same.

Structured streaming refuses the same of a checkpoint: a change in the number or the kind of a query's sources.
"""

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from local_runtime.auto_loader.source import FileSource
from local_runtime.delta.lake import Lake
from local_runtime.delta.run_again import run_command
from local_runtime.errors import LakehouseError
from local_runtime.pipelines.bundle import Pipeline
from local_runtime.pipelines.datasets import AutoCdcFlow, Dataset, Flow, Kind, SnapshotFlow
from local_runtime.state.progress import FlowProgress


def flow_kind(dataset: Dataset, flow: Flow) -> str:
    """The kind of a flow, as its progress names it."""
    match flow:
        case AutoCdcFlow():
            return "changes"
        case SnapshotFlow():
            return "snapshots"
        case _:
            return "view" if dataset.kind is Kind.MATERIALIZED_VIEW else "append"


def history_of(dataset: Dataset, flow: Flow) -> str:
    """What AUTO CDC keeps, as progress names it; '' for other flows.

    A key is computed from all of its changes, under the rules of the table: other rules make another history. A
    snapshot is checked once.
    """
    if not isinstance(flow, AutoCdcFlow | SnapshotFlow):
        return ""
    kept = f"SCD {flow.scd_type} by {', '.join(sorted(flow.keys))}"
    rules = sorted(rule.rule for rule in dataset.history_rules)
    return f"{kept} where {' and '.join(rules)}" if rules and isinstance(flow, AutoCdcFlow) else kept


def folder_of(source: FileSource | None, pipeline: Pipeline) -> tuple[str, ...]:
    """Names of the folder that files come from, none for no folder; a project or a landing folder may move.

    So it is named by the pipeline's configuration, and by where it is, on this machine and from the project: one name
    that is as before is enough.
    """
    if source is None:
        return ()
    path = os.path.abspath(source.path)
    values = [(key, value) for key, value in sorted(pipeline.configuration.items()) if os.path.isabs(value)]
    below = [(key, os.path.relpath(path, value)) for key, value in values if Path(path).is_relative_to(value)]
    return (*(f"${{{key}}}/{rest}" for key, rest in below), path, f"./{os.path.relpath(path, pipeline.root_path)}")


def check_same(lake: Lake, dataset: Dataset, flow: Flow, last: FlowProgress) -> None:
    """Raises LakehouseError where the flow of that name was of another kind, or kept another history."""
    kind, history = flow_kind(dataset, flow), history_of(dataset, flow)
    if last.kind != kind:
        raise _flow_changed(lake, dataset, flow, f"was of the kind {last.kind!r} and is {kind!r} now")
    if last.history and last.history.lower() != history.lower():
        raise _flow_changed(lake, dataset, flow, f"kept {last.history} and keeps {history} now")


def check_sources(
    lake: Lake,
    dataset: Dataset,
    flow: Flow,
    last: FlowProgress | None,
    streams: Collection[str],
    source: FileSource | None,
) -> None:
    """Raises LakehouseError where the flow streams from other sources than before."""
    if last is None:
        return
    intake = last.intake
    before, now = sorted(intake.streams), sorted(streams)
    if before != now:
        raise _flow_changed(lake, dataset, flow, f"read {_joined(before)} as a stream and reads {_joined(now)} now")
    names = folder_of(source, dataset.pipeline)
    if {*names}.isdisjoint(intake.folder) and (names or intake.folder):
        was, now_is = _joined(intake.folder[:1]), _joined(names[:1])
        raise _flow_changed(lake, dataset, flow, f"read files of {was} and reads files of {now_is} now")


def _joined(names: Collection[str]) -> str:
    return ", ".join(names) or "none"


def _flow_changed(lake: Lake, dataset: Dataset, flow: Flow, change: str) -> LakehouseError:
    return LakehouseError(
        f"{dataset.name}: its flow {flow.name} {change}, so its progress doesn't apply. "
        f"`{run_command(lake, [dataset.name])}` rebuilds the table; to keep its rows and read another "
        "source too, give that a flow of its own (append_flow)."
    )


def is_carried_on(dataset: Dataset, flows: Mapping[str, FlowProgress]) -> bool:
    """Whether the table may go on from these flows' progress, even if some are no longer defined.

    If an append flow is removed, its rows stay; a flow of any other kind is the only one of its table.
    """
    defined = {flow.name: flow_kind(dataset, flow) for flow in dataset.flows}
    gone = {flow.kind for name, flow in flows.items() if name not in defined}
    return not flows or (bool(flows.keys() & defined.keys()) and (not gone or gone | {*defined.values()} == {"append"}))
