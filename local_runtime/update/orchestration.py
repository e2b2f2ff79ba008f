"""An update: pipelines in the job's order, and within one every table as soon as what it reads is written."""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError
from local_runtime.graph.dataset_graph import Graph
from local_runtime.graph.kept_schemas import KeptSchemas
from local_runtime.graph.known_schemas import ask_once
from local_runtime.pipelines.bundle import Pipeline
from local_runtime.pipelines.bundle_config import LANDING
from local_runtime.pipelines.secrets import check_fingerprints
from local_runtime.state.last_run import record_definitions
from local_runtime.state.publications import publish
from local_runtime.update.event_log import updating
from local_runtime.update.flows.run_context import Run
from local_runtime.update.results import Outcome
from local_runtime.update.scheduler import Listener, Scheduler
from local_runtime.update.validation import check_folders, check_partitions, validate

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession


def run_update(
    engine: "SparkSession",
    graph: Graph,
    lake: Lake,
    pipelines: Sequence[Pipeline],
    full_refresh: frozenset[str] = frozenset(),
    listener: Listener = lambda table, state: None,
    kept: KeptSchemas | None = None,
) -> Outcome:
    """Updates the tables of `pipelines`. The caller holds the lake's lock.

    A table that fails takes those that read it with it, not the others; a pipeline that failed ends the update after
    it, as the job would. An update of every pipeline that went well is published. What is valid by the schemas that are
    `kept` isn't validated again. Raises LakehouseError, before any data is touched, for what validation finds.
    """
    check_fingerprints(lake, graph.secrets)
    landings = (pipeline.configuration.get(LANDING) for pipeline in graph.pipelines)
    names = [pipeline.name for pipeline in graph.pipelines]
    record_definitions(lake, _defined(graph), names, next(filter(None, landings), ""))
    code = graph.code.hashes()
    check_folders(graph, pipelines)
    check_partitions(graph, lake, full_refresh)
    ask_once(engine, kept)
    validate(engine, graph, lake, pipelines, code, kept)
    if kept:
        kept.close()
    outcome = Outcome(str(uuid.uuid4()))
    run = Run(engine=engine, graph=graph, lake=lake, update_id=outcome.update_id, code=code, full_refresh=full_refresh)
    for place, pipeline in enumerate(pipelines):
        with updating(lake, pipeline, outcome.update_id, outcome.failures) as events:
            Scheduler(run, pipeline, events, outcome, listener).run()
        if outcome.failures:
            outcome.skipped += [name for later in pipelines[place + 1 :] for name in graph.stored(later)]
            break
    # An update of some pipelines leaves tables of the others behind: together they aren't one state.
    if not outcome.failures and len(pipelines) == len(graph.pipelines):
        _publish(graph, lake, outcome)
    return outcome


def _publish(graph: Graph, lake: Lake, outcome: Outcome) -> None:
    """Publishes the tables as they are; the update stands where that fails."""
    try:
        outcome.publication = publish(lake, outcome.update_id, _defined(graph))
    except LakehouseError as error:
        outcome.publication_error = str(error)


def _defined(graph: Graph) -> dict[str, list[str]]:
    """The tables that the pipelines define, each with the names of its flows."""
    return {
        name: [flow.name for flow in dataset.flows] for name, dataset in graph.datasets.items() if dataset.is_stored
    }
