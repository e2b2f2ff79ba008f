"""How often each kind of event was on a day, and what dimensions take from events."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from common.specifications import ColumnSpec, TableSpec

EVENT_DAYS = TableSpec(
    name="playback_event_days",
    comment="One row per day, event type, device and country: events. Additive.",
    columns=(
        ColumnSpec("event_date", "DATE", "day of the events (UTC)"),
        ColumnSpec("event_type", "STRING", "in upper case; null where unknown"),
        ColumnSpec("device_type", "STRING", "in lower case; null where unknown"),
        ColumnSpec("country", "STRING", "ISO 3166-1 alpha-2 as the players send it; null where unknown"),
        ColumnSpec("events", "BIGINT", "how many events"),
    ),
    rules={"counts_events": "events > 0"},
)


def event_days(events: DataFrame) -> DataFrame:
    """One row per day, event type, device and country: events."""
    by_day = events.groupBy("event_date", "event_type", "device_type", "country")
    return by_day.agg(F.count(F.lit(1)).alias("events")).select(*EVENT_DAYS.column_names)


MEMBERS = TableSpec(
    name="playback_members",
    comment="One row per day, device and country that events have: what dimensions take from them.",
    columns=(
        ColumnSpec("event_date", "DATE", "day of the events (UTC)"),
        ColumnSpec("device_type", "STRING", "in lower case; null where unknown"),
        ColumnSpec("country", "STRING", "ISO 3166-1 alpha-2 as the players send it; null where unknown"),
    ),
    rules={"has_date": "event_date IS NOT NULL"},
)


def members(event_days: DataFrame) -> DataFrame:
    """One row per day, device and country: no more where events add nothing new, so dimensions stay as they are."""
    return event_days.select(*MEMBERS.column_names).distinct()
