"""What the KPIs of subscribers must be, counted from what people were meant to do."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sample.catalogue import Sample, released_by_name
from sample.subscribers import PRICES, Person
from sample.truth import Table, fraction, table

BANDS = ((17, "13-17"), (24, "18-24"), (34, "25-34"), (44, "35-44"), (54, "45-54"), (64, "55-64"), (120, "65+"))


def band_of(person: Person) -> str:
    """The band of age that a person is in."""
    return next(name for oldest, name in BANDS if person.age <= oldest)


def subscriber_kpis(people: Sequence[Person], sample: Sample) -> dict[str, Table]:
    """The KPIs by name."""
    newest = sample.releases - 1
    now = [person for person in people if newest in person.plans]
    return {
        "kpi_subscribers": _subscribers(now, newest),
        "kpi_plan_device": _devices(now, newest),
        "kpi_monthly_revenue": _months(people, newest),
        "kpi_cohort_retention": _cohorts(people),
    }


def _subscribers(now: Sequence[Person], newest: int) -> Table:
    groups: defaultdict[tuple[str, ...], list[Decimal]] = defaultdict(list)
    for person in now:
        plan = person.plans[newest]
        groups[plan, person.country, band_of(person), person.gender].append(PRICES[plan])
    rows = ((*key, len(prices), str(sum(prices))) for key, prices in groups.items())
    return table("plan country age_band gender subscribers monthly_revenue", rows)


def _devices(now: Sequence[Person], newest: int) -> Table:
    plans = Counter((person.device.lower(), person.plans[newest]) for person in now)
    devices = Counter(person.device.lower() for person in now)
    rows = ((device, plan, count, fraction(count, devices[device])) for (device, plan), count in plans.items())
    return table("device plan subscribers share", rows)


def _months(people: Sequence[Person], newest: int) -> Table:
    """By month and plan. Who has left is counted in the month after the last, with the plan of then."""
    over = _last_month_over(people, newest)
    cents: Counter[tuple[int, str]] = Counter()
    counts: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for person in people:
        first, last = _active_months(person)
        has_left = last <= over or newest not in person.plans
        for month in range(first, last + 1 + has_left):
            key = month, _plan_in(person, month)
            is_active = month <= last
            cents[key] += int(PRICES[key[1]] * 100) * is_active
            of_it = (is_active, month == first, not is_active)
            counts[key] = [sum(pair) for pair in zip(counts[key], of_it, strict=True)]
    rows = (
        (
            _text(month),
            plan,
            f"{Decimal(cents[month, plan]) / 100:.2f}",
            *of_it,
            fraction(cents[month, plan], 100 * of_it[0]),
        )
        for (month, plan), of_it in counts.items()
    )
    columns = "month plan revenue active_subscribers new_subscribers churned_subscribers average_revenue_per_user"
    return table(columns, rows)


def _last_month_over(people: Sequence[Person], newest: int) -> int:
    """The last month known to be over: one in a hundred has a later one, or the newest snapshot is two months later."""
    lasts = sorted((_active_months(person)[1] for person in people), reverse=True)
    enough = -(-len(people) // 100)
    return max(lasts[enough - 1] - 1, _month(released_by_name(newest)) - 2) if lasts else 0


def _cohorts(people: Sequence[Person]) -> Table:
    last_month = max((_active_months(person)[1] for person in people), default=0)
    cohorts: defaultdict[int, list[int]] = defaultdict(list)
    for person in people:
        first, last = _active_months(person)
        cohorts[first].append(last)
    rows = []
    for first, lasts in cohorts.items():
        for month in range(first, last_month + 1):
            active = sum(last >= month for last in lasts)
            rows.append((_text(first), month - first, len(lasts), active, fraction(active, len(lasts))))
    return table("cohort_month months_since_joining subscribers active_subscribers retention", rows)


def _active_months(person: Person) -> tuple[int, int]:
    return _month(person.joined), _month(max(person.paid.values()))


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _text(month: int) -> str:
    """The first day of a month."""
    return f"{month // 12}-{month % 12 + 1:02}-01"


def _plan_in(person: Person, month: int) -> str:
    """The plan that held at the end of a month: that of the last snapshot till then, else of the first."""
    known = [release for release in sorted(person.plans) if _month(released_by_name(release)) <= month]
    return person.plans[known[-1] if known else min(person.plans)]
