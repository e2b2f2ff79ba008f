"""Counts of playback events by day, and the days, devices and countries that dimensions take from them."""

from pyspark.sql import DataFrame

from common.aggregates import count_rows, distinct_rows
from common.specifications import ColumnSpec, TableSpec

EVENT_DATE = ColumnSpec("event_date", "DATE", "day of the events (UTC)")
DEVICE_TYPE = ColumnSpec("device_type", "STRING", "in lower case; null if unknown")
COUNTRY_CODE = ColumnSpec("country", "STRING", "ISO 3166-1 alpha-2, as sent by the players; null if unknown")

PLAYBACK_EVENT_DAYS = TableSpec(
    name="playback_event_days",
    comment="One row per day, event type, device and country: the number of events, which is additive.",
    columns=(
        EVENT_DATE,
        ColumnSpec("event_type", "STRING", "in upper case; null if unknown"),
        DEVICE_TYPE,
        COUNTRY_CODE,
        ColumnSpec("events", "BIGINT", "number of events"),
    ),
    rules={"has_date": "event_date IS NOT NULL", "counts_events": "events > 0"},
    partition_cols=("event_date",),
)


def playback_event_days(events: DataFrame) -> DataFrame:
    """One row per day, event type, device and country."""
    by_day = events.groupBy("event_date", "event_type", "device_type", "country")
    return by_day.agg(count_rows("events")).select(*PLAYBACK_EVENT_DAYS.column_names)


PLAYBACK_MEMBERS = TableSpec(
    name="playback_members",
    comment="One row per day, device and country with playback events, from which dimensions take their members.",
    columns=(EVENT_DATE, DEVICE_TYPE, COUNTRY_CODE),
    rules={"has_date": "event_date IS NOT NULL"},
)


def playback_members(event_days: DataFrame) -> DataFrame:
    """One row per day, device and country. Dimensions stay unchanged if new events add nothing to these."""
    return distinct_rows(event_days, *PLAYBACK_MEMBERS.column_names)
