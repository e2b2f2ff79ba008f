"""Cleansing of a snapshot of subscribers: typed columns, and pseudonyms in place of user ids (docs/data-model.md)."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze import feeds
from bronze.feeds import CORRUPT, RESCUED
from bronze.provenance import SOURCE_FILE
from common import dates
from common.pseudonyms import pseudonym, row_hash, without_user_id
from common.text import known_text, without_decimals
from silver.releases.headers import with_columns_by_name

AMOUNT = "^[0-9]{1,9}([.][0-9]{0,2}0*)?$"
WHOLE_NUMBER = "^([0-9]+)([.]0*)?$"
DATES = ("join_date", "last_payment_date")


def cleanse_subscribers(bronze: DataFrame, key: str) -> DataFrame:
    """One row per bronze row: typed columns, the pseudonym made with `key`, and `row_hash`, by which it is found."""
    rows = with_columns_by_name(bronze, feeds.SUBSCRIBERS_FEED).join(_latest_dates(bronze), SOURCE_FILE, how="left")
    cells = [F.col(f"bronze_row.{name}") for name in (*feeds.SUBSCRIBERS_FEED.column_names, CORRUPT, RESCUED)]
    user_id = without_decimals(known_text(F.col("user_id")))
    plan, country, gender, device = (
        without_user_id(known_text(F.col(name)), user_id)
        for name in ("subscription_type", "country", "gender", "device")
    )
    months = F.regexp_extract(F.lower(known_text(F.col("plan_duration"))), "^([0-9]{1,3})( ?months?)?$", 1)
    typed = rows.select(
        SOURCE_FILE,
        "latest_date",
        F.col(f"bronze_row.{CORRUPT}").alias(CORRUPT),
        row_hash(cells, key).alias("row_hash"),
        pseudonym(user_id, key).alias("subscriber_id"),
        plan.alias("plan"),
        money(F.col("monthly_revenue")).alias("monthly_revenue"),
        country.alias("country"),
        known_text(F.col("age")).alias("age_text"),
        F.regexp_extract(known_text(F.col("age")), WHOLE_NUMBER, 1).try_cast("int").alias("age"),
        gender.alias("gender"),
        F.lower(device).alias("device_type"),
        months.try_cast("int").alias("plan_months"),
        *[known_text(F.col(name)).alias(f"{name}_text") for name in DATES],
    )
    return typed.transform(with_dates)


def money(text: Column) -> Column:
    """DECIMAL(12,2) of `10`, `10.5`, `$10.00`; null for anything else, including negative amounts."""
    plain = F.regexp_replace(known_text(text), "^[$€£] ?| ?[$€£]$", "")
    return F.when(plain.rlike(AMOUNT), plain).try_cast("decimal(12,2)")


def _latest_dates(bronze: DataFrame) -> DataFrame:
    """One row per file: latest_date, the last day that a snapshot can contain: one after it was last modified."""
    files = bronze.groupBy(SOURCE_FILE).agg(
        F.greatest(F.max("_source_modified_at"), F.max("_ingested_at")).cast("date").alias("day")
    )
    return files.select(SOURCE_FILE, F.date_add("day", 1).alias("latest_date"))


def with_dates(rows: DataFrame) -> DataFrame:
    """One row per row, with its dates in the file's order of day and month, and whether they are ambiguous.

    If no date proves an order, the day comes first in dates with dashes (05-09-2021), the month in others (5/9/2021).
    """
    read = rows.withColumns({f"{name}_readings": dates.date_readings(F.col(f"{name}_text")) for name in DATES})
    dashed = [F.coalesce(dates.is_dashed(F.col(f"{name}_text")), F.lit(False)) for name in DATES]
    has_dashed = F.max(F.when(dashed[0] | dashed[1], 1)).over(Window.partitionBy(SOURCE_FILE)).isNotNull()
    unproven = F.when(has_dashed, dates.DAY_FIRST).otherwise(dates.MONTH_FIRST)
    order = dates.date_order(F.col(SOURCE_FILE), *[F.col(f"{name}_readings") for name in DATES], unproven=unproven)
    ordered = read.withColumn("date_order", order)
    columns = {}
    for name in DATES:
        reading = F.col(f"{name}_readings"), F.col("date_order")
        columns[name] = F.coalesce(dates.date_in_order(*reading), dates.spreadsheet_date(F.col(f"{name}_text")))
        columns[f"{name}_is_ambiguous"] = dates.is_ambiguous(*reading)
    return ordered.withColumns(columns)
