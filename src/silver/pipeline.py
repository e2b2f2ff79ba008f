"""Silver: cleansed rows with history, and every row that failed a rule, with the rules' names."""

from datetime import datetime

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from silver.releases import files_of, in_order, pending
from silver.titles import HISTORY, QUARANTINE, quarantined_titles, valid_titles, whole_titles

spark: SparkSession

BRONZE = spark.conf.get("lakehouse.bronze_schema")


def next_titles(latest: datetime | None) -> tuple[DataFrame, datetime] | None:
    """The catalogue release after `latest`, and its version. A release without one valid row is none."""
    bronze = spark.read.table(f"{BRONZE}.titles")
    files = [(row.file, row.modified_at) for row in files_of(bronze).collect()]
    for release in pending(in_order(files), latest):
        rows = bronze.filter(F.col("_source_file") == release.file)
        if not whole_titles(rows).isEmpty():
            return valid_titles(rows), release.version
    return None


dp.create_streaming_table(
    name=HISTORY.name,
    comment=HISTORY.comment,
    schema=HISTORY.schema,
    cluster_by=["title_key"],
)
dp.create_auto_cdc_from_snapshot_flow(
    target="titles",
    source=next_titles,
    keys=["title_key"],
    stored_as_scd_type=2,
    track_history_except_column_list=["show_id"],
)


@dp.materialized_view(name=QUARANTINE.name, comment=QUARANTINE.comment, schema=QUARANTINE.schema)
def titles_quarantine() -> DataFrame:
    return quarantined_titles(spark.read.table(f"{BRONZE}.titles"))
