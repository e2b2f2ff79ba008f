"""Months of random subscribers are those that an oracle in plain Python finds in the same snapshots."""

import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from silver.subscribers.snapshots import TRACKED_COLUMNS
from tests.gold.subscribers.conftest import release
from tests.helpers.subscriptions import Row, Snapshot, subscription_months, versions_of

PEOPLE = 60
# More than a hundred people, of whom one doesn't prove that time went on.
MANY = 150


def random_snapshots(dice, people):
    """Snapshots in which people are left out, join, mend their dates, pay, or pay at impossible times."""
    day, days = date(2022, 1, 20), []
    for _ in range(dice.randrange(1, 7)):
        days.append(day)
        day += timedelta(days=dice.choice([3, 20, 31, 31, 95]))
    lives = {f"u{number}": random_life(dice, days) for number in range(people)}
    return [
        Snapshot(day, {who: life[place] for who, life in lives.items() if place in life}, dice.random() < 0.85)
        for place, day in enumerate(days)
    ]


def random_life(dice, days):
    """The rows of one person by the places of their snapshots."""
    joined = days[0] - timedelta(days=dice.randrange(120))
    life, plan, paid = {}, "Basic", None
    for place, day in enumerate(days):
        if dice.random() < 0.2:
            joined = dice.choice([joined, None, day - timedelta(days=dice.randrange(150)), date(2021, 12, 5)])
        if dice.random() < 0.2:
            plan = dice.choice(["Basic", "Premium"])
        paid = dice.choice(
            [paid, day - timedelta(days=dice.randrange(40)), None, *[date(2025, 3, 5)] * (dice.random() < 0.1)]
        )
        if dice.random() > 0.25:
            spelling = dice.choice([plan, plan.upper(), f"{plan[:2]}-{plan[2:]}"])
            life[place] = Row(plan, dice.choice([Decimal(10), None]), joined, paid, spelling)
    return life


def midnight(day):
    return datetime.combine(day, time(), UTC)


def spoken(plan):
    """The plan without its spelling."""
    return plan.replace("-", "").title()


@pytest.mark.parametrize(("seed", "people"), [*((seed, PEOPLE) for seed in range(8)), (8, MANY), (9, MANY)])
def test_months_are_those_of_the_oracle(star, spark, request, seed, people):
    if seed % 9 and "spark" in request.node.callspec.id:
        pytest.skip("Apache Spark takes its time: it is asked for two histories")
    snapshots = random_snapshots(random.Random(seed), people)
    starts = [midnight(it.day) + timedelta(milliseconds=order) for order, it in enumerate(snapshots, start=1)]
    versions = [
        {**it, "__START_AT": starts[it["__START_AT"]], "__END_AT": (*starts, None)[it["__END_AT"]]}
        for it in versions_of(snapshots, TRACKED_COLUMNS)
    ]
    releases = [
        release(order, midnight(it.day), has_payments=it.has_payments, version=start)
        for order, (it, start) in enumerate(zip(snapshots, starts, strict=True), start=1)
    ]
    made = star(*versions, releases=releases)
    months = made["fact_subscription_month"].join(made["dim_plan"], "plan_key", how="inner")
    dated = months.join(made["dim_date"], "date_key", how="inner")
    columns = ("subscriber_id", "date", "plan", "revenue", "is_active", "is_new", "is_churned")
    found = [(who, day, spoken(plan), *rest) for who, day, plan, *rest in dated.select(*columns).collect()]
    assert len(found) == len(set(found)) == months.count()
    expected = subscription_months(snapshots)
    assert set(found) - expected == set()
    assert expected - set(found) == set()
