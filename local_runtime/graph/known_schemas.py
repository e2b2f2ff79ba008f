"""Schemas of plans: the engine is asked once for plans that differ only in which rows of their sources they read."""

import json
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf.descriptor import Descriptor
from pyspark.sql import DataFrame
from pyspark.sql.connect import proto
from pyspark.sql.types import StructType

from local_runtime.delta.ddl import ddl_of, nullable_columns, parse_ddl
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.errors import LakehouseError
from local_runtime.graph.kept_schemas import KeptSchemas, key_of
from local_runtime.graph.plans import inputs_of, messages, relation_kind

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

SOURCES_OF_FILES = {"parquet"}
"""Formats whose rows have the columns of the schema that the reader is given, whatever is in the files."""
PLAN_ID = "plan_id"
WRITTEN_OUT = {"local_relation", "range"}
"""Relations without inputs whose rows, and so their columns, are in the plan itself."""


class KnownSchemas:
    """What a session's `client.schema` answers, asked once for each plan.

    A flow is analyzed on empty frames before any data is touched, and runs on tables of the same columns: then its plan
    is the same but for its sources. So a source counts as the columns that it has when the schema is asked for. A plan
    with a source whose columns aren't known without the engine is asked for each time.
    """

    def __init__(self, ask: Callable[[proto.Plan], StructType], kept: KeptSchemas | None = None) -> None:
        self._ask = ask
        self._kept = kept
        self._known: dict[str, StructType] = {}
        self.of_ddl: dict[str, StructType] = {}

    def __call__(self, plan: proto.Plan) -> StructType:
        """The schema of a plan's rows. Raises what the engine does for a plan that is wrong; that isn't kept."""
        key = _key(plan)
        if key is None:
            return self._ask(plan)
        if key not in self._known:
            self._known[key] = self._kept_or_asked(key, plan)
        return self._known[key]

    def _kept_or_asked(self, key: str, plan: proto.Plan) -> StructType:
        schema = self._kept.get(key) if self._kept else None
        if schema is None:
            schema = self._ask(plan)
            if self._kept:
                self._kept.keep(key, schema)
        return schema


def ask_once(session: "SparkSession", kept: KeptSchemas | None = None) -> None:
    """Has the session's engine asked for the schema of a plan only once, from now on; not for one that is `kept`."""
    if not isinstance(session.client.schema, KnownSchemas):
        session.client.schema = KnownSchemas(session.client.schema, kept)  # type: ignore[method-assign]


def no_rows(session: "SparkSession", ddl: str) -> DataFrame:
    """No rows of these columns; what the DDL means is asked once, where `ask_once` was called."""
    return session.createDataFrame([], columns_of(session, ddl))


def columns_of(session: "SparkSession", ddl: str) -> StructType | str:
    """The columns that a DDL means, asked once; where `ask_once` was not called, the DDL, which means the same."""
    known = session.client.schema
    if not isinstance(known, KnownSchemas):
        return ddl
    if ddl not in known.of_ddl:
        known.of_ddl[ddl] = session.createDataFrame([], ddl).schema
    return known.of_ddl[ddl]


def _key(plan: proto.Plan) -> str | None:
    """A hash of the plan with its frames numbered by their place, its sources as their columns; None if not all known.

    PySpark numbers frames as they are made, so the same plan has other numbers the next time. Columns may refer to
    these: `a["x"]` is the column of a. A hash, because plans may have hundreds of kilobytes, and a watch meets new ones
    for as long as it lasts.
    """
    same = proto.Plan()
    same.CopyFrom(plan)
    is_known = _number(same.root) and _simplify(same.root)
    return key_of(same.SerializeToString(deterministic=True)) if is_known else None


def _number(root: proto.Relation) -> bool:
    """Numbers the plan's frames by their place in it; whether what refers to a frame refers to one of them."""
    places: dict[int, int] = {}
    references: list[Any] = []
    for message in messages(root, _may_hold_numbers):
        if not _has_numbers(message.DESCRIPTOR):
            continue
        if isinstance(message, proto.Relation):
            place = places.setdefault(message.common.plan_id, len(places))
            message.common.CopyFrom(proto.RelationCommon(plan_id=place))
        elif _refers(message):
            references.append(message)
    for reference in references:
        if reference.plan_id not in places:
            return False
        reference.plan_id = places[reference.plan_id]
    return True


@cache
def _has_numbers(kind: Descriptor) -> bool:
    """Whether messages of the kind are frames, or may refer to one. Kept: plans have tens of thousands of messages."""
    if kind.full_name == proto.RelationCommon.DESCRIPTOR.full_name:  # a frame's own number, set with the frame
        return False
    return kind.full_name == proto.Relation.DESCRIPTOR.full_name or PLAN_ID in kind.fields_by_name


def _refers(message: Any) -> bool:
    """Whether a message that may refer to a frame does."""
    can_be_zero = message.DESCRIPTOR.fields_by_name[PLAN_ID].has_presence
    return bool(message.HasField(PLAN_ID) if can_be_zero else message.plan_id)


@cache
def _may_hold_numbers(kind: Descriptor) -> bool:
    """Whether messages of the kind have numbers, or may be made of ones that have: a literal isn't."""
    kinds, waiting = {kind.full_name}, [kind]
    while waiting:
        one = waiting.pop()
        if _has_numbers(one):
            return True
        below = {field.message_type.full_name: field.message_type for field in one.fields if field.message_type}
        waiting += [type_ for name, type_ in below.items() if name not in kinds]
        kinds |= below.keys()
    return False


def _simplify(relation: proto.Relation) -> bool:
    """Puts columns in the place of sources; whether all of them are known."""
    columns = _columns_of(relation)
    if columns is not None:
        relation.local_relation.CopyFrom(proto.LocalRelation(schema=columns))
        return True
    below = inputs_of(relation)
    return all(map(_simplify, below)) if below else relation_kind(relation) in WRITTEN_OUT


def _columns_of(relation: proto.Relation) -> str | None:
    """The columns of a source, as DDL; None where it isn't one, or its columns aren't known without the engine."""
    match relation_kind(relation):
        case "local_relation":
            return _ddl(relation.local_relation.schema)
        case "read":
            source = relation.read.data_source
            if source.format in SOURCES_OF_FILES:
                return _ddl(source.schema)
            return _columns_of_table(source) if source.format == "delta" else None
    return None


@lru_cache(1000)
def _ddl(schema: str) -> str | None:
    """A schema, in JSON or DDL, as DDL; None for an empty one, and where a column may not be null."""
    if not schema.startswith("{"):
        return parse_ddl(schema).rows if schema and "not null" not in schema.lower() else None
    columns = StructType.fromJson(json.loads(schema))
    for column in columns.fields:
        column.metadata = {}
    return ddl_of(columns) if columns == nullable_columns(columns) else None


def _columns_of_table(source: "proto.Read.DataSource") -> str | None:
    version = source.options.get("versionAsOf")
    if len(source.paths) != 1 or {*source.options} - {"versionAsOf"}:
        return None
    log = DeltaLog(Path(source.paths[0]))
    try:
        table = log.details()
        if table is not None and version is not None and table.version != int(version):
            table = log.snapshot(int(version))
    except LakehouseError:
        return None
    return _ddl(table.metadata["schemaString"]) if table else None
