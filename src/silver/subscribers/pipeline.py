"""Silver: subscribers with their history, rows that failed a rule, and a report on each snapshot."""

from datetime import datetime

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from bronze import feeds
from cleanse.subscribers.rows import HISTORY_COLUMNS, SUBSCRIBER_COLUMNS
from silver.releases.next_release import Snapshot, next_valid_rows
from silver.releases.report import snapshot_report
from silver.subscribers import snapshots

spark: SparkSession

BRONZE = spark.conf.get("lakehouse.bronze_schema")


def next_subscribers(latest: datetime | None) -> Snapshot | None:
    rows, verdicts = spark.read.table("subscriber_rows"), spark.read.table("subscriber_verdicts")
    return next_valid_rows(rows, verdicts, latest, *[column.name for column in (*SUBSCRIBER_COLUMNS, *HISTORY_COLUMNS)])


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
    return snapshots.quarantined_subscribers(spark.read.table("subscriber_rows"))


@dp.materialized_view(**snapshots.SUBSCRIBER_RELEASES.declaration())
@dp.expect_all(snapshots.SUBSCRIBER_RELEASES.rules)
def subscriber_releases() -> DataFrame:
    return snapshot_report(
        spark.read.table(f"{BRONZE}.subscribers"),
        spark.read.table("subscriber_rows"),
        spark.read.table("subscriber_verdicts"),
        feeds.SUBSCRIBERS_FEED,
        currency="currency",
    )
