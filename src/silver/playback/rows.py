"""Delivered playback events: typed, with pseudonyms, and checked, once for all tables that are made of them."""

from collections.abc import Callable
from datetime import UTC, datetime, time

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from bronze.feeds import CORRUPT
from bronze.provenance import INGESTED_AT, MODIFIED_AT, SHOWN_FILE, SOURCE_FILE
from common.dates import STREAMING_BEGAN
from common.keys import join_parts
from common.pseudonyms import (
    LONGEST_TEXT,
    ROW_HASH,
    free_text,
    keyed_hash,
    own_ids,
    pseudonym,
    row_hash,
    seeded_hash,
)
from common.rules import FAILED_RULES
from common.specifications import ColumnSpec, TableSpec
from common.text import blank_to_null, known_id, placeholder_to_null, without_decimals
from silver.playback.producers import EVENTS_OF_RECORD, ROW_COLUMNS, events_by_name
from silver.playback.times import NUMBER, event_millis
from silver.playback.words import country_code, known_event_type

FIRST_MILLIS = int(datetime.combine(STREAMING_BEGAN, time(), UTC).timestamp()) * 1000
MILLIS_PER_DAY = 24 * 60 * 60 * 1000
OWN_IDS = ("user_id", "profile_id", "session_id")
WORDS = ("event_type", "device_type", "country")
# Longer than anything there is to watch: 100 days.
LONGEST_POSITION = 100 * 24 * 60 * 60

WELL_FORMED, VALID_EVENT_TS, IDENTIFIABLE = "well_formed_record", "valid_event_ts", "identifiable_event"

EVENT_COLUMNS = (
    ColumnSpec("event_timestamp", "TIMESTAMP", "when the event happened (UTC), at most a day after its file"),
    ColumnSpec("event_type", "STRING", "upper case: PLAY_START, PAUSE, RESUME, SEEK, HEARTBEAT, PLAY_STOP or another"),
    ColumnSpec("subscriber_id", "STRING", "pseudonym of the user: HMAC-SHA-256 with the secret key"),
    ColumnSpec("profile_id", "STRING", "pseudonym of the profile under its user"),
    ColumnSpec("title_id", "STRING", "show_id of the title in the release of that time; title_id, or else content_id"),
    ColumnSpec("device_type", "STRING", "kind of device, in lower case"),
    ColumnSpec("country", "STRING", "country of viewing, ISO 3166-1 alpha-2 in upper case; null if not such a code"),
    ColumnSpec("session_key", "BIGINT", "keyed hash of the user and the session id; null without a session id"),
    ColumnSpec("position_seconds", "BIGINT", "position in the title, in seconds; null if unknown or over 100 days"),
)

EVENT_KEY_COLUMNS = (
    ColumnSpec("event_date", "DATE", "day on which the event happened (UTC)"),
    ColumnSpec("event_key", "BIGINT", "keyed hash of the event id, or else of all that identifies the event"),
)

PLAYBACK_ROWS = TableSpec(
    name="playback_rows",
    comment="One row per delivered event, typed, with pseudonyms, and the rules that failed; bronze is read once.",
    columns=(
        ColumnSpec("event_date", "DATE", "day on which the event happened (UTC); null where a rule failed"),
        ColumnSpec("event_key", "BIGINT", "the same for every delivery of an event; null where a rule failed"),
        *EVENT_COLUMNS,
        ColumnSpec(FAILED_RULES.name, "ARRAY<STRING>", "names of the rules that the row failed; null if none"),
        ColumnSpec(ROW_HASH.name, "STRING", f"{ROW_HASH.comment}; null where no rule failed"),
        ColumnSpec("delay_millis", "BIGINT", "milliseconds from the event to its file; null where a rule failed"),
        ColumnSpec(EVENTS_OF_RECORD, "INT", "events in its row of bronze; 0 but for the first of several"),
        ColumnSpec(SOURCE_FILE, "STRING", SHOWN_FILE.comment),
    ),
    partition_cols=("event_date",),
)


def playback_rows(bronze: DataFrame, key: str) -> DataFrame:
    """One row per delivered event: a row of bronze has one, or several in a list, which have one row_hash."""
    is_failed = F.col("millis").isNull()
    cells = [F.col(f"bronze_row.{name}") for name in ROW_COLUMNS]
    columns = event_columns(key)
    return (
        cleansed_events(bronze)
        .transform(with_words)
        .select(
            F.timestamp_millis("millis").cast("date").alias("event_date"),
            F.when(~is_failed, event_key(key)).alias("event_key"),
            *[columns[column.name].alias(column.name) for column in EVENT_COLUMNS],
            F.when(is_failed, _failed_rules()).alias(FAILED_RULES.name),
            F.when(is_failed, row_hash(cells, key)).alias(ROW_HASH.name),
            (F.col("modified") - F.col("millis")).alias("delay_millis"),
            EVENTS_OF_RECORD,
            F.col(SHOWN_FILE.name).alias(SOURCE_FILE),
        )
    )


def cleansed_events(bronze: DataFrame) -> DataFrame:
    """One row per delivered event: its columns found by name, ids folded, and its times."""
    ids = {name: known_id(F.col(name)) for name in (*OWN_IDS, "event_id")}
    folded = events_by_name(bronze).withColumns({**ids, "event_ts": blank_to_null(F.col("event_ts"))})
    return folded.transform(with_event_time)


