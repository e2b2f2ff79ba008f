"""Answers to a flow's reads: while its graph is traced, while it is validated, and while it runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from pyspark.sql import DataFrame

from local_runtime.auto_loader import Increment, columns_now, load
from local_runtime.delta_log import TableVersion
from local_runtime.errors import LakehouseError, UnsupportedError
from local_runtime.expectations import kept
from local_runtime.lake import Lake
from local_runtime.model import Dataset, QueryFlow, qualified
from local_runtime.session import FileSource


class EngineNeeded(Exception):
    """Pipeline code ran an action while its graph was traced, where there is no engine."""


class _NoEngine:
    """Stands for the client of a session that builds plans and runs nothing."""

    def __getattr__(self, name: str) -> NoReturn:
        raise EngineNeeded(name)


def plan_only_session() -> Any:
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
class Tracer:
    """Notes what a flow reads; its session builds plans only."""

    session: Any
    schema: str
    reads: list[Read] = field(default_factory=list)
    sources: list[FileSource] = field(default_factory=list)
    stream_plans: set[int] = field(default_factory=set)

    def local(self, *arguments: Any, **named: Any) -> DataFrame:
        """Stands for rows given in the code: an engine would have to parse their schema."""
        return self._frame("rows given in the code")

    def table(self, name: str) -> DataFrame:
        """Notes a batch read."""
        self.reads.append(Read(qualified(name, self.schema), streaming=False))
        return self._frame(name)

    def stream(self, name: str) -> DataFrame:
        """Notes a streaming read."""
        self.reads.append(Read(qualified(name, self.schema), streaming=True))
        return self._streaming(self._frame(name))

    def files(self, source: FileSource) -> DataFrame:
        """Notes an Auto Loader source."""
        self.sources.append(source)
        return self._streaming(self._frame(source.path))

    def _frame(self, name: str) -> DataFrame:
        frame: DataFrame = self.session.read.table(name)
        return frame

    def _streaming(self, frame: DataFrame) -> DataFrame:
        plan: Any = frame._plan
        self.stream_plans.add(plan._plan_id)
        return frame


class _WithViews:
    """Reads of temporary views: their functions, read by the same reader, under their own rules."""

    session: Any
    schema: str
    datasets: Mapping[str, Dataset]

    def local(self, *arguments: Any, **named: Any) -> DataFrame:
        """Rows given in the code."""
        frame: DataFrame = self.session.createDataFrame(*arguments, **named)
        return frame

    def table(self, name: str) -> DataFrame:
        """The table or view, whole."""
        return self._view(name) or self._table(qualified(name, self.schema))

    def stream(self, name: str) -> DataFrame:
        """What the table or view gained."""
        return self._view(name) or self._stream(qualified(name, self.schema))

    def _view(self, name: str) -> DataFrame | None:
        dataset = self.datasets.get(qualified(name, self.schema))
        if dataset is None or dataset.is_stored:
            return None
        (flow,) = dataset.flows
        assert isinstance(flow, QueryFlow)
        return kept(flow.function(), dataset.expectations)

    def _table(self, name: str) -> DataFrame:
        raise NotImplementedError

    def _stream(self, name: str) -> DataFrame:
        raise NotImplementedError


class UnknownSchema(Exception):
    """A dataset's columns can't be known before it is written."""


@dataclass
class Validator(_WithViews):
    """Answers with empty frames of the right columns, so that a flow can be analyzed before any data is touched."""

    session: Any
    schema: str
    datasets: Mapping[str, Dataset]
    schemas: Mapping[str, Any]
    commits: Sequence[Mapping[str, Any]] = ()

    def _table(self, name: str) -> DataFrame:
        if name not in self.schemas:
            raise UnknownSchema(name)
        empty: DataFrame = self.session.createDataFrame([], self.schemas[name])
        return empty

    _stream = _table

    def files(self, source: FileSource) -> DataFrame:
        """An empty frame with the columns that the source is read with."""
        empty: DataFrame = self.session.createDataFrame([], columns_now(source, self.commits))
        return empty


@dataclass
class RunReader(_WithViews):
    """Answers with the lake's tables, each pinned to one version, and with what streams gained since `commits`.

    `commits` are the flow's progress entries, newest first. `everything` reads streams whole. After the flow's
    function has returned, `progress` is what the commit of its rows must carry.
    """

    session: Any
    schema: str
    datasets: Mapping[str, Dataset]
    lake: Lake
    staging: Path
    commits: Sequence[Mapping[str, Any]] = ()
    everything: bool = False
    pinned: dict[str, TableVersion] = field(default_factory=dict)
    increment: Increment | None = None
    has_news: bool = False

    @property
    def progress(self) -> dict[str, Any]:
        """The versions that were read, and the files that were loaded."""
        tables = {name: [version.table_id, version.version] for name, version in self.pinned.items()}
        return {"tables": tables, **(self.increment.progress if self.increment else {})}

    def pin(self, name: str) -> TableVersion:
        """The version at which this flow reads a table: the newest when it is read first.

        Raises LakehouseError where there is no such table.
        """
        if name not in self.pinned:
            version = self.lake.log(name).latest()
            if version is None:
                raise LakehouseError(
                    f"Table {name} does not exist in {self.lake.root}: run the layer that writes it first."
                )
            self.pinned[name] = version
        return self.pinned[name]

    def _table(self, name: str) -> DataFrame:
        return self._at(name, self.pin(name).version)

    def _at(self, name: str, version: int) -> DataFrame:
        reader = self.session.read.format("delta").option("versionAsOf", version)
        frame: DataFrame = reader.load(str(self.lake.path(name)))
        return frame

    def _stream(self, name: str) -> DataFrame:
        now = self.pin(name)
        seen = next((p["tables"][name] for p in self.commits if name in p.get("tables", {})), None)
        if self.everything or seen is None or seen[0] != now.table_id:
            if seen is not None and not self.everything:
                raise LakehouseError(
                    f"Table {name} was replaced by another since it was read last: refresh the reading table in full."
                )
            self.has_news = True
            return self._table(name)
        files = self.lake.log(name).added_files(after=seen[1], upto=now.version)
        columns = self._table(name)
        if not files:
            return columns.limit(0)
        self.has_news = True
        increment: DataFrame = self.session.read.schema(columns.schema).parquet(*files)
        return increment

    def files(self, source: FileSource) -> DataFrame:
        """The rows of the source's new files, staged as Parquet."""
        if self.everything:
            raise UnsupportedError(
                "AUTO CDC needs its changes in a table: ingest the files into a streaming table first."
            )
        if self.increment is not None:
            raise UnsupportedError(
                f"{source.path}: a flow can read one cloudFiles source here; use append flows for more."
            )
        self.increment = load(source, self.commits, self.staging)
        self.has_news = self.has_news or not self.increment.is_empty
        if not self.increment.staged:
            empty: DataFrame = self.session.createDataFrame([], self.increment.ddl)
            return empty
        staged: DataFrame = self.session.read.schema(self.increment.ddl).parquet(*map(str, self.increment.staged))
        return staged
