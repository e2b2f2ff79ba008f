"""Periods that readers choose. The newest day may be incomplete, so they end with the last whole day before it."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from metrics.query import Query
from metrics.registry import Registry

PERIOD = re.compile(r"(\d+)([dm])")
EVERY_DAY = Query(metrics=("events",), grain="day")
"""The days that `Days` is made from."""


@dataclass(frozen=True, kw_only=True)
class Days:
    """The first and the newest day with events. A day is whole once a later one has events, too."""

    first: date
    newest: date

    def last_whole(self, grain: str | None) -> date | None:
        """The last day of the newest whole month (grain `month`) or whole day; None where the data have none."""
        start = self.newest.replace(day=1) if grain == "month" else self.newest
        end = start - timedelta(days=1)
        return end if end >= self.first else None


def of_whole_days(registry: Registry, query: Query, days: Days | None) -> Query:
    """The query of a period, which ends with the last whole day; by month, with the last whole month."""
    if days is None or query.last is None or registry.time_of(query.metrics[0]) != "day":
        return query
    return replace(query, until=days.last_whole(query.grain))


def with_period_before(query: Query, period: str, days: Days | None) -> Query:
    """The query of a line: a period of whole days (or months), the period before, and the newest, incomplete one."""
    count, unit = split(period)
    query = replace(query, grain=grain_in(query.grain, period), last=f"{2 * count}{unit}")
    return query if days is None else replace(query, last=f"{2 * count + 1}{unit}", until=days.newest)


def grain_in(grain: str | None, period: str | None) -> str | None:
    """The grain that suits a period: days of a year would be a blur."""
    return "month" if period and period.endswith("m") else grain


def split(period: str) -> tuple[int, str]:
    """A period's number and its unit, d or m."""
    found = PERIOD.fullmatch(period)
    assert found is not None, period
    return int(found[1]), found[2]
