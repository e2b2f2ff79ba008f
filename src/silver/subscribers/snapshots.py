"""Subscribers: cleansing a snapshot of them, with pseudonyms (docs/data-model.md)."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze.feeds import CORRUPT, RESCUED, SUBSCRIBERS
from bronze.lineage import SOURCE_FILE
from common.dates import (
    AMBIGUOUS_DATE_ORDER,
    DAY_FIRST,
    MONTH_FIRST,
    date_order,
    in_order,
    is_ambiguous,
    is_dashed,
    of_spreadsheet,
    readings,
)
from common.pseudonyms import pseudonym, row_hash, without_user
from common.rules import failed_rules, with_repeats
from common.specifications import ColumnSpec, TableSpec
from common.text import given, whole_id
from silver.releases.headers import by_name
from silver.releases.order import release_order

NUMBER = "^[0-9]{1,9}([.][0-9]{0,2}0*)?$"
WHOLE_NUMBER = "^([0-9]+)([.]0*)?$"
DATES = ("join_date", "last_payment_date")

HISTORY = TableSpec(
    name="subscribers",
    comment="One row per subscriber and version (SCD 2): what each snapshot says of them.",
    columns=(
        ColumnSpec("subscriber_id", "STRING", "pseudonym of the user: HMAC-SHA-256 under the secret key"),
        ColumnSpec("plan", "STRING", "as the source spells it, white space folded"),
        ColumnSpec("monthly_revenue", "DECIMAL(12,2)", "what the plan brings in a month"),
        ColumnSpec("join_date", "DATE", "when the user joined"),
        ColumnSpec("last_payment_date", "DATE", "when the user paid last; null where no payment is known"),
        ColumnSpec("country", "STRING", "where the user lives, by its name"),
        ColumnSpec("age", "INT", "years, 13 to 120"),
        ColumnSpec("gender", "STRING", "as the source says it"),
        ColumnSpec("device_type", "STRING", "what the user watches on, in lower case"),
        ColumnSpec("plan_months", "INT", "for how many months the plan is paid"),
        ColumnSpec("__START_AT", "TIMESTAMP", "version of the snapshot that brought this version of the subscriber"),
        ColumnSpec("__END_AT", "TIMESTAMP", "version of the snapshot that ended it; null: it stands"),
    ),
)
# AUTO CDC adds the last two.
SUBSCRIBER_COLUMNS = HISTORY.column_names[:-2]
# What makes a version; the others are what is known last.
TRACKED = ("plan", "monthly_revenue", "country", "device_type")

QUARANTINE = TableSpec(
    name="subscribers_quarantine",
    comment="One row per bronze row that failed a rule: what could be read of it without personal data, and the rules.",
    columns=(
        *[column for column in HISTORY.columns if column.name in SUBSCRIBER_COLUMNS],
        ColumnSpec("failed_rules", "ARRAY<STRING>", "names of the rules that the row failed"),
        ColumnSpec("row_hash", "STRING", "keyed hash (HMAC-SHA-256) of the columns in bronze, by which it is found"),
        ColumnSpec(SOURCE_FILE, "STRING", "the file that it is in"),
    ),
)

ROW_RULES = {
    "well_formed_record": f"{CORRUPT} IS NULL",
    "valid_user_id": "subscriber_id IS NOT NULL",
    "valid_age": "age_text IS NULL OR coalesce(age BETWEEN 13 AND 120, FALSE)",
    "valid_monthly_revenue": "monthly_revenue IS NOT NULL",
    AMBIGUOUS_DATE_ORDER: "NOT (join_date_is_ambiguous OR last_payment_date_is_ambiguous)",
    "valid_join_date": "join_date_is_ambiguous OR join_date IS NOT NULL",
    "valid_last_payment_date": "last_payment_date_text IS NULL OR last_payment_date_is_ambiguous "
    "OR last_payment_date IS NOT NULL",
    # A subscription may have been paid by post before streaming began, but not before there was any: 1997.
    "plausible_dates": "coalesce(join_date BETWEEN DATE'1997-08-29' AND latest_date, TRUE) "
    "AND coalesce(last_payment_date <= latest_date, TRUE)",
    "payment_after_joining": "coalesce(last_payment_date >= join_date, TRUE)",
}
UNIQUE_SUBSCRIBER = "unique_subscriber"


def money(text: Column) -> Column:
    """DECIMAL(12,2) of `10`, `10.5`, `$10.00`; null for anything else, and for what is negative."""
    plain = F.regexp_replace(given(text), "^[$€£] ?| ?[$€£]$", "")
    return F.when(plain.rlike(NUMBER), plain).try_cast("decimal(12,2)")


def standardize(bronze: DataFrame, key: str) -> DataFrame:
    """One row per bronze row: typed columns, with the pseudonym under `key`, and `row_hash`, by which it is found."""
    rows = by_name(bronze, SUBSCRIBERS).join(_latest_dates(bronze), SOURCE_FILE, how="left")
    cells = [F.col(f"bronze_row.{name}") for name in (*SUBSCRIBERS.columns, CORRUPT, RESCUED)]
    user = whole_id(given(F.col("user_id")))
    plan, country, gender, device = (
        without_user(given(F.col(name)), user) for name in ("subscription_type", "country", "gender", "device")
    )
    months = F.regexp_extract(F.lower(given(F.col("plan_duration"))), "^([0-9]{1,3})( ?months?)?$", 1)
    typed = rows.select(
        SOURCE_FILE,
        "latest_date",
        F.col(f"bronze_row.{CORRUPT}").alias(CORRUPT),
        row_hash(cells, key).alias("row_hash"),
        pseudonym(user, key).alias("subscriber_id"),
        plan.alias("plan"),
        money(F.col("monthly_revenue")).alias("monthly_revenue"),
        country.alias("country"),
        given(F.col("age")).alias("age_text"),
        F.regexp_extract(given(F.col("age")), WHOLE_NUMBER, 1).try_cast("int").alias("age"),
        gender.alias("gender"),
        F.lower(device).alias("device_type"),
        months.try_cast("int").alias("plan_months"),
        *[given(F.col(name)).alias(f"{name}_text") for name in DATES],
    )
    return with_dates(typed)


def _latest_dates(bronze: DataFrame) -> DataFrame:
    """One row per file: latest_date, the last day of which a snapshot can tell: a day after it was last modified."""
    files = bronze.groupBy(SOURCE_FILE).agg(
        F.greatest(F.max("_source_modified_at"), F.max("_ingested_at")).cast("date").alias("day")
    )
    return files.select(SOURCE_FILE, F.date_add("day", 1).alias("latest_date"))


def with_dates(rows: DataFrame) -> DataFrame:
    """One row per row, with its dates in the order of day and month of its file, and whether they are ambiguous.

    Where no date proves an order, dates with dashes have the day first (05-09-2021), others the month (5/9/2021).
    """
    read = rows.withColumns({f"{name}_readings": readings(F.col(f"{name}_text")) for name in DATES})
    dashed = [F.coalesce(is_dashed(F.col(f"{name}_text")), F.lit(False)) for name in DATES]
    has_dashed = F.max(F.when(dashed[0] | dashed[1], 1)).over(Window.partitionBy(SOURCE_FILE)).isNotNull()
    unproven = F.when(has_dashed, DAY_FIRST).otherwise(MONTH_FIRST)
    order = date_order(F.col(SOURCE_FILE), *[F.col(f"{name}_readings") for name in DATES], unproven=unproven)
    ordered = read.withColumn("date_order", order)
    found = {}
    for name in DATES:
        reading = F.col(f"{name}_readings"), F.col("date_order")
        found[name] = F.coalesce(in_order(*reading), of_spreadsheet(F.col(f"{name}_text")))
        found[f"{name}_is_ambiguous"] = is_ambiguous(*reading)
    return ordered.withColumns(found)


def _with_row_failures(bronze: DataFrame, key: str) -> DataFrame:
    """One row per bronze row: typed, with row_failures, the names of the rules that it fails by itself."""
    return standardize(bronze, key).withColumn("row_failures", failed_rules(ROW_RULES))


def judge(bronze: DataFrame, key: str) -> DataFrame:
    """One row per bronze row: typed, and with the rules that it fails.

    Of a snapshot's otherwise valid rows of one user, all but the one that paid last are `unique_subscriber`.
    """
    best_first = (F.desc_nulls_last("last_payment_date"), F.desc("join_date"), F.col("row_hash"))
    return with_repeats(_with_row_failures(bronze, key), "subscriber_id", best_first, UNIQUE_SUBSCRIBER, SOURCE_FILE)


def valid_subscribers(bronze: DataFrame, key: str) -> DataFrame:
    """One row per subscriber of each snapshot in `bronze`."""
    return judge(bronze, key).filter(F.size("failed_rules") == 0).select(*SUBSCRIBER_COLUMNS)


def unreadable_users(bronze: DataFrame, key: str) -> DataFrame:
    """One row per user of a snapshot of whom no row is valid: subscriber_id. They have not left."""
    named = judge(bronze, key).filter("subscriber_id IS NOT NULL")
    valid_rows = named.groupBy("subscriber_id").agg(F.count_if(F.size("failed_rules") == 0).alias("valid_rows"))
    return valid_rows.filter("valid_rows = 0").select("subscriber_id")


def last_known(users: DataFrame, earlier: DataFrame, key: str) -> DataFrame:
    """One row per subscriber of `users`, as the latest of the `earlier` snapshots has them in which they are valid."""
    order = release_order(earlier).select(SOURCE_FILE, "release_order")
    valid = judge(earlier, key).filter(F.size("failed_rules") == 0).join(users, "subscriber_id", how="left_semi")
    latest_first = Window.partitionBy("subscriber_id").orderBy(F.desc("release_order"))
    ranked = valid.join(order, SOURCE_FILE, how="inner").withColumn("place", F.row_number().over(latest_first))
    return ranked.filter("place = 1").select(*SUBSCRIBER_COLUMNS)


def fewest_failures(bronze: DataFrame, key: str) -> DataFrame:
    """One row: how many rules the best of the rows fails by itself (0: a subscriber is valid), and the worst (most)."""
    failures = F.size("row_failures")
    return _with_row_failures(bronze, key).agg(F.min(failures).alias("failures"), F.max(failures).alias("most"))


def quarantined_subscribers(bronze: DataFrame, key: str) -> DataFrame:
    """One row per bronze row that fails a rule, without personal data."""
    return judge(bronze, key).filter(F.size("failed_rules") > 0).select(*QUARANTINE.column_names)
