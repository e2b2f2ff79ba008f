"""The graph of all pipelines: what each dataset reads, the order of writing, and what is wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError, UnsupportedError
from local_runtime.graph.determinism import rule_varies
from local_runtime.graph.partition_dependence import NotProven, refresh_scopes
from local_runtime.graph.tracing import Read, Trace, plan_only_session, resolve_kind, trace
from local_runtime.pipelines.bundle import Pipeline, load_pipelines
from local_runtime.pipelines.datasets import AutoCdcFlow, Dataset, Kind, RefreshScope, SnapshotFlow, qualified
from local_runtime.pipelines.external_files import local_path
from local_runtime.pipelines.injected_spark import InjectedSpark
from local_runtime.pipelines.registry import Registry
from local_runtime.pipelines.repeatable import is_repeatable
from local_runtime.pipelines.secrets import InjectedDbutils
from local_runtime.pipelines.table_code import TableCode
from local_runtime.state.release_decisions import Decision, decisions_of


@dataclass(frozen=True)
class Graph:
    """Pipelines, their datasets, and for each dataset what it reads and the folders that its files come from.

    `secrets` are those that pipeline code has read, by `scope/key`, and `made_secrets` the files of new ones;
    `decisions` are those about releases that the lake had.
    """

    pipelines: Sequence[Pipeline]
    datasets: Mapping[str, Dataset]
    reads: Mapping[str, Sequence[Read]]
    sources: Mapping[str, Sequence[str]]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    made_secrets: Sequence[Path] = ()
    decisions: Mapping[str, Decision] = field(default_factory=dict)

    @cached_property
    def code(self) -> TableCode:
        """The code of the tables, as first loaded."""
        return TableCode(self.datasets, {name: [read.name for read in reads] for name, reads in self.reads.items()})

    @cached_property
    def is_repeatable(self) -> bool:
        """Whether the code says the same each time, as long as the same files and tables are there."""
        return is_repeatable(self.datasets)

    @cached_property
    def exhausted(self) -> dict[tuple[str, str], object]:
        """For flows of snapshots the state in which they last gave none; kept as long as the graph, for a watch."""
        return {}

    def tables_read(self, name: str) -> set[str]:
        """The tables that a dataset reads, itself or through views."""
        tables = set()
        for read in self.reads[name]:
            dataset = self.datasets.get(read.name)
            tables |= self.tables_read(read.name) if dataset and not dataset.is_stored else {read.name}
        return tables

    def views_read(self, name: str) -> set[str]:
        """The views that a dataset reads, itself or through views."""
        direct = {read.name for read in self.reads[name] if read.name in self.datasets}
        views = {view for view in direct if not self.datasets[view].is_stored}
        return views.union(*map(self.views_read, views))

    def all_read(self, name: str) -> set[str]:
        """Every dataset that a dataset reads, itself or through others."""
        datasets: set[str] = set()
        waiting = [name]
        while waiting:
            new = {read.name for read in self.reads.get(waiting.pop(), ())} - datasets
            datasets |= new
            waiting += new
        return datasets

    def stored(self, pipeline: Pipeline) -> list[str]:
        """The tables of a pipeline."""
        return [name for name, dataset in self.datasets.items() if dataset.pipeline is pipeline and dataset.is_stored]

    def stored_by_schema(self) -> dict[str, list[str]]:
        """The tables by schema, in the order of the pipelines; several pipelines may publish to one schema."""
        tables: dict[str, list[str]] = {}
        for pipeline in self.pipelines:
            tables.setdefault(pipeline.schema, []).extend(self.stored(pipeline))
        return tables

    def in_order(self) -> list[str]:
        """Every dataset, after all that it reads."""
        edges = {name: [read.name for read in reads] for name, reads in self.reads.items()}
        return [name for name in TopologicalSorter(edges).static_order() if name in self.datasets]


def load_graph(root: Path, landing: Path, lake: Lake, target: str | None = None) -> Graph:
    """The graph of the bundle at `root` for `target` (else the default one); nothing is run and no engine is needed.

    The decisions in the lake about releases are part of the pipelines' configuration (state/release_decisions.py).
    Raises LakehouseError for a cycle, for a table that neither a pipeline nor the lake has, and for a flow that
    structured streaming would refuse.
    """
    decisions = decisions_of(lake)
    pipelines = [pipeline.with_decisions(decisions) for pipeline in load_pipelines(root, landing, target)]
    dbutils = InjectedDbutils(root)
    registry = Registry()
    sparks = {pipeline.name: InjectedSpark(pipeline.configuration) for pipeline in pipelines}
    for pipeline in pipelines:
        registry.add(pipeline, sparks[pipeline.name], dbutils)
    engine = plan_only_session()
    reads: dict[str, list[Read]] = {}
    sources: dict[str, list[str]] = {}
    views: list[tuple[Dataset, Trace]] = []
    for name, dataset in registry.datasets.items():
        _check_flows(dataset)
        traces = [trace(dataset, flow, engine) for flow in dataset.flows]
        dataset.kind = resolve_kind(dataset, traces)
        dataset.opened = frozenset(registry.opened.union(*(flow_trace.opened for flow_trace in traces)))
        dataset.askers = sparks[dataset.pipeline.name].conf.askers
        dataset.paths = frozenset(path for flow_trace in traces for path in flow_trace.paths)
        _check_paths(name, dataset.paths, lake)
        reads[name] = list(dict.fromkeys(read for flow_trace in traces for read in flow_trace.reads))
        sources[name] = [source.path for flow_trace in traces for source in flow_trace.sources]
        views += [(dataset, flow_trace) for flow_trace in traces]
    for dataset, flow_trace in views:
        if dataset.kind is Kind.MATERIALIZED_VIEW and flow_trace.frame is not None:
            dataset.refresh_scopes = cache(partial(_refresh_scopes, dataset, flow_trace, registry.datasets))
    secrets = dbutils.secrets
    graph = Graph(pipelines, registry.datasets, reads, sources, secrets.read, secrets.made, decisions)
    _check_reads(graph, lake)
    return graph


def _refresh_scopes(
    dataset: Dataset, flow_trace: Trace, datasets: Mapping[str, Dataset]
) -> tuple[tuple[RefreshScope, ...], str]:
    """By which changes of its sources a materialized view can be refreshed, or else why it can't."""
    assert flow_trace.frame is not None
    sources = [datasets[name] for name in {*flow_trace.plans.values()} if name in datasets]
    partitioned = {source.name: source.partition_cols for source in sources}
    columns = {source.name: tuple(source.declared.types) for source in sources if source.declared}
    primary_key = dataset.declared.primary_key if dataset.declared else ()
    try:
        scopes = refresh_scopes(
            flow_trace.frame, flow_trace.plans, partitioned, columns, dataset.partition_cols, primary_key
        )
    except NotProven as why:
        return (), str(why)
    return scopes, ""


