"""A query's SQL, for any of the dialects, with bound values and columns that are described."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from local_runtime.errors import LakehouseError
from metrics.columns import CHANGE, PREVIOUS, ResultColumn, decimals_of, result_columns
from metrics.expressions import (
    DIALECTS,
    Fraction,
    case,
    cast,
    column,
    decimal,
    is_one,
    named,
    number,
    subquery,
)
from metrics.fold import Fold
from metrics.levels import NEWEST, Context, Level
from metrics.periods import NEWEST_DAY
from metrics.query import Grouping, Query, Selection, Value, column_error, resolve
from metrics.registry import Registry
from metrics.rows import Rows

Totals = dict[tuple[Grouping, ...], Level]
"""The levels of totals, by their groupings."""


@dataclass(frozen=True)
class Statement:
    """A query in SQL: `parameters` by the names of its placeholders, and its columns in order."""

    sql: str
    parameters: Mapping[str, Value]
    columns: tuple[ResultColumn, ...]
    tables: tuple[str, ...]
    """The tables of gold that it reads, sorted."""
    days: str | None = None
    """The SQL of one row with values of more parameters: the days that the statement's period begins and ends with."""


def statement(
    registry: Registry, query: Query, dialect: str = "duckdb", fold: Fold | None = None, binds_days: bool = False
) -> Statement:
    """The SQL of a query; `binds_days` makes parameters of the days that its period begins and ends with.

    Raises LakehouseError for a query that doesn't fit the registry, with what to ask instead.
    """
    if dialect not in DIALECTS:
        raise LakehouseError(f"There is no dialect {dialect!r}. There are: {', '.join(DIALECTS)}.")
    resolved = resolve(registry, query)
    context = Context(registry, resolved, dialect, binds_days=binds_days, fold=fold)
    return _Builder(context).statement(query.order, query.limit)


