"""Finds out what a flow reads, by calling its function on a session that builds plans and runs nothing."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from pyspark.sql import DataFrame

from local_runtime.auto_loader.source import FileSource
from local_runtime.errors import LakehouseError
from local_runtime.graph.file_metadata import check_metadata_is_hidden
from local_runtime.graph.paths_read import EngineNeeded, paths_read
from local_runtime.graph.statefulness import check_stateless
from local_runtime.pipelines.code_errors import errors_as_sentences
from local_runtime.pipelines.datasets import AutoCdcFlow, Dataset, Flow, Kind, QueryFlow, SnapshotFlow, qualified
from local_runtime.pipelines.external_files import recording_opened_files
from local_runtime.pipelines.injected_spark import answered_by

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession


class _NoEngine:
    """The client of a session that only builds plans. Raises EngineNeeded for anything else."""

    def __getattr__(self, name: str) -> NoReturn:
        raise EngineNeeded(name)


def plan_only_session() -> "SparkSession":
    """A Spark Connect session without a server."""
    from pyspark.sql.connect.session import SparkSession

    session = SparkSession("sc://127.0.0.1:1")
    session.client.close()
    session._client = _NoEngine()  # type: ignore[assignment]
    return session


@dataclass(frozen=True)
class Read:
    """A dataset that a flow reads; streaming: only what it gained."""

    name: str
    streaming: bool


@dataclass
class Trace:
    """What a flow reads. While its function is called, it answers the reads with plans, and records them.

    `opened` are the files that the function opened itself, `paths` those that it gave to spark.read. `plans` are the
    tables that were read in full, by the ids of their plans, `names` all datasets that were read. `frame` is what the
    function returned.
    """

    engine: "SparkSession"
    schema: str
    reads: list[Read] = field(default_factory=list)
    sources: list[FileSource] = field(default_factory=list)
    stream_plans: set[int] = field(default_factory=set)
    file_plans: set[int] = field(default_factory=set)
    known_plans: set[int] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)
    plans: dict[int, str] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    frame: DataFrame | None = None

    def local(self, *arguments: Any, **named: Any) -> DataFrame:
        """A placeholder for rows given in the code, whose schema only an engine could parse."""
        return self._frame("rows given in the code")

    def table(self, name: str) -> DataFrame:
        """Records a batch read."""
        self.reads.append(Read(qualified(name, self.schema), streaming=False))
        frame = self._frame(name)
        self.plans[_plan_id(frame)] = self.names[_plan_id(frame)] = qualified(name, self.schema)
        return frame

    def stream(self, name: str) -> DataFrame:
        """Records a streaming read."""
        self.reads.append(Read(qualified(name, self.schema), streaming=True))
        frame = self._frame(name)
        self.names[_plan_id(frame)] = qualified(name, self.schema)
        return self._streaming(frame)

    def files(self, source: FileSource) -> DataFrame:
        """Records an Auto Loader source."""
        self.sources.append(source)
        frame = self._streaming(self._frame(source.path))
        self.file_plans.add(_plan_id(frame))
        return frame

    def _frame(self, name: str) -> DataFrame:
        frame = self.engine.read.table(name)
        self.known_plans.add(_plan_id(frame))
        return frame

    def _streaming(self, frame: DataFrame) -> DataFrame:
        self.stream_plans.add(_plan_id(frame))
        return frame


def _plan_id(frame: DataFrame) -> int:
    plan: Any = frame._plan
    return int(plan._plan_id)


def trace(dataset: Dataset, flow: Flow, engine: "SparkSession") -> Trace:
    """What the flow reads.

    Raises LakehouseError where its function does what a definition may not do.
    """
    flow_trace = Trace(engine, dataset.pipeline.schema)
    with answered_by(flow_trace), recording_opened_files() as flow_trace.opened:
        match flow:
            case QueryFlow():
                flow_trace.frame = frame = _describe(dataset, flow.function)
                check_stateless(dataset.name, frame, flow_trace.stream_plans)
                check_metadata_is_hidden(dataset.name, frame, flow_trace.file_plans)
                flow_trace.paths |= paths_read(dataset.name, frame, flow_trace.known_plans)
            case AutoCdcFlow():
                flow_trace.stream(flow.source)
            case SnapshotFlow(source=str() as source):
                flow_trace.table(source)
            case SnapshotFlow() if callable(flow.source):
                # A snapshot function may run actions; its reads before the first action are recorded.
                with suppress(EngineNeeded), errors_as_sentences(dataset.pipeline, dataset.name):
                    flow.source(None)
    return flow_trace


def _describe(dataset: Dataset, function: Callable[[], object]) -> DataFrame:
    name = dataset.name
    try:
        with errors_as_sentences(dataset.pipeline, name):
            frame = function()
    except EngineNeeded as action:
        raise LakehouseError(
            f"{name}: its function runs an action or asks for columns ({action}); a definition only describes its rows."
        ) from None
    if not isinstance(frame, DataFrame):
        what = "nothing" if frame is None else f"a {type(frame).__name__}"
        raise LakehouseError(f"{name}: its function returns {what}; it must return a DataFrame.")
    return frame


def resolve_kind(dataset: Dataset, traces: Sequence[Trace]) -> Kind:
    """What the dataset is: `@dp.table` over a batch read is a materialized view, as on Databricks.

    Raises LakehouseError where it reads what its kind can't.
    """
    batches = [flow for flow, flow_trace in zip(dataset.flows, traces, strict=True) if not flow_trace.stream_plans]
    queries = [flow for flow in batches if isinstance(flow, QueryFlow)]
    if dataset.kind is Kind.MATERIALIZED_VIEW and len(batches) < len(traces):
        raise LakehouseError(f"{dataset.name}: a materialized view reads with spark.read, not spark.readStream.")
    if dataset.kind is not Kind.STREAMING_TABLE or not queries:
        return dataset.kind
    if len(dataset.flows) == 1 and qualified(queries[0].name, dataset.pipeline.schema) == dataset.name:
        return Kind.MATERIALIZED_VIEW
    raise LakehouseError(
        f"{dataset.name}: its flow {queries[0].name} needs a streaming read (spark.readStream): it appends what its "
        "source gained."
    )
