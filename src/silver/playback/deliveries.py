"""Deliveries of playback events: every delivered row is valid, a duplicate, or quarantined, or else it was lost.

Duplicates are counted from what was delivered, as rows less distinct events, and not as what silver leaves over: so
rows = valid + duplicates + quarantined fails where `playback_events` lacks an event that was delivered. It also fails
where `playback_rows` lacks one, or has one too many: its rows of a file are compared with bronze's.
"""

from collections.abc import Iterable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze.provenance import SHOWN_FILE, SOURCE_FILE
from common.aggregates import count_rows, total
from common.specifications import ColumnSpec, TableSpec
from silver.playback.producers import EVENTS_OF_RECORD
from silver.playback.rows import MILLIS_PER_DAY

ID_COLUMN = ColumnSpec("ids_of_earlier_days", "BIGINT", "valid events whose id an event of an earlier day has, too")
COLUMNS = (
    ColumnSpec("source_file", "STRING", SHOWN_FILE.comment),
    ColumnSpec("event_date", "DATE", "day of the events (UTC); null for rows without a valid time"),
    ColumnSpec("rows", "BIGINT", "rows delivered: valid + duplicates + quarantined, unless some were lost"),
    ColumnSpec("valid", "BIGINT", "events of which the row of this file was kept"),
    ColumnSpec("duplicates", "BIGINT", "rows of events of which another row was kept"),
    ColumnSpec("quarantined", "BIGINT", "rows that failed a rule"),
    ColumnSpec("repeats", "BIGINT", "rows of events of the day of which this file has another row, too"),
    ID_COLUMN,
    ColumnSpec(
        "starts_of_day",
        "BIGINT",
        "PLAY_START events of the day, in all files; 0 where players have another word for it",
    ),
    ColumnSpec("late", "BIGINT", "rows that arrived more than a day after their event"),
    ColumnSpec("longest_delay_hours", "BIGINT", "longest time from an event to its file, in hours"),
)

PLAYBACK_DELIVERY_DAYS = TableSpec(
    name="playback_delivery_days",
    comment="One row per source file and day of events: what that day alone says about its deliveries.",
    columns=(
        *(column for column in COLUMNS if column is not ID_COLUMN),
        ColumnSpec("records", "BIGINT", "rows of bronze with their first event in these rows"),
        ColumnSpec("events_of_records", "BIGINT", "events that those rows of bronze have, on whatever day"),
    ),
    partition_cols=("event_date",),
)

PLAYBACK_DELIVERIES = TableSpec(
    name="playback_deliveries",
    comment="One row per source file and day of events: how many rows were delivered, kept, duplicate and quarantined.",
    columns=COLUMNS,
    rules={
        "adds_up": "rows = valid + duplicates + quarantined",
        "counts": "least(valid, duplicates, quarantined) >= 0",
        "one_day_per_event_id": "ids_of_earlier_days = 0",
        "a_day_has_starts": "event_date IS NULL OR starts_of_day > 0",
    },
    properties={"lakehouse.role": "deliveries"},
)
FILE_AND_DAY = ("source_file", "event_date")
OF_ROWS = ("distinct_of_day", "rows", "quarantined", "repeats", "late", "records", "events_of_records", "delay")
OF_EVENTS = ("valid", "starts")
OF_DAY = Window.partitionBy("event_date")


def playback_delivery_days(rows: DataFrame, events: DataFrame) -> DataFrame:
    """One row per source file and day. `rows` are all deliveries, `events` the one that was kept of each event.

    Grouped and partitioned by the day throughout, so that days without new rows needn't be counted again.
    """
    delivered = rows.withColumn("source_file", F.col(SOURCE_FILE))
    of_files = delivered.transform(_rows_of_files).withColumns(_zero(("distinct_of_day", *OF_EVENTS)))
    kept = events.withColumn("source_file", F.col(SOURCE_FILE)).transform(_kept_events).withColumns(_zero(OF_ROWS))
    of_days = delivered.transform(_distinct_of_days).withColumns(_zero((*OF_ROWS[1:], *OF_EVENTS)))
    totals = (
        of_files.unionByName(kept)
        .withColumn("is_of_day", F.lit(False))
        .unionByName(of_days.withColumn("is_of_day", F.lit(True)))
        .groupBy("is_of_day", *FILE_AND_DAY)
        .agg(*map(total, (*OF_ROWS[:-1], *OF_EVENTS)), F.max("delay").alias("delay"))
    )
    lost = F.sum("distinct_of_day").over(OF_DAY) - F.sum("valid").over(OF_DAY)
    others = F.col("rows") - F.col("valid") - F.col("quarantined")
    complete = totals.withColumns({"lost": lost, "others": others, "starts_of_day": F.sum("starts").over(OF_DAY)})
    files = complete.filter(~F.col("is_of_day")).transform(_with_lost_of_file)
    return files.withColumns(
        {
            "duplicates": F.col("others") - F.col("lost_of_file"),
            "longest_delay_hours": F.floor(F.greatest(F.col("delay"), F.lit(0)) / 3_600_000).cast("bigint"),
        }
    ).select(*PLAYBACK_DELIVERY_DAYS.column_names)


