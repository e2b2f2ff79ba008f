"""Facts of subscribers: the months for which they paid, and the month after those in which they left."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.dates import STREAMING_BEGAN
from common.keys import or_unknown_key
from common.specifications import ColumnSpec, TableSpec
from common.windows import all_rows
from gold.subscribers.dimensions import version_key
from gold.subscribers.snapshots import with_snapshots
from gold.subscribers.spells import subscription_spells

# The first month of the calendar (dim_date).
FIRST_MONTH = STREAMING_BEGAN.replace(day=1)

FACT_SUBSCRIPTION_MONTH = TableSpec(
    name="fact_subscription_month",
    comment="One row per subscriber and month (from 2007), from joining to the last payment, and one after leaving.",
    columns=(
        ColumnSpec("subscriber_id", "STRING", "pseudonym of the subscriber"),
        ColumnSpec("date_key", "INT", "first day of the month (dim_date)"),
        ColumnSpec("subscriber_key", "BIGINT", "version of the subscriber at the end of the month (dim_subscriber)"),
        ColumnSpec("plan_key", "BIGINT", "plan of that version (dim_plan)"),
        ColumnSpec("country_key", "BIGINT", "country of residence of that version (dim_country)"),
        ColumnSpec("revenue", "DECIMAL(12,2)", "revenue of the plan in the month; null if unknown, 0 if churned"),
        ColumnSpec("is_active", "BOOLEAN", "whether the month is between joining and the last payment"),
        ColumnSpec("is_new", "BOOLEAN", "whether it is a month of joining or rejoining"),
        ColumnSpec("is_churned", "BOOLEAN", "whether it is the month after the last, and later data exist"),
        ColumnSpec("spell", "INT", "number of the subscription, from 1: a subscriber who left may rejoin"),
    ),
    primary_key=("subscriber_id", "date_key"),
    foreign_keys={
        "date_key": "dim_date",
        "subscriber_key": "dim_subscriber",
        "plan_key": "dim_plan",
        "country_key": "dim_country",
    },
    rules={
        "has_keys": "subscriber_key IS NOT NULL AND plan_key IS NOT NULL AND country_key IS NOT NULL",
        "has_subscriber": "subscriber_id IS NOT NULL",
        "has_month": "date_key IS NOT NULL",
        "never_negative": "coalesce(revenue, 0) >= 0",
        "active_or_churned": "is_active <> is_churned AND (is_active OR coalesce(NOT is_new, FALSE))",
    },
)


def with_churn(spells: DataFrame) -> DataFrame:
    """One row per spell, with is_churned: whether the subscriber has left after it, as far as is known.

    A spell that is running has churned once time went on: at least one subscriber in a hundred has a later month, or a
    snapshot is of a month after the one that wasn't paid for. A single subscriber proves nothing: a payment may be
    dated wrongly.
    """
    everybody = F.count_if("is_last").over(all_rows())
    latest_first = all_rows().orderBy(F.desc("until_month"))
    reached = F.count_if("is_last").over(latest_first.rangeBetween(Window.unboundedPreceding, Window.currentRow))
    counted = spells.withColumns({"reached": reached, "everybody": everybody})
    proven = F.when(F.col("reached") * 100 >= F.col("everybody"), F.col("until_month"))
    went_on = (F.max(proven).over(all_rows()) > F.col("until_month")) | (F.col("newest_month") > F.col("churn_month"))
    is_churned = F.col("churn_month").isNotNull() & (~F.col("is_running") | F.coalesce(went_on, F.lit(False)))
    return counted.withColumn("is_churned", is_churned)


def spell_versions(spells: DataFrame) -> DataFrame:
    """One row per version that counts for a month: subscriber_key, its revenue, and from_month to until_month.

    The version on its last day counts for a month: the one that started in the month, not the one that ended. The first
    one of a spell counts for all months before.
    """
    churned = spells.withColumn(
        "until_month", F.when(F.col("is_churned"), F.col("churn_month")).otherwise(F.col("until_month"))
    )
    versions = churned.select("*", F.posexplode("versions").alias("place", "version"))
    started_at = F.col("version")["__START_AT"]
    ended_at = F.get("versions", F.col("place") + 1)["__START_AT"]
    from_month = F.when(F.col("place") > 0, F.trunc(started_at, "month"))
    counted = versions.select(
        *("subscriber_id", "spell", "first_month", "churn_month", "is_churned"),
        version_key(F.col("subscriber_id"), started_at).alias("subscriber_key"),
        F.col("version")["monthly_revenue"].alias("monthly_revenue"),
        F.greatest("first_month", from_month, F.lit(FIRST_MONTH)).alias("from_month"),
        F.least("until_month", F.add_months(F.trunc(ended_at, "month"), -1)).alias("until_month"),
    )
    return counted.filter("from_month <= until_month")


def fact_subscription_month(
    subscribers: DataFrame, releases: DataFrame, dim_subscriber: DataFrame, dim_date: DataFrame
) -> DataFrame:
    """One row per subscriber and month. `subscribers` are all versions of them, `releases` the report on snapshots.

    Months before the first year of the calendar (2007) are left out: dim_date doesn't have them.
    """
    spells = subscription_spells(with_snapshots(subscribers, releases))
    versions = spells.transform(with_churn).transform(spell_versions)
    members = dim_subscriber.select("subscriber_key", "plan_key", "country_key")
    known = versions.join(members.withColumn("member", F.col("subscriber_key")), "subscriber_key", how="left")
    by_month = known.withColumn("month", F.explode(_months("from_month", "until_month")))
    # The few days on the left: the default engine keeps that side in memory, and streams the other.
    days = dim_date.select("date_key", F.col("date").alias("month"))
    dated = days.join(by_month, "month", how="right")
    is_churned = F.col("is_churned") & (F.col("month") == F.col("churn_month"))
    no_revenue = F.lit(0).cast("decimal(12,2)")
    return dated.select(
        "subscriber_id",
        or_unknown_key("date_key").alias("date_key"),
        or_unknown_key("member").alias("subscriber_key"),
        or_unknown_key("plan_key").alias("plan_key"),
        or_unknown_key("country_key").alias("country_key"),
        F.when(is_churned, no_revenue).otherwise(F.col("monthly_revenue")).alias("revenue"),
        (~is_churned).alias("is_active"),
        (F.col("month") == F.col("first_month")).alias("is_new"),
        is_churned.alias("is_churned"),
        "spell",
    )


def _months(first: str, last: str) -> Column:
    """ARRAY<DATE>: the first days of the months from one to another."""
    return F.sequence(first, last, F.expr("INTERVAL 1 MONTH"))
