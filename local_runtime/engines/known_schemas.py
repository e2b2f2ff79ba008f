"""Schemas of plans: the engine is asked once for plans that differ only in which rows of their sources they read."""

import json
from collections.abc import Callable
from pathlib import Path

from pyspark.sql.connect import proto
from pyspark.sql.types import StructType

from local_runtime.delta.ddl import ddl_of, nullable_columns, parse_ddl
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.errors import LakehouseError
from local_runtime.graph.plans import inputs_of, relation_kind

SOURCES_OF_FILES = {"parquet"}
"""Formats whose rows have the columns of the schema that the reader is given, whatever is in the files."""


class KnownSchemas:
    """What a session's `client.schema` answers, asked once for each plan.

    A flow is analyzed on empty frames before any data is touched, and runs on tables of the same columns: then its plan
    is the same but for its sources. So a source counts as its columns; a plan with one whose columns aren't known
    without the engine is asked for each time, for they may change: a view's, those of files without a schema.
    """

    def __init__(self, ask: Callable[[proto.Plan], StructType]) -> None:
        self._ask = ask
        self._known: dict[bytes, StructType] = {}

    def __call__(self, plan: proto.Plan) -> StructType:
        """The schema of a plan's rows. Raises what the engine does for a plan that is wrong; that isn't kept."""
        key = _key(plan)
        if key is None:
            return self._ask(plan)
        if key not in self._known:
            self._known[key] = self._ask(plan)
        return self._known[key]


def _key(plan: proto.Plan) -> bytes | None:
    """The plan without the numbers of its frames, its sources as their columns; None where those may change."""
    same = proto.Plan()
    same.CopyFrom(plan)
    return bytes(same.SerializeToString(deterministic=True)) if _simplify(same.root) else None


def _simplify(relation: proto.Relation) -> bool:
    """Puts columns in the place of sources; whether what is left can only mean one schema."""
    relation.ClearField("common")
    columns = _columns_of(relation)
    if columns is not None:
        relation.local_relation.CopyFrom(proto.LocalRelation(schema=columns))
        return True
    return relation_kind(relation) not in ("read", "sql") and all([_simplify(below) for below in inputs_of(relation)])


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
