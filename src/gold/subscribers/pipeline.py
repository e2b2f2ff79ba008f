"""Gold: the star schema and the KPIs of subscribers."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from gold.subscribers import dimensions, facts
from gold.subscribers.kpis import current, months

spark: SparkSession

SILVER = spark.conf.get("lakehouse.silver_schema")
GOLD = str(spark.conf.get("lakehouse.gold_schema"))


@dp.materialized_view(**dimensions.DIM_PLAN.declaration(GOLD))
@dp.expect_all_or_drop(dimensions.DIM_PLAN.rules)
def dim_plan() -> DataFrame:
    return dimensions.dim_plan(spark.read.table(f"{SILVER}.subscribers"), spark.range(1))


@dp.materialized_view(**dimensions.DIM_SUBSCRIBER.declaration(GOLD))
@dp.expect_all_or_drop(dimensions.DIM_SUBSCRIBER.rules)
def dim_subscriber() -> DataFrame:
    return dimensions.dim_subscriber(
        spark.read.table(f"{SILVER}.subscribers"),
        spark.read.table("dim_country"),
        spark.read.table("dim_plan"),
        spark.read.table("dim_device"),
        spark.range(1),
    )


@dp.materialized_view(**facts.FACT_SUBSCRIPTION_MONTH.declaration(GOLD))
@dp.expect_all_or_drop(facts.FACT_SUBSCRIPTION_MONTH.rules)
def fact_subscription_month() -> DataFrame:
    return facts.fact_subscription_month(
        spark.read.table(f"{SILVER}.subscribers"),
        spark.read.table(f"{SILVER}.subscriber_releases"),
        spark.read.table("dim_subscriber"),
        spark.read.table("dim_date"),
    )


@dp.materialized_view(**current.KPI_SUBSCRIBERS.declaration(GOLD))
@dp.expect_all_or_drop(current.KPI_SUBSCRIBERS.rules)
def kpi_subscribers() -> DataFrame:
    return current.kpi_subscribers(
        spark.read.table(f"{SILVER}.subscribers"),
        spark.read.table("dim_subscriber"),
        spark.read.table("dim_plan"),
        spark.read.table("dim_country"),
    )


@dp.materialized_view(**current.KPI_PLAN_DEVICE.declaration(GOLD))
@dp.expect_all_or_drop(current.KPI_PLAN_DEVICE.rules)
def kpi_plan_device() -> DataFrame:
    return current.kpi_plan_device(
        spark.read.table("dim_subscriber"), spark.read.table("dim_device"), spark.read.table("dim_plan")
    )


@dp.materialized_view(**months.KPI_MONTHLY_REVENUE.declaration(GOLD))
@dp.expect_all_or_drop(months.KPI_MONTHLY_REVENUE.rules)
def kpi_monthly_revenue() -> DataFrame:
    return months.kpi_monthly_revenue(
        spark.read.table("fact_subscription_month"), spark.read.table("dim_plan"), spark.read.table("dim_date")
    )


@dp.materialized_view(**months.KPI_COHORT_RETENTION.declaration(GOLD))
@dp.expect_all_or_drop(months.KPI_COHORT_RETENTION.rules)
def kpi_cohort_retention() -> DataFrame:
    return months.kpi_cohort_retention(spark.read.table("fact_subscription_month"), spark.read.table("dim_date"))
