"""The order of the files of a feed whose newest file replaces the others."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from bronze.provenance import SOURCE_FILE
from cleanse.releases.order import BY_NAME
from common.aggregates import count_rows
from common.windows import all_rows
from silver.releases.file_names import date_in_name, file_name


def release_order(bronze: DataFrame, **measures: Column) -> DataFrame:
    """One row per file in a bronze table: its rows, when it was released and how that is known, and its position.

    A release has the date in its file's name (midnight UTC), or else the modification time of the file; releases of the
    same time are ordered by file name. `measures` are further aggregates of a file's rows.
    """
    files = bronze.groupBy(SOURCE_FILE).agg(
        count_rows("rows"),
        F.min("_source_modified_at").alias("modified_at"),
        F.min("_ingested_at").alias("ingested_at"),
        *[measure.alias(name) for name, measure in measures.items()],
    )
    named = files.withColumn("file_name", file_name(F.col(SOURCE_FILE)))
    dated = named.withColumn("date", date_in_name(F.col("file_name")))
    released = dated.withColumn("released_at", F.coalesce(F.col("date").cast("timestamp"), "modified_at"))
    # Without the extension: `x (1).csv` comes after `x.csv`.
    stem = F.regexp_replace("file_name", "[.][^.]*$", "")
    oldest_first = all_rows().orderBy("released_at", stem, "file_name", SOURCE_FILE)
    return released.select(
        SOURCE_FILE,
        "file_name",
        F.row_number().over(oldest_first).alias("release_order"),
        "released_at",
        F.when(F.col("date").isNull(), "modification time").otherwise(BY_NAME).alias("ordered_by"),
        "rows",
        "ingested_at",
        *measures,
    )
