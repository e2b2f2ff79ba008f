"""Silver: titles of the catalogue with their history, rows that failed a rule, and a report on each release."""

from datetime import datetime

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from bronze import feeds
from cleanse.catalogue.rows import TITLE_COLUMNS
from silver.catalogue import title_ids, titles
from silver.releases.next_release import Snapshot, next_valid_rows
from silver.releases.report import snapshot_report

spark: SparkSession

BRONZE = spark.conf.get("lakehouse.bronze_schema")


def next_titles(latest: datetime | None) -> Snapshot | None:
    rows, verdicts = spark.read.table("title_rows"), spark.read.table("title_verdicts")
    return next_valid_rows(rows, verdicts, latest, *[column.name for column in TITLE_COLUMNS])


dp.create_streaming_table(**titles.TITLES.declaration())
dp.create_auto_cdc_from_snapshot_flow(
    target="titles",
    source=next_titles,
    keys=["title_key"],
    stored_as_scd_type=2,
    track_history_except_column_list=["show_id"],
)


def next_title_ids(latest: datetime | None) -> Snapshot | None:
    return title_ids.next_title_ids(spark.read.table("title_rows"), spark.read.table("title_verdicts"), latest)


dp.create_streaming_table(**title_ids.TITLE_IDS.declaration())
dp.create_auto_cdc_from_snapshot_flow(target="title_ids", source=next_title_ids, keys=["show_id"], stored_as_scd_type=2)


@dp.materialized_view(**titles.TITLES_QUARANTINE.declaration())
def titles_quarantine() -> DataFrame:
    return titles.quarantined_titles(spark.read.table("title_rows"))


@dp.materialized_view(**titles.TITLE_RELEASES.declaration())
@dp.expect_all(titles.TITLE_RELEASES.rules)
def title_releases() -> DataFrame:
    return snapshot_report(
        spark.read.table(f"{BRONZE}.titles"),
        spark.read.table("title_rows"),
        spark.read.table("title_verdicts"),
        feeds.TITLES_FEED,
        titles.deciding_values(),
    )
