"""A question to the registry, and what it means: metrics, dimensions, filters, a period."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from local_runtime.errors import LakehouseError
from metrics.registry import GRAINS, Registry, nearest

Grain = Literal["day", "week", "month", "quarter", "year"]
Compare = Literal["previous", "year"]
Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "between"]
Value = str | int | bool | date
UNITS: Mapping[str, Grain] = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}
LAST = re.compile(r"([1-9]\d{0,4})([dwmqy])")
LONGEST = 200  # years that a period may have
DAYS: Mapping[Grain, int] = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
MOST_ROWS = 1_000_000


@dataclass(frozen=True)
class Filter:
    """Rows whose dimension passes a comparison. `in` takes one or more values, `between` two, the others one."""

    dimension: str
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is asked. `last` is a number and d, w, m, q or y, and ends with the day `until` (None: the newest day);
    `order` has names of columns, `-name` for descending.

    A grain may also be named as a dimension (`month`). `compare` adds a column of the period before, or of the year
    before, and one of the change.
    """

    metrics: tuple[str, ...]
    dimensions: tuple[str, ...] = ()
    where: tuple[Filter, ...] = ()
    grain: str | None = None
    last: str | None = None
    until: date | None = None
    compare: str | None = None
    order: tuple[str, ...] = ()
    limit: int | None = None


@dataclass(frozen=True)
class Period:
    """A number of days, weeks, months, quarters or years."""

    count: int
    unit: Grain


@dataclass(frozen=True)
class Grouping:
    """A column of the answer that rows are grouped by: a dimension, or time at a grain."""

    name: str
    """As it was asked for, and as the column is called."""
    dimension: str | None = None
    grain: str | None = None


@dataclass(frozen=True)
class Selection:
    """A filter whose dimension (or grain, for time) is resolved and whose values have its type."""

    dimension: str | None
    grain: str | None
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """A query that fits the registry."""

    metrics: tuple[str, ...]
    groupings: tuple[Grouping, ...]
    selections: tuple[Selection, ...]
    last: Period | None
    until: date | None
    compare: str | None

    @property
    def grain(self) -> str | None:
        """The grain of time that rows are grouped by."""
        return next((grouping.grain for grouping in self.groupings if grouping.grain), None)


def resolve(registry: Registry, query: Query) -> Resolved:
    """What a query means. Raises LakehouseError, which says what to ask instead, for one that makes no sense."""
    if not query.metrics:
        raise LakehouseError("A query needs a metric. `./lakehouse metrics` lists them.")
    for name in query.metrics:
        registry.measure(name)
    _refuse_repeats("metric", query.metrics)
    groupings = _groupings(registry, query)
    selections = tuple(_selection(registry, one, query.metrics) for one in query.where)
    resolved = Resolved(
        metrics=query.metrics,
        groupings=groupings,
        selections=selections,
        last=_last(query.last),
        until=query.until,
        compare=_choice("compare", query.compare, get_args(Compare)),
    )
    _check_time(registry, resolved)
    _check_needs(registry, resolved)
    if query.limit is not None and not 0 < query.limit <= MOST_ROWS:
        raise LakehouseError(f"A limit is a number from 1 to {MOST_ROWS:,}, not {query.limit}.")
    return resolved


