"""Viewing sessions: how long was watched, without ordering all events (docs/decisions/0019).

Watched time runs from each start (PLAY_START, RESUME) to the next stop (PAUSE, PLAY_STOP). Where starts and stops
alternate it is the sum of the stops' times less that of the starts', which adds up over days. Up to three pairs, their
order is known from counts, sums, and first and last times; only other sessions get an ordered look.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.specifications import ColumnSpec, TableSpec

STARTS = ("PLAY_START", "RESUME")
STOPS = ("PAUSE", "PLAY_STOP")
SEPARATOR = "\x1f"
# A session without an id ends where nothing happens for so long.
LONGEST_GAP = 30 * 60 * 1000
MOST_PAIRS = 3
# Sums of times in a session must be BIGINTs: of fewer than a million events they are.

SESSION_DAYS = TableSpec(
    name="playback_session_days",
    comment="One row per day and viewing session that has an id: what adds up over its days. Times are ms.",
    columns=(
        ColumnSpec("event_date", "DATE", "day of the events (UTC)"),
        ColumnSpec("session_key", "BIGINT", "the session (silver.playback_events)"),
        ColumnSpec("subscriber_id", "STRING", "who watched"),
        ColumnSpec(
            "first_event", "STRING", "the first that names a title, else the first: time, title, device and country"
        ),
        ColumnSpec("first_ms", "BIGINT", "when the first event was"),
        ColumnSpec("last_ms", "BIGINT", "when the last event was"),
        ColumnSpec("events", "BIGINT", "how many events"),
        ColumnSpec("pauses", "BIGINT", "how many of type PAUSE"),
        ColumnSpec("seeks", "BIGINT", "how many of type SEEK"),
        ColumnSpec("starts", "BIGINT", "how many of type PLAY_START or RESUME"),
        ColumnSpec("starts_ms", "BIGINT", "the sum of their times"),
        ColumnSpec("first_start_ms", "BIGINT", "the first of them"),
        ColumnSpec("last_start_ms", "BIGINT", "the last of them"),
        ColumnSpec("stops", "BIGINT", "how many of type PAUSE or PLAY_STOP"),
        ColumnSpec("stops_ms", "BIGINT", "the sum of their times"),
        ColumnSpec("first_stop_ms", "BIGINT", "the first of them"),
        ColumnSpec("last_stop_ms", "BIGINT", "the last of them"),
    ),
    rules={"has_events": "events > 0", "has_session": "session_key IS NOT NULL"},
)

LOOKED_AT = ("session_key", "event_timestamp", "event_type", "subscriber_id", "title_id", "device_type", "country")
SESSION = ("session_key", "subscriber_id", "first_event", "first_ms", "last_ms", "events", "pauses", "seeks")


def _measures() -> list[Column]:
    """Aggregates of events that have `ms`, `is_start` and `is_stop`."""
    start, stop = F.when(F.col("is_start"), F.col("ms")), F.when(F.col("is_stop"), F.col("ms"))
    names_no_title = F.col("title_id").isNull().cast("int").cast("string")
    parts = [F.concat(names_no_title, F.lpad(F.col("ms").cast("string"), 15, "0"))]
    parts += [F.coalesce(F.col(name), F.lit("")) for name in ("title_id", "device_type", "country")]
    return [
        F.min("subscriber_id").alias("subscriber_id"),
        F.min(F.concat_ws(SEPARATOR, *parts)).alias("first_event"),
        F.min("ms").alias("first_ms"),
        F.max("ms").alias("last_ms"),
        F.count(F.lit(1)).alias("events"),
        F.count_if(F.col("event_type") == "PAUSE").alias("pauses"),
        F.count_if(F.col("event_type") == "SEEK").alias("seeks"),
        F.count_if("is_start").alias("starts"),
        F.coalesce(F.sum(start), F.lit(0)).cast("bigint").alias("starts_ms"),
        F.min(start).alias("first_start_ms"),
        F.max(start).alias("last_start_ms"),
        F.count_if("is_stop").alias("stops"),
        F.coalesce(F.sum(stop), F.lit(0)).cast("bigint").alias("stops_ms"),
        F.min(stop).alias("first_stop_ms"),
        F.max(stop).alias("last_stop_ms"),
    ]


def _with_times(events: DataFrame) -> DataFrame:
    """One row per event, with `ms`, `is_start` and `is_stop`."""
    return events.withColumns(
        {
            "ms": F.unix_millis("event_timestamp"),
            "is_start": F.coalesce(F.col("event_type").isin(*STARTS), F.lit(False)),
            "is_stop": F.coalesce(F.col("event_type").isin(*STOPS), F.lit(False)),
        }
    )


def session_days(events: DataFrame) -> DataFrame:
    """One row per day and session that has an id."""
    timed = _with_times(events.filter(F.col("session_key").isNotNull()))
    return timed.groupBy("event_date", "session_key").agg(*_measures()).select(*SESSION_DAYS.column_names)


def whole_sessions(days: DataFrame) -> DataFrame:
    """One row per session: its days added up."""
    sums = ("events", "pauses", "seeks", "starts", "starts_ms", "stops", "stops_ms")
    firsts = ("subscriber_id", "first_event", "first_ms", "first_start_ms", "first_stop_ms")
    lasts = ("last_ms", "last_start_ms", "last_stop_ms")
    return days.groupBy("session_key").agg(
        *[F.sum(name).cast("bigint").alias(name) for name in sums],
        *[F.min(name).alias(name) for name in firsts],
        *[F.max(name).alias(name) for name in lasts],
    )


def is_well_formed() -> Column:
    """Whether starts and stops of a whole session alternate, from a start on: known of up to MOST_PAIRS pairs."""
    starts, stops = F.col("starts"), F.col("stops")
    first, last = F.col("first_start_ms"), F.col("last_start_ms")
    first_stop, last_stop = F.col("first_stop_ms"), F.col("last_stop_ms")
    second = F.col("starts_ms") - first - last
    second_stop = F.when(stops == 3, F.col("stops_ms") - first_stop - last_stop).otherwise(last_stop)
    is_closed = stops == starts
    one = (starts == 1) & (~is_closed | (first < first_stop))
    two = (starts == 2) & (first < first_stop) & (first_stop < last) & (~is_closed | (last < last_stop))
    three = (
        (starts == MOST_PAIRS)
        & (first < first_stop)
        & (first_stop < second)
        & (second < second_stop)
        & (second_stop < last)
        & (~is_closed | (last < last_stop))
    )
    alternates = is_closed | (stops == starts - 1)
    return (starts == 0) | F.coalesce(alternates & (one | two | three), F.lit(False))


def _with_watched(sessions: DataFrame, watched: Column) -> DataFrame:
    return sessions.select(*SESSION, watched.cast("bigint").alias("watched_ms"))


def well_formed_sessions(whole: DataFrame) -> DataFrame:
    """One row per session whose starts and stops alternate, with `watched_ms`; one that never stops ends at last."""
    until_last = F.when(F.col("stops") < F.col("starts"), F.col("last_ms")).otherwise(0)
    watched = F.when(F.col("starts") > 0, F.col("stops_ms") + until_last - F.col("starts_ms")).otherwise(0)
    return _with_watched(whole.filter(is_well_formed()), watched)


def ordered_sessions(events: DataFrame) -> DataFrame:
    """One row per session of these events, with `watched_ms`, found by looking at its events in order.

    A second start while playing changes nothing, nor does a second stop. At one time PLAY_START comes first, then
    PAUSE, RESUME, PLAY_STOP.
    """
    timed = _with_times(events)
    ranks = ("PLAY_START", "PAUSE", "RESUME", "PLAY_STOP")
    rank = F.array_position(F.array(*map(F.lit, ranks)), F.col("event_type"))
    controls = timed.filter("is_start OR is_stop").select("session_key", "ms", "is_start", rank.alias("rank"))
    in_order = Window.partitionBy("session_key").orderBy("ms", "rank")
    before = controls.withColumn("was_playing", F.coalesce(F.lag("is_start").over(in_order), F.lit(False)))
    changes = before.filter(F.col("is_start") != F.col("was_playing"))
    signed = changes.groupBy("session_key").agg(
        F.sum(F.when(F.col("is_start"), -F.col("ms")).otherwise(F.col("ms"))).alias("signed_ms"),
        F.sum(F.when(F.col("is_start"), 1).otherwise(-1)).alias("still_playing"),
    )
    sessions = timed.groupBy("session_key").agg(*_measures()).join(signed, "session_key", how="left")
    watched = F.coalesce(F.col("signed_ms") + F.col("still_playing") * F.col("last_ms"), F.lit(0))
    return _with_watched(sessions, watched)


def with_gap_sessions(events: DataFrame) -> DataFrame:
    """One row per event without a session's id, with the session_key of its user, profile and title until a gap."""
    who = ("subscriber_id", "profile_id", "title_id")
    timed = events.filter(F.col("session_key").isNull()).withColumn("at", F.unix_millis("event_timestamp"))
    in_order = Window.partitionBy(*who).orderBy("at", "event_key")
    since_last = F.col("at") - F.lag("at").over(in_order)
    begun = timed.withColumn("begins", F.when(F.coalesce(since_last > LONGEST_GAP, F.lit(True)), F.col("at")))
    until_now = in_order.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    started = begun.withColumn("session_began", F.last("begins", ignorenulls=True).over(until_now))
    parts = [F.coalesce(F.col(name), F.lit("\x1e")) for name in who]
    key = F.xxhash64(F.lit("no session_id"), *parts, F.col("session_began"))
    return started.withColumn("session_key", key).select(*LOOKED_AT)


def sessions(days: DataFrame, events: DataFrame) -> DataFrame:
    """One row per viewing session, with what `with_first_event` adds, and `watched_ms`. `days` are `session_days`."""
    whole = whole_sessions(days)
    others = whole.filter(~is_well_formed()).select("session_key")
    looked_at = events.join(others, "session_key", how="left_semi").select(*LOOKED_AT)
    found = well_formed_sessions(whole).unionByName(ordered_sessions(looked_at))
    return with_first_event(found.unionByName(ordered_sessions(with_gap_sessions(events))))


def with_first_event(found: DataFrame) -> DataFrame:
    """One row per session, with title_id, device_type and country of its first event that names a title.

    Of a session that names none, of its first event.
    """
    parts = F.split("first_event", SEPARATOR)
    said = {
        name: F.nullif(F.get(parts, F.lit(place)), F.lit(""))
        for place, name in enumerate(("title_id", "device_type", "country"), start=1)
    }
    return found.withColumns(said)
