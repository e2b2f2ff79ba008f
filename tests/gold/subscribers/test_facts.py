"""Months that subscribers pay for, and the months in which they leave."""

import pytest
from pyspark.sql import functions as F

from tests.gold.subscribers.conftest import JUNE, MARCH, MAY, release, version


def months(star, who):
    """A subscriber's months: revenue, and whether active, new or churned."""
    found = star["fact_subscription_month"].filter(F.col("subscriber_id") == who).orderBy("date_key").collect()
    return [(it.date_key // 100 % 100, it.revenue, it.is_active, it.is_new, it.is_churned) for it in found]


def test_a_month_is_active_from_joining_to_the_last_payment_and_who_paid_before_the_newest_month_has_left(star):
    found = star(version("u", joined=(1, 31), paid=(3, 1)), version("v", joined=(4, 1), paid=(4, 30)))
    assert months(found, "u") == [
        (1, 10, True, True, False),
        (2, 10, True, False, False),
        (3, 10, True, False, False),
        (4, 0, False, False, True),
    ]
    assert months(found, "v") == [(4, 10, True, True, False)]


def test_whom_a_later_snapshot_lacks_has_left(star):
    found = star(version("u", until=MAY), version("v"))
    assert months(found, "u")[-1] == (5, 0, False, False, True)
    assert months(found, "v")[-1] == (4, 10, True, False, False)


@pytest.mark.costly_on_spark
def test_who_never_paid_is_active_in_the_month_of_joining(star):
    assert months(star(version("u", paid=None), version("v")), "u") == [
        (1, 10, True, True, False),
        (2, 0, False, False, True),
    ]


def test_a_month_has_the_plan_and_the_revenue_that_held_at_its_end(star):
    versions = version("u", until=MAY, paid=(4, 5)), version("u", since=MAY, plan="Premium", revenue="15", paid=(6, 1))
    found = star(*versions)
    assert [(month, int(revenue)) for month, revenue, *_ in months(found, "u")] == [
        *((1, 10), (2, 10), (3, 10), (4, 10), (5, 15), (6, 15)),
    ]
    plans = (
        found["fact_subscription_month"]
        .join(found["dim_plan"], "plan_key", how="inner")
        .groupBy("plan")
        .count()
        .collect()
    )
    assert {row.plan: row["count"] for row in plans} == {"Basic": 4, "Premium": 2}
    dimension = found["dim_subscriber"].filter("subscriber_key <> -1").orderBy("valid_from").collect()
    assert [(it.valid_to is None, it.is_current) for it in dimension] == [(False, False), (True, True)]
    assert len({it.subscriber_key for it in dimension}) == 2


@pytest.mark.costly_on_spark
def test_time_went_on_where_one_subscriber_in_a_hundred_has_a_later_month(star):
    people = [version(f"v{number}") for number in range(99)]
    later, also_current = version("w1", paid=(12, 5)), version("w2")
    assert months(star(*people, later), "v0")[-1] == (5, 0, False, False, True)
    assert months(star(*people, later, also_current), "v0")[-1] == (4, 10, True, False, False)


def test_a_snapshot_after_the_month_that_was_not_paid_for_proves_it_unless_its_day_is_that_of_its_file(star):
    def found(snapshot, **of_it):
        return months(star(version("u"), releases=[release(1, MARCH), release(2, snapshot, **of_it)]), "u")[-1]

    assert found(MAY) == (4, 10, True, False, False)
    assert found(JUNE) == (5, 0, False, False, True)
    assert found(JUNE, is_named=False) == (4, 10, True, False, False)


@pytest.mark.costly_on_spark
def test_who_rejoins_in_the_month_after_the_last_has_not_left(star):
    again = version("u", since=MAY, joined=(5, 5), paid=(5, 6))
    assert months(star(version("u", until=MAY), again, version("v")), "u")[-2:] == [
        *((4, 10, True, False, False), (5, 10, True, True, False)),
    ]


@pytest.mark.costly_on_spark
def test_who_rejoins_in_the_last_month_has_one_row_for_it(star):
    again = version("u", since=MAY, plan="Premium", revenue="15", joined=(4, 20), paid=(4, 20))
    assert months(star(version("u", until=MAY), again), "u")[-2:] == [
        *((3, 10, True, False, False), (4, 15, True, True, False)),
    ]


def test_unknown_revenue_is_unknown(star):
    found = months(star(version("u", until=MAY, revenue=None)), "u")
    assert [revenue for _, revenue, *_ in found] == [None] * 4 + [0]
