"""Whether a plan can't give a row, because what it reads has none: then nobody needs to plan or run it.

What isn't known to give none, may give some. So a kind of relation, function or source that isn't named here counts as
one that does, and an aggregation without groups too, which makes a row of nothing.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from google.protobuf.message import Message
from pyspark.sql import DataFrame
from pyspark.sql.connect import proto
from pyspark.util import PythonEvalType

from local_runtime.delta.actions import rows_of, rows_of_file
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.errors import LakehouseError
from local_runtime.graph.determinism import ALWAYS_THE_SAME, varies
from local_runtime.graph.plans import PASSES, PlanVisitor, parts, plan_of, relation_kind

OF_EXPRESSIONS = {"project", "with_columns", "filter", "sort", "repartition_by_expression"}
"""Relations that make rows of rows of their input alone, where no expression aggregates."""
OF_EACH_ROW = {*PASSES, "offset", "tail", "sample", "deduplicate", "drop", "with_columns_renamed", "to_df", "to_schema"}
OF_EACH_ROW -= OF_EXPRESSIONS
"""Relations that always do."""
OF_ONE_ROW = {*ALWAYS_THE_SAME, "current_timestamp", "current_date", "now", "localtimestamp", "rand", "randn", "uuid"}
"""Functions that don't aggregate, by their names in a plan."""
OF_ROWS_IN_PYTHON = {PythonEvalType.SQL_BATCHED_UDF, PythonEvalType.SQL_ARROW_BATCHED_UDF}
EMPTY_IF = {
    proto.Join.JOIN_TYPE_INNER: any,
    proto.Join.JOIN_TYPE_CROSS: any,
    proto.Join.JOIN_TYPE_LEFT_SEMI: any,
    proto.Join.JOIN_TYPE_LEFT_OUTER: lambda sides: sides[0],
    proto.Join.JOIN_TYPE_LEFT_ANTI: lambda sides: sides[0],
    proto.Join.JOIN_TYPE_RIGHT_OUTER: lambda sides: sides[1],
    proto.Join.JOIN_TYPE_FULL_OUTER: all,
}
"""When a join is known to be empty, from whether its left and its right side are."""
MOST_FILES = 16  # whose footers are read to find out that they have no rows


def has_no_rows(frame: DataFrame) -> bool:
    """Whether the frame is known to have no rows, from the versions of tables and the files that it reads."""
    return _NoRows().visit(plan_of(frame))


class _NoRows(PlanVisitor[bool]):
    """Whether a relation is known to have no rows."""

    def relation(self, relation: proto.Relation, inputs: Sequence[bool]) -> bool:
        kind = relation_kind(relation)
        if kind == "local_relation":
            return not relation.local_relation.data
        if kind in OF_EACH_ROW:
            return inputs[0]
        if kind in OF_EXPRESSIONS:
            return inputs[0] and not any(map(_may_aggregate, _expressions(getattr(relation, kind))))
        return super().relation(relation, inputs)

    def other(self, kind: str, inputs: Sequence[bool]) -> bool:
        return False

    def read(self, read: proto.Read) -> bool:
        source = read.data_source
        match source.format:
            # Without a version, another program may fill the table before it is read.
            case "delta" if len(source.paths) == 1 and [*source.options] == ["versionAsOf"]:
                return _is_empty_table(Path(source.paths[0]), int(source.options["versionAsOf"]))
            case "parquet" if 0 < len(source.paths) <= MOST_FILES and not source.options:
                return _are_empty_files(map(Path, source.paths))
        return False

    def limit(self, limit: proto.Limit, below: bool) -> bool:
        return below or limit.limit == 0

    def aggregate(self, aggregate: proto.Aggregate, below: bool) -> bool:
        by = aggregate.group_type == aggregate.GROUP_TYPE_GROUPBY
        return below and by and len(aggregate.grouping_expressions) > 0

    def join(self, join: proto.Join, left: bool, right: bool) -> bool:
        return bool(EMPTY_IF[join.join_type]([left, right])) if join.join_type in EMPTY_IF else False

    def set_op(self, operation: proto.SetOperation, left: bool, right: bool) -> bool:
        match operation.set_op_type:
            case operation.SET_OP_TYPE_UNION:
                return left and right
            case operation.SET_OP_TYPE_INTERSECT:
                return left or right
            case operation.SET_OP_TYPE_EXCEPT:
                return left
        return False


def _expressions(relation: Message) -> Iterable[Message]:
    """The expressions of a relation, without the relation that is its input."""
    return (part for part in parts(relation) if not isinstance(part, proto.Relation))


def _may_aggregate(part: Message) -> bool:
    """Whether an expression, or one in it, isn't known to be computed from one row, or from a window around it."""
    if isinstance(part, proto.Relation):  # a query in an expression
        return True
    if isinstance(part, proto.Expression.Window):
        function = part.window_function.unresolved_function
        return any(map(_may_aggregate, [*function.arguments, *part.partition_spec, *part.order_spec]))
    if isinstance(part, proto.Expression.UnresolvedFunction | proto.CallFunction):
        aggregates = part.function_name.lower() not in OF_ONE_ROW
    elif isinstance(part, proto.CommonInlineUserDefinedFunction):
        aggregates = part.python_udf.eval_type not in OF_ROWS_IN_PYTHON
    else:  # a text of SQL
        aggregates = bool(varies(part, of_rows=False))
    return aggregates or any(map(_may_aggregate, parts(part)))


def _is_empty_table(table: Path, version: int) -> bool:
    try:
        snapshot = DeltaLog(table).snapshot(version)
    except LakehouseError:
        return False
    return snapshot is not None and all(rows_of(add) == 0 for add in snapshot.files.values())


def _are_empty_files(paths: Iterable[Path]) -> bool:
    try:
        return all(path.is_file() and rows_of_file(path) == 0 for path in paths)
    except (OSError, ValueError):  # not a Parquet file: the engine says so
        return False
