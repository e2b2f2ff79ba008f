"""Provenance of a bronze row: its file, when that was modified, and when the row was ingested."""

from collections.abc import Iterable

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from common.specifications import ColumnSpec

SOURCE_FILE = "_source_file"
PROVENANCE = (
    ColumnSpec(SOURCE_FILE, "STRING", "URL of the source file"),
    ColumnSpec("_source_modified_at", "TIMESTAMP", "when the source file was last modified"),
    ColumnSpec("_ingested_at", "TIMESTAMP", "when the row was ingested"),
)
PROVENANCE_COLUMNS = tuple(column.name for column in PROVENANCE)


def with_provenance(files: DataFrame, columns: Iterable[str]) -> DataFrame:
    """One row per source row: its `columns` and its provenance.

    `_metadata` is left out, because Spark would write it to the table.
    """
    return files.select(
        *columns,
        F.col("_metadata.file_path").alias(SOURCE_FILE),
        F.col("_metadata.file_modification_time").alias("_source_modified_at"),
        F.current_timestamp().alias("_ingested_at"),
    )
