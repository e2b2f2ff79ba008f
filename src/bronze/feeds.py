"""What each feed is: its landing folder, its columns and how Auto Loader reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

RESCUED = "_rescued_data"
CORRUPT = "_corrupt_record"

CSV_OPTIONS = {
    "cloudFiles.format": "csv",
    "header": "true",
    "multiLine": "true",
    "escape": '"',
    "readerCaseSensitive": "false",
    "columnNameOfCorruptRecord": CORRUPT,
    "rescuedDataColumn": RESCUED,
}


@dataclass(frozen=True)
class Feed:
    """A source that lands as files: one folder, one bronze table, every column as text."""

    table: str
    folder: str
    comment: str
    columns: tuple[str, ...]
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def schema(self) -> str:
        """DDL of what is read: the feed's columns and the text of a record that can't be parsed."""
        return ", ".join(f"`{name}` STRING" for name in (*self.columns, CORRUPT))


TITLES = Feed(
    table="titles",
    folder="titles",
    comment="One row per row of a catalogue release (Kaggle 'Netflix Movies and TV Shows'), as it came.",
    columns=(
        "show_id",
        "type",
        "title",
        "director",
        "cast",
        "country",
        "date_added",
        "release_year",
        "rating",
        "duration",
        "listed_in",
        "description",
    ),
    options=CSV_OPTIONS,
)


def lineage() -> list[Column]:
    """Where a row came from: its file, when that file was last modified, and when it was ingested."""
    return [
        F.col("_metadata.file_path").alias("_source_file"),
        F.col("_metadata.file_modification_time").alias("_source_modified_at"),
        F.current_timestamp().alias("_ingested_at"),
    ]


def with_lineage(files: DataFrame) -> DataFrame:
    """One row per source row: everything that was read, and its lineage columns."""
    return files.select("*", *lineage())
