"""Deliveries of playback events: every delivered row is valid, a duplicate, or quarantined."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from bronze.provenance import SOURCE_FILE
from common.aggregates import count_rows, total
from common.specifications import ColumnSpec, TableSpec
from silver.playback.events import MILLIS_PER_DAY, with_event_time

PLAYBACK_DELIVERIES = TableSpec(
    name="playback_deliveries",
    comment="One row per source file and day of events: how many rows were delivered, kept, duplicate and quarantined.",
    columns=(
        ColumnSpec("source_file", "STRING", "URL of the file"),
        ColumnSpec("event_date", "DATE", "day of the events (UTC); null for rows without a valid time"),
        ColumnSpec("rows", "BIGINT", "rows delivered: valid + duplicates + quarantined"),
        ColumnSpec("valid", "BIGINT", "events of which the row of this file was kept"),
        ColumnSpec("duplicates", "BIGINT", "rows of events of which another row was kept"),
        ColumnSpec("quarantined", "BIGINT", "rows that failed a rule"),
        ColumnSpec("late", "BIGINT", "rows that arrived more than a day after their event"),
        ColumnSpec("longest_delay_hours", "BIGINT", "longest time from an event to its file, in hours"),
    ),
    rules={
        "adds_up": "rows = valid + duplicates + quarantined",
        "counts": "least(valid, duplicates, quarantined) >= 0",
    },
    properties={"lakehouse.role": "deliveries"},
)


def playback_deliveries(bronze: DataFrame, events: DataFrame) -> DataFrame:
    """One row per source file and day. `bronze` has every delivery, `events` the one that was kept of each event."""
    delivered = with_event_time(bronze).select(
        F.col(SOURCE_FILE).alias("source_file"),
        F.timestamp_millis("millis").cast("date").alias("event_date"),
        F.when(F.col("millis").isNull(), 1).otherwise(0).alias("is_quarantined"),
        (F.col("modified") - F.col("millis")).alias("delay"),
    )
    by_day = delivered.groupBy("source_file", "event_date").agg(
        count_rows("rows"),
        F.lit(0).cast("bigint").alias("valid"),
        total("is_quarantined", "quarantined"),
        F.count_if(F.col("delay") > MILLIS_PER_DAY).alias("late"),
        F.max("delay").alias("delay"),
    )
    kept = events.groupBy(F.col(SOURCE_FILE).alias("source_file"), "event_date").agg(
        F.lit(0).cast("bigint").alias("rows"),
        count_rows("valid"),
        F.lit(0).cast("bigint").alias("quarantined"),
        F.lit(0).cast("bigint").alias("late"),
        F.lit(None).cast("bigint").alias("delay"),
    )
    counts = (
        by_day.unionByName(kept)
        .groupBy("source_file", "event_date")
        .agg(*map(total, ("rows", "valid", "quarantined", "late")), F.max("delay").alias("delay"))
    )
    hours = F.floor(F.greatest(F.col("delay"), F.lit(0)) / 3_600_000).cast("bigint")
    duplicates = F.col("rows") - F.col("valid") - F.col("quarantined")
    complete = counts.withColumns({"duplicates": duplicates, "longest_delay_hours": hours})
    return complete.select(*PLAYBACK_DELIVERIES.column_names)
