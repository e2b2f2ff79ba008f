"""Silver: playback events, one delivery of each, rows that fail a rule, and what was delivered."""

from typing import Any

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from common.pseudonyms import PSEUDONYM_SECRET, checked_key
from silver.playback import deliveries, events, flawed_files, rows

spark: SparkSession
dbutils: Any

BRONZE = spark.conf.get("lakehouse.bronze_schema")
PSEUDONYM_KEY = checked_key(dbutils.secrets.get(spark.conf.get("lakehouse.secret_scope"), PSEUDONYM_SECRET))


@dp.table(**rows.PLAYBACK_ROWS.declaration())
def playback_rows() -> DataFrame:
    return rows.playback_rows(spark.readStream.table(f"{BRONZE}.playback_events"), PSEUDONYM_KEY)


@dp.temporary_view(comment="One row per valid event, as often as it was delivered.")
def valid_playback_events() -> DataFrame:
    return events.valid_events(spark.readStream.table("playback_rows"))


dp.create_streaming_table(**events.PLAYBACK_EVENTS.declaration())
dp.create_auto_cdc_flow(
    target="playback_events",
    source="valid_playback_events",
    keys=list(events.EVENT_KEYS),
    sequence_by=F.struct(*events.EVENT_SEQUENCE),
    stored_as_scd_type=1,
)


@dp.table(**events.PLAYBACK_EVENTS_QUARANTINE.declaration())
def playback_events_quarantine() -> DataFrame:
    return events.quarantined_events(spark.readStream.table("playback_rows"))


@dp.materialized_view(**deliveries.PLAYBACK_DELIVERY_DAYS.declaration())
def playback_delivery_days() -> DataFrame:
    return deliveries.playback_delivery_days(spark.read.table("playback_rows"), spark.read.table("playback_events"))


@dp.materialized_view(**deliveries.PLAYBACK_DELIVERIES.declaration())
@dp.expect_all(deliveries.PLAYBACK_DELIVERIES.rules)
def playback_deliveries() -> DataFrame:
    return deliveries.playback_deliveries(
        spark.read.table("playback_delivery_days"),
        spark.read.table("playback_events"),
        spark.read.table(f"{BRONZE}.playback_events"),
    )


@dp.materialized_view(**flawed_files.PLAYBACK_FLAWED_FILES.declaration())
@dp.expect_all(flawed_files.PLAYBACK_FLAWED_FILES.rules)
def playback_flawed_files() -> DataFrame:
    return flawed_files.playback_flawed_files(
        spark.read.table("playback_deliveries"),
        spark.read.table("playback_events_quarantine"),
        spark.read.table(f"{BRONZE}.playback_events"),
    )
