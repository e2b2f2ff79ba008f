"""Dimensions that every subject shares."""

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from common.aggregates import distinct_rows
from common.dates import LAST_DAY, STREAMING_BEGAN
from common.forms import member_form
from common.keys import UNKNOWN_KEY, surrogate_key
from common.releases import NAME
from common.specifications import ColumnSpec, TableSpec
from gold.conformed.members import UNKNOWN, date_key, member_labels, or_unknown, with_unknown_member

DIM_DATE = TableSpec(
    name="dim_date",
    comment="One row per day of every year from the first to the last that facts refer to.",
    columns=(
        ColumnSpec("date_key", "INT", "yyyymmdd", unknown=UNKNOWN_KEY),
        ColumnSpec("date", "DATE", "the day, from 2007-01-01 (streaming began that year) to 2100-12-31"),
        ColumnSpec("year", "INT", "calendar year"),
        ColumnSpec("quarter", "INT", "1 to 4"),
        ColumnSpec("month", "INT", "1 to 12"),
        ColumnSpec("month_name", "STRING", "in English", unknown=UNKNOWN),
        ColumnSpec("day", "INT", "day of the month, from 1"),
        ColumnSpec("day_of_week", "INT", "1 Monday to 7 Sunday"),
        ColumnSpec("day_name", "STRING", "in English", unknown=UNKNOWN),
        ColumnSpec("is_weekend", "BOOLEAN", "Saturday or Sunday"),
    ),
    primary_key=("date_key",),
    rules={
        "has_key": "date_key IS NOT NULL",
        "key_is_the_date": "date_key = -1 OR date_key = year * 10000 + month * 100 + day",
        "is_in_range": f"date_key = -1 OR year BETWEEN {STREAMING_BEGAN.year} AND {LAST_DAY.year}",
    },
)


def dim_date(
    titles: DataFrame, viewing: DataFrame, subscribers: DataFrame, releases: DataFrame, one_row: DataFrame
) -> DataFrame:
    """One row per day. The years are those in which titles were added, events happened, or subscribers joined or paid.

    `releases` (silver.subscriber_releases) are of the snapshots of subscribers: one may have no payments.

    Only dates from 2007 to 2100 count, whatever silver has: the facts of other dates refer to the unknown member.
    """
    # Subscribers who joined earlier have months from 2007 on; those who last paid in December may have left in January.
    known_join = F.coalesce("join_date", F.col("__START_AT").cast("date"))
    joined = F.when(known_join < F.lit(STREAMING_BEGAN), F.lit(STREAMING_BEGAN)).otherwise(known_join)
    last_paid = F.greatest("last_payment_date", known_join)
    # Without a column of payments subscribers are active until the month of the snapshot.
    has_no_payments = F.array_contains("missing_columns", "last_payment_date")
    unpaid = releases.filter("is_applied").filter(has_no_payments).filter(F.col("ordered_by") == NAME)
    dates = reduce(
        DataFrame.union,
        (
            titles.select(F.col("date_added").alias("day")),
            viewing.select("event_date"),
            subscribers.select(joined),
            subscribers.select(F.add_months(last_paid, 1)),
            unpaid.select(F.add_months(F.col("released_at").cast("date"), 1)),
        ),
    )
    plausible = dates.filter(F.col("day").between(F.lit(STREAMING_BEGAN), F.lit(LAST_DAY)))
    first, end = F.trunc(F.min("day"), "year"), F.add_months(F.trunc(F.max("day"), "year"), 12)
    bounds = plausible.agg(first.cast("date").alias("first"), F.date_sub(end.cast("date"), 1).alias("last"))
    days = bounds.filter("first IS NOT NULL").select(F.explode(F.sequence("first", "last")).alias("date"))
    day_of_week = ((F.dayofweek("date") + 5) % 7 + 1).cast("int")
    members = days.select(
        date_key(F.col("date")).alias("date_key"),
        "date",
        F.year("date").cast("int").alias("year"),
        F.quarter("date").cast("int").alias("quarter"),
        F.month("date").cast("int").alias("month"),
        F.date_format("date", "MMMM").alias("month_name"),
        F.dayofmonth("date").cast("int").alias("day"),
        day_of_week.alias("day_of_week"),
        F.date_format("date", "EEEE").alias("day_name"),
        (day_of_week >= 6).alias("is_weekend"),
    )
    return with_unknown_member(members, DIM_DATE, one_row)


DIM_COUNTRY = TableSpec(
    name="dim_country",
    comment="One row per country in which a title was made or watched, or where subscribers live.",
    columns=(
        ColumnSpec("country_key", "BIGINT", "hash of the country", unknown=UNKNOWN_KEY),
        ColumnSpec("country", "STRING", "name in the catalogue", unknown=UNKNOWN),
        ColumnSpec("iso_code", "STRING", "ISO 3166-1 alpha-2; null for Kosovo and for states that no longer exist"),
        ColumnSpec("region", "STRING", "UN M49: Africa, Americas, Asia, Europe, Oceania or Unknown", unknown=UNKNOWN),
    ),
    primary_key=("country_key",),
    rules={
        "has_key": "country_key IS NOT NULL",
        "has_name": "country <> ''",
        "iso_code_is_alpha_2": "iso_code IS NULL OR length(iso_code) = 2",
    },
)


def dim_country(
    titles: DataFrame, viewing: DataFrame, subscribers: DataFrame, known_countries: DataFrame, one_row: DataFrame
) -> DataFrame:
    """One row per country. `viewing` has country codes (playback_members), `known_countries` each code once."""
    made_in = titles.select(F.explode("countries").alias("country"))
    codes = viewing.select(F.col("country").alias("iso_code"))
    watched_in = known_countries.join(codes, "iso_code", how="left_semi").select("country")
    lived_in = subscribers.filter("country IS NOT NULL").select("country")
    countries = made_in.union(lived_in).union(watched_in).transform(distinct_rows, "country")
    members = countries.join(known_countries, "country", how="left").select(
        surrogate_key(F.col("country")).alias("country_key"),
        "country",
        "iso_code",
        or_unknown("region").alias("region"),
    )
    return with_unknown_member(members, DIM_COUNTRY, one_row)


DIM_DEVICE = TableSpec(
    name="dim_device",
    comment="One row per kind of device, however it is spelled.",
    columns=(
        ColumnSpec("device_key", "BIGINT", "hash of the letters and digits of the device", unknown=UNKNOWN_KEY),
        ColumnSpec("device", "STRING", "its commonest spelling now, in lower case", unknown=UNKNOWN),
    ),
    primary_key=("device_key",),
    rules={"has_key": "device_key IS NOT NULL", "has_name": "device <> ''"},
)


def dim_device(viewing: DataFrame, subscribers: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per kind of device of playback events (`viewing`) and subscribers.

    Of several spellings, the one of most current subscribers and days of viewing in a country is shown.
    """
    watched_on = viewing.select("device_type", F.lit(True).alias("is_current"))
    owned = subscribers.select("device_type", F.col("__END_AT").isNull().alias("is_current"))
    spelling = F.col("device_type").alias("spelling")
    spellings = watched_on.union(owned).select(member_form(F.col("device_type")).alias("form"), spelling, "is_current")
    members = spellings.transform(member_labels).select(
        surrogate_key(F.col("form")).alias("device_key"), F.col("label").alias("device")
    )
    return with_unknown_member(members, DIM_DEVICE, one_row)
