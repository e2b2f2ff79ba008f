"""Silver: cleansed rows with history, every row that failed a rule, and what became of each release."""

from datetime import datetime

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from bronze.feeds import TITLES
from bronze.lineage import SOURCE_FILE
from silver.release_reports import TITLE_RELEASES, release_report
from silver.releases import NO_RELEASE, Release, next_release, release_keys
from silver.titles import HISTORY, QUARANTINE, fewest_failures, quarantined_titles, valid_titles

spark: SparkSession

BRONZE = spark.conf.get("lakehouse.bronze_schema")


def next_titles(latest: datetime | None) -> tuple[DataFrame, datetime] | None:
    """The catalogue release after `latest`, and its version. A release without one valid row is none.

    Databricks takes no None for a first snapshot: an empty one stands for "no release yet".
    """
    bronze = spark.read.table(f"{BRONZE}.titles")

    def rows_of(release: Release) -> DataFrame:
        return bronze.filter(F.col(SOURCE_FILE) == release.file)

    def has_titles(release: Release) -> bool:
        (best,) = fewest_failures(rows_of(release)).collect()
        return bool(best["failures"] == 0)

    releases = [Release(**row.asDict()) for row in release_keys(bronze).collect()]
    found = next_release(releases, latest, has_titles)
    if found:
        release, version = found
        return valid_titles(rows_of(release)), version
    return (valid_titles(bronze.limit(0)), NO_RELEASE) if latest is None else None


dp.create_streaming_table(name=HISTORY.name, comment=HISTORY.comment, schema=HISTORY.schema, cluster_by=["title_key"])
dp.create_auto_cdc_from_snapshot_flow(
    target=HISTORY.name,
    source=next_titles,
    keys=["title_key"],
    stored_as_scd_type=2,
    track_history_except_column_list=["show_id"],
)


@dp.materialized_view(name=QUARANTINE.name, comment=QUARANTINE.comment, schema=QUARANTINE.schema)
def titles_quarantine() -> DataFrame:
    return quarantined_titles(spark.read.table(f"{BRONZE}.titles"))


@dp.materialized_view(name=TITLE_RELEASES.name, comment=TITLE_RELEASES.comment, schema=TITLE_RELEASES.schema)
@dp.expect_all(TITLE_RELEASES.rules)
def title_releases() -> DataFrame:
    return release_report(spark.read.table(f"{BRONZE}.titles"), spark.read.table(QUARANTINE.name), TITLES)
