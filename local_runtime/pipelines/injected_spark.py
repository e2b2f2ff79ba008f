"""What pipeline files see as `spark`: its reads go to whoever calls a flow's function (tracing, validation, a run)."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import CodeType
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from pyspark.sql import DataFrame

from local_runtime.auto_loader.source import FileSource
from local_runtime.delta.ddl import ddl_of
from local_runtime.errors import LakehouseError, UnsupportedError
from local_runtime.pipelines.lambda_names import numbered_anew

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession


class Reads(Protocol):
    """Answers the reads of a flow's function: while it is traced, while it is validated, and while it runs."""

    @property
    def engine(self) -> "SparkSession":
        """The engine's session, for what isn't a read."""
        ...

    def local(self, *arguments: Any, **named: Any) -> DataFrame:
        """What `spark.createDataFrame` makes of its arguments."""
        ...

    def table(self, name: str) -> DataFrame:
        """All rows of the table or view `name`."""
        ...

    def stream(self, name: str) -> DataFrame:
        """What the table or view `name` gained."""
        ...

    def files(self, source: FileSource) -> DataFrame:
        """The rows of the source's new files."""
        ...


_answering: ContextVar[Reads] = ContextVar("lakehouse_reads")


@contextmanager
def answered_by(reads: Reads) -> Iterator[None]:
    """Sends the reads of pipeline code to `reads` for the length of the context."""
    token = _answering.set(reads)
    try:
        with numbered_anew():
            yield
    finally:
        _answering.reset(token)


def _current() -> Reads:
    try:
        return _answering.get()
    except LookupError:
        raise LakehouseError(
            "Pipeline code reads data while it is being imported; reads belong in the functions of its definitions."
        ) from None


class InjectedSpark:
    """The `spark` of pipeline files, where Databricks injects a SparkSession."""

    def __init__(self, configuration: Mapping[str, str]) -> None:
        self.conf = PipelineConf(configuration)

    @property
    def read(self) -> "BatchReader":
        """Reads all rows of tables."""
        return BatchReader()

    @property
    def readStream(self) -> "StreamReader":
        """Reads increments."""
        return StreamReader()

    def table(self, name: str) -> DataFrame:
        """All rows of the table or view `name`."""
        return _current().table(name)

    def createDataFrame(self, *arguments: Any, **named: Any) -> DataFrame:
        """Rows given in the code."""
        return _current().local(*arguments, **named)

    def sql(self, query: str, *arguments: Any, **named: Any) -> NoReturn:
        """Refused: what a query reads can't be seen without running it."""
        raise UnsupportedError(
            "spark.sql in a definition: the local runtime needs spark.read.table and DataFrame calls."
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(_current().engine, name)


class PipelineConf:
    """The pipeline's configuration, read only. `askers` are, by key, the code that has asked for it."""

    def __init__(self, configuration: Mapping[str, str]) -> None:
        self._configuration = configuration
        self.askers: dict[str, set[CodeType]] = {}

    def get(self, key: str, default: str | None = None) -> str:
        """The value of `key`, or else `default`.

        Raises LakehouseError if there is neither.
        """
        self.askers.setdefault(key, set()).add(sys._getframe(1).f_code)
        value = self._configuration.get(key, default)
        if value is None:
            known = ", ".join(sorted(self._configuration)) or "nothing"
            raise LakehouseError(
                f"The pipeline's configuration has no {key} (it has {known}): add it to its resource file."
            )
        return value


class BatchReader:
    """`spark.read`."""

    def table(self, name: str) -> DataFrame:
        """All rows of the table or view `name`."""
        return _current().table(name)

    def __getattr__(self, name: str) -> Any:
        return getattr(_current().engine.read, name)


class StreamReader:
    """`spark.readStream`."""

    def __init__(self) -> None:
        self._format: str | None = None
        self._options: dict[str, str] = {}
        self._schema: str | None = None

    def format(self, source: str) -> "StreamReader":
        """Names the source; only Auto Loader's `cloudFiles` is supported."""
        if source != "cloudFiles":
            raise UnsupportedError(f"readStream.format({source!r}): the local runtime streams tables and cloudFiles.")
        self._format = source
        return self

    def option(self, key: str, value: object) -> "StreamReader":
        """Sets an option."""
        self._options[key] = str(value).lower() if isinstance(value, bool) else str(value)
        return self

    def options(self, **options: object) -> "StreamReader":
        """Sets options."""
        for key, value in options.items():
            self.option(key, value)
        return self

    def schema(self, schema: Any) -> "StreamReader":
        """Sets the schema: DDL or a StructType."""
        self._schema = ddl_of(schema)
        return self

    def load(self, path: str) -> DataFrame:
        """The rows of the new files in `path`."""
        if self._format is None:
            raise UnsupportedError("readStream.load without format: the local runtime streams tables and cloudFiles.")
        return _current().files(FileSource(path, self._options, self._schema))

    def table(self, name: str) -> DataFrame:
        """What the table or view `name` gained."""
        if self._options:
            raise UnsupportedError(
                f"readStream.table({name!r}): the local runtime supports no options ({self._options})."
            )
        return _current().stream(name)
