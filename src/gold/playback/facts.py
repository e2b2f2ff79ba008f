"""Facts of viewing: sessions, and their sums per day."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from common.aggregates import count_rows, total
from common.forms import member_form
from common.fractions import ratio
from common.keys import UNKNOWN_KEY, key_or_unknown, or_unknown_key
from common.specifications import ColumnSpec, TableSpec
from common.windows import all_rows, is_first, next_value
from gold.conformed.members import date_key, with_known_key

FACT_PLAYBACK = TableSpec(
    name="fact_playback",
    comment="One row per viewing session.",
    columns=(
        ColumnSpec("session_key", "BIGINT", "key of the session"),
        ColumnSpec("subscriber_key", "BIGINT", "version of the subscriber at that time (dim_subscriber)"),
        ColumnSpec("subscriber_id", "STRING", "pseudonym of the subscriber; null if unknown"),
        ColumnSpec("title_key", "BIGINT", "title that was watched first (dim_title)"),
        ColumnSpec("device_key", "BIGINT", "device (dim_device)"),
        ColumnSpec("country_key", "BIGINT", "country of viewing (dim_country)"),
        ColumnSpec("date_key", "INT", "day of the first event, UTC (dim_date)"),
        ColumnSpec("started_at", "TIMESTAMP", "time of the first event"),
        ColumnSpec("ended_at", "TIMESTAMP", "time of the last event"),
        ColumnSpec(
            "watched_seconds",
            "BIGINT",
            "time from each start to the next stop, in whole seconds; spans of more than 24 hours count as 0",
        ),
        ColumnSpec("completion", "DECIMAL(18,6)", "watched / length of the movie, at most 1; null if that is unknown"),
        ColumnSpec("is_view", "BOOLEAN", "whether watched for at least lakehouse.view_seconds (120)"),
        ColumnSpec("is_completed", "BOOLEAN", "whether completion is at least lakehouse.completed_share (0.9)"),
        ColumnSpec("pauses", "BIGINT", "number of pauses"),
        ColumnSpec("seeks", "BIGINT", "number of seeks"),
        ColumnSpec("events", "BIGINT", "number of events"),
        ColumnSpec("overlong_spans", "BIGINT", "number of spans of more than 24 hours, which count as 0 seconds"),
    ),
    primary_key=("session_key",),
    foreign_keys={
        "subscriber_key": "dim_subscriber",
        "title_key": "dim_title",
        "device_key": "dim_device",
        "country_key": "dim_country",
        "date_key": "dim_date",
    },
    rules={
        "has_session": "session_key IS NOT NULL",
        "has_keys": "subscriber_key IS NOT NULL AND title_key IS NOT NULL AND device_key IS NOT NULL "
        "AND country_key IS NOT NULL",
        "has_date": "date_key IS NOT NULL",
        "ends_after_it_began": "ended_at >= started_at",
        "never_negative": "least(watched_seconds, pauses, seeks, overlong_spans) >= 0 AND events > 0",
        "completion_is_a_fraction": "completion IS NULL OR completion BETWEEN 0 AND 1",
    },
    warnings={"no_span_over_24_hours": "overlong_spans = 0"},
    partition_cols=("date_key",),
)


def _with_version_key(sessions: DataFrame, versions: DataFrame, identity: str, key: str) -> DataFrame:
    """One row per session, with the `key` of the version that was valid when it began; -1 if there was none.

    `versions` have an `id` (that of the session's column `identity`), the `key`, and from when until when they are
    valid: `from_ms` and `until_ms`, null for no bound. These stay as `<key>_id` and so on (as in `with_known_key`).
    """
    named = versions.withColumnsRenamed({name: f"{key}_{name}" for name in ("id", "from_ms", "until_ms")})
    valid_from, valid_until = F.col(f"{key}_from_ms"), F.col(f"{key}_until_ms")
    is_valid = (valid_from.isNull() | (F.col("first_ms") >= valid_from)) & (
        valid_until.isNull() | (F.col("first_ms") < valid_until)
    )
    joined = sessions.join(named, (F.col(identity) == F.col(f"{key}_id")) & is_valid, how="left")
    return joined.withColumn(key, or_unknown_key(key))


def with_title_key(sessions: DataFrame, title_ids: DataFrame) -> DataFrame:
    """One row per session, with title_key: the title that its title_id stood for when it began; -1 for an unknown id.

    Before the first release, an id stands for its title in the first one.
    """
    # The periods of an id don't overlap: a session finds one, or none.
    ids = title_ids.withColumn("first_release", F.min("__START_AT").over(all_rows())).select(
        F.col("show_id").alias("id"),
        "title_key",
        F.when(F.col("__START_AT") > F.col("first_release"), F.unix_millis("__START_AT")).alias("from_ms"),
        F.unix_millis("__END_AT").alias("until_ms"),
    )
    return _with_version_key(sessions, F.broadcast(ids), "title_id", "title_key")


PLAYBACK_TITLE_STARTS = TableSpec(
    name="playback_title_starts",
    comment="One row per day and title: the number of PLAY_START events, which is additive.",
    columns=(
        ColumnSpec("event_date", "DATE", "day of the events (UTC)"),
        ColumnSpec("title_key", "BIGINT", "title that the id stood for; -1 for an unknown id"),
        ColumnSpec("starts", "BIGINT", "PLAY_START events"),
    ),
    rules={"has_date": "event_date IS NOT NULL", "has_title": "title_key IS NOT NULL", "counts_starts": "starts > 0"},
    partition_cols=("event_date",),
)


def playback_title_starts(events: DataFrame, title_ids: DataFrame) -> DataFrame:
    """One row per day and title with PLAY_START events. A session may start several titles."""
    starts = events.filter(F.col("event_type") == "PLAY_START")
    timed = starts.select("event_date", "title_id", F.unix_millis("event_timestamp").alias("first_ms"))
    return timed.transform(with_title_key, title_ids).groupBy("event_date", "title_key").agg(count_rows("starts"))


def with_subscriber_key(sessions: DataFrame, dim_subscriber: DataFrame) -> DataFrame:
    """One row per session, with subscriber_key: the version that was valid when it began; -1 for an unknown subscriber.

    The first version is also valid before it, and the last one also after it.
    """
    order = "subscriber_id", ["valid_from"]
    versions = dim_subscriber.filter(F.col("subscriber_key") != UNKNOWN_KEY).select(
        F.col("subscriber_id").alias("id"),
        "subscriber_key",
        F.when(~is_first(*order), F.unix_millis("valid_from")).alias("from_ms"),
        F.unix_millis(next_value("valid_from", *order)).alias("until_ms"),
    )
    return _with_version_key(sessions, versions, "subscriber_id", "subscriber_key")


def with_country_key(sessions: DataFrame, dim_country: DataFrame) -> DataFrame:
    """One row per session, with country_key: the country with its code; -1 for an unknown code."""
    known = dim_country.filter("iso_code IS NOT NULL")
    keys = known.select(F.col("iso_code").alias("country"), "country_key")
    joined = sessions.join(F.broadcast(keys), "country", how="left")
    return joined.withColumn("country_key", or_unknown_key("country_key"))


def fact_playback(
    sessions: DataFrame,
    dim_title: DataFrame,
    dim_device: DataFrame,
    dim_country: DataFrame,
    dim_date: DataFrame,
    view_seconds: int,
    completed_share: str,
) -> DataFrame:
    """One row per session of `sessions`, which have their `title_key` and `subscriber_key`.

    `completed_share` is a decimal as text (0.9).
    """
    titled = sessions.transform(with_known_key, dim_title, "title_key")
    keyed = titled.transform(with_country_key, dim_country).withColumns(
        {
            "device_key": key_or_unknown(member_form(F.col("device_type"))),
            "started_at": F.timestamp_millis("first_ms"),
            "ended_at": F.timestamp_millis("last_ms"),
            "watched_seconds": F.floor(F.col("watched_ms") / 1000).cast("bigint"),
        }
    )
    dated = keyed.withColumn("date_key", date_key(F.col("started_at")))
    known = dated.transform(with_known_key, dim_device, "device_key").transform(with_known_key, dim_date, "date_key")
    runtimes = dim_title.filter("duration_minutes > 0").select(
        "title_key", (F.col("duration_minutes").cast("bigint") * 60).alias("runtime")
    )
    # Not least(share, 1), which is 1 if the share is null.
    share, complete = ratio("watched_seconds", "runtime"), F.lit("1").cast("decimal(18,6)")
    measured = known.join(runtimes, "title_key", how="left").withColumn(
        "completion", F.when(F.col("watched_seconds") > F.col("runtime"), complete).otherwise(share)
    )
    is_completed = F.col("completion") >= F.lit(completed_share).cast("decimal(18,6)")
    flagged = measured.withColumns(
        {"is_view": F.col("watched_seconds") >= view_seconds, "is_completed": F.coalesce(is_completed, F.lit(False))}
    )
    return flagged.select(*FACT_PLAYBACK.column_names)


FACT_PLAYBACK_DAILY = TableSpec(
    name="fact_playback_daily",
    comment="One row per day, title, device and country: sums of the sessions that began on that day, all additive.",
    columns=(
        ColumnSpec("date_key", "INT", "day (dim_date)"),
        ColumnSpec("title_key", "BIGINT", "title (dim_title)"),
        ColumnSpec("device_key", "BIGINT", "device (dim_device)"),
        ColumnSpec("country_key", "BIGINT", "country of viewing (dim_country)"),
        ColumnSpec("plays", "BIGINT", "viewing sessions"),
        ColumnSpec("watched_seconds", "BIGINT", "seconds watched"),
        ColumnSpec("long_plays", "BIGINT", "sessions that are views (is_view)"),
        ColumnSpec("completed_plays", "BIGINT", "sessions that are completed (is_completed)"),
        ColumnSpec("pauses", "BIGINT", "number of pauses"),
        ColumnSpec("seeks", "BIGINT", "number of seeks"),
    ),
    primary_key=("date_key", "title_key", "device_key", "country_key"),
    foreign_keys={
        "date_key": "dim_date",
        "title_key": "dim_title",
        "device_key": "dim_device",
        "country_key": "dim_country",
    },
    rules={
        "has_keys": "date_key IS NOT NULL AND title_key IS NOT NULL AND device_key IS NOT NULL "
        "AND country_key IS NOT NULL",
        "counts_plays": "plays > 0 AND long_plays BETWEEN 0 AND plays AND completed_plays BETWEEN 0 AND plays",
        "never_negative": "least(watched_seconds, pauses, seeks) >= 0",
    },
    partition_cols=("date_key",),
)


def fact_playback_daily(fact_playback: DataFrame) -> DataFrame:
    """One row per day, title, device and country."""
    sums = fact_playback.groupBy("date_key", "title_key", "device_key", "country_key").agg(
        count_rows("plays"),
        total("watched_seconds"),
        F.count_if("is_view").alias("long_plays"),
        F.count_if("is_completed").alias("completed_plays"),
        total("pauses"),
        total("seeks"),
    )
    return sums.select(*FACT_PLAYBACK_DAILY.column_names)
