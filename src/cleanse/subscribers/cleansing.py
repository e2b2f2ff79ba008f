"""Cleansing of a snapshot of subscribers: typed columns, and pseudonyms in place of user ids (docs/data-model.md)."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze import feeds
from bronze.feeds import CORRUPT, RESCUED
from bronze.provenance import RELEASE, SHOWN_FILE, SOURCE_FILE
from bronze.releases import release_with_hidden_parts
from cleanse.releases.headers import CLASHING, files_of, with_columns_by_name
from cleanse.releases.order import with_release
from cleanse.releases.rows import DESCRIBED, READ_TOGETHER, read_with
from common import dates, numbers
from common.countries import known_country, known_country_of_code
from common.pseudonyms import free_text, own_ids, pseudonym, row_hash
from common.text import known_code, known_id, known_text, without_decimals

DATES = ("join_date", "last_payment_date")
# The columns of numbers, and the source's that they are read from.
NUMBERS = {"monthly_revenue": "monthly_revenue", "age": "age", "plan_months": "plan_duration"}
MOST, LONGEST_CURRENCY = 10**12, 4  # more rows than a release has; characters
NAMIBIA = "NA"


def subscriber_cells(bronze: DataFrame) -> DataFrame:
    """One row per bronze row: its cells, found by name, its release, what is shown of its file, and the row itself."""
    path = release_with_hidden_parts(F.col(SOURCE_FILE), F.col(SHOWN_FILE.name))
    files = files_of(bronze, feeds.SUBSCRIBERS_FEED, SHOWN_FILE.name)
    described = files.transform(with_release, path).withColumnRenamed(SHOWN_FILE.name, "shown_file")
    return with_columns_by_name(bronze, described, feeds.SUBSCRIBERS_FEED, *DESCRIBED, "shown_file")


def cleanse_subscribers(rows: DataFrame, key: str, accepted: Sequence[str] = ()) -> DataFrame:
    """One row per row of `subscriber_cells`: typed columns, the pseudonym made with `key`, and `row_hash`."""
    cells = [F.col(f"bronze_row.{name}") for name in (*feeds.SUBSCRIBERS_FEED.column_names, CORRUPT, RESCUED)]
    user_id = without_decimals(known_id(F.col("user_id")))
    # As columns of their own, because the default engine computes an expression again wherever it is used.
    folded = rows.withColumns(
        {
            "user_id": user_id,
            "own_ids": own_ids(user_id),
            **{name: known_text(F.col(name)) for name in ("subscription_type", "gender", "device")},
            "country": known_code(F.col("country")),
        }
    )
    plan, country, gender, device = (
        free_text(F.col(name), F.col("own_ids")) for name in ("subscription_type", "country", "gender", "device")
    )
    texts = folded.select(
        RELEASE.name,
        F.col("shown_file").alias(SOURCE_FILE),
        *DESCRIBED,
        CLASHING,
        read_with(accepted).alias("read_with"),
        F.col(f"bronze_row.{CORRUPT}").alias(CORRUPT),
        row_hash(cells, key).alias("row_hash"),
        pseudonym(F.col("user_id"), key).alias("subscriber_id"),
        plan.alias("plan"),
        country.alias("country"),
        gender.alias("gender"),
        F.lower(device).alias("device_type"),
        *[known_text(F.col(source)).alias(f"{name}_text") for name, source in NUMBERS.items()],
        *[known_text(F.col(name)).alias(f"{name}_text") for name in DATES],
    )
    return texts.transform(with_readings).transform(with_forms_of_release).transform(with_values)


def with_readings(rows: DataFrame) -> DataFrame:
    """One row per row, with what each date or number can mean on its own, and the currency of its revenue."""
    amount = numbers.amount(F.col("monthly_revenue_text"))
    read = rows.withColumns(
        {
            **{f"{name}_readings": dates.date_readings(F.col(f"{name}_text")) for name in DATES},
            "amount": amount,
            "age_number": F.col("age_text"),
            "plan_months_number": F.regexp_replace(F.lower("plan_months_text"), " ?months?$", ""),
        }
    )
    currency = F.col("amount.currency")
    same = F.count(F.lit(1)).over(Window.partitionBy(*READ_TOGETHER, currency))
    return read.withColumns(
        {
            "monthly_revenue_number": F.col("amount.number"),
            "own_currency": currency,
            # The text of the most frequent currency, then of the smallest, comes first.
            "currency_rank": F.when(currency.isNotNull(), F.concat((F.lit(MOST) - same).cast("string"), currency)),
        }
    )


def with_forms_of_release(rows: DataFrame) -> DataFrame:
    """One row per row, with what is decided for all rows of a release: how its columns write dates, numbers and so on.

    If no date proves an order, the day comes first in dates with dashes (05-09-2021), the month in others (5/9/2021).
    """
    of_release = Window.partitionBy(*READ_TOGETHER)
    dashed = [F.coalesce(dates.is_dashed(F.col(f"{name}_text")), F.lit(False)) for name in DATES]
    has_dashed = F.max(F.when(dashed[0] | dashed[1], 1)).over(of_release).isNotNull()
    unproven = F.when(has_dashed, dates.DAY_FIRST).otherwise(dates.MONTH_FIRST)
    signs = {f"{name}_sign": numbers.decimal_sign(F.col(f"{name}_number"), READ_TOGETHER) for name in NUMBERS}
    # NA, which is the question, says nothing.
    other = F.nullif(F.upper("country"), F.lit(NAMIBIA))
    codes = F.sum(F.when(other.rlike("^[A-Z]{2}$"), 1).when(other.isNotNull(), -1)).over(of_release)
    return rows.withColumns(
        {
            "date_order": dates.date_order(
                READ_TOGETHER, *[F.col(f"{name}_readings") for name in DATES], unproven=unproven
            ),
            **signs,
            "has_codes": F.coalesce(codes > 0, F.lit(False)),
            "currency": F.substring(F.min("currency_rank").over(of_release), len(str(MOST)), LONGEST_CURRENCY),
        }
    )


def with_values(rows: DataFrame) -> DataFrame:
    """One row per row, with its dates, numbers and country, and which of them are ambiguous in this release.

    `ambiguous_date_text` and `ambiguous_number_text` are the texts of the first ambiguous ones. A date that stands for
    no date is as unknown as an empty cell.
    """
    columns: dict[str, Column] = {}
    for name in DATES:
        text, reading = F.col(f"{name}_text"), (F.col(f"{name}_readings"), F.col("date_order"))
        is_known = ~dates.is_placeholder(reading[0])
        columns[name] = F.when(is_known, dates.date_in_order(*reading))
        columns[f"{name}_text"] = F.when(is_known, text)
        columns[f"{name}_is_ambiguous"] = dates.is_ambiguous(*reading)
    for name in NUMBERS:
        number = F.col(f"{name}_number"), F.col(f"{name}_sign")
        columns[name] = numbers.whole_number(*number)
        columns[f"{name}_is_ambiguous"] = numbers.has_ambiguous_sign(*number)
    revenue = numbers.number_in(F.col("monthly_revenue_number"), F.col("monthly_revenue_sign"), "decimal(12,2)")
    is_other = F.coalesce(F.col("own_currency") != F.col("currency"), F.lit(False))
    is_missing = ~F.col("has_codes") & (F.upper("country") == NAMIBIA)
    ambiguous = {
        f"ambiguous_{kind}_text": F.coalesce(
            *[F.when(columns[f"{name}_is_ambiguous"], F.col(f"{name}_text")) for name in names]
        )
        for kind, names in {"date": DATES, "number": NUMBERS}.items()
    }
    return rows.withColumns(
        {
            **columns,
            **ambiguous,
            "monthly_revenue": F.when(~is_other, revenue),
            "has_other_currency": is_other,
            "country": F.when(
                ~F.coalesce(is_missing, F.lit(False)),
                F.when(F.col("has_codes"), known_country_of_code(F.col("country"))).otherwise(
                    known_country(F.col("country"))
                ),
            ),
        }
    )
