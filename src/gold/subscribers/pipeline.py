"""Gold: who subscribes, to what, and what it brings."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from gold.subscribers import dimensions, facts
from gold.subscribers.dimensions import DIM_PLAN, DIM_SUBSCRIBER
from gold.subscribers.facts import FACT_SUBSCRIPTION_MONTH
from gold.subscribers.kpis import months as kpis
from gold.subscribers.kpis.months import KPI_COHORT_RETENTION, KPI_MONTHLY_REVENUE, KPI_PLAN_DEVICE, KPI_SUBSCRIBERS

spark: SparkSession

SILVER = spark.conf.get("lakehouse.silver_schema")
GOLD = str(spark.conf.get("lakehouse.gold_schema"))


@dp.materialized_view(name=DIM_PLAN.name, comment=DIM_PLAN.comment, schema=DIM_PLAN.schema)
@dp.expect_all_or_drop(DIM_PLAN.rules)
def dim_plan() -> DataFrame:
    return dimensions.dim_plan(spark.read.table(f"{SILVER}.subscribers"), spark.range(1))


@dp.materialized_view(name=DIM_SUBSCRIBER.name, comment=DIM_SUBSCRIBER.comment, schema=DIM_SUBSCRIBER.schema_in(GOLD))
@dp.expect_all_or_drop(DIM_SUBSCRIBER.rules)
def dim_subscriber() -> DataFrame:
    return dimensions.dim_subscriber(
        spark.read.table(f"{SILVER}.subscribers"),
        spark.read.table("dim_country"),
        spark.read.table("dim_plan"),
        spark.read.table("dim_device"),
        spark.range(1),
    )


@dp.materialized_view(
    name=FACT_SUBSCRIPTION_MONTH.name,
    comment=FACT_SUBSCRIPTION_MONTH.comment,
    schema=FACT_SUBSCRIPTION_MONTH.schema_in(GOLD),
)
@dp.expect_all_or_drop(FACT_SUBSCRIPTION_MONTH.rules)
def fact_subscription_month() -> DataFrame:
    return facts.fact_subscription_month(
        spark.read.table(f"{SILVER}.subscribers"),
        spark.read.table("dim_subscriber"),
        spark.read.table("dim_plan"),
        spark.read.table("dim_country"),
        spark.read.table("dim_date"),
    )


@dp.materialized_view(name=KPI_SUBSCRIBERS.name, comment=KPI_SUBSCRIBERS.comment, schema=KPI_SUBSCRIBERS.schema)
@dp.expect_all_or_drop(KPI_SUBSCRIBERS.rules)
def kpi_subscribers() -> DataFrame:
    return kpis.kpi_subscribers(
        spark.read.table(f"{SILVER}.subscribers"),
        spark.read.table("dim_subscriber"),
        spark.read.table("dim_plan"),
        spark.read.table("dim_country"),
    )


@dp.materialized_view(
    name=KPI_MONTHLY_REVENUE.name, comment=KPI_MONTHLY_REVENUE.comment, schema=KPI_MONTHLY_REVENUE.schema
)
@dp.expect_all_or_drop(KPI_MONTHLY_REVENUE.rules)
def kpi_monthly_revenue() -> DataFrame:
    return kpis.kpi_monthly_revenue(
        spark.read.table("fact_subscription_month"), spark.read.table("dim_plan"), spark.read.table("dim_date")
    )


@dp.materialized_view(name=KPI_PLAN_DEVICE.name, comment=KPI_PLAN_DEVICE.comment, schema=KPI_PLAN_DEVICE.schema)
@dp.expect_all_or_drop(KPI_PLAN_DEVICE.rules)
def kpi_plan_device() -> DataFrame:
    return kpis.kpi_plan_device(
        spark.read.table("dim_subscriber"), spark.read.table("dim_device"), spark.read.table("dim_plan")
    )


@dp.materialized_view(
    name=KPI_COHORT_RETENTION.name, comment=KPI_COHORT_RETENTION.comment, schema=KPI_COHORT_RETENTION.schema
)
@dp.expect_all_or_drop(KPI_COHORT_RETENTION.rules)
def kpi_cohort_retention() -> DataFrame:
    return kpis.kpi_cohort_retention(spark.read.table("fact_subscription_month"), spark.read.table("dim_date"))
