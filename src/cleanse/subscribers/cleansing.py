"""Cleansing of a snapshot of subscribers: typed columns, and pseudonyms in place of user ids (docs/data-model.md)."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze import feeds
from bronze.feeds import CORRUPT, RESCUED
from cleanse.releases.headers import files_of, with_columns_by_name
from cleanse.releases.order import with_release
from cleanse.releases.rows import DESCRIBED, ONE_RELEASE
from common import dates
from common.pseudonyms import pseudonym, row_hash, without_user_id
from common.text import known_id, known_text, without_decimals

AMOUNT = "^[0-9]{1,9}([.][0-9]{0,2}0*)?$"
WHOLE_NUMBER = "^([0-9]+)([.]0*)?$"
DATES = ("join_date", "last_payment_date")


def cleanse_subscribers(bronze: DataFrame, key: str) -> DataFrame:
    """One row per bronze row: typed columns, the pseudonym made with `key`, and `row_hash`, by which it is found."""
    files = files_of(bronze, feeds.SUBSCRIBERS_FEED).transform(with_release)
    rows = with_columns_by_name(bronze, files, feeds.SUBSCRIBERS_FEED, *DESCRIBED)
    cells = [F.col(f"bronze_row.{name}") for name in (*feeds.SUBSCRIBERS_FEED.column_names, CORRUPT, RESCUED)]
    user_id = without_decimals(known_id(F.col("user_id")))
    plan, country, gender, device = (
        without_user_id(known_text(F.col(name)), user_id)
        for name in ("subscription_type", "country", "gender", "device")
    )
    months = F.regexp_extract(F.lower(known_text(F.col("plan_duration"))), "^([0-9]{1,3})( ?months?)?$", 1)
    typed = rows.select(
        *feeds.SUBSCRIBERS_FEED.file_columns,
        *DESCRIBED,
        F.col(f"bronze_row.{CORRUPT}").alias(CORRUPT),
        row_hash(cells, key).alias("row_hash"),
        pseudonym(user_id, key).alias("subscriber_id"),
        plan.alias("plan"),
        known_text(F.col("monthly_revenue")).alias("monthly_revenue_text"),
        money(F.col("monthly_revenue")).alias("monthly_revenue"),
        country.alias("country"),
        known_text(F.col("age")).alias("age_text"),
        F.regexp_extract(known_text(F.col("age")), WHOLE_NUMBER, 1).try_cast("int").alias("age"),
        gender.alias("gender"),
        F.lower(device).alias("device_type"),
        known_text(F.col("plan_duration")).alias("plan_duration_text"),
        months.try_cast("int").alias("plan_months"),
        *[known_text(F.col(name)).alias(f"{name}_text") for name in DATES],
    )
    return typed.transform(with_dates)


def money(text: Column) -> Column:
    """DECIMAL(12,2) of `10`, `10.5`, `$10.00`; null for anything else, including negative amounts."""
    plain = F.regexp_replace(known_text(text), "^[$€£] ?| ?[$€£]$", "")
    return F.when(plain.rlike(AMOUNT), plain).try_cast("decimal(12,2)")


def with_dates(rows: DataFrame) -> DataFrame:
    """One row per row, with its dates in the release's order of day and month, and whether they are ambiguous.

    `ambiguous_date_text` is the text of the first ambiguous one. If no date proves an order, the day comes first in
    dates with dashes (05-09-2021), the month in others (5/9/2021).
    """
    read = rows.withColumns({f"{name}_readings": dates.date_readings(F.col(f"{name}_text")) for name in DATES})
    dashed = [F.coalesce(dates.is_dashed(F.col(f"{name}_text")), F.lit(False)) for name in DATES]
    has_dashed = F.max(F.when(dashed[0] | dashed[1], 1)).over(Window.partitionBy(*ONE_RELEASE)).isNotNull()
    unproven = F.when(has_dashed, dates.DAY_FIRST).otherwise(dates.MONTH_FIRST)
    order = dates.date_order(ONE_RELEASE, *[F.col(f"{name}_readings") for name in DATES], unproven=unproven)
    ordered = read.withColumn("date_order", order)
    columns = {}
    for name in DATES:
        reading = F.col(f"{name}_readings"), F.col("date_order")
        columns[name] = dates.date_in_order(*reading)
        columns[f"{name}_is_ambiguous"] = dates.is_ambiguous(*reading)
    texts = [F.when(F.col(f"{name}_is_ambiguous"), F.col(f"{name}_text")) for name in DATES]
    return ordered.withColumns(columns).withColumn("ambiguous_date_text", F.coalesce(*texts))
