"""Facts of subscribers: the months for which they paid, and the month after those in which they left."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from common.dates import STREAMING_BEGAN
from common.keys import key_or_unknown, or_unknown_key
from common.specifications import ColumnSpec, TableSpec
from common.windows import all_rows, is_first, next_value
from gold.conformed.members import with_known_key
from gold.subscribers.dimensions import version_key

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
        ColumnSpec("revenue", "DECIMAL(12,2)", "revenue of the plan in the month; 0 if the subscriber was not active"),
        ColumnSpec("is_active", "BOOLEAN", "whether the month is between joining and the last payment"),
        ColumnSpec("is_new", "BOOLEAN", "whether it is the month of joining"),
        ColumnSpec("is_churned", "BOOLEAN", "whether it is the month after the last, and later data exist"),
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
        "never_negative": "revenue >= 0",
        "active_or_churned": "is_active <> is_churned AND (is_active OR coalesce(NOT is_new, FALSE))",
    },
)


def with_valid_days(subscribers: DataFrame) -> DataFrame:
    """One row per version, with the days `valid_from` and `valid_until` that bound its validity: null for no bound."""
    order = "subscriber_id", ["__START_AT"]
    return subscribers.withColumns(
        {
            "valid_from": F.when(~is_first(*order), F.col("__START_AT").cast("date")),
            "valid_until": next_value("__START_AT", *order).cast("date"),
        }
    )


def paid_months(subscribers: DataFrame) -> DataFrame:
    """One row per subscriber: first_month and last_month, which they paid for, and has_left.

    Subscribers who paid in the last month with any payment may pay again: they have left only if a snapshot lacks them.
    """
    months = subscribers.groupBy("subscriber_id").agg(
        F.trunc(F.min("join_date"), "month").alias("first_month"),
        F.trunc(F.greatest(F.max("last_payment_date"), F.min("join_date")), "month").alias("last_month"),
        F.count_if(F.col("__END_AT").isNull()).alias("current_versions"),
    )
    newest = F.max("last_month").over(all_rows())
    return months.withColumn("has_left", (F.col("last_month") < newest) | (F.col("current_versions") == 0))


def fact_subscription_month(
    subscribers: DataFrame, dim_subscriber: DataFrame, dim_plan: DataFrame, dim_country: DataFrame, dim_date: DataFrame
) -> DataFrame:
    """One row per subscriber and month. `subscribers` are all versions of them.

    Months before the first year of the calendar (2007) are left out: dim_date doesn't have them.
    """
    versions = (
        with_valid_days(subscribers)
        .select(
            "subscriber_id",
            F.trunc("valid_from", "month").alias("from_month"),
            F.add_months(F.trunc("valid_until", "month"), -1).alias("until_month"),
            version_key(F.col("subscriber_id"), F.col("__START_AT")).alias("subscriber_key"),
            key_or_unknown(F.col("plan")).alias("plan_key"),
            key_or_unknown(F.col("country")).alias("country_key"),
            "monthly_revenue",
        )
        .transform(with_known_key, dim_subscriber, "subscriber_key")
        .transform(with_known_key, dim_plan, "plan_key")
        .transform(with_known_key, dim_country, "country_key")
    )
    ends = F.when(F.col("has_left"), F.add_months("last_month", 1)).otherwise(F.col("last_month"))
    paid = paid_months(subscribers).withColumn("ends", ends)
    # The version on its last day counts for a month: the one that started in the month, not the one that ended.
    bounds = F.greatest("first_month", "from_month", F.lit(FIRST_MONTH)), F.least("ends", "until_month")
    months = F.when(bounds[0] <= bounds[1], F.sequence(*bounds, F.expr("INTERVAL 1 MONTH")))
    by_month = paid.join(versions, "subscriber_id", how="inner").withColumn("month", F.explode(months))
    # The few days on the left: the default engine keeps that side in memory, and streams the other.
    days = dim_date.select("date_key", F.col("date").alias("month"))
    dated = days.join(by_month, "month", how="right")
    is_active = F.col("month") <= F.col("last_month")
    return dated.select(
        "subscriber_id",
        or_unknown_key("date_key").alias("date_key"),
        "subscriber_key",
        "plan_key",
        "country_key",
        F.when(is_active, F.col("monthly_revenue")).otherwise(F.lit(0).cast("decimal(12,2)")).alias("revenue"),
        is_active.alias("is_active"),
        (F.col("month") == F.col("first_month")).alias("is_new"),
        (~is_active).alias("is_churned"),
    )
