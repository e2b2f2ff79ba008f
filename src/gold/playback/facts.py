"""Facts of viewing: sessions, and what they add up to on a day."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.fractions import ratio
from common.specifications import ColumnSpec, TableSpec
from common.windows import is_first, next_of
from gold.conformed.members import UNKNOWN_KEY, date_key, key_or_unknown, known_or_unknown

KEYS = ("title_key", "device_key", "country_key", "date_key")

FACT_PLAYBACK = TableSpec(
    name="fact_playback",
    comment="One row per viewing session.",
    columns=(
        ColumnSpec("session_key", "BIGINT", "the session"),
        ColumnSpec("subscriber_key", "BIGINT", "who watched, as they were then (dim_subscriber)"),
        ColumnSpec("subscriber_id", "STRING", "pseudonym of who watched; null where unknown"),
        ColumnSpec("title_key", "BIGINT", "what was watched first (dim_title)"),
        ColumnSpec("device_key", "BIGINT", "on what (dim_device)"),
        ColumnSpec("country_key", "BIGINT", "where (dim_country)"),
        ColumnSpec("date_key", "INT", "the day of its first event, UTC (dim_date)"),
        ColumnSpec("started_at", "TIMESTAMP", "its first event"),
        ColumnSpec("ended_at", "TIMESTAMP", "its last event"),
        ColumnSpec("watched_seconds", "BIGINT", "from each start to the next stop, whole seconds"),
        ColumnSpec("completion", "DECIMAL(18,6)", "watched / runtime of the movie, at most 1; null without one"),
        ColumnSpec("is_view", "BOOLEAN", "watched for at least lakehouse.view_seconds (120)"),
        ColumnSpec("is_completed", "BOOLEAN", "completion of at least lakehouse.completed_share (0.9)"),
        ColumnSpec("pauses", "BIGINT", "how many"),
        ColumnSpec("seeks", "BIGINT", "how many"),
        ColumnSpec("events", "BIGINT", "how many"),
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
        "has_keys": "title_key IS NOT NULL AND device_key IS NOT NULL AND country_key IS NOT NULL",
        "has_date": "date_key IS NOT NULL",
        "never_negative": "watched_seconds >= 0",
        "completion_is_a_fraction": "completion IS NULL OR completion BETWEEN 0 AND 1",
    },
)


def _with_version(sessions: DataFrame, versions: DataFrame, of: str, key: str) -> DataFrame:
    """One row per session, with the `key` of the version that held when it began; -1 where none did.

    `versions` have what they are `of`, their `key`, and from when until when they hold (null for no bound).
    """
    in_time = (F.col("from_ms").isNull() | (F.col("first_ms") >= F.col("from_ms"))) & (
        F.col("until_ms").isNull() | (F.col("first_ms") < F.col("until_ms"))
    )
    joined = sessions.join(versions, (F.col(of) == F.col("of")) & in_time, how="left")
    known = joined.withColumn(key, F.coalesce(key, F.lit(UNKNOWN_KEY).cast("bigint")))
    return known.drop("of", "from_ms", "until_ms")


def with_title_key(sessions: DataFrame, title_ids: DataFrame) -> DataFrame:
    """One row per session, with title_key: what its title_id stood for when it began; -1 for an unknown one.

    Before the first release an id means what it meant in the first.
    """
    first = F.min("__START_AT").over(Window.partitionBy(F.lit(0)))
    # The times in which an id stood for titles don't overlap: a session finds one, or none.
    ids = title_ids.withColumn("first_release", first).select(
        F.col("show_id").alias("of"),
        "title_key",
        F.when(F.col("__START_AT") > F.col("first_release"), F.unix_millis("__START_AT")).alias("from_ms"),
        F.unix_millis("__END_AT").alias("until_ms"),
    )
    return _with_version(sessions, F.broadcast(ids), "title_id", "title_key")


def with_subscriber_key(sessions: DataFrame, dim_subscriber: DataFrame) -> DataFrame:
    """One row per session, with subscriber_key: the version that held when it began; -1 for an unknown subscriber.

    Before the first version the first one holds, and after the last one that.
    """
    in_order = "subscriber_id", ["valid_from"]
    versions = dim_subscriber.filter(F.col("subscriber_key") != UNKNOWN_KEY).select(
        F.col("subscriber_id").alias("of"),
        "subscriber_key",
        F.when(~is_first(*in_order), F.unix_millis("valid_from")).alias("from_ms"),
        F.unix_millis(next_of("valid_from", *in_order)).alias("until_ms"),
    )
    return _with_version(sessions, versions, "subscriber_id", "subscriber_key")


def with_country_key(sessions: DataFrame, dim_country: DataFrame) -> DataFrame:
    """One row per session, with country_key: the country of its code; -1 for an unknown one."""
    codes = dim_country.filter("iso_code IS NOT NULL").groupBy(F.col("iso_code").alias("code"))
    names = codes.agg(F.min("country").alias("name"))
    keys = names.join(dim_country, F.col("name") == F.col("country"), how="inner").select(
        F.col("code").alias("country"), "country_key"
    )
    joined = sessions.join(F.broadcast(keys), "country", how="left")
    return joined.withColumn("country_key", F.coalesce("country_key", F.lit(UNKNOWN_KEY).cast("bigint")))


def fact_playback(
    sessions: DataFrame,
    dim_title: DataFrame,
    dim_device: DataFrame,
    dim_country: DataFrame,
    dim_date: DataFrame,
    view_seconds: int,
    completed_share: str,
) -> DataFrame:
    """One row per viewing session.

    `sessions` have their `title_key` and `subscriber_key`; `completed_share` is a decimal in text (0.9).
    """
    titled = known_or_unknown(sessions, dim_title, "title_key")
    keyed = with_country_key(titled, dim_country).withColumns(
        {
            "device_key": key_or_unknown(F.col("device_type")),
            "started_at": F.timestamp_millis("first_ms"),
            "watched_seconds": F.floor(F.col("watched_ms") / 1000).cast("bigint"),
        }
    )
    dated = keyed.withColumn("date_key", date_key(F.col("started_at")))
    known = known_or_unknown(known_or_unknown(dated, dim_device, "device_key"), dim_date, "date_key")
    runtimes = dim_title.filter("duration_minutes > 0").select(
        "title_key", (F.col("duration_minutes").cast("bigint") * 60).alias("runtime")
    )
    # Not least(share, 1), which is 1 where the share is null.
    share, whole = ratio("watched_seconds", "runtime"), F.lit("1").cast("decimal(18,6)")
    measured = known.join(runtimes, "title_key", how="left").withColumn(
        "completion", F.when(F.col("watched_seconds") > F.col("runtime"), whole).otherwise(share)
    )
    return measured.select(
        "session_key",
        "subscriber_key",
        "subscriber_id",
        *KEYS,
        "started_at",
        F.timestamp_millis("last_ms").alias("ended_at"),
        "watched_seconds",
        "completion",
        (F.col("watched_seconds") >= view_seconds).alias("is_view"),
        F.coalesce(F.col("completion") >= F.lit(completed_share).cast("decimal(18,6)"), F.lit(False)).alias(
            "is_completed"
        ),
        "pauses",
        "seeks",
        "events",
    )


FACT_PLAYBACK_DAILY = TableSpec(
    name="fact_playback_daily",
    comment="One row per day, title, device and country: what sessions that began on that day add up to. Additive.",
    columns=(
        ColumnSpec("date_key", "INT", "the day (dim_date)"),
        ColumnSpec("title_key", "BIGINT", "the title (dim_title)"),
        ColumnSpec("device_key", "BIGINT", "the device (dim_device)"),
        ColumnSpec("country_key", "BIGINT", "the country (dim_country)"),
        ColumnSpec("plays", "BIGINT", "sessions"),
        ColumnSpec("watched_seconds", "BIGINT", "seconds watched"),
        ColumnSpec("long_plays", "BIGINT", "sessions that are a view (is_view)"),
        ColumnSpec("completed_plays", "BIGINT", "sessions that are completed (is_completed)"),
        ColumnSpec("pauses", "BIGINT", "how many"),
        ColumnSpec("seeks", "BIGINT", "how many"),
    ),
    primary_key=("date_key", "title_key", "device_key", "country_key"),
    rules={"counts_plays": "plays > 0", "never_negative": "watched_seconds >= 0"},
)


def fact_playback_daily(fact_playback: DataFrame) -> DataFrame:
    """One row per day, title, device and country."""
    sums = fact_playback.groupBy("date_key", "title_key", "device_key", "country_key").agg(
        F.count(F.lit(1)).alias("plays"),
        F.sum("watched_seconds").cast("bigint").alias("watched_seconds"),
        F.count_if("is_view").alias("long_plays"),
        F.count_if("is_completed").alias("completed_plays"),
        F.sum("pauses").cast("bigint").alias("pauses"),
        F.sum("seeks").cast("bigint").alias("seeks"),
    )
    return sums.select(*FACT_PLAYBACK_DAILY.column_names)
