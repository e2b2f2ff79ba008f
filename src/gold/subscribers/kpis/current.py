"""KPIs of current subscribers."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.aggregates import count_rows
from common.fractions import ratio
from common.specifications import ColumnSpec, TableSpec

PLAN = ColumnSpec("plan", "STRING", "plan; Unknown if not known")
SUBSCRIBER_COUNT = ColumnSpec("subscribers", "BIGINT", "subscribers in the latest snapshot")
COUNTS_SUBSCRIBERS = {"counts_subscribers": "subscribers > 0"}

KPI_SUBSCRIBERS = TableSpec(
    name="kpi_subscribers",
    comment="One row per plan, country, age band and gender of current subscribers: their number and monthly revenue.",
    columns=(
        PLAN,
        ColumnSpec("country", "STRING", "country of residence; Unknown if not known"),
        ColumnSpec("age_band", "STRING", "13-17, 18-24, 25-34, 35-44, 45-54, 55-64, 65+ or Unknown"),
        ColumnSpec("gender", "STRING", "gender; Unknown if not known"),
        SUBSCRIBER_COUNT,
        ColumnSpec("monthly_revenue", "DECIMAL(18,2)", "what current subscribers pay per month; null if all unknown"),
    ),
    rules={**COUNTS_SUBSCRIBERS, "never_negative": "coalesce(monthly_revenue, 0) >= 0"},
    properties={"lakehouse.example": "ORDER BY subscribers DESC LIMIT 5"},
)


def current_subscribers(dim_subscriber: DataFrame) -> DataFrame:
    """One row per current subscriber, without the unknown member."""
    return dim_subscriber.filter("is_current AND subscriber_key <> -1")


def kpi_subscribers(
    subscribers: DataFrame, dim_subscriber: DataFrame, dim_plan: DataFrame, dim_country: DataFrame
) -> DataFrame:
    """One row per plan, country, age band and gender; the revenue is that in `subscribers` (silver)."""
    revenue = subscribers.filter("__END_AT IS NULL").select("subscriber_id", "monthly_revenue")
    current = current_subscribers(dim_subscriber).join(revenue, "subscriber_id", how="inner")
    named = current.join(dim_plan, "plan_key", how="inner").join(dim_country, "country_key", how="inner")
    return named.groupBy("plan", "country", "age_band", "gender").agg(
        count_rows("subscribers"), F.sum("monthly_revenue").cast("decimal(18,2)").alias("monthly_revenue")
    )


KPI_PLAN_DEVICE = TableSpec(
    name="kpi_plan_device",
    comment="One row per device and plan of current subscribers: their number, and their share of the device.",
    columns=(
        ColumnSpec("device", "STRING", "device; Unknown if not known"),
        PLAN,
        SUBSCRIBER_COUNT,
        ColumnSpec("share", "DECIMAL(18,6)", "subscribers / all with the device, 0 to 1, rounded half up"),
    ),
    rules={**COUNTS_SUBSCRIBERS, "share_is_a_fraction": "share BETWEEN 0 AND 1"},
)


def kpi_plan_device(dim_subscriber: DataFrame, dim_device: DataFrame, dim_plan: DataFrame) -> DataFrame:
    """One row per device and plan. The shares of a device add up to 1, but for rounding."""
    current = current_subscribers(dim_subscriber)
    named = current.join(dim_device, "device_key", how="inner").join(dim_plan, "plan_key", how="inner")
    counts = named.groupBy("device", "plan").agg(count_rows("subscribers"))
    totals = counts.withColumn("device_total", F.sum("subscribers").over(Window.partitionBy("device")))
    return totals.select("device", "plan", "subscribers", ratio("subscribers", "device_total").alias("share"))
