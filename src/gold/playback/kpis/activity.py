"""KPIs of activity: events by day and type, and events and viewing by device and country."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from common.aggregates import total
from common.forms import member_form
from common.fractions import ratio
from common.specifications import ColumnSpec, TableSpec
from common.windows import all_rows
from gold.conformed.members import or_unknown
from gold.playback.kpis import shared

EVENT_COUNT = ColumnSpec("events", "BIGINT", "number of events, in sessions or not")
NEVER_NEGATIVE = {"never_negative": "least(plays, hours_viewed, subscribers, events) >= 0"}

KPI_EVENTS_BY_DATE = TableSpec(
    name="kpi_events_by_date",
    comment="One row per day: number of events.",
    columns=(ColumnSpec("event_date", "DATE", "day of the events (UTC)"), EVENT_COUNT),
    rules={"has_date": "event_date IS NOT NULL", "counts_events": "events > 0"},
)


def kpi_events_by_date(playback_event_days: DataFrame) -> DataFrame:
    """One row per day with events."""
    return playback_event_days.groupBy("event_date").agg(total("events"))


KPI_EVENT_TYPE = TableSpec(
    name="kpi_event_type",
    comment="One row per type of event: number of events, and their share.",
    columns=(
        ColumnSpec("event_type", "STRING", "in upper case; Unknown for events without one"),
        EVENT_COUNT,
        ColumnSpec("share", "DECIMAL(18,6)", "events / all events, 0 to 1, rounded half up"),
    ),
    rules={
        "has_type": "event_type IS NOT NULL",
        "counts_events": "events > 0",
        "share_is_a_fraction": "share BETWEEN 0 AND 1",
    },
)


def kpi_event_type(playback_event_days: DataFrame) -> DataFrame:
    """One row per type of event; the shares add up to 1, but for rounding."""
    types = playback_event_days.withColumn("event_type", or_unknown("event_type"))
    counts = types.groupBy("event_type").agg(total("events"))
    totals = counts.withColumn("all_events", F.sum("events").over(all_rows()))
    return totals.select("event_type", "events", ratio("events", "all_events").alias("share"))


KPI_DEVICE = TableSpec(
    name="kpi_device",
    comment="One row per kind of device: plays, hours, subscribers and events.",
    columns=(
        ColumnSpec("device", "STRING", "device; Unknown if not known"),
        shared.PLAYS,
        shared.HOURS_VIEWED,
        shared.DISTINCT_SUBSCRIBERS,
        EVENT_COUNT,
    ),
    rules={"has_device": "device IS NOT NULL", **NEVER_NEGATIVE},
)


def kpi_device(
    fact_playback_daily: DataFrame, fact_playback: DataFrame, playback_event_days: DataFrame, dim_device: DataFrame
) -> DataFrame:
    """One row per device with plays or events."""
    codes = dim_device.select("device", member_form(F.col("device")).alias("code"))
    events = _events_by(playback_event_days, member_form(F.col("device_type")), codes, "device")
    viewing = shared.viewing_by(dim_device, "device_key", fact_playback_daily, fact_playback)
    return _with_events(viewing, events, "device").select(*KPI_DEVICE.column_names)


KPI_VIEWING_BY_COUNTRY = TableSpec(
    name="kpi_viewing_by_country",
    comment="One row per country of viewing: plays, hours, subscribers and events.",
    columns=(
        ColumnSpec("country", "STRING", "country; Unknown if not known"),
        shared.PLAYS,
        shared.HOURS_VIEWED,
        shared.DISTINCT_SUBSCRIBERS,
        EVENT_COUNT,
    ),
    rules={"has_country": "country IS NOT NULL", **NEVER_NEGATIVE},
)


def kpi_viewing_by_country(
    fact_playback_daily: DataFrame, fact_playback: DataFrame, playback_event_days: DataFrame, dim_country: DataFrame
) -> DataFrame:
    """One row per country with plays or events."""
    codes = dim_country.filter("iso_code IS NOT NULL").select("country", F.col("iso_code").alias("code"))
    events = _events_by(playback_event_days, F.col("country"), codes, "country")
    countries = dim_country.select("country_key", "country")
    viewing = shared.viewing_by(countries, "country_key", fact_playback_daily, fact_playback)
    return _with_events(viewing, events, "country").select(*KPI_VIEWING_BY_COUNTRY.column_names)


def _events_by(playback_event_days: DataFrame, code: Column, codes: DataFrame, name: str) -> DataFrame:
    """One row per member: events. `codes` has the members (column `name`) and the `code` that events have for them."""
    counts = playback_event_days.groupBy(code.alias("code")).agg(total("events", "counted"))
    named = counts.join(codes, "code", how="left").withColumn("member", or_unknown(name))
    return named.groupBy("member").agg(total("counted", "events"))


def _with_events(viewing: DataFrame, events: DataFrame, name: str) -> DataFrame:
    """One row per member with plays or events."""
    joined = viewing.join(events, F.col(name) == F.col("member"), how="full")
    zero = F.lit(0).cast("bigint")
    return joined.select(
        F.coalesce(name, "member").alias(name),
        F.coalesce("plays", zero).alias("plays"),
        F.coalesce("hours_viewed", F.lit(0).cast("decimal(18,6)")).alias("hours_viewed"),
        F.coalesce("subscribers", zero).alias("subscribers"),
        F.coalesce("events", zero).alias("events"),
    )
