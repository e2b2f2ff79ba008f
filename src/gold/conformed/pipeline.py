"""Gold: the dimensions that every subject shares."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from gold.conformed import dimensions
from gold.conformed.dimensions import DIM_COUNTRY, DIM_DATE, DIM_DEVICE
from gold.conformed.reference import COUNTRY_SCHEMA, countries

spark: SparkSession

SILVER = spark.conf.get("lakehouse.silver_schema")


@dp.materialized_view(name=DIM_DATE.name, comment=DIM_DATE.comment, schema=DIM_DATE.schema)
@dp.expect_all_or_drop(DIM_DATE.rules)
def dim_date() -> DataFrame:
    return dimensions.dim_date(
        spark.read.table("latest_titles"),
        spark.read.table("playback_members"),
        spark.read.table(f"{SILVER}.subscribers"),
        spark.range(1),
    )


@dp.materialized_view(name=DIM_COUNTRY.name, comment=DIM_COUNTRY.comment, schema=DIM_COUNTRY.schema)
@dp.expect_all_or_drop(DIM_COUNTRY.rules)
def dim_country() -> DataFrame:
    return dimensions.dim_country(
        spark.read.table("latest_titles"),
        spark.read.table("playback_members"),
        spark.read.table(f"{SILVER}.subscribers"),
        spark.createDataFrame(countries(), COUNTRY_SCHEMA),
        spark.range(1),
    )


@dp.materialized_view(name=DIM_DEVICE.name, comment=DIM_DEVICE.comment, schema=DIM_DEVICE.schema)
@dp.expect_all_or_drop(DIM_DEVICE.rules)
def dim_device() -> DataFrame:
    return dimensions.dim_device(
        spark.read.table("playback_members"), spark.read.table(f"{SILVER}.subscribers"), spark.range(1)
    )
