"""The titles that a show_id stood for: releases number their rows again, so an id means the title of its time."""

from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from cleanse.catalogue.rows import UNIQUE_TITLE
from common.specifications import ColumnSpec, TableSpec
from silver.releases.next_release import Snapshot, next_release

TITLE_IDS = TableSpec(
    name="title_ids",
    comment="One row per show_id and period in which it stood for one title (SCD 2).",
    columns=(
        ColumnSpec("show_id", "STRING", "id of a row in catalogue releases"),
        ColumnSpec("title_key", "BIGINT", "title of that row"),
        ColumnSpec("__START_AT", "TIMESTAMP", "version of the release that started the period"),
        ColumnSpec("__END_AT", "TIMESTAMP", "version of the release that ended it; null for the current period"),
    ),
    cluster_by=("show_id",),
)


def title_ids(rows: DataFrame) -> DataFrame:
    """One row per show_id of a release, of its checked rows. A row that repeats a title leads to that title."""
    others = F.array_remove("failed_rules", UNIQUE_TITLE)
    titles = rows.filter(F.size(others) == 0).select("show_id", "title_key", F.size("failed_rules").alias("failures"))
    valid_first = Window.partitionBy("show_id").orderBy("failures", "title_key")
    first = titles.withColumn("position", F.row_number().over(valid_first)).filter("position = 1")
    return first.select("show_id", "title_key")


def next_title_ids(rows: DataFrame, verdicts: DataFrame, latest: datetime | None) -> Snapshot | None:
    """The titles of show_ids in the release after version `latest`, and its version; None if there is none."""
    release = next_release(rows, verdicts, latest)
    return None if release is None else (title_ids(release.rows), release.version)
