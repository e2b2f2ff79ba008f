"""The period that a query is about, in SQL: `last`, its earlier period, and the day that rows are compared with."""

from collections.abc import Callable

from sqlglot import exp

from metrics.expressions import column, later, moved, truncated
from metrics.query import Period, Resolved
from metrics.registry import GRAINS

NEWEST_DAY = column("day", "newest_day")
"""The newest day of a query's metrics, in the part of a statement that counts days from it."""


def compared_day(day: exp.Expr, query: Resolved, earlier: bool) -> exp.Expr:
    """The rows' day; of earlier ones by grain, the day that they are compared with."""
    if not earlier or query.grain is None:
        return day
    if query.compare == "previous":
        return moved(day, 1, query.grain)
    # A year before is the same weekday where days and weeks are compared.
    return moved(day, 364, "day") if query.grain in ("day", "week") else moved(day, 1, "year")


def day_before(end: exp.Expr, period: Period) -> exp.Expr:
    """DATE: the day before a period that ends with a day.

    A month that ends with November's last day is November: the 30th of October isn't the day before it. So it is the
    later of two days: a month before the end, and the day before what is a month before the day after the end.
    """
    before = moved(end.copy(), -period.count, period.unit)
    if period.unit in ("day", "week"):
        return before
    return later(before, moved(moved(moved(end.copy(), 1, "day"), -period.count, period.unit), -1, "day"))


def period_conditions(
    query: Resolved, day: exp.Expr, counted: Callable[[exp.Expr], exp.Expr], earlier: bool, dialect: str
) -> list[exp.Expr]:
    """The conditions of rows within the query's period, or the earlier one; `day` is the rows' `compared_day`.

    `counted` makes a value for the rows of a day that is counted from NEWEST_DAY.

    By a grain, what a row is compared with is a whole period, however `last` is written: with `last` of finer units,
    too, which the rows of now are cut by.
    """
    conditions: list[exp.Expr] = []
    grain = query.grain
    if query.last and grain and (earlier or GRAINS.index(grain) <= GRAINS.index(query.last.unit)):
        is_finer = GRAINS.index(query.last.unit) < GRAINS.index(grain)
        first = moved(day_before(NEWEST_DAY, query.last), 1, "day" if is_finer else grain)
        conditions.append(
            exp.GTE(this=truncated(day.copy(), grain, dialect), expression=counted(truncated(first, grain, dialect)))
        )
        if query.until and not earlier:
            conditions.append(exp.LTE(this=day.copy(), expression=counted(NEWEST_DAY.copy())))
    elif query.last:
        before, end = _bounds(query.last, NEWEST_DAY.copy(), query.compare if earlier else None)
        conditions += [
            exp.GT(this=day.copy(), expression=counted(before)),
            exp.LTE(this=day.copy(), expression=counted(end)),
        ]
    if earlier and grain:
        last = truncated(NEWEST_DAY.copy(), grain, dialect)
        conditions.append(exp.LTE(this=truncated(day.copy(), grain, dialect), expression=counted(last)))
    return conditions


def _bounds(period: Period, end: exp.Expr, compare: str | None) -> tuple[exp.Expr, exp.Expr]:
    """The day before a period, and its last day: of the one that ends with `end`, or the one it is compared with."""
    before = day_before(end, period)
    if compare == "previous":
        return day_before(before, period), before
    if compare == "year":
        first = moved(moved(before, 1, "day"), -1, "year")
        return moved(first, -1, "day"), moved(end, -1, "year")
    return before, end
