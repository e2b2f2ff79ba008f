"""Viewing sessions: how long was watched, without ordering all events (docs/decisions/0019 and 0039).

Watched time runs from each start (PLAY_START, RESUME) to the next stop (PAUSE, PLAY_STOP). It is found day by day: of a
day whose starts and stops alternate, it is the sum of the stops' times minus that of the starts'. For up to three of
each, counts, sums, and first and last times tell whether they alternate; only the events of other days are ordered.
Days are then put together: what is playing at midnight goes on until the first stop.

A span of more than LONGEST_SPAN is a player that was left alone, or a stop that got lost: it counts as 0, and
fact_playback says how many a session has. Only spans that cross midnight can be that long.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.aggregates import count_rows, total
from common.keys import NULL, SEPARATOR
from common.specifications import ColumnSpec, TableSpec
from gold.playback.controls import control_sums, ordered_spans, with_controls, with_spans

# A session without an id ends if nothing happens for this long.
LONGEST_GAP = 30 * 60 * 1000
LONGEST_SPAN = 24 * 60 * 60 * 1000
# Put before an event's time, so that the smallest is the first event with a title, or else the first.
WITH_TITLE, WITHOUT_TITLE = 10**15, 2 * 10**15

SESSION_KEY = ColumnSpec("session_key", "BIGINT", "session (silver.playback_events)")
EVENT_DATE = ColumnSpec("event_date", "DATE", "day of the events (UTC)")
OF_SESSION = (
    ColumnSpec("subscriber_id", "STRING", "pseudonym of the subscriber"),
    ColumnSpec("first_event", "STRING", "first event, with a title if any: time, title, device and country"),
    ColumnSpec("first_ms", "BIGINT", "time of the first event"),
    ColumnSpec("last_ms", "BIGINT", "time of the last event"),
    ColumnSpec("events", "BIGINT", "number of events"),
    ColumnSpec("pauses", "BIGINT", "number of PAUSE events"),
    ColumnSpec("seeks", "BIGINT", "number of SEEK events"),
)
SESSION_COLUMNS = (SESSION_KEY.name, *(column.name for column in OF_SESSION))
SESSION_DAY = (EVENT_DATE.name, SESSION_KEY.name)
HAS_SESSION_DAY = {"has_session": "session_key IS NOT NULL", "has_date": "event_date IS NOT NULL"}
ENDS_AFTER_IT_BEGAN = {"has_events": "events > 0", "ends_after_it_began": "last_ms >= first_ms"}

PLAYBACK_SESSION_DAYS = TableSpec(
    name="playback_session_days",
    comment="One row per day and viewing session with an id. Times are in milliseconds.",
    columns=(
        EVENT_DATE,
        SESSION_KEY,
        *OF_SESSION,
        ColumnSpec("first_start_ms", "BIGINT", "time of the first PLAY_START or RESUME"),
        ColumnSpec("first_stop_ms", "BIGINT", "time of the first PAUSE or PLAY_STOP"),
        ColumnSpec("watched_ms", "BIGINT", "from each start to the next stop of the day; null unless they alternate"),
        ColumnSpec("open_since_ms", "BIGINT", "start that no stop of the day follows"),
    ),
    primary_key=SESSION_DAY,
    rules={**HAS_SESSION_DAY, **ENDS_AFTER_IT_BEGAN},
    partition_cols=(EVENT_DATE.name,),
)

PLAYBACK_ORDERED_DAYS = TableSpec(
    name="playback_ordered_days",
    comment="One row per day and viewing session whose starts and stops do not alternate: what was watched.",
    columns=(
        EVENT_DATE,
        SESSION_KEY,
        ColumnSpec("ordered_watched_ms", "BIGINT", "from each start to the next stop of the day"),
        ColumnSpec("ordered_open_since_ms", "BIGINT", "start that no stop of the day follows"),
    ),
    rules=HAS_SESSION_DAY,
    partition_cols=(EVENT_DATE.name,),
)

PLAYBACK_SESSIONS_WITHOUT_ID = TableSpec(
    name="playback_sessions_without_id",
    comment="One row per viewing session of events without a session id. Times are in milliseconds.",
    columns=(
        ColumnSpec("session_key", "BIGINT", "hash of subscriber, profile, title and time of the first event"),
        *OF_SESSION,
        ColumnSpec("watched_ms", "BIGINT", "from each start to the next stop"),
        ColumnSpec("overlong_spans", "BIGINT", "number of spans of more than 24 hours, which count as 0"),
    ),
    rules={"has_session": "session_key IS NOT NULL", **ENDS_AFTER_IT_BEGAN},
)
NEEDED_COLUMNS = ("session_key", "event_timestamp", "event_type", "subscriber_id", "title_id", "device_type", "country")


def viewing_sessions(session_days: DataFrame, ordered_days: DataFrame, without_id: DataFrame) -> DataFrame:
    """One row per viewing session, with its measures, and title_id, device_type and country of its first event."""
    days = with_ordered(session_days, ordered_days)
    sessions = complete_sessions(days)
    longer = sessions.filter("days > 1").select("session_key")
    carried = carried_over(days.join(longer, "session_key", how="left_semi"))
    watched = sessions.join(carried, "session_key", how="left").transform(_with_watched)
    return watched.unionByName(without_id).transform(with_first_event)


def playback_session_days(events: DataFrame) -> DataFrame:
    """One row per day and session with an id."""
    numbered = with_controls(events.filter(F.col("session_key").isNotNull()))
    days = numbered.groupBy(*SESSION_DAY).agg(*_measures(), *control_sums())
    return days.transform(with_spans).select(*PLAYBACK_SESSION_DAYS.column_names)


def playback_ordered_days(session_days: DataFrame, events: DataFrame) -> DataFrame:
    """One row per day and session whose starts and stops don't alternate."""
    others = session_days.filter("watched_ms IS NULL").select(*SESSION_DAY)
    spans = ordered_spans(with_controls(events.join(others, [*SESSION_DAY], how="left_semi")), *SESSION_DAY)
    return spans.groupBy(*SESSION_DAY).agg(
        F.coalesce(F.sum(F.col("until_ms") - F.col("from_ms")), F.lit(0)).cast("bigint").alias("ordered_watched_ms"),
        F.max(F.when(F.col("until_ms").isNull(), F.col("from_ms"))).alias("ordered_open_since_ms"),
    )


