"""What pipelines define: datasets, the flows that write them, and the rules that their rows are held to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pyspark.sql import Column, DataFrame

from local_runtime.bundle import Pipeline
from local_runtime.errors import UnsupportedError

QueryFunction = Callable[[], DataFrame]
SnapshotFunction = Callable[[Any], tuple[DataFrame, Any] | None]


class Kind(StrEnum):
    """What a dataset is."""

    STREAMING_TABLE = "streaming table"
    MATERIALIZED_VIEW = "materialized view"
    TEMPORARY_VIEW = "temporary view"


class Action(StrEnum):
    """What happens to a row that fails an expectation; the names are those of Databricks' event log."""

    WARN = "ALLOW"
    DROP = "DROP"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Expectation:
    """A rule (a SQL condition) that rows of a dataset are held to."""

    name: str
    rule: str
    action: Action


@dataclass(frozen=True)
class QueryFlow:
    """Writes what a function returns to a dataset."""

    name: str
    function: QueryFunction


@dataclass(frozen=True)
class AutoCdcFlow:
    """Applies a stream of changes to a streaming table."""

    name: str
    source: str
    keys: tuple[str, ...]
    sequence_by: Column
    apply_as_deletes: Column | None
    columns: tuple[str, ...] | None
    except_columns: tuple[str, ...]
    scd_type: int
    tracked: tuple[str, ...] | None
    untracked: tuple[str, ...]


@dataclass(frozen=True)
class SnapshotFlow:
    """Applies whole snapshots, one after the other, to a streaming table."""

    name: str
    source: str | SnapshotFunction
    keys: tuple[str, ...]
    scd_type: int
    tracked: tuple[str, ...] | None
    untracked: tuple[str, ...]


Flow = QueryFlow | AutoCdcFlow | SnapshotFlow


@dataclass
class Dataset:
    """A table or view of a pipeline; `name` is schema.table."""

    name: str
    kind: Kind
    pipeline: Pipeline
    comment: str | None = None
    schema: str | None = None
    expectations: list[Expectation] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)

    @property
    def is_stored(self) -> bool:
        """Whether it is a table, and no view."""
        return self.kind is not Kind.TEMPORARY_VIEW


def qualified(name: str, schema: str) -> str:
    """schema.table for a name as a pipeline that publishes to `schema` writes it; a catalog is cut off."""
    parts = name.replace("`", "").split(".")
    return ".".join(parts[-2:]) if len(parts) > 1 else f"{schema}.{name}"


def refuse(where: str, **arguments: object) -> None:
    """Raises UnsupportedError for the first argument that is given: it would be wrong to ignore it."""
    for name, value in arguments.items():
        if value:
            raise UnsupportedError(f"{where}: the local runtime does not support {name}={value!r}.")