def playback_deliveries(days: DataFrame, events: DataFrame, bronze: DataFrame) -> DataFrame:
    """One row per source file and day: those of `playback_delivery_days`, with what a day alone can't tell.

    That is the ids that earlier days have too, and rows of bronze that no row was made of: of no day.
    """
    first_days = events.groupBy("event_key").agg(F.min("event_date").alias("first_day"), count_rows("days"))
    repeated_ids = first_days.filter("days > 1").select("event_key", "first_day")
    # The few ids on the left, so that the default engine keeps them in memory and streams the events.
    later = repeated_ids.join(events, "event_key", how="inner").filter("event_date > first_day")
    counts = later.groupBy(F.col(SOURCE_FILE).alias("source_file"), "event_date").agg(count_rows(ID_COLUMN.name))
    complete = days.join(counts, [*FILE_AND_DAY], how="left")
    known = complete.withColumn(ID_COLUMN.name, F.coalesce(ID_COLUMN.name, F.lit(0)))
    rows = known.unionByName(_rows_lost(days, bronze), allowMissingColumns=True)
    numbers = [column.name for column in COLUMNS if column.name not in FILE_AND_DAY]
    of_day = {"starts_of_day", "longest_delay_hours"}
    sums = [
        F.coalesce(F.max(name) if name in of_day else F.sum(name), F.lit(0)).cast("bigint").alias(name)
        for name in numbers
    ]
    return rows.groupBy(*FILE_AND_DAY).agg(*sums).select(*PLAYBACK_DELIVERIES.column_names)


def _rows_lost(days: DataFrame, bronze: DataFrame) -> DataFrame:
    """One row per file of which `playback_rows` has other rows than bronze: how many are lost; negative: too many."""
    made = days.groupBy("source_file").agg(*map(total, ("rows", "records", "events_of_records")))
    delivered = bronze.groupBy(F.col(SHOWN_FILE.name).alias("source_file")).agg(count_rows("delivered"))
    records, bronze_rows = (F.coalesce(name, F.lit(0)) for name in ("records", "delivered"))
    # Where a row of bronze is missing, nobody knows how many events it had.
    lost = F.when(bronze_rows != records, bronze_rows - records).otherwise(F.col("events_of_records") - F.col("rows"))
    compared = made.join(delivered, "source_file", how="full").withColumn("rows", lost).filter("rows <> 0")
    return compared.select("source_file", F.lit(None).cast("date").alias("event_date"), "rows")


def _zero(names: Iterable[str]) -> dict[str, Column]:
    """0 for each column; no delay."""
    return {name: F.lit(None if name == "delay" else 0).cast("bigint") for name in names}


def _rows_of_files(delivered: DataFrame) -> DataFrame:
    """One row per source file and day: the rows of the file."""
    counts = delivered.groupBy(*FILE_AND_DAY).agg(
        count_rows("rows"),
        F.count_if(F.col("event_key").isNull()).alias("quarantined"),
        F.count_distinct("event_key").alias("distinct_of_file"),
        F.count_if(F.col("delay_millis") > MILLIS_PER_DAY).alias("late"),
        F.count_if(F.col(EVENTS_OF_RECORD) > 0).alias("records"),
        F.sum(EVENTS_OF_RECORD).alias("events_of_records"),
        F.max("delay_millis").alias("delay"),
    )
    repeats = F.col("rows") - F.col("quarantined") - F.col("distinct_of_file")
    return counts.withColumn("repeats", repeats).drop("distinct_of_file")


def _distinct_of_days(delivered: DataFrame) -> DataFrame:
    """One row per day: its distinct events in all files."""
    days = delivered.groupBy("event_date").agg(F.count_distinct("event_key").alias("distinct_of_day"))
    return days.withColumn("source_file", F.lit(None).cast("string"))


def _kept_events(events: DataFrame) -> DataFrame:
    """One row per source file and day of the events that silver keeps."""
    return events.groupBy(*FILE_AND_DAY).agg(
        count_rows("valid"), F.count_if(F.col("event_type") == "PLAY_START").alias("starts")
    )


def _with_lost_of_file(files: DataFrame) -> DataFrame:
    """One row per row, with its part of the `lost` events of its day.

    Nobody knows which file's rows they are: the day's first files by name take as many as they have rows to explain.
    """
    in_order = OF_DAY.orderBy("source_file")
    until_here = F.sum("others").over(in_order.rowsBetween(Window.unboundedPreceding, Window.currentRow))
    taken = files.withColumn("taken", F.least(until_here, F.col("lost")))
    return taken.withColumn("lost_of_file", F.col("taken") - F.lag("taken", 1, 0).over(in_order))
