"""KPIs of subscribers."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from gold.conformed.measures import ratio
from tables import Column, Table

KPI_SUBSCRIBERS = Table(
    name="kpi_subscribers",
    comment="One row per plan, country, age band and gender of those who subscribe now: how many, and what they bring.",
    columns=(
        Column("plan", "STRING", "Unknown where none is known"),
        Column("country", "STRING", "where they live; Unknown where none is known"),
        Column("age_band", "STRING", "13-17, 18-24, … 65+; Unknown"),
        Column("gender", "STRING", "as the source says it; Unknown"),
        Column("subscribers", "BIGINT", "current subscribers"),
        Column("monthly_revenue", "DECIMAL(18,2)", "what their plans bring in a month"),
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


KPI_MONTHLY_REVENUE = Table(
    name="kpi_monthly_revenue",
    comment="One row per month and plan: revenue, and active, new and churned subscribers.",
    columns=(
        Column("month", "DATE", "first day of the month"),
        Column("plan", "STRING", "Unknown where none is known"),
        Column("revenue", "DECIMAL(18,2)", "of active subscribers"),
        Column("active_subscribers", "BIGINT", "from the month of joining to that of the last payment"),
        Column("new_subscribers", "BIGINT", "who joined in the month"),
        Column("churned_subscribers", "BIGINT", "whose last month was the one before"),
        Column(
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