def with_ordered(session_days: DataFrame, ordered_days: DataFrame) -> DataFrame:
    """One row per day and session, with what `ordered_days` have of it."""
    joined = session_days.join(F.broadcast(ordered_days), [*SESSION_DAY], how="left")
    is_ordered = F.col("watched_ms").isNull()
    return joined.withColumns(
        {
            "open_since_ms": F.when(is_ordered, F.col("ordered_open_since_ms")).otherwise(F.col("open_since_ms")),
            "watched_ms": F.coalesce("watched_ms", "ordered_watched_ms", F.lit(0).cast("bigint")),
        }
    )


def complete_sessions(days: DataFrame) -> DataFrame:
    """One row per session: its days added up, as if each began with nothing playing."""
    return days.groupBy("session_key").agg(
        count_rows("days"),
        *[total(name) for name in ("events", "pauses", "seeks", "watched_ms")],
        *[F.min(name).alias(name) for name in ("subscriber_id", "first_event", "first_ms")],
        F.max("last_ms").alias("last_ms"),
        F.max("open_since_ms").alias("open_since_ms"),
    )


def carried_over(days: DataFrame) -> DataFrame:
    """One row per session: what spans across midnight add to its days (`more_ms`, `too_long`), and since when it plays.

    `playing_since_ms` is the start of the span that its last event ends; null if it has stopped before.
    """
    in_order = Window.partitionBy("session_key").orderBy("event_date")
    until_now = Window.unboundedPreceding, Window.currentRow
    stopped_days = F.count("first_stop_ms").over(in_order.rowsBetween(*until_now))
    since_stop = Window.partitionBy("session_key", "stopped_days").orderBy("event_date").rowsBetween(*until_now)
    playing = days.withColumn("stopped_days", stopped_days).withColumn(
        "playing_ms", F.min("open_since_ms").over(since_stop)
    )
    entered = playing.withColumns(
        {"entered_ms": F.lag("playing_ms").over(in_order), "next_day": F.lead("event_date").over(in_order)}
    )
    span = F.col("first_stop_ms") - F.col("entered_ms")
    # A day's own first span is part of it, if the day began with a start, which changed nothing then.
    own = F.greatest(F.coalesce(F.col("first_stop_ms") - F.col("first_start_ms"), F.lit(0)), F.lit(0))
    more = F.when(span.isNotNull(), F.when(span <= LONGEST_SPAN, span).otherwise(0) - own)
    return entered.groupBy("session_key").agg(
        F.coalesce(F.sum(more), F.lit(0)).cast("bigint").alias("more_ms"),
        F.count_if(span > LONGEST_SPAN).alias("too_long"),
        F.max(F.when(F.col("next_day").isNull(), F.col("playing_ms"))).alias("playing_since_ms"),
    )


