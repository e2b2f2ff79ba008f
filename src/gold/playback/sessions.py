"""Viewing sessions: how long was watched, without ordering all events (docs/decisions/0019).

Watched time runs from each start (PLAY_START, RESUME) to the next stop (PAUSE, PLAY_STOP). If starts and stops
alternate, it is the sum of the stops' times minus that of the starts', which adds up over days. For up to three pairs
the order is known from counts, sums, and first and last times; only the events of other sessions are ordered.

A span of more than LONGEST_SPAN is a player that was left alone, or a stop that got lost: it counts as 0, and
fact_playback says how many a session has.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.aggregates import count_rows, total
from common.keys import NULL, SEPARATOR
from common.specifications import ColumnSpec, TableSpec

STARTS = ("PLAY_START", "RESUME")
STOPS = ("PAUSE", "PLAY_STOP")
# At the same time, controls have this order.
CONTROLS = ("PLAY_START", "PAUSE", "RESUME", "PLAY_STOP")
# A session without an id ends if nothing happens for this long.
LONGEST_GAP = 30 * 60 * 1000
LONGEST_SPAN = 24 * 60 * 60 * 1000
# For up to this many pairs of a start and a stop, sums and extremes show whether they alternate. The sums fit into a
# BIGINT for fewer than a million events.
MAX_PAIRS = 3

PLAYBACK_SESSION_DAYS = TableSpec(
    name="playback_session_days",
    comment="One row per day and viewing session with an id: what adds up over its days. Times are in milliseconds.",
    columns=(
        ColumnSpec("event_date", "DATE", "day of the events (UTC)"),
        ColumnSpec("session_key", "BIGINT", "session (silver.playback_events)"),
        ColumnSpec("subscriber_id", "STRING", "pseudonym of the subscriber"),
        ColumnSpec("first_event", "STRING", "first event, with a title if any: time, title, device and country"),
        ColumnSpec("first_ms", "BIGINT", "time of the first event"),
        ColumnSpec("last_ms", "BIGINT", "time of the last event"),
        ColumnSpec("events", "BIGINT", "number of events"),
        ColumnSpec("pauses", "BIGINT", "number of PAUSE events"),
        ColumnSpec("seeks", "BIGINT", "number of SEEK events"),
        ColumnSpec("starts", "BIGINT", "number of PLAY_START and RESUME events"),
        ColumnSpec("starts_ms", "BIGINT", "sum of their times"),
        ColumnSpec("first_start_ms", "BIGINT", "time of the first of them"),
        ColumnSpec("last_start_ms", "BIGINT", "time of the last of them"),
        ColumnSpec("stops", "BIGINT", "number of PAUSE and PLAY_STOP events"),
        ColumnSpec("stops_ms", "BIGINT", "sum of their times"),
        ColumnSpec("first_stop_ms", "BIGINT", "time of the first of them"),
        ColumnSpec("last_stop_ms", "BIGINT", "time of the last of them"),
    ),
    rules={
        "has_events": "events > 0",
        "has_session": "session_key IS NOT NULL",
        "has_date": "event_date IS NOT NULL",
        "ends_after_it_began": "last_ms >= first_ms",
    },
    partition_cols=("event_date",),
)

NEEDED_COLUMNS = ("session_key", "event_timestamp", "event_type", "subscriber_id", "title_id", "device_type", "country")
SESSION_COLUMNS = ("session_key", "subscriber_id", "first_event", "first_ms", "last_ms", "events", "pauses", "seeks")


def viewing_sessions(session_days: DataFrame, events: DataFrame) -> DataFrame:
    """One row per viewing session, with its measures, and title_id, device_type and country of its first event."""
    sessions = complete_sessions(session_days)
    others = sessions.filter(~adds_up()).select("session_key")
    other_events = events.join(others, "session_key", how="left_semi").select(*NEEDED_COLUMNS)
    with_id = well_formed_sessions(sessions).unionByName(ordered_sessions(other_events))
    return with_id.unionByName(ordered_sessions(events_without_session(events))).transform(with_first_event)


def playback_session_days(events: DataFrame) -> DataFrame:
    """One row per day and session with an id."""
    with_id = _with_controls(events.filter(F.col("session_key").isNotNull()))
    days = with_id.groupBy("event_date", "session_key").agg(*_measures())
    return days.select(*PLAYBACK_SESSION_DAYS.column_names)


def complete_sessions(session_days: DataFrame) -> DataFrame:
    """One row per session: its days added up."""
    sums = ("events", "pauses", "seeks", "starts", "starts_ms", "stops", "stops_ms")
    firsts = ("subscriber_id", "first_event", "first_ms", "first_start_ms", "first_stop_ms")
    lasts = ("last_ms", "last_start_ms", "last_stop_ms")
    return session_days.groupBy("session_key").agg(
        *[total(name) for name in sums],
        *[F.min(name).alias(name) for name in firsts],
        *[F.max(name).alias(name) for name in lasts],
    )


def is_well_formed() -> Column:
    """BOOLEAN: whether a session's starts and stops alternate, beginning with a start; decided for up to MAX_PAIRS."""
    starts, stops = F.col("starts"), F.col("stops")
    first, last = F.col("first_start_ms"), F.col("last_start_ms")
    first_stop, last_stop = F.col("first_stop_ms"), F.col("last_stop_ms")
    second = F.col("starts_ms") - first - last
    second_stop = F.when(stops == 3, F.col("stops_ms") - first_stop - last_stop).otherwise(last_stop)
    is_closed = stops == starts
    one = (starts == 1) & (~is_closed | (first < first_stop))
    two = (starts == 2) & (first < first_stop) & (first_stop < last) & (~is_closed | (last < last_stop))
    three = (
        (starts == MAX_PAIRS)
        & (first < first_stop)
        & (first_stop < second)
        & (second < second_stop)
        & (second_stop < last)
        & (~is_closed | (last < last_stop))
    )
    alternates = is_closed | (stops == starts - 1)
    return (starts == 0) | F.coalesce(alternates & (one | two | three), F.lit(False))


