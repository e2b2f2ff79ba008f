"""The columns of an answer: what a program or a page needs to show them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from metrics.query import Grouping, Resolved
from metrics.registry import Registry, parts_of

PREVIOUS, CHANGE = "_previous", "_change"


@dataclass(frozen=True, kw_only=True)
class ResultColumn:
    """A column of an answer. `kind`: dimension, time, metric, previous or change."""

    name: str
    label: str
    kind: str
    type: str
    """text, integer, decimal, date, boolean or key (a 64-bit number that identifies)."""
    unit: str | None = None
    format: str | None = None
    description: str = ""
    source: str = ""
    """The metric, dimension or grain that the column is of."""
    decimals: int | None = None


def result_columns(registry: Registry, query: Resolved) -> tuple[ResultColumn, ...]:
    """The columns of a query's answer, in order: groupings, then for each metric its value and what is compared."""
    groupings = [_of_grouping(registry, grouping) for grouping in query.groupings]
    return (*groupings, *(column for name in query.metrics for column in _of_metric(registry, query, name)))


def _of_grouping(registry: Registry, grouping: Grouping) -> ResultColumn:
    if grouping.grain:
        label = grouping.grain.capitalize()
        return ResultColumn(
            name=grouping.name, label=label, kind="time", type="date", source=grouping.grain, format=grouping.grain
        )
    dimension = registry.dimensions[grouping.dimension or ""]
    return ResultColumn(
        name=grouping.name,
        label=dimension.label,
        kind="dimension",
        type=dimension.kind,
        description=dimension.description,
        source=grouping.dimension or "",
    )


def _of_metric(registry: Registry, query: Resolved, name: str) -> Iterator[ResultColumn]:
    measure = registry.measures[name]
    decimals = decimals_of(registry, name)
    value = ResultColumn(
        name=name,
        label=measure.label,
        kind="metric",
        type="decimal" if decimals else "integer",
        unit=measure.unit,
        format=measure.format,
        description=measure.description,
        source=name,
        decimals=decimals,
    )
    yield value
    if not query.compare:
        return
    before = "the year before" if query.compare == "year" else "the period before"
    yield replace(value, name=name + PREVIOUS, label=f"{measure.label}, {before}", kind="previous")
    is_share = measure.unit == "share"
    yield replace(
        value,
        name=name + CHANGE,
        label=f"{measure.label}, change",
        kind="change",
        type="decimal",
        unit="points" if is_share else "share",
        format="percent",
        description=f"difference to {before}" if is_share else f"(now - {before}) / {before}; null where that is 0",
        decimals=6,
    )


def decimals_of(registry: Registry, name: str) -> int:
    """The decimals of a metric's values: 0 for counts, those of its column for a sum, else 6."""
    measure = registry.measures[name]
    if measure.difference:
        return max(decimals_of(registry, part) for part in parts_of(measure))
    if measure.count or measure.count_distinct or measure.count_members:
        return 0
    return measure.decimals if measure.sum and measure.per == 1 and measure.over_bridge != "weighted" else 6