def _refuse_repeats(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise LakehouseError(f"The {what} {name!r} is there twice: leave one out.")
        seen.add(name)


def _choice(what: str, value: str | None, choices: Iterable[str]) -> str | None:
    known = tuple(choices)
    if value is not None and value not in known:
        raise LakehouseError(f"{what} {value!r} isn't one of {', '.join(known)}.")
    return value


def _groupings(registry: Registry, query: Query) -> tuple[Grouping, ...]:
    grain = _choice("grain", query.grain, GRAINS)
    names = [*([grain] if grain else []), *query.dimensions]
    _refuse_repeats("dimension", names)
    grains = [name for name in names if name in GRAINS]
    if len(grains) > 1:
        raise LakehouseError(f"Time has one grain in a query, not {' and '.join(grains)}: choose one.")
    found: dict[str | None, Grouping] = {}
    for name in names:
        if name in GRAINS:
            found[name] = Grouping(name, grain=name)
            continue
        dimension = registry.dimension_for(name, query.metrics)
        if dimension in query.dimensions and name != dimension:
            raise LakehouseError(f"{name} is {dimension} here, which is there too: leave one out.")
        needed = registry.dimensions[dimension].needs
        if needed:
            found.setdefault(needed, Grouping(needed, dimension=needed))
        found[dimension] = Grouping(name, dimension=dimension)
    return tuple(found.values())


def _selection(registry: Registry, one: Filter, metrics: tuple[str, ...]) -> Selection:
    _choice("operator", one.operator, get_args(Operator))
    count = len(one.values)
    if count != {"in": max(count, 1), "between": 2}.get(one.operator, 1):
        wanted = {"in": "one value or more", "between": "two values"}.get(one.operator, "one value")
        raise LakehouseError(f"The filter {one.dimension} {one.operator} has {count} values: it takes {wanted}.")
    if one.dimension in GRAINS:
        values = tuple(_typed(one.dimension, "date", value) for value in one.values)
        return Selection(None, one.dimension, one.operator, values)
    name = registry.dimension_for(one.dimension, metrics)
    kind = registry.dimensions[name].kind
    return Selection(name, None, one.operator, tuple(_typed(one.dimension, kind, value) for value in one.values))


def _typed(name: str, kind: str, value: Value) -> Value:
    """The value in the type of its dimension."""
    text = str(value).strip()
    try:
        if kind in ("integer", "key") and not isinstance(value, bool) and -(2**63) <= int(text) < 2**63:
            return int(text)
        if kind == "date":
            return value if isinstance(value, date) else date.fromisoformat(text)
        if kind == "boolean" and text.lower() in ("true", "false"):
            return text.lower() == "true"
        if kind == "text":
            str(value).encode()  # half a pair of surrogates is no text
            return str(value)
    except ValueError:
        pass
    wanted = {"integer": "a whole number", "key": "a whole number", "date": "a day such as 2022-03-01"}
    wanted["text"] = "a text of Unicode"
    raise LakehouseError(f"{name} is {wanted.get(kind, 'true or false')}, not {value!r}.")


def _last(text: str | None) -> Period | None:
    if text is None:
        return None
    found = LAST.fullmatch(text)
    if found is None:
        raise LakehouseError(
            f"last {text!r} isn't a period: a number and d (days), w (weeks), m (months), q (quarters) or y (years), "
            "such as 30d or 12m."
        )
    period = Period(int(found[1]), UNITS[found[2]])
    if period.count * DAYS[period.unit] > LONGEST * DAYS["year"]:
        raise LakehouseError(f"last {text!r} is too long: at most {LONGEST} years.")
    return period


def _check_time(registry: Registry, query: Resolved) -> None:
    """Time is asked only of metrics that have it, and no finer than they have it."""
    if query.until and not query.last:
        raise LakehouseError("until is the last day of a period: it needs last (30d).")
    asked = {query.grain, query.last.unit if query.last else None, *(one.grain for one in query.selections)} - {None}
    if not asked and not query.compare:
        return
    for metric in query.metrics:
        grain = registry.time_of(metric)
        if grain is None:
            timed = [name for name in registry.metrics if registry.time_of(name)]
            raise LakehouseError(
                f"{metric} has no dates, so it has no grain, no last and no compare. "
                f"Those that have: {', '.join(timed)}."
            )
        if query.grain and registry.has_part_without_time(metric):
            raise LakehouseError(
                f"{metric} can't be shown by {query.grain}: a part of it has no dates. Ask for it without a grain."
            )
        finer = sorted(name for name in asked if name in ("day", "week"))
        if grain == "month" and finer:
            raise LakehouseError(f"{metric} is by month, so {finer[0]}s of it don't exist: ask by month, or for 12m.")
    if query.compare and not query.last and not query.grain:
        raise LakehouseError("compare needs a period: a grain (month), or last (30d).")


def _check_needs(registry: Registry, query: Resolved) -> None:
    grouped = {grouping.dimension for grouping in query.groupings}
    for metric in query.metrics:
        for needed in registry.measures[metric].needs:
            if needed not in grouped:
                better = [name for name, one in registry.dimensions.items() if one.needs == needed]
                name = (better or [needed])[0]
                raise LakehouseError(f"{metric} has a meaning for each {name} only: add the dimension {name}.")


def column_error(name: str, columns: Iterable[str]) -> LakehouseError:
    """The error of an order by a column that the answer doesn't have."""
    return LakehouseError(f"The answer has no column {name!r} to order by. {nearest(name, columns)}")
