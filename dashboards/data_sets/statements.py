"""The SQL of a question: over a metric view with MEASURE() where one has all of it, else that of the registry.

Filters are parameters of the data set: `:type` is a list, and unset for all; `:period.min` and `:period.max` are days.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import sqlglot
from sqlglot import exp

from dashboards.data_sets.groups import together
from dashboards.data_sets.questions import Question
from metrics.columns import CHANGE, PREVIOUS, ResultColumn, result_columns
from metrics.expressions import column
from metrics.query import Filter, Query, Value, resolve
from metrics.registry import Registry
from metrics.sql import statement
from metrics.views import MetricView

DIALECT = "databricks"
PERIOD = "period"
FIRST, LAST = date(1000, 1, 1), date(1000, 1, 2)
MARK = -9_000_000_000
"""Stand for what readers choose, until the statement is written: no data have them."""


@dataclass(frozen=True)
class DataSet:
    """A data set: one statement, its columns, and the names of its parameters."""

    name: str
    label: str
    sql: str
    columns: tuple[ResultColumn, ...]
    parameters: tuple[str, ...]


def data_set(registry: Registry, views: Sequence[MetricView], question: Question) -> DataSet:
    """The data set that answers a question."""
    query, columns = _with_people(question), columns_of(registry, question)
    if query.compare:
        tree = _compared(registry, question)
    else:
        tree = _over_view(registry, views, question, query) or _of_registry(registry, question, query)
    if question.people:
        personal = {
            one.name
            for one in columns
            if one.source in registry.dimensions and registry.dimensions[one.source].personal
        }
        tree = together(tree, columns, personal, question.people, question.query.order)
    if question.rows:
        tree = tree.limit(question.rows)
    parameters = (*question.filters, *([PERIOD] if question.in_period else []))
    return DataSet(question.name, question.label, tree.sql(dialect=DIALECT, pretty=True), columns, parameters)


def columns_of(registry: Registry, question: Question) -> tuple[ResultColumn, ...]:
    """The columns of the data set that answers a question."""
    query = _with_people(question)
    # What is compared needs a period, which is the reader's here.
    described = replace(query, last="1d") if query.compare else query
    columns = result_columns(registry, resolve(registry, described))
    return tuple(
        one for one in columns if not question.people or one.kind != "metric" or one.name in question.query.metrics
    )


def _with_people(question: Question) -> Query:
    """The question's query, with the metric that counts people where its rows are groups of people."""
    query = question.query
    if question.people and question.people not in query.metrics:
        return replace(query, metrics=(*query.metrics, question.people))
    return query


def chosen(name: str, value: exp.Expr) -> exp.Expr:
    """Whether a value is among those that are chosen for a parameter; true where none are."""
    parameter = exp.Placeholder(this=name)
    is_unset = exp.Is(this=parameter, expression=exp.null())
    size = exp.Anonymous(this="SIZE", expressions=[parameter.copy()])
    is_empty = exp.EQ(this=size, expression=exp.Literal.number(0))
    contains = exp.Anonymous(this="ARRAY_CONTAINS", expressions=[parameter.copy(), value])
    return exp.paren(exp.or_(is_unset, is_empty, contains, wrap=False))


def _over_view(registry: Registry, views: Sequence[MetricView], question: Question, query: Query) -> exp.Select | None:
    """The query over the metric view that has all of it; None where none has, or `last` counts from the newest day."""
    if query.last or query.limit:
        return None
    names = [one.dimension or one.grain or "" for one in resolve(registry, query).groupings]
    filtered = [*question.filters, *(one.dimension for one in query.where), *(["day"] if question.in_period else [])]
    view = _view_for(views, query.metrics, names, filtered)
    if view is None:
        return None
    measures = [exp.Anonymous(this="MEASURE", expressions=[column(name)]) for name in query.metrics]
    select = exp.select(
        *map(column, names),
        *(exp.alias_(measure, name, quoted=True) for measure, name in zip(measures, query.metrics, strict=True)),
    ).from_(exp.table_(view.name, quoted=True))
    for name in question.filters:
        select = select.where(chosen(name, column(name)))
    for one in query.where:
        (value,) = one.values
        select = select.where(sqlglot.parse_one(f"`{one.dimension}` {one.operator} {value}", dialect=DIALECT))
    if question.in_period:
        select = select.where(exp.Between(this=column("day"), low=_bound("min"), high=_bound("max")))
    if names:
        select = select.group_by(*map(column, names))
    return _ordered(select, query, names)


