"""Where a bronze row came from."""

from collections.abc import Iterable

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from common.specifications import ColumnSpec

SOURCE_FILE = "_source_file"
LINEAGE = (
    ColumnSpec(SOURCE_FILE, "STRING", "the file, as a URL"),
    ColumnSpec("_source_modified_at", "TIMESTAMP", "when the file was last modified"),
    ColumnSpec("_ingested_at", "TIMESTAMP", "when the row was read"),
)
LINEAGE_COLUMNS = tuple(column.name for column in LINEAGE)


def with_lineage(files: DataFrame, columns: Iterable[str]) -> DataFrame:
    """One row per source row: its `columns`, and where it came from.

    `_metadata` isn't among them: Spark would write it to the table.
    """
    return files.select(
        *columns,
        F.col("_metadata.file_path").alias(SOURCE_FILE),
        F.col("_metadata.file_modification_time").alias("_source_modified_at"),
        F.current_timestamp().alias("_ingested_at"),
    )