def with_words(events: DataFrame) -> DataFrame:
    """One row per event: its texts folded, type and country known, and its `own_ids`.

    Texts are columns of their own, because the default engine computes an expression again wherever it is used.
    """
    ids = {name: without_decimals(F.col(name)) for name in OWN_IDS}
    texts = {name: blank_to_null(F.col(name)) for name in ("position_seconds", *WORDS)}
    known = {
        "event_type": F.upper(placeholder_to_null(F.col("event_type"))),
        "device_type": placeholder_to_null(F.col("device_type")),
        "country": country_code(F.col("country")),
        "own_ids": own_ids(*map(F.col, (*OWN_IDS, "event_id"))),
    }
    words = events.withColumns({**ids, **texts}).withColumns(known)
    return words.withColumn("event_type", known_event_type(F.col("event_type")))


def with_event_time(events: DataFrame) -> DataFrame:
    """One row per event, with its times: `valid_millis`, `millis` and `modified`.

    `valid_millis` is null for a time that isn't valid, `millis` for an event that fails any rule, and `modified` is the
    time of its file. A file that was modified before streaming began, or after its ingestion, has the time of that:
    tools write 1980.
    """
    event_ts = F.when(F.col(CORRUPT).isNull(), F.col("event_ts"))
    modified, ingested = F.unix_millis(MODIFIED_AT), F.unix_millis(INGESTED_AT)
    written = F.when(modified.between(FIRST_MILLIS, ingested), modified).otherwise(ingested)
    read = events.withColumns({"read": event_millis(event_ts), "modified": written})
    is_valid = F.col("read").between(FIRST_MILLIS, F.col("modified") + MILLIS_PER_DAY)
    valid = read.withColumn("valid_millis", F.when(is_valid, F.col("read"))).drop("read")
    return valid.withColumn("millis", F.when(is_identifiable(), F.col("valid_millis")))


def is_identifiable() -> Column:
    """BOOLEAN: whether an event has an id, a user or a session, by which it can be told from others."""
    return F.col("event_id").isNotNull() | F.col("user_id").isNotNull() | F.col("session_id").isNotNull()


def position_seconds() -> Column:
    """BIGINT: the position in the title; null if it is not a number, or longer than anything there is."""
    position = F.when(F.col("position_seconds").rlike(NUMBER), F.col("position_seconds")).try_cast("double")
    return F.when(position <= LONGEST_POSITION, F.floor(position)).cast("bigint")


def _title_id(read: Callable[[Column], Column]) -> Column:
    """STRING: the title's id, from the first of its two columns in which `read` finds a text."""
    return without_decimals(F.coalesce(*[read(F.col(name)) for name in ("title_id", "content_id")]))


def without_person(title_id: Column) -> Column:
    """STRING: the folded id of a title; null where it may name a person.

    Ids of titles have any shape, so it may name one only if it holds an @, is longer than 64 characters, or equals the
    event's own user, profile or session.
    """
    known = known_id(title_id)
    is_own = F.lower(known).isin(*[F.lower(F.coalesce(F.col(name), F.lit(""))) for name in OWN_IDS])
    may_name = is_own | known.contains("@") | (F.length(known) > LONGEST_TEXT)
    return F.when(~may_name, known)


def event_columns(key: str) -> dict[str, Column]:
    """The columns EVENT_COLUMNS, by name, of events with their times."""
    user_id, profile_id, session_id = map(F.col, OWN_IDS)
    profile = F.when(user_id.isNotNull() & profile_id.isNotNull(), join_parts(user_id, profile_id))
    return {
        "event_timestamp": F.timestamp_millis("valid_millis"),
        "event_type": free_text(F.col("event_type"), F.col("own_ids")),
        "subscriber_id": pseudonym(user_id, key),
        "profile_id": pseudonym(profile, key),
        "title_id": _title_id(without_person),
        "device_type": F.lower(free_text(F.col("device_type"), F.col("own_ids"))),
        "country": free_text(F.col("country"), F.col("own_ids")),
        "session_key": F.when(session_id.isNotNull(), keyed_hash(join_parts(user_id, session_id), key, "session")),
        "position_seconds": position_seconds(),
    }


def event_key(key: str) -> Column:
    """BIGINT, the same for every delivery of an event: a hash of its id, or else of everything that identifies it.

    Both are made with the key: raw ids could be guessed from a hash without it. An id has the cheaper hash, which
    docs/decisions/0030-names-of-personal-files.md explains.
    """
    user_id, profile_id, session_id = map(F.col, OWN_IDS)
    identity = join_parts(
        user_id, profile_id, _title_id(known_id), F.col("event_type"), F.col("millis"), session_id, position_seconds()
    )
    by_id = seeded_hash(F.col("event_id"), key, "event id")
    return F.when(F.col("event_id").isNotNull(), by_id).otherwise(keyed_hash(identity, key, "event"))


def _failed_rules() -> Column:
    """ARRAY<STRING>: the names of the rules that a row fails."""
    is_record = F.col(CORRUPT).isNull()
    return F.array_compact(
        F.array(
            F.when(~is_record, F.lit(WELL_FORMED)),
            F.when(is_record & F.col("valid_millis").isNull(), F.lit(VALID_EVENT_TS)),
            F.when(is_record & ~is_identifiable(), F.lit(IDENTIFIABLE)),
        )
    )
