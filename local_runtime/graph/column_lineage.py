"""Of which columns a table's columns are made, read off the plans that its functions return.

A column is made of those that its expression names, a window's order and groups too; what decides which rows there are
(filters, conditions of joins) is no part of it. A plan that isn't understood is no lineage: it raises NotKnown.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pyspark.sql import DataFrame

from local_runtime.graph.dataset_graph import Graph
from local_runtime.graph.determinism import parts
from local_runtime.graph.statefulness import relations
from local_runtime.graph.tracing import Trace, plan_only_session, trace
from local_runtime.pipelines.datasets import Dataset, QueryFlow

Sources = frozenset[str]
"""Columns as schema.table.column."""
PASSES = {"filter", "hint", "repartition", "repartition_by_expression", "sort", "limit", "offset", "deduplicate"}


# The columns that these functions make, where they are given no names.
EXPLODED = {
    "explode": ("col",),
    "explode_outer": ("col",),
    "posexplode": ("pos", "col"),
    "posexplode_outer": ("pos", "col"),
}


class LineageUnknown(Exception):
    """What of a plan isn't understood."""


@dataclass
class Columns:
    """What a relation's columns are made of, by their names in lower case, and the fields of those that are structs.

    `is_open`: it may have columns that nobody knows, of rows given in the code.
    """

    made_of: dict[str, Sources] = field(default_factory=dict)
    fields: dict[str, dict[str, Sources]] = field(default_factory=dict)
    is_open: bool = False

    def beside(self, other: "Columns") -> "Columns":
        """Both relations' columns; one of a name that both have is made of either."""
        both = {name: self.made_of.get(name, Sources()) | it for name, it in other.made_of.items()}
        return Columns({**self.made_of, **both}, {**self.fields, **other.fields}, is_open=self.is_open or other.is_open)


def column_lineage(graph: Graph) -> dict[str, dict[str, Sources] | str]:
    """For each table but those that load files: what each column is made of, or why that isn't known."""
    lineage: dict[str, dict[str, Sources] | str] = {}
    plans = _Plans(graph)
    for name in graph.in_order():
        dataset = graph.datasets[name]
        if dataset.is_stored and not graph.sources[name]:
            try:
                lineage[name] = {column: it for column, it in plans.dataset_columns(dataset).made_of.items()}
            except LineageUnknown as why:
                lineage[name] = str(why)
    return lineage


class _Plans:
    """The plans of a graph's datasets."""

    def __init__(self, graph: Graph) -> None:
        self._graph, self._engine = graph, plan_only_session()

    def dataset_columns(self, dataset: Dataset) -> Columns:
        """What a dataset's columns are made of. Raises NotKnown."""
        flow, *others = dataset.flows
        if others or not isinstance(flow, QueryFlow):
            raise LineageUnknown("AUTO CDC" if not others else "several flows")
        found = trace(dataset, flow, self._engine)
        assert found.frame is not None
        return frame_columns(found.frame, found, self._read)

    def _read(self, name: str) -> Columns:
        """The columns of a dataset that is read: a table's own, or what a view's are made of."""
        dataset = self._graph.datasets.get(name)
        if dataset is not None and not dataset.is_stored:
            return self.dataset_columns(dataset)
        if dataset is None or dataset.declared is None:
            raise LineageUnknown(f"{name} declares no columns")
        return Columns({it.lower(): Sources([f"{name}.{it}"]) for it in dataset.declared.types})


def frame_columns(frame: DataFrame, found: Trace, read: Callable[[str], Columns]) -> Columns:
    """What a frame's columns are made of; `read` tells that of the datasets that were traced. Raises NotKnown."""
    plan = frame._plan.plan(frame._session.client)  # type: ignore[operator]
    return _Reader(read, found).columns(plan)


