"""KPIs of subscribers by month: revenue, and how many stay."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from common.aggregates import count_rows
from common.fractions import ratio
from common.specifications import ColumnSpec, TableSpec
from common.windows import all_rows

KPI_MONTHLY_REVENUE = TableSpec(
    name="kpi_monthly_revenue",
    comment="One row per month and plan: revenue, and active, new and churned subscribers.",
    columns=(
        ColumnSpec("month", "DATE", "first day of the month"),
        ColumnSpec("plan", "STRING", "plan; Unknown if not known"),
        ColumnSpec("revenue", "DECIMAL(18,2)", "revenue from active subscribers; null if unknown for all of them"),
        ColumnSpec("active_subscribers", "BIGINT", "subscribers between the months of joining and last payment"),
        ColumnSpec("new_subscribers", "BIGINT", "subscribers who joined or rejoined in the month"),
        ColumnSpec("churned_subscribers", "BIGINT", "subscribers who left after the month before"),
        ColumnSpec(
            "average_revenue_per_user", "DECIMAL(18,6)", "revenue / active subscribers of known revenue; null for 0"
        ),
    ),
    rules={
        "has_month": "month IS NOT NULL",
        "never_negative": "coalesce(revenue, 0) >= 0 "
        "AND least(active_subscribers, new_subscribers, churned_subscribers) >= 0",
        "new_ones_are_active": "new_subscribers <= active_subscribers",
    },
)


def kpi_monthly_revenue(fact_subscription_month: DataFrame, dim_plan: DataFrame, dim_date: DataFrame) -> DataFrame:
    """One row per month and plan. The average is computed in cents, so that it is exact.

    Active subscribers of unknown revenue are counted, but add nothing to the revenue and aren't in its average.
    """
    days = dim_date.select("date_key", F.col("date").alias("month"))
    named = fact_subscription_month.join(days, "date_key", how="inner").join(dim_plan, "plan_key", how="inner")
    counts = named.groupBy("month", "plan").agg(
        F.sum("revenue").cast("decimal(18,2)").alias("known_revenue"),
        F.count_if(F.col("is_active") & F.col("revenue").isNotNull()).alias("with_revenue"),
        F.count_if("is_active").alias("active_subscribers"),
        F.count_if("is_new").alias("new_subscribers"),
        F.count_if("is_churned").alias("churned_subscribers"),
    )
    is_known = (F.col("with_revenue") > 0) | (F.col("active_subscribers") == 0)
    measures = {
        "revenue": F.when(is_known, F.col("known_revenue")),
        "average_revenue_per_user": ratio((F.col("known_revenue") * 100).cast("bigint"), F.col("with_revenue") * 100),
    }
    return counts.withColumns(measures).select(*KPI_MONTHLY_REVENUE.column_names)


KPI_COHORT_RETENTION = TableSpec(
    name="kpi_cohort_retention",
    comment="One row per month of joining and months since then: subscribers who joined, and who are still active.",
    columns=(
        ColumnSpec("cohort_month", "DATE", "first day of the month of joining"),
        ColumnSpec("months_since_joining", "INT", "from 0 to the newest month in which anybody paid"),
        ColumnSpec("subscribers", "BIGINT", "subscribers who joined in the cohort month; the same in all its rows"),
        ColumnSpec("active_subscribers", "BIGINT", "of these, subscribers who are active so many months later"),
        ColumnSpec("retention", "DECIMAL(18,6)", "active subscribers / subscribers, 0 to 1, rounded half up"),
    ),
    rules={
        "has_cohort": "cohort_month IS NOT NULL",
        "counts_months": "months_since_joining >= 0",
        "counts_subscribers": "subscribers > 0",
        "active_ones_have_joined": "active_subscribers BETWEEN 0 AND subscribers",
        "retention_is_a_fraction": "retention BETWEEN 0 AND 1",
    },
)


def kpi_cohort_retention(fact_subscription_month: DataFrame, dim_date: DataFrame) -> DataFrame:
    """One row per cohort and month, also for months in which nobody of the cohort is active any more.

    A cohort goes on to the newest month in which anybody is active: nothing is known about later ones, although
    subscribers who leave in it have churned in the month after. If a month of joining is not in dim_date, its
    subscribers are in no cohort.
    """
    days = dim_date.select("date_key", F.col("date").alias("month"))
    facts = days.join(fact_subscription_month, "date_key", how="inner")
    months = facts.select("subscriber_id", "month", "is_new", "is_active")
    joined = months.filter("is_new").groupBy("subscriber_id").agg(F.min("month").alias("cohort_month"))
    active = joined.join(months.filter("is_active"), "subscriber_id", how="right")
    counts = active.groupBy("cohort_month", "month").agg(count_rows("active"))
    # Not grouped by the cohort: Sail would take it for a key of the months below too, and sort by nothing else.
    newest = counts.withColumn("newest", F.max("month").over(all_rows()))
    cohorts = newest.filter("month = cohort_month").withColumnRenamed("active", "subscribers")
    since_joining = F.posexplode(F.sequence("cohort_month", "newest", F.expr("INTERVAL 1 MONTH")))
    spread = cohorts.select("cohort_month", "subscribers", since_joining.alias("months_since_joining", "month"))
    active_later = spread.join(counts, ["cohort_month", "month"], how="left")
    known = active_later.withColumn("active_subscribers", F.coalesce("active", F.lit(0).cast("bigint")))
    retention = known.withColumn("retention", ratio("active_subscribers", "subscribers"))
    return retention.select(*KPI_COHORT_RETENTION.column_names)
