"""Snapshots of subscribers: their rules, the valid rows, and those that fail a rule."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from bronze import feeds
from bronze.feeds import CORRUPT
from bronze.provenance import SOURCE_FILE
from common.dates import AMBIGUOUS_DATE_ORDER
from common.rules import failed_rules, with_failed_rules
from common.specifications import ColumnSpec, TableSpec
from silver.releases.quarantine import personal_quarantine_table
from silver.releases.report import releases_table
from silver.subscribers.cleansing import cleanse_subscribers

SUBSCRIBERS = TableSpec(
    name="subscribers",
    comment="One row per subscriber and version (SCD 2), from snapshots of all subscribers.",
    columns=(
        ColumnSpec("subscriber_id", "STRING", "pseudonym of the user: HMAC-SHA-256 with the secret key"),
        ColumnSpec("plan", "STRING", "as the source spells it, with single spaces"),
        ColumnSpec("monthly_revenue", "DECIMAL(12,2)", "revenue of the plan per month"),
        ColumnSpec("join_date", "DATE", "when the user joined"),
        ColumnSpec("last_payment_date", "DATE", "when the user last paid; null if no payment is known"),
        ColumnSpec("country", "STRING", "name of the country where the user lives"),
        ColumnSpec("age", "INT", "years, 13 to 120"),
        ColumnSpec("gender", "STRING", "as the source spells it"),
        ColumnSpec("device_type", "STRING", "device that the user watches on, in lower case"),
        ColumnSpec("plan_months", "INT", "number of months that the plan is paid for"),
        ColumnSpec("has_payment", "BOOLEAN", "whether last_payment_date is known; a change starts a version"),
        ColumnSpec("__START_AT", "TIMESTAMP", "version of the snapshot that started this version of the subscriber"),
        ColumnSpec("__END_AT", "TIMESTAMP", "version of the snapshot that ended it; null for the current version"),
    ),
    cluster_by=("subscriber_id",),
)
# AUTO CDC adds the last two.
SUBSCRIBER_COLUMNS = SUBSCRIBERS.column_names[:-2]
# A change in one of these starts a version; the other columns have the value known last. Without has_payment a snapshot
# whose payments can't be read would overwrite those of all snapshots before.
TRACKED_COLUMNS = ("plan", "monthly_revenue", "country", "device_type", "join_date", "has_payment")

SUBSCRIBERS_QUARANTINE = personal_quarantine_table(feeds.SUBSCRIBERS_FEED, SUBSCRIBERS.columns[:-3])
SUBSCRIBER_RELEASES = releases_table("subscriber_releases", "snapshot of subscribers")

SUBSCRIBER_RULES = {
    "well_formed_record": f"{CORRUPT} IS NULL",
    "valid_user_id": "subscriber_id IS NOT NULL",
    "valid_age": "age_text IS NULL OR coalesce(age BETWEEN 13 AND 120, FALSE)",
    "valid_monthly_revenue": "monthly_revenue IS NOT NULL",
    AMBIGUOUS_DATE_ORDER: "NOT (join_date_is_ambiguous OR last_payment_date_is_ambiguous)",
    "valid_join_date": "join_date_is_ambiguous OR join_date IS NOT NULL",
    "valid_last_payment_date": "last_payment_date_text IS NULL OR last_payment_date_is_ambiguous "
    "OR last_payment_date IS NOT NULL",
    # Before streaming, subscribers got discs by post; the company was founded on 1997-08-29.
    "plausible_dates": "coalesce(join_date BETWEEN DATE'1997-08-29' AND latest_date, TRUE) "
    "AND coalesce(last_payment_date <= latest_date, TRUE)",
    "payment_after_joining": "coalesce(last_payment_date >= join_date, TRUE)",
}
UNIQUE_SUBSCRIBER = "unique_subscriber"


def with_subscriber_failures(bronze: DataFrame, key: str) -> DataFrame:
    """One row per bronze row: cleansed, with row_failures, the names of the rules that it fails on its own."""
    cleansed = cleanse_subscribers(bronze, key).withColumn("has_payment", F.col("last_payment_date").isNotNull())
    return cleansed.withColumn("row_failures", failed_rules(SUBSCRIBER_RULES))


def check_subscribers(bronze: DataFrame, key: str) -> DataFrame:
    """One row per bronze row: cleansed, with failed_rules, which are empty for a valid row.

    If several otherwise valid rows of a snapshot have the same user, the one with the last payment is valid; the others
    fail `unique_subscriber`.
    """
    best_first = (F.desc_nulls_last("last_payment_date"), F.desc("join_date"), F.col("row_hash"))
    rows = with_subscriber_failures(bronze, key)
    return with_failed_rules(rows, "subscriber_id", best_first, UNIQUE_SUBSCRIBER, within=SOURCE_FILE)


def valid_subscribers(bronze: DataFrame, key: str) -> DataFrame:
    """One row per subscriber of each snapshot in `bronze`."""
    return check_subscribers(bronze, key).filter(F.size("failed_rules") == 0).select(*SUBSCRIBER_COLUMNS)


def quarantined_subscribers(bronze: DataFrame, key: str) -> DataFrame:
    """One row per bronze row that fails a rule, without personal data."""
    failed = check_subscribers(bronze, key).filter(F.size("failed_rules") > 0)
    return failed.select(*SUBSCRIBERS_QUARANTINE.column_names)
