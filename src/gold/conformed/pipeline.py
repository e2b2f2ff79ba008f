"""Gold: the dimensions that every subject shares, and what they are made from."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from common.countries import COUNTRY_SCHEMA, countries
from common.history import latest_versions
from gold.conformed import dimensions, events

spark: SparkSession

SILVER = spark.conf.get("lakehouse.silver_schema")
GOLD = str(spark.conf.get("lakehouse.gold_schema"))


@dp.temporary_view(comment="One row per title: its latest version, in the catalogue or not.")
def latest_titles() -> DataFrame:
    return latest_versions(spark.read.table(f"{SILVER}.titles"), "title_key")


@dp.materialized_view(**events.PLAYBACK_EVENT_DAYS.declaration(GOLD))
@dp.expect_all_or_drop(events.PLAYBACK_EVENT_DAYS.rules)
def playback_event_days() -> DataFrame:
    return events.playback_event_days(spark.read.table(f"{SILVER}.playback_events"))


@dp.materialized_view(**events.PLAYBACK_MEMBERS.declaration(GOLD))
@dp.expect_all_or_drop(events.PLAYBACK_MEMBERS.rules)
def playback_members() -> DataFrame:
    return events.playback_members(spark.read.table("playback_event_days"))


@dp.materialized_view(**dimensions.DIM_DATE.declaration(GOLD))
@dp.expect_all_or_drop(dimensions.DIM_DATE.rules)
def dim_date() -> DataFrame:
    return dimensions.dim_date(
        spark.read.table("latest_titles"),
        spark.read.table("playback_members"),
        spark.read.table(f"{SILVER}.subscribers"),
        spark.read.table(f"{SILVER}.subscriber_releases"),
        spark.range(1),
    )


@dp.materialized_view(**dimensions.DIM_COUNTRY.declaration(GOLD))
@dp.expect_all_or_drop(dimensions.DIM_COUNTRY.rules)
def dim_country() -> DataFrame:
    return dimensions.dim_country(
        spark.read.table("latest_titles"),
        spark.read.table("playback_members"),
        spark.read.table(f"{SILVER}.subscribers"),
        spark.createDataFrame(countries(), COUNTRY_SCHEMA),
        spark.range(1),
    )


@dp.materialized_view(**dimensions.DIM_DEVICE.declaration(GOLD))
@dp.expect_all_or_drop(dimensions.DIM_DEVICE.rules)
def dim_device() -> DataFrame:
    return dimensions.dim_device(
        spark.read.table("playback_members"), spark.read.table(f"{SILVER}.subscribers"), spark.range(1)
    )