def adds_up() -> Column:
    """BOOLEAN: whether the sums of a session's times give what was watched, because no span can be too long."""
    return is_well_formed() & (F.col("last_ms") - F.col("first_ms") <= LONGEST_SPAN)


def well_formed_sessions(sessions: DataFrame) -> DataFrame:
    """One row per session that `adds_up`, with its measures. Its last event ends it in any case."""
    last_stop = F.when(F.col("stops") < F.col("starts"), F.col("last_ms")).otherwise(0)
    watched = F.when(F.col("starts") > 0, F.col("stops_ms") + last_stop - F.col("starts_ms")).otherwise(0)
    return _with_watched(sessions.filter(adds_up()), watched, F.lit(0))


def ordered_sessions(events: DataFrame) -> DataFrame:
    """One row per session of these events, with its measures, found by ordering its events.

    A second start while playing changes nothing, nor does a second stop. The last event ends what is still playing.
    """
    with_controls = _with_controls(events)
    rank = F.array_position(F.array(*map(F.lit, CONTROLS)), F.col("event_type"))
    controls = with_controls.filter("is_start OR is_stop").select("session_key", "ms", "is_start", rank.alias("rank"))
    in_order = Window.partitionBy("session_key").orderBy("ms", "rank")
    previous = controls.withColumn("was_playing", F.coalesce(F.lag("is_start").over(in_order), F.lit(False)))
    changes = previous.filter(F.col("is_start") != F.col("was_playing"))
    spans = changes.withColumn("until_ms", F.lead("ms").over(in_order)).filter("is_start")
    measured = with_controls.groupBy("session_key").agg(*_measures())
    joined = measured.join(
        spans.select("session_key", F.col("ms").alias("from_ms"), "until_ms"), "session_key", how="left"
    )
    span = F.coalesce(F.col("until_ms"), F.col("last_ms")) - F.col("from_ms")
    sums = joined.groupBy(*SESSION_COLUMNS).agg(
        F.sum(F.when(span <= LONGEST_SPAN, span)).alias("counted_ms"),
        F.count_if(span > LONGEST_SPAN).alias("too_long"),
    )
    return _with_watched(sums, F.coalesce("counted_ms", F.lit(0)), F.col("too_long"))


def events_without_session(events: DataFrame) -> DataFrame:
    """One row per event without a session id, with a session_key of its user, profile and title, until a gap."""
    viewer = ("subscriber_id", "profile_id", "title_id")
    timed = events.filter(F.col("session_key").isNull()).withColumn("ms", F.unix_millis("event_timestamp"))
    in_order = Window.partitionBy(*viewer).orderBy("ms", "event_key")
    since_last = F.col("ms") - F.lag("ms").over(in_order)
    starts = timed.withColumn("start", F.when(F.coalesce(since_last > LONGEST_GAP, F.lit(True)), F.col("ms")))
    until_now = in_order.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    started = starts.withColumn("session_start", F.last("start", ignorenulls=True).over(until_now))
    parts = [F.coalesce(F.col(name), F.lit(NULL)) for name in viewer]
    key = F.xxhash64(F.lit("no session_id"), *parts, F.col("session_start"))
    return started.withColumn("session_key", key).select(*NEEDED_COLUMNS)


def with_first_event(sessions: DataFrame) -> DataFrame:
    """One row per session, with title_id, device_type and country of its first event with a title, or of the first."""
    parts = F.split("first_event", SEPARATOR)
    names = ("title_id", "device_type", "country")
    values = [F.nullif(F.get(parts, F.lit(position)), F.lit("")) for position in range(1, len(names) + 1)]
    return sessions.withColumns(dict(zip(names, values, strict=True)))


def _with_controls(events: DataFrame) -> DataFrame:
    """One row per event, with its time `ms`, `is_start` and `is_stop`."""
    return events.withColumns(
        {
            "ms": F.unix_millis("event_timestamp"),
            "is_start": F.coalesce(F.col("event_type").isin(*STARTS), F.lit(False)),
            "is_stop": F.coalesce(F.col("event_type").isin(*STOPS), F.lit(False)),
        }
    )


def _measures() -> list[Column]:
    """Aggregates of events that have `ms`, `is_start` and `is_stop`."""
    start, stop = F.when(F.col("is_start"), F.col("ms")), F.when(F.col("is_stop"), F.col("ms"))
    titles_first = F.col("title_id").isNull().cast("int").cast("string")
    parts = [F.concat(titles_first, F.lpad(F.col("ms").cast("string"), 15, "0"))]
    parts += [F.coalesce(F.col(name), F.lit("")) for name in ("title_id", "device_type", "country")]
    return [
        F.min("subscriber_id").alias("subscriber_id"),
        F.min(F.concat_ws(SEPARATOR, *parts)).alias("first_event"),
        F.min("ms").alias("first_ms"),
        F.max("ms").alias("last_ms"),
        count_rows("events"),
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


def _with_watched(sessions: DataFrame, watched_ms: Column, overlong_spans: Column) -> DataFrame:
    return sessions.select(
        *SESSION_COLUMNS,
        watched_ms.cast("bigint").alias("watched_ms"),
        overlong_spans.cast("bigint").alias("overlong_spans"),
    )
