"""Of which columns a table's columns are made, read off the plans that its functions return.

A column is made of those that its expression names, a window's order and groups too; what decides which rows there are
(filters, conditions of joins) is not part of it. A plan that isn't understood raises LineageUnknown.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pyspark.sql import DataFrame
from pyspark.sql.connect import proto

from local_runtime.graph.dataset_graph import Graph
from local_runtime.graph.plans import PASSES, PlanVisitor, attribute, messages, names_of, plan_of
from local_runtime.graph.tracing import Trace, plan_only_session, trace
from local_runtime.pipelines.datasets import Dataset, QueryFlow

Sources = frozenset[str]
"""Columns as schema.table.column."""
# The columns that these functions produce by default.
EXPLODED = {
    "explode": ("col",),
    "explode_outer": ("col",),
    "posexplode": ("pos", "col"),
    "posexplode_outer": ("pos", "col"),
}


class LineageUnknown(Exception):
    """The part of a plan that isn't understood."""


@dataclass
class Columns:
    """What a relation's columns are made of, by their names in lower case, and the fields of those that are structs.

    `is_open`: it may have unknown columns, of rows given in the code.
    """

    made_of: dict[str, Sources] = field(default_factory=dict)
    fields: dict[str, dict[str, Sources]] = field(default_factory=dict)
    is_open: bool = False

    def beside(self, other: "Columns") -> "Columns":
        """The columns of both relations; a name that both have is made of either's sources."""
        both = {name: self.made_of.get(name, Sources()) | sources for name, sources in other.made_of.items()}
        return Columns({**self.made_of, **both}, {**self.fields, **other.fields}, is_open=self.is_open or other.is_open)


def column_lineage(graph: Graph) -> dict[str, dict[str, Sources] | str]:
    """For each table but those that load files: what each column is made of, or why that isn't known."""
    lineage: dict[str, dict[str, Sources] | str] = {}
    plans = _Plans(graph)
    for name in graph.in_order():
        dataset = graph.datasets[name]
        if dataset.is_stored and not graph.sources[name]:
            try:
                lineage[name] = dict(plans.dataset_columns(dataset).made_of)
            except LineageUnknown as why:
                lineage[name] = str(why)
    return lineage


class _Plans:
    """The plans of a graph's datasets."""

    def __init__(self, graph: Graph) -> None:
        self._graph, self._engine = graph, plan_only_session()

    def dataset_columns(self, dataset: Dataset) -> Columns:
        """What a dataset's columns are made of. Raises LineageUnknown."""
        flow, *others = dataset.flows
        if others or not isinstance(flow, QueryFlow):
            raise LineageUnknown("AUTO CDC" if not others else "several flows")
        flow_trace = trace(dataset, flow, self._engine)
        assert flow_trace.frame is not None
        return frame_columns(flow_trace.frame, flow_trace, self._read)

    def _read(self, name: str) -> Columns:
        """The columns of a dataset that is read: a table's own, or what a view's are made of."""
        dataset = self._graph.datasets.get(name)
        if dataset is not None and not dataset.is_stored:
            return self.dataset_columns(dataset)
        if dataset is None or dataset.declared is None:
            raise LineageUnknown(f"{name} declares no columns")
        return Columns({column.lower(): Sources([f"{name}.{column}"]) for column in dataset.declared.types})


def frame_columns(frame: DataFrame, flow_trace: Trace, read: Callable[[str], Columns]) -> Columns:
    """What a frame's columns are made of; `read` gives the columns of a traced dataset. Raises LineageUnknown."""
    return _Lineage(read, flow_trace).visit(plan_of(frame))


