"""What pipelines define: datasets, the flows that write them, and the rules for their rows."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import CodeType
from typing import Self

from pyspark.sql import Column, DataFrame
from pyspark.sql.types import StructType

from local_runtime.delta.ddl import DeclaredTable, check_columns, parse_ddl
from local_runtime.errors import LakehouseError, UnsupportedError
from local_runtime.pipelines.bundle import Pipeline
from local_runtime.state.progress import SnapshotVersion

QueryFunction = Callable[[], DataFrame]
SnapshotFunction = Callable[[SnapshotVersion | None], tuple[DataFrame, SnapshotVersion] | None]


class Kind(StrEnum):
    """What a dataset is."""

    STREAMING_TABLE = "streaming table"
    MATERIALIZED_VIEW = "materialized view"
    TEMPORARY_VIEW = "temporary view"


class OnViolation(StrEnum):
    """What happens to a row that fails an expectation; the names are those of Databricks' event log."""

    WARN = "ALLOW"
    DROP = "DROP"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Expectation:
    """A rule (a SQL condition) for the rows of a dataset."""

    name: str
    rule: str
    action: OnViolation


@dataclass(frozen=True)
class QueryFlow:
    """Writes what a function returns to a dataset."""

    name: str
    function: QueryFunction


@dataclass(frozen=True)
class _KeepsHistory:
    """What AUTO CDC from changes and from snapshots share."""

    name: str
    keys: tuple[str, ...]
    scd_type: int
    tracked: tuple[str, ...] | None
    untracked: tuple[str, ...]

    @property
    def history(self) -> tuple[object, ...]:
        """What makes the target's history: flows into one table must agree on it."""
        return self.keys, self.scd_type, self.tracked, self.untracked

    def tracked_columns(self, columns: Sequence[str]) -> list[str]:
        """Those of the columns in which a change makes a new version."""
        wanted = columns if self.tracked is None else self.tracked
        return [name for name in wanted if name not in self.keys and name not in self.untracked]

    def spelled_like(self, source: Sequence[str], target: Sequence[str]) -> Self:
        """The flow with names of columns as they are spelled in its source, and in the columns that are kept of it.

        Raises LakehouseError for a name that isn't there.
        """
        tracked = self.tracked
        if tracked is not None:
            tracked = _spelled(self.name, "track_history_column_list", tracked, target)
        return replace(
            self,
            keys=_spelled(self.name, "keys", self.keys, [name for name in target if name in source]),
            tracked=tracked,
            untracked=_spelled(self.name, "track_history_except_column_list", self.untracked, target),
        )


@dataclass(frozen=True)
class AutoCdcFlow(_KeepsHistory):
    """Applies a stream of changes to a streaming table."""

    source: str
    sequence_by: Column
    apply_as_deletes: Column | None
    columns: tuple[str, ...] | None
    except_columns: tuple[str, ...]

    def target_columns(self, source: Sequence[str]) -> list[str]:
        """Those of the source's columns that the target gets.

        Raises LakehouseError for a name that the source doesn't have.
        """
        if self.columns is not None:
            return list(_spelled(self.name, "column_list", self.columns, source))
        excluded = _spelled(self.name, "except_column_list", self.except_columns, source)
        return [name for name in source if name not in excluded]


@dataclass(frozen=True)
class SnapshotFlow(_KeepsHistory):
    """Applies complete snapshots, one after the other, to a streaming table."""

    source: str | SnapshotFunction


Flow = QueryFlow | AutoCdcFlow | SnapshotFlow


@dataclass(frozen=True, kw_only=True)
class RefreshScope:
    """A view's rows with some values of the columns `by` depend on the rows of the `sources` with these values alone.

    `by_keys`: the columns are the view's primary key; else view and sources are partitioned by them.
    """

    by: tuple[str, ...]
    sources: frozenset[str]
    by_keys: bool = False


@dataclass
class Dataset:
    """A table or view of a pipeline; `name` is schema.table.

    `opened` are files that its functions, or pipeline files, open; `paths` are what its functions read with spark.read.
    `properties` are the declared ones that the local runtime keeps in the table (state/roles.py).
    `askers` are, by key of its pipeline's configuration, the code that has asked for it.
    `refresh_scopes` says by which changes of its sources a materialized view can be refreshed, or why it can't; proofs
    are made when they are asked for.
    """

    name: str
    kind: Kind
    pipeline: Pipeline
    comment: str | None = None
    schema: str | None = None
    expectations: list[Expectation] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    opened: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()
    askers: Mapping[str, Collection[CodeType]] = field(default_factory=dict)
    partition_cols: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    refresh_scopes: Callable[[], tuple[tuple[RefreshScope, ...], str]] = lambda: ((), "")

    @property
    def declared(self) -> DeclaredTable | None:
        """The declared schema, parsed; None without one.

        Raises LakehouseError where it isn't DDL.
        """
        return None if self.schema is None else parse_ddl(self.schema)

    def check_schema(self, schema: StructType) -> None:
        """Raises LakehouseError where the schema's columns are not those that the table declares."""
        if self.declared is not None:
            check_columns(self.name, self.declared.types, schema)

    @property
    def history_rules(self) -> list[Expectation]:
        """The rules that decide which changes make the history of an AUTO CDC table.

        Dropping ones. What fails a failing rule stops its flow before it is taken in; but of several flows into one
        table each reads the changes of the others, also of one that fails.
        """
        actions = {OnViolation.DROP, OnViolation.FAIL} if len(self.flows) > 1 else {OnViolation.DROP}
        return [rule for rule in self.expectations if rule.action in actions]

    @property
    def is_stored(self) -> bool:
        """Whether it is a table, and no view."""
        return self.kind is not Kind.TEMPORARY_VIEW

    @property
    def drops_only(self) -> bool:
        """Whether its rules, if any, only drop rows."""
        return all(expectation.action is OnViolation.DROP for expectation in self.expectations)


def _spelled(flow: str, argument: str, names: Iterable[str], available: Sequence[str]) -> tuple[str, ...]:
    """The names of an argument as `available` spells them: column names are case-insensitive on Databricks.

    Raises LakehouseError for a name that isn't there.
    """
    known = {name.lower(): name for name in available}
    missing = [name for name in names if name.lower() not in known]
    if missing:
        raise LakehouseError(
            f"AUTO CDC flow {flow}: {argument} names {', '.join(missing)}, and its columns are {', '.join(available)}."
        )
    return tuple(known[name.lower()] for name in names)


def qualified(name: str, schema: str) -> str:
    """schema.table for a name as a pipeline that publishes to `schema` writes it; a catalog is cut off."""
    parts = name.replace("`", "").split(".")
    return ".".join(parts[-2:]) if len(parts) > 1 else f"{schema}.{parts[0]}"


def refuse(where: str, /, **arguments: object) -> None:
    """Raises UnsupportedError for the first argument that is given: it would be wrong to ignore it."""
    for name, value in arguments.items():
        if value:
            raise UnsupportedError(f"{where}: the local runtime does not support {name}={value!r}.")
