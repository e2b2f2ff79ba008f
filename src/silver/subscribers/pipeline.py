"""Silver: subscribers with their history, rows that fail a rule, and a report on each snapshot."""

from datetime import datetime
from typing import Any

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from bronze import feeds
from common.pseudonyms import checked_key
from silver.releases.next_release import Snapshot
from silver.releases.report import release_report
from silver.subscribers import history, snapshots

spark: SparkSession
dbutils: Any

BRONZE = spark.conf.get("lakehouse.bronze_schema")
PSEUDONYM_KEY = checked_key(dbutils.secrets.get(spark.conf.get("lakehouse.secret_scope"), "pseudonym-key"))


def next_subscribers(latest: datetime | None) -> Snapshot | None:
    return history.next_subscribers(spark.read.table(f"{BRONZE}.subscribers"), latest, PSEUDONYM_KEY)


dp.create_streaming_table(**snapshots.SUBSCRIBERS.declaration())
dp.create_auto_cdc_from_snapshot_flow(
    target="subscribers",
    source=next_subscribers,
    keys=["subscriber_id"],
    stored_as_scd_type=2,
    track_history_column_list=list(snapshots.TRACKED_COLUMNS),
)


@dp.materialized_view(**snapshots.SUBSCRIBERS_QUARANTINE.declaration())
def subscribers_quarantine() -> DataFrame:
    return snapshots.quarantined_subscribers(spark.read.table(f"{BRONZE}.subscribers"), PSEUDONYM_KEY)


@dp.materialized_view(**snapshots.SUBSCRIBER_RELEASES.declaration())
@dp.expect_all(snapshots.SUBSCRIBER_RELEASES.rules)
def subscriber_releases() -> DataFrame:
    return release_report(
        spark.read.table(f"{BRONZE}.subscribers"), spark.read.table("subscribers_quarantine"), feeds.SUBSCRIBERS_FEED
    )
