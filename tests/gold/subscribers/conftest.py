"""The tables of subscribers, from versions of them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pyspark.sql import functions as F

from common.keys import surrogate_key
from common.releases import NAME
from gold.conformed.members import date_key
from gold.subscribers.dimensions import dim_plan, dim_subscriber
from gold.subscribers.facts import fact_subscription_month
from silver.subscribers.snapshots import SUBSCRIBER_RELEASES, SUBSCRIBERS

MARCH, MAY, JUNE = (datetime(2023, month, 10, tzinfo=UTC) for month in (3, 5, 6))


def version(who, since=MARCH, until=None, plan="Basic", revenue="10", joined=(1, 31), paid=(4, 5), age=30):
    return {
        "subscriber_id": who,
        "plan": plan,
        "monthly_revenue": revenue and Decimal(revenue),
        "join_date": joined and date(2023, *joined),
        "last_payment_date": None if paid is None else date(2023, *paid),
        "country": "France",
        "age": age,
        "gender": "Female",
        "device_type": "tv",
        "__START_AT": since,
        "__END_AT": until,
    }


def release(order, released_at, is_named=True, has_payments=True, version=None):
    """A row of the report on snapshots; by default its version is its date."""
    return {
        "release_order": order,
        "released_at": released_at,
        "version": version or released_at,
        "ordered_by": NAME if is_named else "modification time",
        "is_applied": True,
        "missing_columns": [] if has_payments else ["last_payment_date"],
    }


@pytest.fixture
def star(rows, one_row):
    """The tables of subscribers, from versions of them, and releases: by default those that the versions tell of."""

    def make(*versions, releases=None):
        times = {it["__START_AT"] for it in versions} | {it["__END_AT"] for it in versions} - {None}
        named = [release(order, time) for order, time in enumerate(sorted(times), start=1)]
        people = rows(SUBSCRIBERS, *versions)
        tables = {"subscribers": people, "dim_plan": dim_plan(people, one_row)}
        tables["releases"] = rows(SUBSCRIBER_RELEASES, *(named if releases is None else releases))
        key = surrogate_key(F.lit("France")).alias("country_key")
        tables["dim_country"] = one_row.select(key, F.lit("France").alias("country"))
        devices = one_row.select(surrogate_key(F.lit("tv")).alias("device_key"))
        days = one_row.select(F.explode(F.expr("sequence(DATE'2019-01-01', DATE'2027-12-31')")).alias("date"))
        tables["dim_date"] = days.select(date_key(F.col("date")).alias("date_key"), "date")
        tables["dim_subscriber"] = dim_subscriber(people, tables["dim_country"], tables["dim_plan"], devices, one_row)
        names = ("subscribers", "releases", "dim_subscriber", "dim_date")
        tables["fact_subscription_month"] = fact_subscription_month(*[tables[name] for name in names])
        return tables

    return make
