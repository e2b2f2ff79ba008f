"""Dimensions that every subject shares."""

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from common.dates import LAST_DAY, STREAMING_BEGAN
from common.specifications import ColumnSpec, TableSpec
from gold.conformed.members import UNKNOWN, UNKNOWN_KEY, date_key, surrogate_key, with_unknown

DIM_DATE = TableSpec(
    name="dim_date",
    comment="One row per day of every year from the first to the last in which anything happened that facts tell.",
    columns=(
        ColumnSpec("date_key", "INT", "yyyymmdd", unknown=UNKNOWN_KEY),
        ColumnSpec("date", "DATE", "the day, from 2007-01-01 (streaming began that year) to 2100-12-31"),
        ColumnSpec("year", "INT", "calendar year"),
        ColumnSpec("quarter", "INT", "1 to 4"),
        ColumnSpec("month", "INT", "1 to 12"),
        ColumnSpec("month_name", "STRING", "in English", unknown=UNKNOWN),
        ColumnSpec("day", "INT", "of the month, from 1"),
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


def dim_date(latest: DataFrame, viewing: DataFrame, subscribers: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per day of every year from the first to the last in which anything happened that facts tell.

    A title was added (`latest`), events happened (`viewing`), or somebody joined or paid (`subscribers`). Within 2007
    to 2100. A date outside is no day of it, whatever silver holds: a fact falls on the unknown member.
    """
    sources = [latest.select(F.col("date_added").alias("day")), viewing.select("event_date")]
    # Who joined before then has months from its first year on; who paid last in December may have left in January.
    joined_before = F.col("join_date") < F.lit(STREAMING_BEGAN)
    joined = F.when(joined_before, F.lit(STREAMING_BEGAN)).otherwise(F.col("join_date"))
    last = F.greatest("last_payment_date", "join_date")
    sources += [subscribers.select(joined), subscribers.select(F.add_months(last, 1))]
    dates = reduce(DataFrame.union, sources)
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
    return with_unknown(members, DIM_DATE, one_row)


DIM_COUNTRY = TableSpec(
    name="dim_country",
    comment="One row per country that made a title, in which one was watched, or where subscribers live, by name.",
    columns=(
        ColumnSpec("country_key", "BIGINT", "hash of the country", unknown=UNKNOWN_KEY),
        ColumnSpec("country", "STRING", "as the catalogue writes it", unknown=UNKNOWN),
        ColumnSpec("iso_code", "STRING", "ISO 3166-1 alpha-2; null for Kosovo and for states that no longer exist"),
        ColumnSpec(
            "region", "STRING", "UN M49: Africa, Americas, Asia, Europe, Oceania; else Unknown", unknown=UNKNOWN
        ),
    ),
    primary_key=("country_key",),
    rules={
        "has_key": "country_key IS NOT NULL",
        "has_name": "country <> ''",
        "iso_code_is_alpha_2": "iso_code IS NULL OR length(iso_code) = 2",
    },
)


def dim_country(
    latest: DataFrame, viewing: DataFrame, subscribers: DataFrame, known_countries: DataFrame, one_row: DataFrame
) -> DataFrame:
    """One row per country that made a title, in which one was watched, or where subscribers live, by its name there.

    `viewing` are the members that events have. A code of several countries of the list is, for viewing, the first of
    them by name.
    """
    made = latest.select(F.explode("countries").alias("country"))
    codes = viewing.select(F.col("country").alias("iso_code")).distinct()
    names = known_countries.groupBy("iso_code").agg(F.min("country").alias("country"))
    lived_in = subscribers.filter("country IS NOT NULL").select("country")
    countries = made.union(lived_in).union(names.join(codes, "iso_code", how="left_semi").select("country")).distinct()
    members = countries.join(known_countries, "country", how="left").select(
        surrogate_key(F.col("country")).alias("country_key"),
        "country",
        "iso_code",
        F.coalesce("region", F.lit(UNKNOWN)).alias("region"),
    )
    return with_unknown(members, DIM_COUNTRY, one_row)


DIM_DEVICE = TableSpec(
    name="dim_device",
    comment="One row per kind of device.",
    columns=(
        ColumnSpec("device_key", "BIGINT", "hash of the device", unknown=UNKNOWN_KEY),
        ColumnSpec("device", "STRING", "in lower case", unknown=UNKNOWN),
    ),
    primary_key=("device_key",),
    rules={"has_key": "device_key IS NOT NULL", "has_name": "device <> ''"},
)


def dim_device(viewing: DataFrame, subscribers: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per kind of device that events (`viewing`) or `subscribers` have."""
    types = viewing.select("device_type").union(subscribers.select("device_type"))
    devices = types.filter("device_type IS NOT NULL").select(F.col("device_type").alias("device")).distinct()
    keyed = devices.select(surrogate_key(F.col("device")).alias("device_key"), "device")
    return with_unknown(keyed, DIM_DEVICE, one_row)
