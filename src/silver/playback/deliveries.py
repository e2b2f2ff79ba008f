"""Deliveries of playback events: every delivered row is valid, a duplicate, or quarantined, or else it was lost.

Duplicates are counted from bronze, as delivered rows less distinct events, and not as what silver leaves over: so
rows = valid + duplicates + quarantined fails where silver lacks an event that bronze has.
"""

from collections.abc import Iterable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze.provenance import SOURCE_FILE
from common.aggregates import count_rows, total
from common.specifications import ColumnSpec, TableSpec
from silver.playback.events import MILLIS_PER_DAY, cleansed_events, event_key

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
        ColumnSpec("repeats", "BIGINT", "rows of events of the day of which this file has another row, too"),
        ColumnSpec("ids_of_earlier_days", "BIGINT", "valid events whose id an event of an earlier day has, too"),
        ColumnSpec(
            "starts_of_day",
            "BIGINT",
            "PLAY_START events of the day, in all files; 0 where players have another word for it",
        ),
        ColumnSpec("late", "BIGINT", "rows that arrived more than a day after their event"),
        ColumnSpec("longest_delay_hours", "BIGINT", "longest time from an event to its file, in hours"),
    ),
    rules={
        "adds_up": "rows = valid + duplicates + quarantined",
        "counts": "least(valid, duplicates, quarantined) >= 0",
        "one_day_per_event_id": "ids_of_earlier_days = 0",
        "a_day_has_starts": "event_date IS NULL OR starts_of_day > 0",
    },
    properties={"lakehouse.role": "deliveries"},
)
FILE_AND_DAY = ("source_file", "event_date")
# Levels of `_delivered_rows`: of a file and day, and of all files of a day.
FILE, DAY = 0, 1
OF_ROWS = ("rows", "quarantined", "repeats", "late", "distinct_events")
OF_EVENTS = ("valid", "ids_of_earlier_days", "starts")
OF_DAY = Window.partitionBy("event_date")


def playback_deliveries(bronze: DataFrame, events: DataFrame, key: str) -> DataFrame:
    """One row per source file and day. `bronze` has every delivery, `events` the one that was kept of each event."""
    delivered = _delivered_rows(bronze, key).withColumns(_zero(OF_EVENTS))
    kept = _kept_events(events).withColumns({**_zero(OF_ROWS), "delay": F.lit(None).cast("bigint")})
    by_level = (
        delivered.unionByName(kept)
        .groupBy("level", *FILE_AND_DAY)
        .agg(*map(total, (*OF_ROWS, *OF_EVENTS)), F.max("delay").alias("delay"))
    )
    distinct = F.sum(F.when(F.col("level") == DAY, F.col("distinct_events")).otherwise(0)).over(OF_DAY)
    with_lost = by_level.withColumn("lost", distinct - F.sum("valid").over(OF_DAY)).filter(F.col("level") == FILE)
    others = with_lost.withColumn("others", F.col("rows") - F.col("valid") - F.col("quarantined"))
    complete = others.transform(_with_lost_of_file).withColumns(
        {
            "duplicates": F.col("others") - F.col("lost_of_file"),
            "starts_of_day": F.sum("starts").over(OF_DAY),
            "longest_delay_hours": F.floor(F.greatest(F.col("delay"), F.lit(0)) / 3_600_000).cast("bigint"),
        }
    )
    return complete.select(*PLAYBACK_DELIVERIES.column_names)


def _zero(names: Iterable[str]) -> dict[str, Column]:
    return {name: F.lit(0).cast("bigint") for name in names}


def _delivered_rows(bronze: DataFrame, key: str) -> DataFrame:
    """One row per source file and day, and one per day: what bronze has, in one pass over it."""
    is_valid = F.col("millis").isNotNull()
    delivered = cleansed_events(bronze).select(
        F.col(SOURCE_FILE).alias("source_file"),
        F.timestamp_millis("millis").cast("date").alias("event_date"),
        F.when(is_valid, event_key(key)).alias("event_key"),
        F.when(is_valid, 0).otherwise(1).alias("is_quarantined"),
        (F.col("modified") - F.col("millis")).alias("delay"),
    )
    counts = delivered.rollup("event_date", "source_file").agg(
        F.grouping_id("event_date", "source_file").alias("level"),
        count_rows("rows"),
        total("is_quarantined", "quarantined"),
        F.count_distinct("event_key").alias("distinct_events"),
        F.count_if(F.col("delay") > MILLIS_PER_DAY).alias("late"),
        F.max("delay").alias("delay"),
    )
    repeats = F.col("rows") - F.col("quarantined") - F.col("distinct_events")
    levels = counts.withColumns({"level": F.col("level").cast("int"), "repeats": repeats})
    return levels.filter(F.col("level").isin(FILE, DAY))


def _kept_events(events: DataFrame) -> DataFrame:
    """One row per source file and day of the events that silver keeps."""
    days = events.groupBy("event_key").agg(F.min("event_date").alias("first_day"), count_rows("days"))
    repeated_ids = days.filter("days > 1").select("event_key", "first_day")
    # The few ids on the left, so that the default engine keeps them in memory and streams the events.
    joined = repeated_ids.join(events, "event_key", how="right")
    return joined.groupBy(F.lit(FILE).alias("level"), F.col(SOURCE_FILE).alias("source_file"), "event_date").agg(
        count_rows("valid"),
        F.count_if(F.col("event_date") > F.col("first_day")).alias("ids_of_earlier_days"),
        F.count_if(F.col("event_type") == "PLAY_START").alias("starts"),
    )


def _with_lost_of_file(files: DataFrame) -> DataFrame:
    """One row per row, with its part of the `lost` events of its day.

    Nobody knows which file's rows they are: the day's first files by name take as many as they have rows to explain.
    """
    in_order = OF_DAY.orderBy("source_file")
    until_here = F.sum("others").over(in_order.rowsBetween(Window.unboundedPreceding, Window.currentRow))
    taken = files.withColumn("taken", F.least(until_here, F.col("lost")))
    return taken.withColumn("lost_of_file", F.col("taken") - F.lag("taken", 1, 0).over(in_order))
