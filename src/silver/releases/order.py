"""Releases: each file of a feed is a snapshot; their order, and the versions by which history knows them.

Rules and reasons: docs/decisions/0002-releases-as-snapshots.md.
"""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from bronze.provenance import SOURCE_FILE
from common.aggregates import count_rows
from common.windows import all_rows
from silver.releases.file_names import date_in_name, file_name

EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Release:
    """A snapshot of a feed: its file, and when it was released (seconds since 1970, UTC) and ingested (µs)."""

    file: str
    name: str
    released: int
    ingested: int

    @property
    def fingerprint(self) -> int:
        """0 to 999, from the file's URL: it distinguishes releases of about the same time."""
        return zlib.crc32(self.file.encode()) % 1000

    def version(self, position: int) -> datetime:
        """The version of the release at a position (from 1): its time, a second per position, and its fingerprint."""
        return EPOCH + timedelta(seconds=self.released + position, milliseconds=self.fingerprint)


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
        F.when(F.col("date").isNull(), "modification time").otherwise("file name").alias("ordered_by"),
        "rows",
        "ingested_at",
        *measures,
    )


def release_keys(bronze: DataFrame) -> DataFrame:
    """One row per file, oldest release first: the fields of `Release`, as numbers that no time zone changes."""
    return (
        release_order(bronze)
        .orderBy("release_order")
        .select(
            F.col(SOURCE_FILE).alias("file"),
            F.col("file_name").alias("name"),
            F.unix_seconds("released_at").alias("released"),
            F.unix_micros("ingested_at").alias("ingested"),
        )
    )
