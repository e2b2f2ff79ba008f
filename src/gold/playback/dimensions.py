"""Dimensions of viewing, and how often each kind of event was on a day."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from gold.conformed.members import UNKNOWN, UNKNOWN_KEY, surrogate_key, with_unknown
from tables import Column, Table

EVENT_DAYS = Table(
    name="playback_event_days",
    comment="One row per day, event type, device and country: events. Additive.",
    columns=(
        Column("event_date", "DATE", "day of the events (UTC)"),
        Column("event_type", "STRING", "in upper case; null where unknown"),
        Column("device_type", "STRING", "in lower case; null where unknown"),
        Column("country", "STRING", "ISO 3166-1 alpha-2 as the players send it; null where unknown"),
        Column("events", "BIGINT", "how many events"),
    ),
    rules={"counts_events": "events > 0"},
)


def event_days(events: DataFrame) -> DataFrame:
    """One row per day, event type, device and country: events."""
    by_day = events.groupBy("event_date", "event_type", "device_type", "country")
    return by_day.agg(F.count(F.lit(1)).alias("events")).select(*EVENT_DAYS.column_names)


DIM_DEVICE = Table(
    name="dim_device",
    comment="One row per kind of device.",
    columns=(
        Column("device_key", "BIGINT", "hash of the device", unknown=UNKNOWN_KEY),
        Column("device", "STRING", "in lower case", unknown=UNKNOWN),
    ),
    primary_key=("device_key",),
    rules={"has_key": "device_key IS NOT NULL", "has_name": "device <> ''"},
)


def dim_device(event_days: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per kind of device."""
    devices = event_days.filter("device_type IS NOT NULL").select(F.col("device_type").alias("device")).distinct()
    members = devices.select(surrogate_key(F.col("device")).alias("device_key"), "device")
    return with_unknown(members, DIM_DEVICE, one_row)
