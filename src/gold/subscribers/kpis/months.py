"""KPIs of subscribers."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.fractions import ratio
from common.specifications import ColumnSpec, TableSpec

ALL_ROWS = Window.partitionBy(F.lit(0))

KPI_SUBSCRIBERS = TableSpec(
    name="kpi_subscribers",
    comment="One row per plan, country, age band and gender of those who subscribe now: how many, and what they bring.",
    columns=(
        ColumnSpec("plan", "STRING", "Unknown where none is known"),
        ColumnSpec("country", "STRING", "where they live; Unknown where none is known"),
        ColumnSpec("age_band", "STRING", "13-17, 18-24, … 65+; Unknown"),
        ColumnSpec("gender", "STRING", "as the source says it; Unknown"),
        ColumnSpec("subscribers", "BIGINT", "current subscribers"),
        ColumnSpec("monthly_revenue", "DECIMAL(18,2)", "what their plans bring in a month"),
    ),
    rules={"counts_subscribers": "subscribers > 0", "never_negative": "monthly_revenue >= 0"},
)


def kpi_subscribers(
    subscribers: DataFrame, dim_subscriber: DataFrame, dim_plan: DataFrame, dim_country: DataFrame
) -> DataFrame:
    """One row per plan, country, age band and gender of current subscribers; revenue is silver's (`subscribers`)."""
    revenue = subscribers.filter("__END_AT IS NULL").select("subscriber_id", "monthly_revenue")
    current = dim_subscriber.filter("is_current AND subscriber_key <> -1").join(revenue, "subscriber_id", how="inner")
    named = current.join(dim_plan, "plan_key", how="inner").join(dim_country, "country_key", how="inner")
    by = named.groupBy("plan", "country", "age_band", "gender")
    return by.agg(
        F.count(F.lit(1)).alias("subscribers"),
        F.sum("monthly_revenue").cast("decimal(18,2)").alias("monthly_revenue"),
    )


KPI_MONTHLY_REVENUE = TableSpec(
    name="kpi_monthly_revenue",
    comment="One row per month and plan: revenue, and active, new and churned subscribers.",
    columns=(
        ColumnSpec("month", "DATE", "first day of the month"),
        ColumnSpec("plan", "STRING", "Unknown where none is known"),
        ColumnSpec("revenue", "DECIMAL(18,2)", "of active subscribers"),
        ColumnSpec("active_subscribers", "BIGINT", "from the month of joining to that of the last payment"),
        ColumnSpec("new_subscribers", "BIGINT", "who joined in the month"),
        ColumnSpec("churned_subscribers", "BIGINT", "whose last month was the one before"),
        ColumnSpec(
            "average_revenue_per_user", "DECIMAL(18,6)", "revenue / active subscribers, rounded half up; null for 0"
        ),
    ),
    rules={
        "has_month": "month IS NOT NULL",
        "never_negative": "least(revenue, active_subscribers, new_subscribers, churned_subscribers) >= 0",
        "new_ones_are_active": "new_subscribers <= active_subscribers",
    },
)


def kpi_monthly_revenue(fact: DataFrame, dim_plan: DataFrame, dim_date: DataFrame) -> DataFrame:
    """One row per month and plan. `fact` is fact_subscription_month."""
    days = dim_date.select("date_key", F.col("date").alias("month"))
    named = fact.join(days, "date_key", how="inner").join(dim_plan, "plan_key", how="inner")
    counts = named.groupBy("month", "plan").agg(
        F.sum("revenue").cast("decimal(18,2)").alias("revenue"),
        F.count_if("is_active").alias("active_subscribers"),
        F.count_if("is_new").alias("new_subscribers"),
        F.count_if("is_churned").alias("churned_subscribers"),
    )
    cents = counts.withColumns(
        {
            "cents": (F.col("revenue") * 100).cast("bigint"),
            "of_hundred": F.col("active_subscribers") * 100,
        }
    )
    average = ratio("cents", "of_hundred")
    return cents.withColumn("average_revenue_per_user", average).select(*KPI_MONTHLY_REVENUE.column_names)