def _check_reads(graph: Graph, lake: Lake) -> None:
    for name, reads in graph.reads.items():
        for read in reads:
            if read.name not in graph.datasets and not lake.log(read.name).exists():
                raise LakehouseError(
                    f"{name} reads {read.name}, which no pipeline defines and the lake {lake.root} doesn't have. "
                    f"Defined are: {', '.join(sorted(graph.datasets))}."
                )
            _check_view(graph, name, read)
            _check_stream(graph, name, read)
        if not graph.datasets[name].flows:
            raise LakehouseError(f"{name} is defined, and no flow writes to it.")
    try:
        graph.in_order()
    except CycleError as error:
        raise LakehouseError(
            f"These tables read each other in a cycle: {' → '.join(reversed(error.args[1]))}."
        ) from None
    for name in graph.datasets:
        _check_cdc_views(graph, name)


def _check_paths(name: str, paths: Iterable[str], lake: Lake) -> None:
    """Raises UnsupportedError for a table of the lake that is read by its path: nothing would order the two."""
    for path in paths:
        place = local_path(path)
        if place is not None and place.absolute().is_relative_to(lake.root):
            table = ".".join(place.absolute().relative_to(lake.root).parts)
            raise UnsupportedError(
                f"{name} reads {path}, which is in the lake: read a table by its name, spark.read.table({table!r})."
            )


def _check_stream(graph: Graph, reader: str, read: Read) -> None:
    """A refresh may change any row of a materialized view, and a stream takes what a table gained.

    Raises LakehouseError for a stream of one, as Databricks does (STREAMING_FROM_MATERIALIZED_VIEW).
    """
    source = graph.datasets.get(read.name)
    if read.streaming and source is not None and source.kind is Kind.MATERIALIZED_VIEW:
        raise LakehouseError(
            f"{reader} streams from the materialized view {read.name}, which Databricks refuses "
            "(STREAMING_FROM_MATERIALIZED_VIEW): read it with spark.read, or make it a streaming table."
        )