class _Lineage(PlanVisitor[Columns]):
    """What the columns of a relation are made of. Raises LineageUnknown."""

    def __init__(self, read: Callable[[str], Columns], flow_trace: Trace) -> None:
        self._read, self._trace = read, flow_trace

    def known(self, plan_id: int | None) -> Columns | None:
        if plan_id in self._trace.names:
            return self._read(self._trace.names[plan_id])
        return Columns(is_open=True) if plan_id in self._trace.known_plans else None

    def other(self, kind: str, inputs: Sequence[Columns]) -> Columns:
        if inputs and kind in PASSES | {"limit", "offset", "deduplicate"}:
            return inputs[0]
        if kind == "range":
            return Columns({"id": Sources()})
        if kind == "local_relation":
            return Columns(is_open=True)
        raise LineageUnknown(f"a {kind.replace('_', ' ')}")

    def project(self, project: proto.Project, rows: Columns) -> Columns:
        return self._named(project.expressions, rows)

    def aggregate(self, aggregate: proto.Aggregate, rows: Columns) -> Columns:
        return self._named([*aggregate.grouping_expressions, *aggregate.aggregate_expressions], rows)

    def with_columns(self, added: proto.WithColumns, rows: Columns) -> Columns:
        columns = Columns(dict(rows.made_of), dict(rows.fields), rows.is_open)
        for alias in added.aliases:
            self._add(columns, alias.name[0].lower(), alias.expr, rows)
        return columns

    def with_columns_renamed(self, renamed: proto.WithColumnsRenamed, rows: Columns) -> Columns:
        new = {rename.col_name.lower(): rename.new_col_name.lower() for rename in renamed.renames}
        return Columns({new.get(name, name): sources for name, sources in rows.made_of.items()}, {}, rows.is_open)

    def drop(self, dropped: proto.Drop, rows: Columns) -> Columns:
        names = names_of(dropped.column_names) | {_name(column) for column in dropped.columns}
        return Columns({name: sources for name, sources in rows.made_of.items() if name not in names}, {}, rows.is_open)

    def set_op(self, operation: proto.SetOperation, left: Columns, right: Columns) -> Columns:
        if not operation.by_name:
            raise LineageUnknown("a union by place")
        return left.beside(right)

    def join(self, join: proto.Join, left: Columns, right: Columns) -> Columns:
        kind = join.JoinType.Name(join.join_type)
        if kind in ("JOIN_TYPE_LEFT_SEMI", "JOIN_TYPE_LEFT_ANTI"):
            return left
        both = left.beside(right)
        for name in map(str.lower, join.using_columns):
            # The two columns become one: the left one, unless it may be missing from a row.
            both.made_of[name] = left.made_of.get(name, Sources())
            if "LEFT" not in kind and "INNER" not in kind:
                both.made_of[name] |= right.made_of.get(name, Sources())
        return both

    def _named(self, expressions: Iterable[proto.Expression], rows: Columns) -> Columns:
        columns = Columns()
        for expression in expressions:
            kind, function = expression.WhichOneof("expr_type"), expression.unresolved_function.function_name
            if kind == "unresolved_star":
                self._add_star(columns, expression.unresolved_star.unparsed_target, rows)
            elif kind == "alias":
                for name in expression.alias.name:
                    self._add(columns, name.lower(), expression.alias.expr, rows)
            elif kind == "unresolved_function" and function in EXPLODED:
                for name in EXPLODED[function]:
                    self._add(columns, name, expression, rows)
            else:
                self._add(columns, _name(expression).rpartition(".")[2], expression, rows)
        return columns

    def _add_star(self, columns: Columns, target: str, rows: Columns) -> None:
        struct = target.removesuffix(".*").lower()
        if not target:
            columns.made_of |= rows.made_of
            columns.fields |= rows.fields
            columns.is_open |= rows.is_open
        elif struct in rows.fields:
            columns.made_of |= rows.fields[struct]
        else:
            raise LineageUnknown(f"the fields of {struct}")

    def _add(self, columns: Columns, name: str, expression: proto.Expression, rows: Columns) -> None:
        columns.made_of[name] = self._sources(expression, rows)
        columns.fields.pop(name, None)
        function = expression.unresolved_function
        if function.function_name == "struct":
            columns.fields[name] = {_name(part): self._sources(part, rows) for part in function.arguments}
        elif attribute(expression) in rows.fields:
            columns.fields[name] = rows.fields[attribute(expression)]

    def _sources(self, expression: proto.Expression, rows: Columns) -> Sources:
        return Sources().union(*(self._resolved(name, rows) for name in _columns_named(expression)))

    def _resolved(self, name: str, rows: Columns) -> Sources:
        first, _, rest = name.partition(".")
        if name in rows.made_of:
            return rows.made_of[name]
        if rest in rows.fields.get(first, {}):
            return rows.fields[first][rest]
        for known in (first, rest.partition(".")[0]):  # a struct's field, or a column of an alias
            if known in rows.made_of:
                return rows.made_of[known]
        if rows.is_open:
            return Sources()
        raise LineageUnknown(f"where {name} is from")


def _name(expression: proto.Expression) -> str:
    """The name that an expression's column gets. Raises LineageUnknown where an engine makes it up."""
    if expression.WhichOneof("expr_type") == "alias":
        return str(expression.alias.name[0]).lower()
    if name := attribute(expression):
        return name
    raise LineageUnknown("an expression without a name")


def _columns_named(expression: proto.Expression) -> Iterator[str]:
    """The columns that an expression names, in lower case."""
    for part in messages(expression):
        if isinstance(part, proto.Expression.UnresolvedAttribute):
            yield part.unparsed_identifier.replace("`", "").lower()
        elif isinstance(part, proto.Expression.ExpressionString):
            yield from _columns_in(part.expression)
        elif part.DESCRIPTOR.name == "SubqueryExpression":
            raise LineageUnknown("a subquery")


def _columns_in(text: str) -> Iterator[str]:
    """The columns that a text in SQL names."""
    from sqlglot import exp, parse_one

    for column in parse_one(text, dialect="databricks").find_all(exp.Column):
        yield ".".join(part.name for part in column.parts).lower()
