"""Playback events: one delivery of each is kept, and rows that failed a rule are quarantined (docs/data-model.md)."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from bronze import feeds
from bronze.provenance import SOURCE_FILE
from common.specifications import ColumnSpec, TableSpec
from silver.playback.rows import EVENT_COLUMNS, EVENT_KEY_COLUMNS
from silver.releases.quarantine import personal_quarantine_table

PLAYBACK_EVENTS = TableSpec(
    name="playback_events",
    comment="One row per event, however often it was delivered.",
    columns=(
        *EVENT_KEY_COLUMNS,
        *EVENT_COLUMNS,
        ColumnSpec(SOURCE_FILE, "STRING", "file of the delivery that was kept"),
    ),
    partition_cols=("event_date",),
)
EVENT_KEYS = tuple(column.name for column in EVENT_KEY_COLUMNS)
# If deliveries of one event differ, the greatest is kept, in whatever order they come.
EVENT_SEQUENCE = tuple(column.name for column in EVENT_COLUMNS)

PLAYBACK_EVENTS_QUARANTINE = personal_quarantine_table(feeds.PLAYBACK_FEED, EVENT_COLUMNS)


def valid_events(rows: DataFrame) -> DataFrame:
    """One row per delivered event that fails no rule."""
    return rows.filter(F.col("event_key").isNotNull()).select(*PLAYBACK_EVENTS.column_names)


def quarantined_events(rows: DataFrame) -> DataFrame:
    """One row per delivered event that fails a rule, without personal data."""
    return rows.filter(F.col("event_key").isNull()).select(*PLAYBACK_EVENTS_QUARANTINE.column_names)