def _view_for(
    views: Sequence[MetricView], metrics: tuple[str, ...], names: list[str], filtered: list[str]
) -> MetricView | None:
    """The first view with all of the names; one of a bridge only where rows are grouped by what is behind it."""
    for view in views:
        is_by_bridge = "_by_" in view.name
        plain = next(one for one in views if one.entity == view.entity)
        grouped = not is_by_bridge or any(name not in plain.dimensions() for name in names)
        if grouped and {*metrics} <= {*view.measures()} and {*names, *filtered} <= {*view.dimensions()}:
            return view
    return None


def _ordered(select: exp.Select, query: Query, names: list[str]) -> exp.Select:
    wanted = {name.removeprefix("-"): name.startswith("-") for name in query.order}
    for name in names:
        wanted.setdefault(name, False)
    if not names:
        return select
    return select.order_by(
        *(exp.Ordered(this=column(name), desc=desc, nulls_first=False) for name, desc in wanted.items())
    )


def _of_registry(registry: Registry, question: Question, query: Query, is_before: bool = False) -> exp.Select:
    """The registry's own SQL, its filters turned into parameters."""
    marks: dict[Value, str] = {}
    where = list(query.where)
    for number, name in enumerate(question.filters):
        is_number = registry.dimensions[name].kind == "integer"
        mark: Value = MARK - number if is_number else f"{MARK - number}"
        marks[mark] = name
        where.append(Filter(name, "in", (mark,)))
    if question.in_period:
        where.append(Filter("day", "between", (FIRST, LAST)))
    asked = replace(query, where=tuple(where), compare=None)
    written = statement(registry, asked, DIALECT)
    tree = sqlglot.parse_one(written.sql, dialect=DIALECT)
    tree = tree.transform(_parameters(dict(written.parameters), marks, is_before))
    for table in tree.find_all(exp.Table):
        if table.db == "gold":
            table.set("db", None)
    assert isinstance(tree, exp.Select)
    return tree


def _parameters(values: dict[str, Value], marks: dict[Value, str], is_before: bool) -> Callable[[exp.Expr], exp.Expr]:
    """Puts readers' choices where their marks are bound, and literals in the place of all other bound values."""

    def put(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.In) and node.expressions and isinstance(node.expressions[0], exp.Placeholder):
            value = values[node.expressions[0].name]
            if value in marks:
                return chosen(marks[value], node.this.transform(put))
        if isinstance(node, exp.Placeholder) and node.name in values:
            value = values[node.name]
            if value in (FIRST, LAST):
                return _before(value == FIRST) if is_before else _bound("min" if value == FIRST else "max")
            if isinstance(value, date):
                return exp.cast(exp.Literal.string(value.isoformat()), "DATE")
            return exp.convert(value)
        return node

    return put


def _bound(which: str) -> exp.Expr:
    return exp.Placeholder(this=f"{PERIOD}.{which}")


def _before(is_first: bool) -> exp.Expr:
    """The first or last day of the period before, which is as long."""
    if not is_first:
        return exp.Anonymous(this="DATE_ADD", expressions=[_bound("min"), exp.Literal.number(-1)])
    length = exp.Anonymous(this="DATEDIFF", expressions=[_bound("min"), _bound("max")])
    days = exp.Sub(this=length, expression=exp.Literal.number(1))
    return exp.Anonymous(this="DATE_ADD", expressions=[_bound("min"), days])


def _compared(registry: Registry, question: Question) -> exp.Select:
    """One metric now, in the period before, and its change: the rows are those of now."""
    query = question.query
    (metric,) = query.metrics
    (name,) = [one.name for one in resolve(registry, replace(query, compare=None)).groupings]
    plain = Query(metrics=query.metrics, dimensions=query.dimensions)
    now, before = (_of_registry(registry, question, plain, is_before) for is_before in (False, True))
    now.set("order", None)
    before.set("order", None)
    for identifier in before.find_all(exp.Identifier):  # Both have a part of that name, and a statement only one.
        if identifier.name == "now":
            identifier.set("this", "earlier")
    value, earlier = column(metric, "now"), column(metric, "before")
    change = exp.Sub(
        this=exp.Div(
            this=exp.cast(value, "DOUBLE"),
            expression=exp.func("NULLIF", exp.cast(earlier, "DOUBLE"), exp.Literal.number(0)),
        ),
        expression=exp.Literal.number(1),
    )
    return (
        exp.select(
            column(name, "now"),
            value,
            exp.alias_(earlier, metric + PREVIOUS, quoted=True),
            exp.alias_(change, metric + CHANGE, quoted=True),
        )
        .from_(now.subquery("now"))
        .join(
            before.subquery("before"),
            on=exp.NullSafeEQ(this=column(name, "now"), expression=column(name, "before")),
            join_type="LEFT",
        )
        .order_by(exp.Ordered(this=column(metric), desc=True, nulls_first=False), column(name))
    )
