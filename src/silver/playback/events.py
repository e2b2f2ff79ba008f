"""Playback events: typed, with pseudonyms, judged; what stays is one of each event (docs/data-model.md)."""

from datetime import UTC, datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from bronze.feeds import CORRUPT, PLAYBACK, RESCUED
from bronze.lineage import SOURCE_FILE
from common.keys import joined
from common.pseudonyms import keyed_hash, pseudonym, row_hash, without_user
from common.specifications import ColumnSpec, TableSpec
from common.text import folded, known, whole_id

# From here on a time is in milliseconds: as seconds it would lie in the year 5138.
MILLISECONDS_FROM = 100_000_000_000
STREAMING_BEGAN = int(datetime(2007, 1, 16, tzinfo=UTC).timestamp()) * 1000
DAY = 24 * 60 * 60 * 1000
NUMBER = "^[0-9]{1,30}([.][0-9]{0,30})?([eE][+]?[0-9]{1,2})?$"
# Longer than anything there is to watch: 100 days.
LONGEST_POSITION = 100 * 24 * 60 * 60

WELL_FORMED, VALID_EVENT_TS = "well_formed_record", "valid_event_ts"

TYPED = (
    ColumnSpec("event_timestamp", "TIMESTAMP", "when it happened (UTC)"),
    ColumnSpec(
        "event_type", "STRING", "in upper case; PLAY_START, PAUSE, RESUME, SEEK, HEARTBEAT, PLAY_STOP or another"
    ),
    ColumnSpec("subscriber_id", "STRING", "pseudonym of the user: HMAC-SHA-256 under the secret key"),
    ColumnSpec("profile_id", "STRING", "pseudonym of the profile"),
    ColumnSpec("title_id", "STRING", "show_id of the title in the release that was current at the time of the event"),
    ColumnSpec("device_type", "STRING", "what it was watched on, in lower case"),
    ColumnSpec(
        "country", "STRING", "where it was watched: ISO 3166-1 alpha-2, in upper case; null where it is no code"
    ),
    ColumnSpec(
        "session_key", "BIGINT", "keyed hash of the user and the viewing session; null where the player names none"
    ),
    ColumnSpec("position_seconds", "BIGINT", "how far into the title; null where unknown"),
)

EVENTS = TableSpec(
    name="playback_events",
    comment="One row per event, however often it was delivered.",
    columns=(
        ColumnSpec("event_date", "DATE", "the day on which it happened (UTC)"),
        ColumnSpec("event_key", "BIGINT", "hash of the id of the event; without one, of all that tells it from others"),
        *TYPED,
        ColumnSpec(SOURCE_FILE, "STRING", "the file of the delivery that stayed"),
    ),
)
EVENT_KEYS = ("event_date", "event_key")
# Of deliveries of one event that differ, the greatest stays, whatever their order.
EVENT_SEQUENCE = tuple(column.name for column in TYPED)

QUARANTINE = TableSpec(
    name="playback_events_quarantine",
    comment="One row per bronze row that failed a rule: what could be read of it without personal data, and the rules.",
    columns=(
        *TYPED,
        ColumnSpec("failed_rules", "ARRAY<STRING>", "names of the rules that the row failed"),
        ColumnSpec("row_hash", "STRING", "keyed hash (HMAC-SHA-256) of the columns in bronze, by which it is found"),
        ColumnSpec(SOURCE_FILE, "STRING", "the file that it is in"),
    ),
)

DELIVERIES = TableSpec(
    name="playback_deliveries",
    comment="One row per source file and day of events: what was delivered, and what became of it.",
    columns=(
        ColumnSpec("source_file", "STRING", "the file, as a URL"),
        ColumnSpec("event_date", "DATE", "the day of the events (UTC); null for rows without a valid time"),
        ColumnSpec("rows", "BIGINT", "rows delivered: valid + duplicates + quarantined"),
        ColumnSpec("valid", "BIGINT", "events of which the row of this file stayed"),
        ColumnSpec("duplicates", "BIGINT", "rows of events of which another row stayed"),
        ColumnSpec("quarantined", "BIGINT", "rows that failed a rule"),
        ColumnSpec("late", "BIGINT", "rows that came more than a day after their event"),
        ColumnSpec("longest_delay_hours", "BIGINT", "hours from an event to the time of its file, the longest"),
    ),
    rules={
        "adds_up": "rows = valid + duplicates + quarantined",
        "counts": "least(valid, duplicates, quarantined) >= 0",
    },
)


def event_millis(event_ts: Column) -> Column:
    """BIGINT: milliseconds since 1970 of a text of seconds, or of milliseconds from 100,000,000,000 on; else null."""
    text = F.trim(event_ts)
    number = F.when(text.rlike(NUMBER), text).try_cast("double")
    in_range = F.when(number < 1e15, number)
    scaled = F.when(in_range >= MILLISECONDS_FROM, in_range).otherwise(in_range * 1000)
    return F.floor(scaled + 0.5).cast("bigint")


def timed(bronze: DataFrame) -> DataFrame:
    """One row per bronze row, with `millis`: its time, null where the row fails a rule; `modified`: its file's time.

    One condition on one column: an AND of two makes the default engine compute the time over and over.
    """
    event_ts = F.when(F.col(CORRUPT).isNull(), F.col("event_ts"))
    told = bronze.withColumns({"told": event_millis(event_ts), "modified": F.unix_millis("_source_modified_at")})
    is_valid = F.col("told").between(STREAMING_BEGAN, F.col("modified") + DAY)
    return told.withColumn("millis", F.when(is_valid, F.col("told"))).drop("told")


