"""Whether a plan over files only picks columns: then what is staged of the files can be the table's rows.

Each column is one of the source's as it is, or the same for all rows of a file, or the same for all rows. Anything else
that a plan does (it filters, joins, computes a value of a row) isn't known here, and the engine does it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from google.protobuf.message import Message
from pyspark.sql import DataFrame
from pyspark.sql.connect import proto

from local_runtime.auto_loader.layout import METADATA_COLUMN
from local_runtime.graph.determinism import varies
from local_runtime.graph.plans import (
    PlanVisitor,
    attribute,
    inputs_of,
    messages,
    plan_id,
    plan_of,
    relation_kind,
    with_plan,
)

CLOCKS = {"current_timestamp", "now", "current_date", "curdate", "localtimestamp"}
"""Functions that are one value in a query."""
MAKE_ROWS = {"explode", "explode_outer", "posexplode", "posexplode_outer", "inline", "inline_outer", "json_tuple"}
KNOWN_PARTS = (
    *(proto.Expression, proto.Expression.Alias, proto.Expression.Cast, proto.Expression.Literal),
    *(proto.Expression.UnresolvedFunction, proto.Expression.UnresolvedAttribute, proto.Expression.LambdaFunction),
    *(proto.Expression.UnresolvedNamedLambdaVariable, proto.Expression.UnresolvedExtractValue, proto.ExpressionCommon),
    *(proto.DataType, proto.Origin),
)


@dataclass(frozen=True)
class Origin:
    """Where a column comes from: the source's column (`""`: from none), the file of the row, the clock of the query."""

    source: str = ""
    of_file: bool = False
    of_clock: bool = False


Columns = Sequence[tuple[str, Origin]]
"""A relation's columns, in order: the name of each, in lower case, and where it comes from."""


def picked_columns(frame: DataFrame, source: int, columns: Iterable[str]) -> list[Origin] | None:
    """Where each column of the frame comes from, in their order; None where its plan does more than pick columns.

    `source` is the id of the plan of the files, `columns` are their columns without `_metadata`, which is left out of
    what the frame has.
    """
    found = Picks(source, columns).visit(plan_of(frame))
    names = [name for name, _ in found or ()]
    if found is None or len({*names}) < len(names):
        return None
    origins = [origin for name, origin in found if name != METADATA_COLUMN]
    both = any(origin.of_file and origin.of_clock for origin in origins)
    return None if both or not any(origin.source for origin in origins) else origins


def with_rows(frame: DataFrame, source: int, rows: DataFrame) -> DataFrame:
    """A frame that only picks columns, of other rows of its source, and with `_metadata` among its columns."""
    plan = proto.Relation()
    plan.CopyFrom(plan_of(frame))
    relation = plan
    while plan_id(relation) != source:
        if relation_kind(relation) == "project" and not any(map(_is_star, relation.project.expressions)):
            relation.project.expressions.add().unresolved_attribute.unparsed_identifier = METADATA_COLUMN
        (relation,) = inputs_of(relation)
    relation.CopyFrom(plan_of(rows))
    return with_plan(frame.select("*"), plan)


class Picks(PlanVisitor[Columns | None]):
    """The columns of a relation, as far as they are only picked."""

    def __init__(self, source: int, columns: Iterable[str]) -> None:
        self._source = source
        self._columns = [(name.lower(), Origin(name)) for name in columns]

    def visit(self, relation: proto.Relation) -> Columns | None:
        """The columns of the relation; None where it does more than pick them."""
        if plan_id(relation) == self._source:
            return [*self._columns, (METADATA_COLUMN, Origin(of_file=True))]
        return super().visit(relation)

    def other(self, kind: str, inputs: Sequence[Columns | None]) -> None:
        """Of a relation that isn't known."""

    def project(self, project: proto.Project, rows: Columns | None) -> Columns | None:
        """Columns that are picked, and stars."""
        if rows is None:
            return None
        given: list[tuple[str, Origin]] = []
        for expression in project.expressions:
            if _is_star(expression):
                given += rows
            elif (column := _column(expression, dict(rows))) is not None:
                given.append(column)
            else:
                return None
        return given

    def with_columns(self, added: proto.WithColumns, rows: Columns | None) -> Columns | None:
        """Further columns, or other ones of the same names."""
        if rows is None:
            return None
        columns = dict(rows)
        new = [_column(proto.Expression(alias=alias), columns) for alias in added.aliases]
        if None in new or METADATA_COLUMN in dict(filter(None, new)):
            return None
        return [*(columns | dict(filter(None, new))).items()]

    def drop(self, dropped: proto.Drop, rows: Columns | None) -> Columns | None:
        """Columns without some."""
        names = {name.lower() for name in (*dropped.column_names, *map(attribute, dropped.columns))}
        if rows is None or "" in names or METADATA_COLUMN in names:
            return None
        return [(name, origin) for name, origin in rows if name not in names]


def _is_star(expression: proto.Expression) -> bool:
    is_star = expression.WhichOneof("expr_type") == "unresolved_star"
    return (
        is_star
        and not expression.unresolved_star.unparsed_target
        and not expression.unresolved_star.HasField("plan_id")
    )


def _column(expression: proto.Expression, columns: Mapping[str, Origin]) -> tuple[str, Origin] | None:
    """The name and the origin of a column that an expression gives; None where it isn't picked."""
    name, value = attribute(expression), expression
    if expression.WhichOneof("expr_type") == "alias":
        alias = expression.alias
        if len(alias.name) != 1 or alias.HasField("metadata"):
            return None
        name, value = alias.name[0].lower(), alias.expr
    if attribute(value) in columns:
        return name, columns[attribute(value)]
    origin = _of_no_row(value, columns)
    name = name.rpartition(".")[2] if value is expression else name
    return (name, origin) if name and origin else None


def _of_no_row(value: proto.Expression, columns: Mapping[str, Origin]) -> Origin | None:
    """Where a value that is the same for all rows of a file comes from; None where it may not be the same."""
    of_file = of_clock = False
    for part in messages(value):
        if not _is_known(part):
            return None
        if isinstance(part, proto.Expression.UnresolvedFunction):
            function = part.function_name.lower()
            of_clock = of_clock or function in CLOCKS
            if function in MAKE_ROWS or (function not in CLOCKS and varies(part, of_rows=False)):
                return None
        if isinstance(part, proto.Expression.UnresolvedAttribute):
            named = attribute(proto.Expression(unresolved_attribute=part))
            origin = columns.get(named) or columns.get(named.partition(".")[0])
            if origin is None or origin.source:
                return None
            of_file, of_clock = of_file or origin.of_file, of_clock or origin.of_clock
    return Origin(of_file=of_file, of_clock=of_clock)


def _is_known(part: Message) -> bool:
    """Whether a part of an expression is of a kind that is looked into."""
    return (
        isinstance(part, KNOWN_PARTS)
        or "DataType" in part.DESCRIPTOR.full_name
        or "Literal" in part.DESCRIPTOR.full_name
    )
