"""Gold: the dimensions that every subject shares."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from gold.conformed import dimensions
from gold.conformed.dimensions import DIM_COUNTRY, DIM_DATE
from gold.conformed.reference import COUNTRY_SCHEMA, countries

spark: SparkSession


@dp.materialized_view(name=DIM_DATE.name, comment=DIM_DATE.comment, schema=DIM_DATE.schema)
@dp.expect_all_or_drop(DIM_DATE.rules)
def dim_date() -> DataFrame:
    return dimensions.dim_date(spark.read.table("latest_titles"), spark.read.table("playback_members"), spark.range(1))


@dp.materialized_view(name=DIM_COUNTRY.name, comment=DIM_COUNTRY.comment, schema=DIM_COUNTRY.schema)
@dp.expect_all_or_drop(DIM_COUNTRY.rules)
def dim_country() -> DataFrame:
    known_countries = spark.createDataFrame(countries(), COUNTRY_SCHEMA)
    return dimensions.dim_country(
        spark.read.table("latest_titles"), spark.read.table("playback_members"), known_countries, spark.range(1)
    )
