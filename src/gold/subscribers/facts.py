"""Facts of subscribers: the months for which they paid, and those after which they left."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.dates import STREAMING_BEGAN
from common.specifications import ColumnSpec, TableSpec
from common.windows import is_first, next_of
from gold.conformed.members import UNKNOWN_KEY, key_or_unknown, known_or_unknown
from gold.subscribers.dimensions import version_key

# The first of the calendar (dim_date).
FIRST_MONTH = STREAMING_BEGAN.replace(day=1)

FACT_SUBSCRIPTION_MONTH = TableSpec(
    name="fact_subscription_month",
    comment="One row per subscriber and month (from 2007 on) from joining to the last payment, and the month after for "
    "who has left.",
    columns=(
        ColumnSpec("subscriber_id", "STRING", "pseudonym of the subscriber"),
        ColumnSpec("date_key", "INT", "first day of the month (dim_date)"),
        ColumnSpec(
            "subscriber_key", "BIGINT", "the version of the subscriber at the end of the month (dim_subscriber)"
        ),
        ColumnSpec("plan_key", "BIGINT", "the plan of that version (dim_plan)"),
        ColumnSpec("country_key", "BIGINT", "where that version lives (dim_country)"),
        ColumnSpec("revenue", "DECIMAL(12,2)", "what the plan brought in the month; 0 where nobody was active"),
        ColumnSpec("is_active", "BOOLEAN", "from the month of joining to that of the last payment"),
        ColumnSpec("is_new", "BOOLEAN", "the month of joining"),
        ColumnSpec("is_churned", "BOOLEAN", "the month after the last, where later data show that time went on"),
    ),
    primary_key=("subscriber_id", "date_key"),
    foreign_keys={
        "date_key": "dim_date",
        "subscriber_key": "dim_subscriber",
        "plan_key": "dim_plan",
        "country_key": "dim_country",
    },
    rules={
        "has_subscriber": "subscriber_id IS NOT NULL",
        "has_month": "date_key IS NOT NULL",
        "never_negative": "revenue >= 0",
        "active_or_churned": "is_active <> is_churned AND (is_active OR coalesce(NOT is_new, FALSE))",
    },
)


def versions(subscribers: DataFrame) -> DataFrame:
    """One row per version, with the days `from_day` and `until_day` between which it holds: null for no bound."""
    in_order = "subscriber_id", ["__START_AT"]
    return subscribers.withColumns(
        {
            "from_day": F.when(~is_first(*in_order), F.col("__START_AT").cast("date")),
            "until_day": next_of("__START_AT", *in_order).cast("date"),
        }
    )


def paid_months(subscribers: DataFrame) -> DataFrame:
    """One row per subscriber: the first and the last month paid for, and whether they have left since.

    Who paid in the last month that anybody paid in may pay again: they have left only where a snapshot lacks them.
    """
    of_each = subscribers.groupBy("subscriber_id").agg(
        F.trunc(F.min("join_date"), "month").alias("first_month"),
        F.trunc(F.greatest(F.max("last_payment_date"), F.min("join_date")), "month").alias("last_month"),
        F.count_if(F.col("__END_AT").isNull()).alias("standing"),
    )
    newest = F.max("last_month").over(Window.partitionBy(F.lit(0)))
    return of_each.withColumn("has_left", (F.col("last_month") < newest) | (F.col("standing") == 0))


def fact_subscription_month(
    subscribers: DataFrame, dim_subscriber: DataFrame, dim_plan: DataFrame, dim_country: DataFrame, dim_date: DataFrame
) -> DataFrame:
    """One row per subscriber and month. `subscribers` are all versions of them.

    Months before the first year of the calendar (2007) are left out: they have no day of dim_date.
    """
    known = versions(subscribers).select(
        "subscriber_id",
        F.trunc("from_day", "month").alias("from_month"),
        F.add_months(F.trunc("until_day", "month"), -1).alias("until_month"),
        version_key(F.col("subscriber_id"), F.col("__START_AT")).alias("subscriber_key"),
        key_or_unknown(F.col("plan")).alias("plan_key"),
        key_or_unknown(F.col("country")).alias("country_key"),
        "monthly_revenue",
    )
    for key, parent in {"subscriber_key": dim_subscriber, "plan_key": dim_plan, "country_key": dim_country}.items():
        known = known_or_unknown(known, parent, key)
    ends = F.when(F.col("has_left"), F.add_months("last_month", 1)).otherwise(F.col("last_month"))
    paid = paid_months(subscribers).withColumn("ends", ends)
    # A version is that of its months' last days: it has the month in which it began, not that in which it ended.
    bounds = F.greatest("first_month", "from_month", F.lit(FIRST_MONTH)), F.least("ends", "until_month")
    months = F.when(bounds[0] <= bounds[1], F.sequence(*bounds, F.expr("INTERVAL 1 MONTH")))
    of_versions = paid.join(known, "subscriber_id", how="inner").withColumn("month", F.explode(months))
    # The few days from the left: the default engine holds that side in memory, and streams the other.
    days = dim_date.select("date_key", F.col("date").alias("month"))
    dated = days.join(of_versions, "month", how="right")
    is_active = F.col("month") <= F.col("last_month")
    return dated.select(
        "subscriber_id",
        F.coalesce("date_key", F.lit(UNKNOWN_KEY)).alias("date_key"),
        "subscriber_key",
        "plan_key",
        "country_key",
        F.when(is_active, F.col("monthly_revenue")).otherwise(F.lit(0).cast("decimal(12,2)")).alias("revenue"),
        is_active.alias("is_active"),
        (F.col("month") == F.col("first_month")).alias("is_new"),
        (~is_active).alias("is_churned"),
    )