def position_seconds() -> Column:
    """BIGINT: how far into the title; null where that is no number, or longer than anything."""
    position = F.when(F.trim("position_seconds").rlike(NUMBER), F.trim("position_seconds")).try_cast("double")
    return F.when(position <= LONGEST_POSITION, F.floor(position)).cast("bigint")


def _ids() -> list[Column]:
    """Of whom and what an event is, as all its deliveries name it: user, profile and viewing session."""
    return [whole_id(folded(F.col(name))) for name in ("user_id", "profile_id", "session_id")]


def typed(key: str) -> dict[str, Column]:
    """The columns TYPED, by name, of rows of `timed` bronze."""
    user, own, session = _ids()
    nation = folded(F.col("country"))
    profile = F.when(user.isNotNull() & own.isNotNull(), joined(user, own))
    return {
        "event_timestamp": F.timestamp_millis("millis"),
        "event_type": F.upper(without_user(F.col("event_type"), user)),
        "subscriber_id": pseudonym(user, key),
        "profile_id": pseudonym(profile, key),
        "title_id": F.coalesce(*[without_user(F.col(name), user) for name in ("title_id", "content_id")]),
        "device_type": F.lower(known(without_user(F.col("device_type"), user))),
        "country": F.upper(F.when(F.length(nation) == 2, nation)),
        "session_key": F.when(session.isNotNull(), keyed_hash(joined(user, session), key, "session")),
        "position_seconds": position_seconds(),
    }


def event_key(key: str) -> Column:
    """BIGINT: the same for deliveries of one event: a hash of its id; without one, of all that tells events apart.

    The latter under the key: a hash of raw ids without it could be tried out.
    """
    event_id = folded(F.col("event_id"))
    user, profile, session = _ids()
    kind = folded(F.col("event_type"))
    title = F.coalesce(folded(F.col("title_id")), folded(F.col("content_id")))
    alike = joined(user, profile, title, F.upper(kind), F.col("millis"), session, position_seconds())
    return F.when(event_id.isNotNull(), F.xxhash64(event_id)).otherwise(keyed_hash(alike, key, "event"))


def valid_events(bronze: DataFrame, key: str) -> DataFrame:
    """One row per bronze row that fails no rule: an event, as often as it was delivered."""
    columns = typed(key)
    return (
        timed(bronze)
        .filter(F.col("millis").isNotNull())
        .select(
            F.timestamp_millis("millis").cast("date").alias("event_date"),
            event_key(key).alias("event_key"),
            *[columns[column.name].alias(column.name) for column in TYPED],
            SOURCE_FILE,
        )
    )


def quarantined_events(bronze: DataFrame, key: str) -> DataFrame:
    """One row per bronze row that fails a rule, without personal data."""
    failed = timed(bronze).filter(F.col("millis").isNull())
    rules = F.array_compact(
        F.array(
            F.when(F.col(CORRUPT).isNotNull(), F.lit(WELL_FORMED)),
            F.when(F.col(CORRUPT).isNull(), F.lit(VALID_EVENT_TS)),
        )
    )
    columns, cells = typed(key), map(F.col, (*PLAYBACK.columns, CORRUPT, RESCUED))
    return failed.select(
        *[columns[column.name].alias(column.name) for column in TYPED],
        rules.alias("failed_rules"),
        row_hash(cells, key).alias("row_hash"),
        SOURCE_FILE,
    )


def deliveries(bronze: DataFrame, events: DataFrame) -> DataFrame:
    """One row per source file and day of events: rows = valid + duplicates + quarantined."""
    delay = F.col("modified") - F.col("millis")
    delivered = timed(bronze).select(
        F.col(SOURCE_FILE).alias("source_file"),
        F.timestamp_millis("millis").cast("date").alias("event_date"),
        F.when(F.col("millis").isNull(), 1).otherwise(0).alias("broken"),
        delay.alias("delay"),
    )
    by_day = delivered.groupBy("source_file", "event_date").agg(
        F.count(F.lit(1)).alias("rows"),
        F.lit(0).cast("bigint").alias("valid"),
        F.sum("broken").alias("quarantined"),
        F.count_if(F.col("delay") > DAY).alias("late"),
        F.max("delay").alias("delay"),
    )
    stayed = events.groupBy(F.col(SOURCE_FILE).alias("source_file"), "event_date").agg(
        F.lit(0).cast("bigint").alias("rows"),
        F.count(F.lit(1)).alias("valid"),
        F.lit(0).cast("bigint").alias("quarantined"),
        F.lit(0).cast("bigint").alias("late"),
        F.lit(None).cast("bigint").alias("delay"),
    )
    both = by_day.unionByName(stayed).groupBy("source_file", "event_date")
    counts = both.agg(
        *[F.sum(name).alias(name) for name in ("rows", "valid", "quarantined", "late")], F.max("delay").alias("delay")
    )
    return counts.select(
        "source_file",
        "event_date",
        "rows",
        "valid",
        (F.col("rows") - F.col("valid") - F.col("quarantined")).alias("duplicates"),
        "quarantined",
        "late",
        F.floor(F.greatest(F.col("delay"), F.lit(0)) / 3_600_000).cast("bigint").alias("longest_delay_hours"),
    )