def playback_sessions_without_id(events: DataFrame) -> DataFrame:
    """One row per session of events without a session id, found by ordering its events. The last one ends it."""
    timed = with_controls(events_without_session(events))
    measured = timed.groupBy("session_key").agg(*_measures())
    joined = measured.join(ordered_spans(timed, "session_key"), "session_key", how="left")
    span = F.coalesce(F.col("until_ms"), F.col("last_ms")) - F.col("from_ms")
    sums = joined.groupBy(*SESSION_COLUMNS).agg(
        F.coalesce(F.sum(F.when(span <= LONGEST_SPAN, span)), F.lit(0)).cast("bigint").alias("watched_ms"),
        F.count_if(span > LONGEST_SPAN).alias("overlong_spans"),
    )
    return sums.select(*PLAYBACK_SESSIONS_WITHOUT_ID.column_names)


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


def _measures() -> list[Column]:
    """Aggregates of events with their time `ms`: what OF_SESSION has."""
    no_title = F.when(F.col("title_id").isNull(), F.lit(WITHOUT_TITLE)).otherwise(F.lit(WITH_TITLE))
    texts = [F.coalesce(F.col(name), F.lit("")) for name in ("title_id", "device_type", "country")]
    # A text, because the default engine takes ten times as long for the smallest struct of a group.
    first_event = F.concat_ws(SEPARATOR, (F.col("ms") + no_title).cast("string"), *texts)
    return [
        F.min("subscriber_id").alias("subscriber_id"),
        F.min(first_event).alias("first_event"),
        F.min("ms").alias("first_ms"),
        F.max("ms").alias("last_ms"),
        count_rows("events"),
        F.count_if(F.col("event_type") == "PAUSE").alias("pauses"),
        F.count_if(F.col("event_type") == "SEEK").alias("seeks"),
    ]


def _with_watched(sessions: DataFrame) -> DataFrame:
    """One row per session, with all that was watched. Its last event ends it in any case."""
    zero = F.lit(0).cast("bigint")
    since = F.when(F.col("days") > 1, F.col("playing_since_ms")).otherwise(F.col("open_since_ms"))
    last = F.col("last_ms") - since
    watched = F.col("watched_ms") + F.coalesce("more_ms", zero) + F.when(last <= LONGEST_SPAN, last).otherwise(zero)
    overlong = F.coalesce("too_long", zero) + F.when(last > LONGEST_SPAN, 1).otherwise(zero)
    return sessions.select(*SESSION_COLUMNS, watched.alias("watched_ms"), overlong.alias("overlong_spans"))
