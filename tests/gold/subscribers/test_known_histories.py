"""Months of subscribers who left and rejoined, whose dates were mended, or who paid in the future."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

from pyspark.sql import functions as F

from silver.subscribers.snapshots import TRACKED_COLUMNS
from tests.gold.subscribers.conftest import release
from tests.helpers.subscriptions import Row, Snapshot, versions_of

DAYS = date(2022, 4, 1), date(2022, 5, 1), date(2023, 4, 1)
JANUARY, MARCH, APRIL, NEXT_MARCH = date(2022, 1, 5), date(2022, 3, 5), date(2022, 4, 5), date(2023, 3, 5)


def row(joined, paid, plan="Basic", revenue=10):
    return Row(plan, Decimal(revenue), joined, paid)


# Everybody's rows in the three snapshots; of who is active, how many months, their revenue, joining and leaving.
LIVES = {
    "current": (row(JANUARY, MARCH), row(JANUARY, APRIL), row(JANUARY, date(2023, 4, 1))),
    "rejoiner": (row(JANUARY, MARCH), None, row(date(2023, 2, 5), NEXT_MARCH)),
    "mended": (
        row(date(2012, 1, 5), MARCH),
        row(JANUARY, APRIL, "Premium", 12),
        row(JANUARY, NEXT_MARCH, "Premium", 12),
    ),
    "future": (
        row(JANUARY, date(2025, 3, 5)),
        row(JANUARY, APRIL, "Premium"),
        row(JANUARY, NEXT_MARCH, "Premium"),
    ),
}
EXPECTED = {
    "current": (16, 160, [20220101], []),
    "rejoiner": (5, 50, [20220101, 20230201], [20220401, 20230401]),
    "mended": (15, 172, [20220101], [20230401]),
    "future": (15, 150, [20220101], [20230401]),
}


def test_months_of_known_histories(star):
    snapshots = [
        Snapshot(day, {who: life[place] for who, life in LIVES.items() if life[place]})
        for place, day in enumerate(DAYS)
    ]
    starts = [datetime.combine(day, time(), UTC) for day in DAYS]
    versions = [
        {**it, "__START_AT": starts[it["__START_AT"]], "__END_AT": (*starts, None)[it["__END_AT"]]}
        for it in versions_of(snapshots, TRACKED_COLUMNS)
    ]
    tables = star(*versions, releases=[release(order, start) for order, start in enumerate(starts, start=1)])
    found = (
        tables["fact_subscription_month"]
        .groupBy("subscriber_id")
        .agg(
            F.count_if("is_active").alias("months"),
            F.sum("revenue").alias("revenue"),
            F.array_sort(F.collect_list(F.when(F.col("is_new"), F.col("date_key")))).alias("new"),
            F.array_sort(F.collect_list(F.when(F.col("is_churned"), F.col("date_key")))).alias("churned"),
        )
    )
    assert {who: tuple(rest) for who, *rest in found.collect()} == EXPECTED
