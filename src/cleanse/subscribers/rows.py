"""Rows of snapshots of subscribers, each checked once: their rules, their cells, and which of them repeat a user."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from bronze.feeds import CORRUPT
from bronze.provenance import RELEASE
from cleanse.releases.cells import ONE_VALUE, UNREADABLE_SHAPES, Cell, cell_shape, with_unreadable
from cleanse.releases.late_parts import with_joined_parts
from cleanse.releases.rows import ONE_RELEASE, RELEASE_COLUMNS
from cleanse.subscribers.cleansing import DATES, cleanse_subscribers
from common.dates import AMBIGUOUS_DATE_ORDER
from common.forms import member_form
from common.keys import smallest_first
from common.numbers import AMBIGUOUS_DECIMAL_SIGN
from common.pseudonyms import ROW_HASH
from common.releases import NAME
from common.rules import FAILED_RULES, failed_rules, with_failed_rules
from common.specifications import ColumnSpec, TableSpec

YOUNGEST, OLDEST = 13, 120
MAX_REVENUE = 10_000  # a month
MOST_MONTHS = 999  # of one plan

SUBSCRIBER_COLUMNS = (
    ColumnSpec("subscriber_id", "STRING", "pseudonym of the user: HMAC-SHA-256 with the secret key"),
    ColumnSpec("plan", "STRING", "as the source spells it, with single spaces; null if unknown"),
    ColumnSpec("monthly_revenue", "DECIMAL(12,2)", "revenue of the plan per month; null if unknown"),
    ColumnSpec("join_date", "DATE", "when the user joined; null if unknown"),
    ColumnSpec("last_payment_date", "DATE", "when the user last paid; null if no payment is known"),
    ColumnSpec("country", "STRING", "country where the user lives, by its name in the catalogue"),
    ColumnSpec("age", "INT", f"years, {YOUNGEST} to {OLDEST}; null if unknown"),
    ColumnSpec("gender", "STRING", "as the source spells it"),
    ColumnSpec("device_type", "STRING", "device that the user watches on, in lower case"),
    ColumnSpec("plan_months", "INT", "number of months that the plan is paid for"),
)
# What history compares, beside some of these.
HISTORY_COLUMNS = (
    ColumnSpec("has_payment", "BOOLEAN", "whether last_payment_date is known; a change starts a version"),
    ColumnSpec("plan_form", "STRING", "letters, digits, + and & of the plan, in lower case; a change starts a version"),
    ColumnSpec("device_form", "STRING", "the same of the device; a change starts a version"),
)

CURRENCY = ColumnSpec(
    "currency",
    "STRING",
    "sign or code of the currency of all revenue in the release, as the source has it; null for none",
)

SUBSCRIBER_ROWS = TableSpec(
    name="subscriber_rows",
    comment="One row per row of a snapshot of subscribers: cleansed, without user ids, with the rules that failed.",
    columns=(
        *RELEASE_COLUMNS,
        *SUBSCRIBER_COLUMNS,
        *HISTORY_COLUMNS,
        FAILED_RULES,
        UNREADABLE_SHAPES,
        ROW_HASH,
        CURRENCY,
    ),
    partition_cols=(RELEASE.name,),
)

# Who a row is. A row that fails one of these is left out.
SUBSCRIBER_RULES = {"well_formed_record": f"{CORRUPT} IS NULL", "valid_user_id": "subscriber_id IS NOT NULL"}
UNIQUE_SUBSCRIBER = "unique_subscriber"

# Before streaming, subscribers got discs by post; the company was founded on 1997-08-29.
PLAUSIBLE_JOINING = "join_date BETWEEN DATE'1997-08-29' AND date_add(last_day, 1)"
SUBSCRIBER_CELLS = (
    ONE_VALUE,
    Cell(
        rule="valid_age",
        condition=f"age_text IS NULL OR age_is_ambiguous OR age BETWEEN {YOUNGEST} AND {OLDEST}",
        text="age_text",
        columns=("age",),
    ),
    Cell(
        rule="valid_monthly_revenue",
        condition="monthly_revenue_text IS NULL OR monthly_revenue_is_ambiguous OR has_other_currency "
        f"OR monthly_revenue BETWEEN 0 AND {MAX_REVENUE}",
        text="monthly_revenue_text",
        columns=("monthly_revenue",),
    ),
    Cell(
        rule="valid_plan_months",
        condition=f"plan_months_text IS NULL OR plan_months_is_ambiguous OR plan_months BETWEEN 0 AND {MOST_MONTHS}",
        text="plan_months_text",
        columns=("plan_months",),
    ),
    Cell(
        rule=AMBIGUOUS_DECIMAL_SIGN,
        condition="ambiguous_number_text IS NULL",
        text="ambiguous_number_text",
        columns=(),
    ),
    Cell(rule="one_currency", condition="NOT has_other_currency", text="monthly_revenue_text", columns=()),
    *[
        Cell(
            rule=f"valid_{name}",
            condition=f"{name}_text IS NULL OR {name}_is_ambiguous OR {name} IS NOT NULL",
            text=f"{name}_text",
            columns=(),
        )
        for name in DATES
    ],
    Cell(
        rule=AMBIGUOUS_DATE_ORDER,
        condition="NOT (join_date_is_ambiguous OR last_payment_date_is_ambiguous)",
        text="ambiguous_date_text",
        columns=(),
    ),
    Cell(
        rule="plausible_join_date",
        condition=f"join_date IS NULL OR {PLAUSIBLE_JOINING}",
        text="join_date_text",
        columns=("join_date",),
    ),
    Cell(
        rule="plausible_last_payment_date",
        # A snapshot without a date in its name is from the day of its latest payment.
        condition=f"last_payment_date IS NULL OR ordered_by <> '{NAME}' OR last_payment_date <= last_day",
        text="last_payment_date_text",
        columns=("last_payment_date",),
    ),
    Cell(
        rule="payment_after_joining",
        # A joining that is not plausible says nothing about the payment.
        condition=f"coalesce(CASE WHEN {PLAUSIBLE_JOINING} THEN last_payment_date >= join_date END, TRUE)",
        text="last_payment_date_text",
        columns=("last_payment_date",),
    ),
)


def subscriber_rows(cells: DataFrame, key: str, accepted: Sequence[str] = ()) -> DataFrame:
    """One row per row of `subscriber_cells`, with the columns of SUBSCRIBER_ROWS.

    `failed_rules` are empty for a valid row. If several rows of a snapshot have the same user, the one with the latest
    payment is valid, then the latest joining, then the smallest plan, country, device, gender, age, revenue and months;
    the others fail `unique_subscriber`. The late part files whose names are `accepted` are rows of the snapshot that
    they belong to.
    """
    rows = with_unreadable(cleanse_subscribers(cells, key, accepted), SUBSCRIBER_CELLS, cell_shape)
    checked = rows.withColumn("row_failures", failed_rules(SUBSCRIBER_RULES)).transform(with_joined_parts, accepted)
    texts = [F.col(name) for name in ("plan", "country", "device_type", "gender")]
    numbers = [F.lpad(F.col(name).cast("string"), 13, "0") for name in ("age", "monthly_revenue", "plan_months")]
    best_first = (
        *[F.desc_nulls_last(name) for name in reversed(DATES)],
        smallest_first(*texts, *numbers),
        # Rows that are equal so far are equal to everybody but bronze.
        F.col("row_hash"),
    )
    valid = with_failed_rules(checked, "subscriber_id", best_first, UNIQUE_SUBSCRIBER, within=ONE_RELEASE)
    tracked = valid.withColumns(
        {
            "has_payment": F.col("last_payment_date").isNotNull(),
            "plan_form": member_form(F.col("plan")),
            "device_form": member_form(F.col("device_type")),
        }
    )
    return tracked.select(*SUBSCRIBER_ROWS.column_names)
