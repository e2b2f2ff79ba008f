"""The rows of an entity in SQL: its table, what it is joined to, and expressions over their columns."""

from collections.abc import Iterable, Sequence

from sqlglot import exp

from metrics.expressions import all_of, case, cast, column, form, named, subquery, table, times
from metrics.model import Bridge, Condition, Entity, Join
from metrics.query import Value
from metrics.registry import Column, Registry

COMPARISONS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
WEIGHTS = 1_000_000  # a weight is a whole number of millionths


class Rows:
    """The rows of an entity, joined to what its columns are in: a join is added with the first column that needs it."""

    def __init__(self, registry: Registry, entity: str, dialect: str):
        self.registry = registry
        self.name = entity
        self.entity: Entity = registry.entities[entity]
        self.dialect = dialect
        self._aliases: dict[tuple[str, ...], str] = {(): "t"}
        self._weights: dict[tuple[str, ...], exp.Expr] = {}
        self._joins: list[tuple[exp.Expr, exp.Expr, str]] = []

    def select(self, expressions: Iterable[exp.Expr], conditions: Iterable[exp.Expr]) -> exp.Select:
        """A query of the expressions, all of which have been made by this object, over the rows that pass."""
        query = exp.select(*expressions, copy=False).from_(table(self.entity.table, "t"))
        for target, condition, kind in self._joins:
            # `join` parses the kind each time, which takes an eighth of the time to write a statement.
            part = {"side": kind} if kind == "LEFT" else {"kind": kind}
            query.append("joins", exp.Join(this=target, on=condition, **part))
        where = all_of(list(conditions))
        return query.where(where, copy=False) if where is not None else query

    def population(self) -> list[exp.Expr]:
        """The conditions of the rows that count."""
        return [self.condition(condition) for condition in self.entity.rows]

    def at(self, place: Column) -> exp.Expr:
        """A column, wherever it is."""
        found: exp.Expr = column(place.name, self._alias(place.steps))
        return cast(exp.Extract(this=exp.var("YEAR"), expression=found), "INT") if place.part == "year" else found

    def path(self, path: str) -> exp.Expr:
        """The column that a definition calls `column` or `join.column`."""
        *steps, name = path.split(".")
        return self.at(Column(tuple(steps), name))

    def dimension(self, name: str) -> exp.Expr:
        """The value of a dimension, with its member for rows that have none."""
        value = self.at(self.registry.dimensions_of_entity(self.name)[name])
        unknown = self.registry.dimensions[name].unknown
        return value if unknown is None else exp.func("COALESCE", value, exp.Literal.string(unknown))

    def time(self) -> exp.Expr:
        """DATE: the day by which rows are counted over time."""
        assert self.entity.time is not None
        return self.path(self.entity.time.column)

    def weight(self, bridges: Iterable[tuple[str, ...]], wide: str) -> tuple[exp.Expr | None, int]:
        """The product of the bridges' weights as a whole number, and what it is divided by; None for no bridge."""
        product: exp.Expr | None = None
        whole = 1
        for steps in sorted(bridges):
            self._alias(steps)
            millionths = cast(
                cast(exp.Mul(this=self._weights[steps].copy(), expression=exp.Literal.number(WEIGHTS)), "BIGINT"), wide
            )
            product = millionths if product is None else times(product, millionths)
            whole *= WEIGHTS
        return product, whole

    def _alias(self, steps: tuple[str, ...]) -> str:
        """The alias of the table at the end of the steps, which is joined if it isn't yet."""
        if steps in self._aliases:
            return self._aliases[steps]
        before = self._alias(steps[:-1])
        owner = self.registry.entity_behind(self.name, steps[:-1])
        step = self.registry.step(owner, steps[-1])
        target = self.registry.entities[step.to]
        alias = f"t{len(self._aliases)}"
        if isinstance(step, Bridge):
            self._bridge(steps, step, (before, owner), (alias, target))
        else:
            self._join(step, before, alias, target)
        self._aliases[steps] = alias
        return alias

    def _join(self, step: Join, before: str, alias: str, target: Entity) -> None:
        left: exp.Expr = column(step.column, before)
        right: exp.Expr = column(step.other or target.key or "", alias)
        if step.form:
            left, right = form(left, self.dialect), form(right, self.dialect)
        self._joins.append(
            (table(target.table, alias), exp.EQ(this=left, expression=right), "LEFT" if step.optional else "INNER")
        )

    def _bridge(self, steps: tuple[str, ...], step: Bridge, before: tuple[str, str], after: tuple[str, Entity]) -> None:
        pairs = f"b{len(self._aliases)}"
        owner_key = self.registry.entities[before[1]].key or ""
        on: exp.Expr = exp.EQ(this=column(owner_key, before[0]), expression=column(step.column, pairs))
        if step.role is not None and step.role.column is not None:
            on = exp.and_(on, _test(column(step.role.column, pairs), step.role))
        self._joins.append((table(step.table, pairs), on, "INNER"))
        alias, target = after
        key = exp.EQ(this=column(step.other, pairs), expression=column(target.key or "", alias))
        self._joins.append((table(target.table, alias), key, "INNER"))
        self._weights[steps] = column(step.weight, pairs)

    def condition(self, condition: Condition) -> exp.Expr:
        """One predicate of a definition."""
        if condition.column is None:
            return self._exists(condition)
        if condition.years_ago is None:
            return _test(self.path(condition.column), condition)
        latest = Rows(self.registry, self.name, self.dialect)
        year = _year(latest.path(condition.column))
        newest = latest.select([exp.Max(this=year)], latest.population()).subquery()
        ago = exp.Sub(this=newest, expression=_year(self.path(condition.column)))
        first, end = condition.years_ago
        return exp.and_(
            exp.GTE(this=ago, expression=exp.convert(first)), exp.LT(this=ago.copy(), expression=exp.convert(end))
        )

    def _exists(self, condition: Condition) -> exp.Expr:
        """Whether another entity has a row that refers to this one: a join, which engines allow in every place."""
        other = Rows(self.registry, condition.has or condition.lacks or "", self.dialect)
        (reference,) = [join.column for join in other.entity.joins.values() if join.to == self.name]
        conditions = [*other.population(), *(other.condition(inner) for inner in condition.where)]
        keys = other.select([named(other.path(reference), "found")], conditions).distinct()
        alias = f"h{len(self._joins)}"
        on = exp.EQ(this=column(self.entity.key or "", "t"), expression=column("found", alias))
        self._joins.append((subquery(keys, alias), on, "LEFT"))
        is_absent = exp.Is(this=column("found", alias), expression=exp.null())
        return is_absent if condition.lacks else exp.Not(this=is_absent)

    def key_at(self, steps: tuple[str, ...]) -> exp.Expr:
        """The key of the entity at the end of the steps."""
        key = self.registry.entities[self.registry.entity_behind(self.name, steps)].key
        return self.at(Column(steps, key or ""))