KPI_PLAN_DEVICE = TableSpec(
    name="kpi_plan_device",
    comment="One row per device and plan of those who subscribe now: how many, and their share of the device.",
    columns=(
        ColumnSpec("device", "STRING", "what they watch on; Unknown where none is known"),
        ColumnSpec("plan", "STRING", "Unknown where none is known"),
        ColumnSpec("subscribers", "BIGINT", "current subscribers"),
        ColumnSpec("share", "DECIMAL(18,6)", "of all current subscribers with the device, 0 to 1, rounded half up"),
    ),
    rules={"counts_subscribers": "subscribers > 0", "share_is_a_fraction": "share BETWEEN 0 AND 1"},
)


def kpi_plan_device(dim_subscriber: DataFrame, dim_device: DataFrame, dim_plan: DataFrame) -> DataFrame:
    """One row per device and plan of current subscribers. The shares of a device add up to 1, but for rounding."""
    current = dim_subscriber.filter("is_current AND subscriber_key <> -1")
    named = current.join(dim_device, "device_key", how="inner").join(dim_plan, "plan_key", how="inner")
    counts = named.groupBy("device", "plan").agg(F.count(F.lit(1)).alias("subscribers"))
    whole = counts.withColumn("of_device", F.sum("subscribers").over(Window.partitionBy("device")))
    return whole.select("device", "plan", "subscribers", ratio("subscribers", "of_device").alias("share"))


KPI_COHORT_RETENTION = TableSpec(
    name="kpi_cohort_retention",
    comment="One row per month of joining and months since then: how many joined, and how many are active still.",
    columns=(
        ColumnSpec("cohort_month", "DATE", "first day of the month of joining"),
        ColumnSpec(
            "months_since_joining", "INT", "0 is the month of joining; the last is the newest that anybody paid in"
        ),
        ColumnSpec("subscribers", "BIGINT", "who joined in the cohort month; the same in all its rows"),
        ColumnSpec("active_subscribers", "BIGINT", "who of them are active so many months later; 0 where nobody is"),
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


def kpi_cohort_retention(fact: DataFrame, dim_date: DataFrame) -> DataFrame:
    """One row per month of joining and months since then, gaps none. `fact` is fact_subscription_month.

    A cohort goes on to the newest month in which anybody is active: after that nothing is known, though who has left in
    it is churned in the month after. Whose month of joining is no day of dim_date is in no cohort.
    """
    days = dim_date.select("date_key", F.col("date").alias("month"))
    months = days.join(fact, "date_key", how="inner").select("subscriber_id", "month", "is_new", "is_active")
    joined = months.filter("is_new").groupBy("subscriber_id").agg(F.min("month").alias("cohort_month"))
    active = joined.join(months.filter("is_active"), "subscriber_id", how="right")
    counts = active.groupBy("cohort_month", "month").agg(F.count(F.lit(1)).alias("counted"))
    # Not grouped by the cohort: Sail then takes it for a key of the months below too, and sorts by nothing else.
    newest = counts.withColumn("newest", F.max("month").over(ALL_ROWS))
    cohorts = newest.filter("month = cohort_month").withColumnRenamed("counted", "subscribers")
    since = F.posexplode(F.sequence("cohort_month", "newest", F.expr("INTERVAL 1 MONTH")))
    spread = cohorts.select("cohort_month", "subscribers", since.alias("months_since_joining", "month"))
    found = spread.join(counts, ["cohort_month", "month"], how="left")
    known = found.withColumn("active_subscribers", F.coalesce("counted", F.lit(0).cast("bigint")))
    retention = known.withColumn("retention", ratio("active_subscribers", "subscribers"))
    return retention.select(*KPI_COHORT_RETENTION.column_names)
