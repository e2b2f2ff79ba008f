"""Levels: all measures of rows that a query needs, by the same columns, each entity's rows aggregated once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from local_runtime.errors import LakehouseError
from metrics.expressions import WIDE, Fraction, case, cast, column, named, number, subquery, times, truncated
from metrics.fold import Fold
from metrics.periods import NEWEST_DAY, compared_day, period_conditions
from metrics.query import Grouping, Resolved, Selection, Value
from metrics.registry import Registry
from metrics.rows import Rows, compared, when

NEWEST = "newest"
Steps = tuple[str, ...]


@dataclass
class Context:
    """What all parts of one statement share; `parameters` fill as filters are written."""

    registry: Registry
    query: Resolved
    dialect: str
    parameters: dict[str, Value] = field(default_factory=dict)
    days: dict[str, exp.Expr] = field(default_factory=dict)
    """Days that are counted from the newest one, by their names."""
    binds_days: bool = False
    """Whether these days are parameters, which have been asked for before."""
    fold: Fold | None = None

    @property
    def wide(self) -> str:
        """The type for sums of any size."""
        return WIDE[self.dialect]

    def bound(self, value: Value) -> exp.Expr:
        """A placeholder for a value."""
        for name, known in self.parameters.items():
            if known == value and type(known) is type(value):
                return exp.Placeholder(this=name)
        name = f"p{len(self.parameters) + 1}"
        self.parameters[name] = value
        return exp.Placeholder(this=name)

    def day(self, counted: exp.Expr) -> exp.Expr:
        """A day that is counted from NEWEST_DAY; equal ones are counted once.

        NEWEST_DAY is the newest day of the query's metrics, or the day that its period ends with.
        """
        if self.query.until:
            end = cast(self.bound(self.query.until), "DATE")
            return counted.transform(lambda node: end.copy() if node == NEWEST_DAY else node)
        name = next((name for name, known in self.days.items() if known == counted), f"day{len(self.days) + 1}")
        self.days[name] = counted
        if self.binds_days:
            return cast(exp.Placeholder(this=name), "DATE")
        return exp.select(column(name)).from_(exp.table_(NEWEST, quoted=True)).subquery()


@dataclass(frozen=True)
class Group:
    """Measures that are aggregates of the same rows: an entity's, multiplied by the same bridges."""

    entity: str
    bridges: frozenset[Steps]
    closing: bool
    """Whether only the last day of each period counts."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """The columns and filters of a level. `earlier` is the period to compare with, moved to the time of this one."""

    context: Context
    groupings: tuple[Grouping, ...]
    selections: tuple[Selection, ...]
    measures: Sequence[str]
    driving: frozenset[str]
    """The entities whose rows decide which rows the level has."""
    earlier: bool = False

    def select(self) -> exp.Select:
        """Columns g1, g2, … of the groupings, and those of the measures' parts."""
        groups: dict[Group, list[str]] = {}
        for name in self.measures:
            groups.setdefault(self._group(name), []).append(name)
        selects = [self._grouped(group, names) for group, names in groups.items()]
        return selects[0] if len(groups) == 1 else self._merged(list(groups), selects, list(groups.values()))

    def fraction(self, name: str, alias: str) -> Fraction:
        """A measure of rows, from this level's columns under an alias."""
        measure = self.context.registry.measures[name]
        part = cast(column(f"{name}_part", alias), self.context.wide)
        if measure.average:
            known = cast(column(f"{name}_rows", alias), self.context.wide)
            return Fraction(part, times(known, number(10**measure.average.decimals)))
        _, weights = self._weights(name)
        return Fraction(part, number(10**measure.decimals * measure.per * weights))

    def _weights(self, name: str) -> tuple[frozenset[Steps], int]:
        group = self._group(name)
        if self.context.registry.measures[name].over_bridge != "weighted":
            return frozenset(), 1
        return group.bridges, 1_000_000 ** len(group.bridges)

    def _group(self, name: str) -> Group:
        measure = self.context.registry.measures[name]
        entity = measure.of or ""
        asked = [grouping.dimension for grouping in self.groupings if grouping.dimension]
        if measure.over_bridge == "weighted":
            asked += [one.dimension for one in self.selections if one.dimension]
        if measure.count_members:
            asked.append(measure.count_members)
        bridges = {steps for dimension in asked for steps in self._bridges(entity, dimension)}
        time = self.context.registry.entities[entity].time
        grain = next((grouping.grain for grouping in self.groupings if grouping.grain), None)
        closing = measure.adds_up == "not time" and time is not None and grain != time.grain
        return Group(entity, frozenset(bridges), closing)

    def _bridges(self, entity: str, dimension: str) -> list[Steps]:
        registry = self.context.registry
        return registry.bridges_on(entity, registry.dimensions_of_entity(entity)[dimension].steps)

    def _grouped(self, group: Group, names: Iterable[str]) -> exp.Select:
        """One group's aggregates."""
        rows = Rows(self.context.registry, group.entity, self.context.dialect)
        columns = [self._grouping(rows, grouping) for grouping in self.groupings]
        conditions = [*rows.population(), *self._time_conditions(rows), *self._filters(rows, group)]
        if group.closing:
            conditions.append(self._is_last_day(rows))
        aggregates = [part for name in names for part in self._parts(rows, group, name)]
        keys = [named(one, f"g{place}") for place, one in enumerate(columns, 1)]
        query = rows.select([*keys, *aggregates], conditions)
        return query.group_by(*(one.copy() for one in columns), copy=False) if columns else query

    def _grouping(self, rows: Rows, grouping: Grouping) -> exp.Expr:
        """The value of a grouping; where small groups are folded, that of the member that stands for them."""
        fold = self.context.fold
        if fold is None or grouping.dimension not in fold.personal:
            return self._value(rows, grouping)
        left_out = {one.dimension for one in fold.groupings if one not in self.groupings and one.dimension}
        if any(self._bridges(rows.name, dimension) for dimension in left_out):
            raise LakehouseError(
                f"A share can't be shown by people and by {', '.join(sorted(left_out))}, of which a title has several."
            )
        return fold.applied(
            self._value(rows, grouping), [self._value(rows, one) for one in fold.groupings], self.context.dialect
        )

    def _value(self, rows: Rows, grouping: Grouping) -> exp.Expr:
        if grouping.grain:
            return truncated(self._time(rows), grouping.grain, self.context.dialect)
        return rows.dimension(grouping.dimension or "")

    def _time(self, rows: Rows) -> exp.Expr:
        return compared_day(rows.time(), self.context.query, self.earlier)

    def _time_conditions(self, rows: Rows) -> list[exp.Expr]:
        """The period of the rows, and filters of time."""
        context = self.context
        if rows.entity.time is None:
            return []
        conditions: list[exp.Expr] = []
        for one in self.selections:
            if one.grain:
                values = [context.bound(value) for value in one.values]
                day = truncated(self._time(rows), one.grain, context.dialect)
                conditions.append(compared(day, one.operator, values))
        within = period_conditions(context.query, self._time(rows), context.day, self.earlier, context.dialect)
        return [*conditions, *within]

    def _filters(self, rows: Rows, group: Group) -> list[exp.Expr]:
        """The filters of dimensions: behind a bridge that isn't joined, rows that have such a member."""
        registry = self.context.registry
        conditions = []
        for one in self.selections:
            if one.dimension is None:
                continue
            values = [self.context.bound(value) for value in one.values]
            bridges = self._bridges(group.entity, one.dimension)
            if set(bridges) <= group.bridges:
                conditions.append(compared(rows.dimension(one.dimension), one.operator, values))
                continue
            before = bridges[0][:-1]
            owner = Rows(registry, registry.entity_behind(group.entity, before), self.context.dialect)
            passes = compared(owner.dimension(one.dimension), one.operator, values)
            keys = owner.select([owner.key_at(())], [passes])
            conditions.append(exp.In(this=rows.key_at(before), query=keys.subquery()))
        return conditions

    def _is_last_day(self, rows: Rows) -> exp.Expr:
        """Whether a row is of the last day, in the whole period or in each one of the grain."""
        all_rows = Rows(self.context.registry, rows.name, self.context.dialect)
        conditions = [*all_rows.population(), *self._time_conditions(all_rows)]
        last = all_rows.select([exp.Max(this=all_rows.time())], conditions)
        grain = self.context.query.grain
        if grain and any(grouping.grain for grouping in self.groupings):
            last = last.group_by(truncated(self._time(all_rows), grain, self.context.dialect))
        return exp.In(this=rows.time(), query=last.subquery())

    def _parts(self, rows: Rows, group: Group, name: str) -> list[exp.Expr]:
        """The aggregates that a measure is made of: whole numbers."""
        measure = self.context.registry.measures[name]
        conditions = [rows.condition(condition) for condition in measure.where]
        only = exp.and_(*conditions) if conditions else None
        part = f"{name}_part"
        if measure.count:
            return [named(_count(when(only, number(1)) if only is not None else exp.Star()), part)]
        if measure.count_distinct:
            return [named(_distinct(when(only, rows.path(measure.count_distinct))), part)]
        if measure.count_members:
            known = exp.func(
                "NULLIF",
                rows.dimension(measure.count_members),
                exp.Literal.string(self.context.registry.dimensions[measure.count_members].unknown or ""),
            )
            return [named(_distinct(when(only, known)), part)]
        if measure.average:
            value = rows.path(measure.average.column)
            whole = _whole(value, measure.average.decimals)
            total = cast(exp.Sum(this=when(only, whole)), self.context.wide)
            return [named(total, part), named(_count(when(only, value.copy())), f"{name}_rows")]
        return [named(self._sum(rows, name, only), part)]

    def _sum(self, rows: Rows, name: str, only: exp.Expr | None) -> exp.Expr:
        """The sum; 0 where there are no rows to add, and null where the values of all of them are unknown."""
        measure, wide = self.context.registry.measures[name], self.context.wide
        value = _whole(rows.path(measure.sum or ""), measure.decimals)
        weight, _ = rows.weight(self._weights(name)[0], wide)
        if weight is not None:
            value = times(cast(value, wide), weight)
        total = cast(exp.Sum(this=when(only, value)), wide)
        counted = _count(when(only.copy(), number(1)) if only is not None else exp.Star())
        return case(exp.EQ(this=counted, expression=number(0)), cast(number(0), wide), total)

    def _merged(self, groups: list[Group], selects: list[exp.Select], names: list[list[str]]) -> exp.Select:
        """The groups' rows, one for each combination of the groupings' values: equal ones, nulls too, fall together.

        Without groupings each group has one row, and these rows are put side by side.
        """
        if not self.groupings:
            sources = [subquery(select, f"group{place}") for place, select in enumerate(selects, 1)]
            parts_of_all = [part for group_names in names for part in self._part_types(group_names)]
            beside = exp.select(*map(column, parts_of_all)).from_(sources[0])
            for source in sources[1:]:
                beside = beside.join(source, join_type="CROSS", copy=False)
            return beside
        keys = [f"g{place}" for place in range(1, len(self.groupings) + 1)]
        parts = {f"group{place}": self._part_types(group_names) for place, group_names in enumerate(names, 1)}
        branches = []
        for place, (group, select) in enumerate(zip(groups, selects, strict=True), 1):
            own = f"group{place}"
            columns: list[exp.Expr] = [column(key, own) for key in keys]
            for other, types in parts.items():
                for part, kind in types.items():
                    columns.append(named(cast(column(part, own) if other == own else exp.null(), kind), part))
                columns.append(named(number(1) if other == own else cast(exp.null(), "INT"), other))
            is_driving = group.entity in self.driving
            columns.append(named(number(1) if is_driving else cast(exp.null(), "INT"), "is_row"))
            branches.append(exp.select(*columns).from_(subquery(select, own)))
        together = branches[0]
        for branch in branches[1:]:
            together = together.union(branch, distinct=False)  # type: ignore[assignment]
        columns = [column(key, "merged") for key in keys]
        for own, types in parts.items():
            absent = exp.Is(this=exp.Max(this=column(own, "merged")), expression=exp.null())
            for part in types:
                value = case(absent.copy(), number(0), exp.Max(this=column(part, "merged")))
                columns.append(named(value, part))
        query = exp.select(*columns).from_(subquery(together, "merged"))
        query = query.group_by(*(column(key, "merged") for key in keys))
        if all(group.entity in self.driving for group in groups):
            return query
        return query.having(exp.EQ(this=exp.Max(this=column("is_row", "merged")), expression=number(1)))

    def _part_types(self, names: Iterable[str]) -> Mapping[str, str]:
        """The columns of measures' parts, and their types."""
        types: dict[str, str] = {}
        for name in names:
            measure = self.context.registry.measures[name]
            types[f"{name}_part"] = self.context.wide if measure.sum or measure.average else "BIGINT"
            if measure.average:
                types[f"{name}_rows"] = "BIGINT"
        return types


def _count(value: exp.Expr) -> exp.Expr:
    return exp.Count(this=value)


def _distinct(value: exp.Expr) -> exp.Expr:
    return exp.Count(this=exp.Distinct(expressions=[value]))


def _whole(value: exp.Expr, decimals: int) -> exp.Expr:
    """A column of so many decimals as a whole number of its smallest units."""
    return cast(exp.Mul(this=value, expression=number(10**decimals)), "BIGINT") if decimals else value