def compared(value: exp.Expr, operator: str, values: Sequence[exp.Expr]) -> exp.Expr:
    """A comparison of a filter."""
    if operator == "in":
        return exp.In(this=value, expressions=list(values))
    if operator == "between":
        return exp.Between(this=value, low=values[0], high=values[1])
    return COMPARISONS[operator](this=value, expression=values[0])


def _test(value: exp.Expr, condition: Condition) -> exp.Expr:
    """The test of a condition, of a column's value."""
    if condition.known is not None:
        is_null = exp.Is(this=value, expression=exp.null())
        return exp.Not(this=is_null) if condition.known else is_null
    if condition.one_of is not None:
        return exp.In(this=value, expressions=[exp.convert(one) for one in condition.one_of])
    tests: dict[str, Value | None] = {
        "=": condition.equals,
        "!=": condition.other_than,
        ">=": condition.at_least,
        ">": condition.above,
        "<=": condition.at_most,
        "<": condition.below,
    }
    ((operator, wanted),) = [(name, given) for name, given in tests.items() if given is not None]
    if wanted is True:
        return value
    return exp.Not(this=value) if wanted is False else COMPARISONS[operator](this=value, expression=exp.convert(wanted))


def _year(day: exp.Expr) -> exp.Expr:
    return exp.Extract(this=exp.var("YEAR"), expression=day)


def when(condition: exp.Expr | None, value: exp.Expr) -> exp.Expr:
    """The value of rows that pass; null for others."""
    return value if condition is None else case(condition, value)
