"""Who subscribes, to what, and what it brings, month by month."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pyspark.sql import functions as F

from gold.conformed.members import date_key, surrogate_key
from gold.subscribers.dimensions import DIM_PLAN, age_band, dim_plan, dim_subscriber
from gold.subscribers.facts import fact_subscription_month
from gold.subscribers.kpis.months import KPI_MONTHLY_REVENUE, KPI_SUBSCRIBERS, kpi_monthly_revenue, kpi_subscribers
from tests.gold.frames import assert_same, keyed

SUBSCRIBERS = """subscriber_id STRING, plan STRING, monthly_revenue DECIMAL(12,2), join_date DATE,
    last_payment_date DATE, country STRING, age INT, gender STRING, device_type STRING,
    __START_AT TIMESTAMP, __END_AT TIMESTAMP"""
MARCH, MAY, JUNE = (datetime(2023, month, 10, tzinfo=UTC) for month in (3, 5, 6))


def version(who, since=MARCH, until=None, plan="Basic", revenue="10", joined=(1, 31), paid=(4, 5), age=30):
    dates = date(2023, *joined), None if paid is None else date(2023, *paid)
    return (who, plan, Decimal(revenue), *dates, "France", age, "Female", "tv", since, until)


@pytest.fixture
def star(spark, one_row):
    """The tables of subscribers, from versions of them."""

    def make(*versions):
        people = spark.createDataFrame(list(versions), SUBSCRIBERS)
        tables = {"subscribers": people, "dim_plan": dim_plan(people, one_row)}
        key = surrogate_key(F.lit("France")).alias("country_key")
        tables["dim_country"] = one_row.select(key, F.lit("France").alias("country"))
        devices = one_row.select(surrogate_key(F.lit("tv")).alias("device_key"))
        days = one_row.select(F.explode(F.expr("sequence(DATE'2023-01-01', DATE'2023-12-31')")).alias("date"))
        tables["dim_date"] = days.select(date_key(F.col("date")).alias("date_key"), "date")
        tables["dim_subscriber"] = dim_subscriber(people, tables["dim_country"], tables["dim_plan"], devices, one_row)
        names = ("subscribers", "dim_subscriber", "dim_plan", "dim_country", "dim_date")
        tables["fact"] = fact_subscription_month(*[tables[name] for name in names])
        return tables

    return make


def months(star, who):
    """Of a subscriber: month, revenue, and whether active, new and churned in it."""
    found = star["fact"].filter(F.col("subscriber_id") == who).orderBy("date_key").collect()
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
    plans = found["fact"].join(found["dim_plan"], "plan_key", how="inner").groupBy("plan").count().collect()
    assert {row.plan: row["count"] for row in plans} == {"Basic": 4, "Premium": 2}
    dimension = found["dim_subscriber"].filter("subscriber_key <> -1").orderBy("valid_from").collect()
    assert [(it.valid_to is None, it.is_current) for it in dimension] == [(False, False), (True, True)]
    assert len({it.subscriber_key for it in dimension}) == 2


def test_dim_plan_has_each_plan_once_and_an_unknown_one(star, rows):
    found = star(version("u"), version("v"), version("w", plan="Premium"), version("x", plan=None))
    expected = rows(DIM_PLAN, (None, "Basic"), (None, "Premium"), (-1, "Unknown"))
    assert_same(found["dim_plan"], keyed(expected, "plan_key", "plan"))


def test_kpi_subscribers_counts_those_who_subscribe_now(star, rows):
    found = star(
        version("u", until=MAY),
        version("u", since=MAY, revenue="12.50"),
        version("v"),
        version("w", until=JUNE),
        version("x", age=None, plan=None),
    )
    names = ("subscribers", "dim_subscriber", "dim_plan", "dim_country")
    expected = rows(
        KPI_SUBSCRIBERS,
        ("Basic", "France", "25-34", "Female", 2, Decimal("22.50")),
        ("Unknown", "France", "Unknown", "Female", 1, Decimal("10.00")),
    )
    assert_same(kpi_subscribers(*[found[name] for name in names]), expected)


def test_kpi_monthly_revenue(star, rows):
    found = star(version("u", paid=(1, 31)), version("v", revenue="11", paid=(1, 31)), version("w", joined=(2, 1)))
    kpi = kpi_monthly_revenue(found["fact"], found["dim_plan"], found["dim_date"])
    expected = rows(
        KPI_MONTHLY_REVENUE,
        (date(2023, 1, 1), "Basic", Decimal("21.00"), 2, 2, 0, Decimal("10.500000")),
        (date(2023, 2, 1), "Basic", Decimal("10.00"), 1, 1, 2, Decimal("10.000000")),
    )
    assert_same(kpi.filter("month < DATE'2023-03-01'"), expected)


def test_without_active_subscribers_there_is_no_average(star):
    found = star(version("u", paid=(1, 31)), version("v", plan="Premium"))
    kpi = kpi_monthly_revenue(found["fact"], found["dim_plan"], found["dim_date"])
    (row,) = kpi.filter("plan = 'Basic' AND active_subscribers = 0").collect()
    assert (row.revenue, row.churned_subscribers, row.average_revenue_per_user) == (0, 1, None)


def test_age_bands(spark):
    ages = [(12, "Unknown"), (13, "13-17"), (17, "13-17"), (18, "18-24"), (64, "55-64"), (65, "65+"), (120, "65+")]
    rows = spark.createDataFrame([*ages, (None, "Unknown")], "age INT, band STRING")
    assert rows.filter(age_band(F.col("age")) != F.col("band")).count() == 0
