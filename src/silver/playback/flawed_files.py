"""Files of events whose rows mostly fail rules, or repeat rows of the same file.

Most often a player writes other keys, or times in another form. Each row alone is quarantined or counted as a
duplicate, which nobody would notice beside good files.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from bronze.feeds import PLAYBACK_CSV_FOLDER, PLAYBACK_FEED
from bronze.provenance import SHOWN_FILE, SOURCE_FILE
from cleanse.releases.headers import filled_columns, without_people
from common.aggregates import count_rows, total
from common.specifications import ColumnSpec, TableSpec
from common.text import counted, is_or_are, text_if
from silver.playback.producers import found_by_name

# Of fewer rows, one or two bad ones would be most.
FEWEST_ROWS = 10
SHOWN_KEYS, LONGEST_KEY = 20, 64

PLAYBACK_FLAWED_FILES = TableSpec(
    name="playback_flawed_files",
    comment="One row per file of events with fewer than half valid rows, or more than half repeats of its own rows.",
    columns=(
        ColumnSpec("file", "STRING", SHOWN_FILE.comment),
        ColumnSpec("rows", "BIGINT", f"rows of the file, {FEWEST_ROWS} or more"),
        ColumnSpec("valid_rows", "BIGINT", "rows that failed no rule"),
        ColumnSpec("repeats", "BIGINT", "valid rows of events of which the file has another row"),
        ColumnSpec("failed_rules", "ARRAY<STRING>", "rules that rows failed, and how many rows, most rows first"),
        ColumnSpec("leftover_keys", "ARRAY<STRING>", "keys that match no column; … for one that may name a person"),
        ColumnSpec("problem", "STRING", "what is wrong with the file, in a sentence"),
        ColumnSpec("_ingested_at", "TIMESTAMP", "when the file was ingested"),
    ),
    rules={"most_rows_are_valid": "valid_rows * 2 >= rows", "few_rows_repeat": "repeats * 2 <= rows"},
    properties={"lakehouse.role": "flawed_files"},
)


def playback_flawed_files(deliveries: DataFrame, quarantine: DataFrame, bronze: DataFrame) -> DataFrame:
    """One row per flawed file."""
    flawed = flawed_files(deliveries)
    files = F.broadcast(flawed.select(F.col(SOURCE_FILE).alias(SHOWN_FILE.name)))
    details = bronze.join(files, SHOWN_FILE.name, how="left_semi")
    keys = (
        found_by_name(details)
        .groupBy(F.col(SHOWN_FILE.name).alias(SOURCE_FILE))
        .agg(
            F.flatten(F.collect_set("leftover_keys")).alias("keys"),
            filled_columns(PLAYBACK_FEED).alias("columns"),
            F.min("_ingested_at").alias("_ingested_at"),
        )
    )
    described = flawed.join(keys, SOURCE_FILE, how="inner").join(_failures(quarantine), SOURCE_FILE, how="left")
    named = described.withColumnRenamed(SOURCE_FILE, "file")
    complete = named.withColumns(
        {
            "failed_rules": F.coalesce("failed_rules", F.array().cast("array<string>")),
            "leftover_keys": _shown_keys(),
        }
    )
    return complete.withColumn("problem", _problem()).select(*PLAYBACK_FLAWED_FILES.column_names)


def flawed_files(deliveries: DataFrame) -> DataFrame:
    """One row per flawed file: its rows, valid_rows and repeats."""
    files = deliveries.groupBy(F.col("source_file").alias(SOURCE_FILE)).agg(
        total("rows"), (F.sum("rows") - F.sum("quarantined")).alias("valid_rows"), total("repeats")
    )
    is_flawed = (F.col("valid_rows") * 2 < F.col("rows")) | (F.col("repeats") * 2 > F.col("rows"))
    return files.filter((F.col("rows") >= FEWEST_ROWS) & is_flawed)


def _failures(quarantine: DataFrame) -> DataFrame:
    """One row per file with quarantined rows: the rules that they failed, and how many rows failed each."""
    by_rule = quarantine.select(SOURCE_FILE, F.explode("failed_rules").alias("rule")).groupBy(SOURCE_FILE, "rule")
    counts = by_rule.agg(count_rows("failed"))
    in_order = F.array_sort(F.collect_list(F.struct((-F.col("failed")).alias("order"), "rule", "failed")))
    rules = F.transform(in_order, lambda it: F.concat(it["rule"], F.lit(": "), counted(it["failed"], "rows")))
    return counts.groupBy(SOURCE_FILE).agg(rules.alias("failed_rules"))


def _shown_keys() -> Column:
    """ARRAY<STRING>: the left-over keys in order, the first ones of many.

    Only a CSV file can lack a header.
    """
    is_first_row = F.startswith("file", F.lit(f"{PLAYBACK_CSV_FOLDER}/")) & (F.size("columns") == 0)
    shown = without_people(F.col("keys"), ~is_first_row, LONGEST_KEY)
    return F.slice(F.array_sort(F.array_distinct(shown)), 1, SHOWN_KEYS)


def _problem() -> Column:
    rows, repeats = F.format_number("rows", 0), F.format_number("repeats", 0)
    rules, keys = F.array_join("failed_rules", ", "), F.array_join("leftover_keys", ", ")
    return F.concat(
        *("file", F.lit(": "), F.format_number("valid_rows", 0), F.lit(" of its "), rows, F.lit(" rows ")),
        *(is_or_are(F.col("valid_rows")), F.lit(" valid")),
        text_if(F.col("repeats") > 0, ", and ", repeats, " repeat others of the file"),
        F.lit("."),
        text_if(F.size("failed_rules") > 0, " Failed rules: ", rules, "."),
        text_if(F.size("leftover_keys") > 0, " Keys that match no column: ", keys, "."),
    )