def _check_view(graph: Graph, reader: str, read: Read) -> None:
    """A view is read as what it is: a stream of a batch view would repeat rows, a batch of a stream would lose them."""
    view = graph.datasets.get(read.name)
    if view is None or view.is_stored:
        return
    if view.pipeline is not graph.datasets[reader].pipeline:
        raise LakehouseError(
            f"{reader} reads {view.name}, a temporary view of the pipeline {view.pipeline.name}: only that pipeline "
            "sees it. Make it a table."
        )
    is_stream = bool(graph.sources[view.name]) or any(inner.streaming for inner in graph.reads[view.name])
    if is_stream == read.streaming:
        return
    if _is_cdc_source(graph.datasets[reader], view):
        takes, is_a, way = (
            ("whole states of its source", "stream", "spark.read")
            if is_stream
            else ("a stream of changes", "batch", "spark.readStream")
        )
        raise LakehouseError(
            f"{reader}: AUTO CDC takes {takes} here, and the view {view.name} is a {is_a}: let it read with {way}."
        )
    kind, way = ("stream", "spark.readStream.table") if is_stream else ("batch", "spark.read.table")
    raise LakehouseError(f"{reader} reads the view {view.name}, which is a {kind}: read it with {way}.")


def _is_cdc_source(reader: Dataset, view: Dataset) -> bool:
    sources = [flow.source for flow in reader.flows if isinstance(flow, AutoCdcFlow | SnapshotFlow)]
    return view.name in {qualified(source, reader.pipeline.schema) for source in sources if isinstance(source, str)}


def _check_cdc_views(graph: Graph, reader: str) -> None:
    """A view of files gives them once, and AUTO CDC needs all changes of a key again whenever one comes.

    Raises UnsupportedError for such a view.
    """
    if not any(isinstance(flow, AutoCdcFlow) for flow in graph.datasets[reader].flows):
        return
    for view in graph.views_read(reader):
        if graph.sources[view]:
            raise UnsupportedError(
                f"{reader}: AUTO CDC from the view {view}, which reads files. The local runtime needs the changes in a "
                "table: make the view a streaming table (@dp.table), or let it read one that ingests the files."
            )


def _check_flows(dataset: Dataset) -> None:
    """What writes to one table agrees: flows of one kind, and AUTO CDC flows of one identity.

    Raises LakehouseError where they don't.
    """
    changes = [flow for flow in dataset.flows if isinstance(flow, AutoCdcFlow)]
    others = [flow.name for flow in dataset.flows if not isinstance(flow, AutoCdcFlow)]
    snapshots = [flow for flow in dataset.flows if isinstance(flow, SnapshotFlow)]
    if (changes and others) or (snapshots and len(dataset.flows) > 1):
        raise LakehouseError(
            f"{dataset.name} is written by AUTO CDC and by other flows ({', '.join(f.name for f in dataset.flows)}): a "
            "table of AUTO CDC takes flows of create_auto_cdc_flow alone, or one of create_auto_cdc_from_snapshot_flow."
        )
    for flow in changes[1:]:
        if flow.history != changes[0].history:
            raise LakehouseError(
                f"{dataset.name}: its AUTO CDC flows {changes[0].name} and {flow.name} must have the same keys, "
                "stored_as_scd_type and track_history_… lists: they make one history."
            )
    for rule in dataset.history_rules if changes else ():
        if name := rule_varies(rule.rule):
            raise UnsupportedError(
                f"{dataset.name}: its expectation {rule.name} has {name}, which isn't known to give the same each "
                "time. AUTO CDC computes a key from all of its changes, so it may drop one now that it applied before: "
                "leave such changes out in a table that it reads."
            )


def check_foreign_keys(graph: Graph, name: str) -> None:
    """A foreign key's parent has a primary key, and is read: only reads order the tables of a pipeline.

    Raises LakehouseError where Databricks would fail, because the parent isn't there yet
    (UC_REFERENTIAL_CONSTRAINT_DOES_NOT_EXIST).
    """
    dataset = graph.datasets[name]
    for written in dataset.declared.parents if dataset.declared else ():
        parent_name = qualified(written, dataset.pipeline.schema)
        parent = graph.datasets.get(parent_name)
        if parent is None or parent.declared is None or not parent.declared.primary_key:
            raise LakehouseError(f"{name}: a foreign key refers to {parent_name}, which declares no primary key.")
        if parent_name != name and parent_name not in graph.all_read(name):
            raise LakehouseError(
                f"{name}: a foreign key refers to {parent_name}, which it doesn't read, itself or through others. So "
                "nothing makes Databricks write that table first; read it where the key is made."
            )
