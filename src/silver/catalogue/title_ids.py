"""Which title a show_id stood for: releases number their rows anew, so an event's id means the title of its time."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.specifications import ColumnSpec, TableSpec
from silver.catalogue.titles import UNIQUE_TITLE, judge

TITLE_IDS = TableSpec(
    name="title_ids",
    comment="One row per show_id and the time in which it stood for a title (SCD 2).",
    columns=(
        ColumnSpec("show_id", "STRING", "id of a row in catalogue releases"),
        ColumnSpec("title_key", "BIGINT", "the title that the row was of"),
        ColumnSpec("__START_AT", "TIMESTAMP", "version of the release from which on it stood for that title"),
        ColumnSpec("__END_AT", "TIMESTAMP", "version of the release that ended this; null: it stands for it now"),
    ),
)


def title_ids(bronze: DataFrame) -> DataFrame:
    """One row per show_id of a release. A row that repeats a title (`unique_title`) leads to that title."""
    others = F.filter("failed_rules", lambda rule: rule != UNIQUE_TITLE)
    rows = (
        judge(bronze)
        .filter(F.size(others) == 0)
        .select("show_id", "title_key", F.size("failed_rules").alias("failures"))
    )
    valid_first = Window.partitionBy("show_id").orderBy("failures", "title_key")
    first = rows.withColumn("place", F.row_number().over(valid_first)).filter("place = 1")
    return first.select("show_id", "title_key")
