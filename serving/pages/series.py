"""Values over time, without gaps: a day on which nothing happened has no row, and is drawn as 0."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any


def steps(newest: date, count: int, grain: str) -> list[date]:
    """The last `count` days (or first days of months) up to the newest, oldest first."""
    if grain == "month":
        return [months_before(newest, back) for back in range(count - 1, -1, -1)]
    return [newest - timedelta(days=back) for back in range(count - 1, -1, -1)]


def months_before(day: date, count: int) -> date:
    """The first day of the month so many months before that of the day."""
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def filled(values: Mapping[date, Any], days: Iterable[date], nothing: float | None) -> Iterator[float | None]:
    """The values of the days in order; `nothing` for days without one."""
    for day in days:
        value = values.get(day)
        yield nothing if value is None else float(value)


def points(values: list[float | None], width: int, height: int) -> list[tuple[float, float]]:
    """The points of a line in a box of that size, from 0 (or the smallest value below) at its foot to the largest."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return []
    low, high = min(value for _, value in known), max(value for _, value in known)
    low = low - (high - low) * 0.1 if low > 0.5 * high else min(low, 0.0)
    span, last = (high - low) or 1.0, len(values) - 1
    return [
        (round(place / last * width, 2), round(height - (value - low) / span * height, 2)) for place, value in known
    ]
