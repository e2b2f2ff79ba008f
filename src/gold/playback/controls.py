"""Starts and stops of a session: whether they alternate, and what was watched between them."""

from functools import reduce
from operator import and_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

STARTS = ("PLAY_START", "RESUME")
STOPS = ("PAUSE", "PLAY_STOP")
# At the same time, controls have this order.
CONTROLS = ("PLAY_START", "PAUSE", "RESUME", "PLAY_STOP")
# For up to this many starts and stops, sums and extremes show whether they alternate. The sums fit into a BIGINT for
# fewer than a million events.
MOST_CONTROLS = 3


def with_controls(events: DataFrame) -> DataFrame:
    """One row per event, with its time `ms`, `is_start` and `is_stop`."""
    return events.withColumns(
        {
            "ms": F.unix_millis("event_timestamp"),
            "is_start": F.coalesce(F.col("event_type").isin(*STARTS), F.lit(False)),
            "is_stop": F.coalesce(F.col("event_type").isin(*STOPS), F.lit(False)),
        }
    )


def control_sums() -> list[Column]:
    """Aggregates of events that have `ms`, `is_start` and `is_stop`: number, sum, first and last of each."""
    sums = []
    for name in ("start", "stop"):
        ms = F.when(F.col(f"is_{name}"), F.col("ms"))
        sums += [
            F.count_if(f"is_{name}").alias(f"{name}s"),
            F.coalesce(F.sum(ms), F.lit(0)).cast("bigint").alias(f"{name}s_ms"),
            F.min(ms).alias(f"first_{name}_ms"),
            F.max(ms).alias(f"last_{name}_ms"),
        ]
    return sums


def with_spans(days: DataFrame) -> DataFrame:
    """One row per day, with `watched_ms` (null if its starts and stops don't alternate) and `open_since_ms`.

    Stops before the first start are of nothing that began on the day.
    """
    starts, first, last = F.col("starts"), F.col("first_start_ms"), F.col("last_start_ms")
    first_stop, last_stop = F.col("first_stop_ms"), F.col("last_stop_ms")
    second_stop = F.when(F.col("stops") == 3, F.col("stops_ms") - first_stop - last_stop).otherwise(last_stop)
    is_late = F.coalesce(first_stop < first, F.lit(False))
    named = days.withColumns(
        {
            "second_ms": F.when(starts == 3, F.col("starts_ms") - first - last).otherwise(last),
            "ends": F.col("stops") - is_late.cast("bigint"),
            "ends_ms": F.col("stops_ms") - F.when(is_late, first_stop).otherwise(0),
            "end_1": F.when(is_late, second_stop).otherwise(first_stop),
            "end_2": F.when(is_late, last_stop).otherwise(second_stop),
        }
    )
    ends, second, end_1, end_2 = map(F.col, ("ends", "second_ms", "end_1", "end_2"))
    is_open = ends == starts - 1
    in_order = [
        F.greatest("starts", "stops") <= MOST_CONTROLS,
        is_open | (ends == starts),
        first < end_1,
        (starts < 2) | (end_1 < second),
        (ends < 2) | (second < end_2),
        (starts < 3) | (end_2 < last),
        (ends < 3) | (last < last_stop),
    ]
    alternates = F.coalesce(reduce(and_, in_order), F.lit(False))
    closed = F.col("ends_ms") - F.col("starts_ms") + F.when(is_open, last).otherwise(0)
    never_ends = ends == 0
    watched = F.when((starts == 0) | never_ends, F.lit(0).cast("bigint")).when(alternates, closed)
    open_since = F.when(never_ends, first).when(alternates & is_open, last)
    return named.withColumns({"watched_ms": watched, "open_since_ms": open_since})


def ordered_spans(events: DataFrame, *keys: str) -> DataFrame:
    """One row per start that changes something: `from_ms`, and the next stop's time `until_ms`; null without one.

    A second start while playing changes nothing, nor does a second stop.
    """
    rank = F.array_position(F.array(*map(F.lit, CONTROLS)), F.col("event_type"))
    controls = events.filter("is_start OR is_stop").select(*keys, "ms", "is_start", rank.alias("rank"))
    in_order = Window.partitionBy(*keys).orderBy("ms", "rank")
    previous = controls.withColumn("was_playing", F.coalesce(F.lag("is_start").over(in_order), F.lit(False)))
    changes = previous.filter(F.col("is_start") != F.col("was_playing"))
    spans = changes.withColumn("until_ms", F.lead("ms").over(in_order)).filter("is_start")
    return spans.select(*keys, F.col("ms").alias("from_ms"), "until_ms")
