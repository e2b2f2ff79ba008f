"""Provenance of a bronze row: its file, when that was modified, and when the row was ingested."""

from collections.abc import Iterable

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from common.specifications import ColumnSpec

SOURCE_FILE, MODIFIED_AT, INGESTED_AT = "_source_file", "_source_modified_at", "_ingested_at"
PROVENANCE = (
    ColumnSpec(SOURCE_FILE, "STRING", "URL of the source file"),
    ColumnSpec(MODIFIED_AT, "TIMESTAMP", "when the source file was last modified"),
    ColumnSpec(INGESTED_AT, "TIMESTAMP", "when the row was ingested"),
)
RELEASE = ColumnSpec(
    "_release", "STRING", "path of the file below the landing folder; of part files, their folder and job"
)
SHOWN_FILE = ColumnSpec(
    "_shown_file", "STRING", "path of the file below the landing folder; … and a keyed hash for what may name a person"
)
"""Of personal feeds only: what is shown of a row's file outside bronze."""
PROVENANCE_COLUMNS = tuple(column.name for column in PROVENANCE)


def with_provenance(files: DataFrame, columns: Iterable[str]) -> DataFrame:
    """One row per source row: its `columns` and its provenance.

    `_metadata` is left out, because Spark would write it to the table.
    """
    return files.select(
        *columns,
        F.col("_metadata.file_path").alias(SOURCE_FILE),
        F.col("_metadata.file_modification_time").alias(MODIFIED_AT),
        F.current_timestamp().alias(INGESTED_AT),
    )