class _Builder:
    def __init__(self, context: Context):
        self.context = context
        self.registry, self.query = context.registry, context.query
        self.parts: list[tuple[str, exp.Select]] = []

    def statement(self, order: Sequence[str], limit: int | None) -> Statement:
        columns = result_columns(self.registry, self.query)
        select = self._values(earlier=False)
        if self.query.compare:
            select = self._compared(select, self._values(earlier=True))
        select = self._ordered(select, order, columns)
        if limit is not None:
            select = select.limit(limit)
        days = self._days() if self.context.days else None
        if days is not None and not self.context.binds_days:
            self.parts.insert(0, (NEWEST, days))
        for name, part in self.parts:
            select = select.with_(exp.to_identifier(name, quoted=True), as_=part, copy=False)
        tables = {f"gold.{found.name}" for found in select.find_all(exp.Table) if found.db == "gold"}
        return Statement(
            select.sql(dialect=self.context.dialect),
            self.context.parameters,
            columns,
            tuple(sorted(tables)),
            days.sql(dialect=self.context.dialect) if days is not None and self.context.binds_days else None,
        )

    def _values(self, earlier: bool) -> exp.Select:
        """The groupings' columns and the metrics' values, of the period or of the earlier one."""
        alias = "earlier" if earlier else "now"
        driving = frozenset(self.registry.own_entity(metric) for metric in self.query.metrics)
        names = [name for metric in self.query.metrics for name in self.registry.base_measures(metric)]
        level = Level(
            context=self.context,
            groupings=self.query.groupings,
            selections=self.query.selections,
            measures=list(dict.fromkeys(names)),
            driving=driving,
            earlier=earlier,
        )
        self.parts.append((alias, level.select()))
        totals: Totals = {}
        values = [named(self._value(metric, level, alias, totals), metric) for metric in self.query.metrics]
        keys = [
            named(column(f"g{place}", alias), grouping.name) for place, grouping in enumerate(self.query.groupings, 1)
        ]
        select = exp.select(*keys, *values).from_(exp.table_(alias, quoted=True))
        for place, (groupings, total) in enumerate(totals.items(), 1):
            name = f"{alias}_total{place}"
            self.parts.append((name, total.select()))
            on = [
                exp.NullSafeEQ(
                    this=column(f"g{self.query.groupings.index(grouping) + 1}", alias), expression=column(f"g{n}", name)
                )
                for n, grouping in enumerate(groupings, 1)
            ]
            joined = exp.table_(name, quoted=True)
            select = (
                select.join(joined, on=exp.and_(*on), join_type="LEFT")
                if on
                else select.join(joined, join_type="CROSS")
            )
        return select

    def _value(self, metric: str, level: Level, alias: str, totals: Totals) -> exp.Expr:
        """A metric's value in its type, rounded."""
        decimals = decimals_of(self.registry, metric)
        measure = self.registry.measures[metric]
        if measure.growth:
            ratio = self._fraction(measure.growth.of, level, alias, totals).by(
                self._fraction(measure.growth.since, level, alias, totals)
            )
            return cast(exp.Sub(this=ratio.exact(), expression=number(1)), "DECIMAL(18, 6)")
        value = self._fraction(metric, level, alias, totals)
        if decimals == 6:
            return value.exact()
        return decimal(value.part, decimals)

    def _fraction(self, name: str, level: Level, alias: str, totals: Totals) -> Fraction:
        measure = self.registry.measures[name]
        if measure.ratio:
            return self._fraction(measure.ratio.of, level, alias, totals).by(
                self._fraction(measure.ratio.to, level, alias, totals)
            )
        if measure.difference:
            return self._fraction(measure.difference.of, level, alias, totals).minus(
                self._fraction(measure.difference.less, level, alias, totals)
            )
        if measure.share:
            return self._fraction(measure.share.of, level, alias, totals).by(self._total(name, level, alias, totals))
        return level.fraction(name, alias)

    def _total(self, name: str, level: Level, alias: str, totals: Totals) -> Fraction:
        """The total of a share: the same measure, without the dimensions that it is over."""
        share = self.registry.measures[name].share
        assert share is not None
        kept, dropped = [], set()
        for grouping in self.query.groupings:
            if grouping.grain or (share.over != "all" and grouping.dimension not in share.over):
                kept.append(grouping)
            else:
                dropped.add(grouping.dimension)
        if not dropped:
            what = "a dimension" if share.over == "all" else f"the dimension {' or '.join(share.over)}"
            raise LakehouseError(f"{name} is a share of a total: add {what}, or ask for {share.of}.")
        selections: tuple[Selection, ...] = tuple(one for one in self.query.selections if one.dimension not in dropped)
        key = tuple(kept)
        bases = list(
            dict.fromkeys([*(totals[key].measures if key in totals else []), *self.registry.base_measures(share.of)])
        )
        totals[key] = Level(
            context=self.context,
            groupings=key,
            selections=selections,
            measures=bases,
            driving=frozenset({self.registry.own_entity(share.of)}),
            earlier=level.earlier,
        )
        place = list(totals).index(key) + 1
        return self._fraction(share.of, totals[key], f"{alias}_total{place}", {})

    def _days(self) -> exp.Select:
        """One row: the days that are counted from the newest one."""
        counted = (named(day, name) for name, day in self.context.days.items())
        return exp.select(*counted).from_(subquery(self._newest(), NEWEST_DAY.table))

    def _newest(self) -> exp.Select:
        """One row: the newest day of the entities that decide which rows there are."""
        days = []
        for entity in dict.fromkeys(self.registry.own_entity(metric) for metric in self.query.metrics):
            rows = Rows(self.registry, entity, self.context.dialect)
            days.append(rows.select([named(exp.Max(this=rows.time()), "day")], rows.population()))
        if len(days) == 1:
            return days[0]
        together: exp.Expr = days[0]
        for day in days[1:]:
            together = together.union(day, distinct=False)  # type: ignore[attr-defined]
        return exp.select(named(exp.Max(this=column("day", "days")), "day")).from_(subquery(together, "days"))

    def _compared(self, now: exp.Select, earlier: exp.Select) -> exp.Select:
        """Each row beside that of the earlier period; a row that only one of them has is compared with nothing."""
        self.parts += [("values_now", now), ("values_earlier", earlier)]
        keys = [grouping.name for grouping in self.query.groupings]
        self.parts.append(("compared", self._pairs(keys) if keys else self._pair()))
        columns: list[exp.Expr] = [column(key, "compared") for key in keys]
        for metric in self.query.metrics:
            columns += [column(metric, "compared"), column(metric + PREVIOUS, "compared")]
            columns.append(named(self._change(metric), metric + CHANGE))
        return exp.select(*columns).from_(exp.table_("compared", quoted=True))

    def _pair(self) -> exp.Select:
        """The only row of now and the only one of the earlier period, side by side."""
        columns: list[exp.Expr] = []
        for metric in self.query.metrics:
            columns.append(column(metric, "values_now"))
            columns.append(named(column(metric, "values_earlier"), metric + PREVIOUS))
        both = exp.select(*columns).from_(exp.table_("values_now", quoted=True))
        return both.join(exp.table_("values_earlier", quoted=True), join_type="CROSS")

    def _pairs(self, keys: Sequence[str]) -> exp.Select:
        """The rows of now and of the earlier period, those of the same members in one."""
        branches = []
        for source, is_now in (("values_now", True), ("values_earlier", False)):
            columns: list[exp.Expr] = [column(key, source) for key in keys]
            for metric in self.query.metrics:
                kind = (
                    f"DECIMAL(18, {decimals_of(self.registry, metric)})"
                    if decimals_of(self.registry, metric)
                    else "BIGINT"
                )
                mine, absent = column(metric, source), cast(exp.null(), kind)
                columns.append(named(mine if is_now else absent, metric))
                columns.append(named(absent.copy() if is_now else mine.copy(), metric + PREVIOUS))
            columns.append(named(number(1) if is_now else cast(exp.null(), "INT"), "is_now"))
            columns.append(named(cast(exp.null(), "INT") if is_now else number(1), "is_earlier"))
            branches.append(exp.select(*columns).from_(exp.table_(source, quoted=True)))
        values = [part for metric in self.query.metrics for part in self._both(metric)]
        pairs = exp.select(*(column(key, "pairs") for key in keys), *values)
        pairs = pairs.from_(subquery(branches[0].union(branches[1], distinct=False), "pairs"))
        return pairs.group_by(*(column(key, "pairs") for key in keys))

    def _both(self, metric: str) -> list[exp.Expr]:
        """A metric now and earlier: of a period without rows a count is 0, anything else unknown."""
        counts = self.registry.measures[metric].how in ("count", "count_distinct", "count_members", "sum")
        found = []
        for name, there in ((metric, "is_now"), (metric + PREVIOUS, "is_earlier")):
            value: exp.Expr = exp.Max(this=column(name, "pairs"))
            if counts:
                absent = exp.Is(this=exp.Max(this=column(there, "pairs")), expression=exp.null())
                value = case(absent, number(0), value)
            found.append(named(value, name))
        return found

    def _change(self, metric: str) -> exp.Expr:
        """The change: of a share the difference, else the growth."""
        now, before = column(metric, "compared"), column(metric + PREVIOUS, "compared")
        if self.registry.measures[metric].unit == "share":
            return cast(exp.Sub(this=now, expression=before), "DECIMAL(18, 6)")
        units = number(10 ** decimals_of(self.registry, metric))
        whole = [
            cast(one if is_one(units) else exp.Mul(this=one, expression=units.copy()), self.context.wide)
            for one in (now, before)
        ]
        return cast(exp.Sub(this=Fraction(whole[0], whole[1]).exact(), expression=number(1)), "DECIMAL(18, 6)")

    def _ordered(self, select: exp.Select, order: Sequence[str], columns: Sequence[ResultColumn]) -> exp.Select:
        """The order asked for, then a total one: time, the first metric's largest first, the dimensions."""
        names = [one.name for one in columns]
        wanted: dict[str, bool] = {}
        for text in order:
            name = text.removeprefix("-")
            if name not in names:
                raise column_error(name, names)
            wanted.setdefault(name, text.startswith("-"))
        for one in columns:
            if one.kind == "time":
                wanted.setdefault(one.name, False)
        if self.query.groupings:
            wanted.setdefault(self.query.metrics[0], True)
        for one in columns:
            if one.kind == "dimension":
                wanted.setdefault(one.name, False)
        if not self.query.groupings:
            return select
        return select.order_by(
            *(exp.Ordered(this=column(name), desc=desc, nulls_first=False) for name, desc in wanted.items())
        )