class _Reader:
    """Reads what the columns of a plan's relations are made of."""

    def __init__(self, read: Callable[[str], Columns], found: Trace) -> None:
        self._read, self._found = read, found

    def columns(self, relation: Any) -> Columns:
        """What a relation's columns are made of. Raises NotKnown."""
        plan = relation.common.plan_id if relation.HasField("common") else None
        if plan in self._found.names:
            return self._read(self._found.names[plan])
        if plan in self._found.known_plans:
            return Columns(is_open=True)
        kind = relation.WhichOneof("rel_type")
        body = getattr(relation, kind)
        inputs = [self.columns(child) for child in relations(body)]
        if kind in PASSES and len(inputs) == 1:
            return inputs[0]
        reads = getattr(self, f"_{kind}", None)
        if reads is None:
            raise LineageUnknown(f"a {kind.replace('_', ' ')}")
        return reads(body, *inputs)  # type: ignore[no-any-return]

    def _range(self, body: Any) -> Columns:
        return Columns({"id": Sources()})

    def _local_relation(self, body: Any) -> Columns:
        return Columns(is_open=True)

    def _subquery_alias(self, body: Any, input: Columns) -> Columns:
        return input

    def _project(self, body: Any, input: Columns) -> Columns:
        return self._named(body.expressions, input)

    def _aggregate(self, body: Any, input: Columns) -> Columns:
        return self._named([*body.grouping_expressions, *body.aggregate_expressions], input)

    def _with_columns(self, body: Any, input: Columns) -> Columns:
        found = Columns(dict(input.made_of), dict(input.fields), input.is_open)
        for alias in body.aliases:
            self._add(found, alias.name[0].lower(), alias.expr, input)
        return found

    def _with_columns_renamed(self, body: Any, input: Columns) -> Columns:
        new = {it.col_name.lower(): it.new_col_name.lower() for it in body.renames}
        return Columns({new.get(name, name): it for name, it in input.made_of.items()}, {}, input.is_open)

    def _drop(self, body: Any, input: Columns) -> Columns:
        names = {*map(str.lower, body.column_names)} | {_name(it) for it in body.columns}
        return Columns({name: it for name, it in input.made_of.items() if name not in names}, {}, input.is_open)

    def _set_op(self, body: Any, left: Columns, right: Columns) -> Columns:
        if not body.by_name:
            raise LineageUnknown("a union by place")
        return left.beside(right)

    def _join(self, body: Any, left: Columns, right: Columns) -> Columns:
        kind = body.JoinType.Name(body.join_type)
        if kind in ("JOIN_TYPE_LEFT_SEMI", "JOIN_TYPE_LEFT_ANTI"):
            return left
        both = left.beside(right)
        for name in map(str.lower, body.using_columns):
            # One column is left of the two: the left one's, unless a row may lack it.
            both.made_of[name] = left.made_of.get(name, Sources())
            if "LEFT" not in kind and "INNER" not in kind:
                both.made_of[name] |= right.made_of.get(name, Sources())
        return both

    def _named(self, expressions: Iterable[Any], input: Columns) -> Columns:
        found = Columns(is_open=False)
        for expression in expressions:
            kind = expression.WhichOneof("expr_type")
            if kind == "unresolved_star":
                self._add_star(found, expression.unresolved_star.unparsed_target, input)
            elif kind == "alias":
                for name in expression.alias.name:
                    self._add(found, name.lower(), expression.alias.expr, input)
            elif kind == "unresolved_function" and expression.unresolved_function.function_name in EXPLODED:
                for name in EXPLODED[expression.unresolved_function.function_name]:
                    self._add(found, name, expression, input)
            else:
                self._add(found, _name(expression).rpartition(".")[2], expression, input)
        return found

    def _add_star(self, found: Columns, target: str, input: Columns) -> None:
        struct = target.removesuffix(".*").lower()
        if not target:
            found.made_of |= input.made_of
            found.fields |= input.fields
            found.is_open |= input.is_open
        elif struct in input.fields:
            found.made_of |= input.fields[struct]
        else:
            raise LineageUnknown(f"the fields of {struct}")

    def _add(self, found: Columns, name: str, expression: Any, input: Columns) -> None:
        found.made_of[name] = self._sources(expression, input)
        found.fields.pop(name, None)
        if expression.WhichOneof("expr_type") == "unresolved_function":
            function = expression.unresolved_function
            if function.function_name == "struct":
                found.fields[name] = {_name(it): self._sources(it, input) for it in function.arguments}
        elif expression.WhichOneof("expr_type") == "unresolved_attribute" and _name(expression) in input.fields:
            found.fields[name] = input.fields[_name(expression)]

    def _sources(self, expression: Any, input: Columns) -> Sources:
        return Sources().union(*(self._resolved(name, input) for name in _attributes(expression)))

    def _resolved(self, name: str, input: Columns) -> Sources:
        first, _, rest = name.partition(".")
        if name in input.made_of:
            return input.made_of[name]
        if rest in input.fields.get(first, {}):
            return input.fields[first][rest]
        for known in (first, rest.partition(".")[0]):  # a struct's field, or a column of an alias
            if known in input.made_of:
                return input.made_of[known]
        if input.is_open:
            return Sources()
        raise LineageUnknown(f"where {name} is from")


def _name(expression: Any) -> str:
    """The name that an expression's column gets. Raises NotKnown where an engine makes it up."""
    if expression.WhichOneof("expr_type") == "unresolved_attribute":
        return str(expression.unresolved_attribute.unparsed_identifier).replace("`", "").lower()
    if expression.WhichOneof("expr_type") == "alias":
        return str(expression.alias.name[0]).lower()
    raise LineageUnknown("an expression without a name")


def _attributes(message: Any) -> Iterator[str]:
    """The columns that an expression names, in lower case."""
    kind = message.DESCRIPTOR.name
    if kind == "UnresolvedAttribute":
        yield message.unparsed_identifier.replace("`", "").lower()
    elif kind == "ExpressionString":
        yield from _names_in(message.expression)
    elif kind == "SubqueryExpression":
        raise LineageUnknown("a subquery")
    for part in parts(message):
        yield from _attributes(part)


def _names_in(text: str) -> Iterator[str]:
    """The columns that a text in SQL names."""
    from sqlglot import exp, parse_one

    for column in parse_one(text, dialect="databricks").find_all(exp.Column):
        yield ".".join(part.name for part in column.parts).lower()


def lineage_as_markdown(lineage: Mapping[str, dict[str, Sources] | str]) -> Iterator[str]:
    """The lineage of each table for a person."""
    for table, columns in sorted(lineage.items()):
        yield ""
        yield f"### {table}"
        yield ""
        if isinstance(columns, str):
            yield f"By table only ({columns})."
            continue
        yield "| column | made of |"
        yield "|---|---|"
        for column, sources in columns.items():
            yield f"| {column} | {', '.join(sorted(sources)) or 'what the code gives'} |"
