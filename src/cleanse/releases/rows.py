"""Tables of checked rows: what the rows of all snapshot feeds have, and what the verdicts ask of them."""

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from bronze.provenance import RELEASE, SOURCE_FILE
from common.aggregates import count_rows
from common.specifications import ColumnSpec

RELEASE_COLUMNS = (
    RELEASE,
    ColumnSpec("release", "STRING", "the release; part files that arrived later than the first are one of their own"),
    ColumnSpec(
        "released_at", "TIMESTAMP", "date in the name of the release, or else when its files were last modified"
    ),
    ColumnSpec("ordered_by", "STRING", "name, modification time or ingestion: what released_at is from"),
    ColumnSpec("undecided_date", "STRING", "what looks like a date in the name and was not read as one; else null"),
    ColumnSpec("release_ingested_at", "TIMESTAMP", "when bronze ingested the release"),
    ColumnSpec("last_day", "DATE", "last day that the release can cover"),
    ColumnSpec(
        SOURCE_FILE, "STRING", "URL of the file; of personal feeds its path below landing, in which parts may be hidden"
    ),
)
"""What a checked row has of its release."""
DESCRIBED = tuple(column.name for column in RELEASE_COLUMNS if column.name not in (RELEASE.name, SOURCE_FILE))

ONE_RELEASE = (RELEASE.name, "release")
"""The columns by which a release is known: late part files are one of their own, which changes nothing of the first."""
READ_TOGETHER = (RELEASE.name, "read_with")
"""The columns by which rows are known whose forms, such as the order of day and month, are decided together."""


def read_with(accepted: Sequence[str]) -> Column:
    """STRING: the rows with which a row's forms are decided: those of its release, which accepted late parts join."""
    is_accepted = F.col("release").isin(*accepted) if accepted else F.lit(False)
    return F.when(is_accepted, F.col(RELEASE.name)).otherwise(F.col("release"))


def valid_rows(rows: DataFrame) -> DataFrame:
    """The rows that failed no rule."""
    return rows.filter(F.size("failed_rules") == 0)


def releases_of(
    rows: DataFrame, unique_rule: str, is_empty: Column, gaps: Mapping[str, Column], has_identity: Column
) -> DataFrame:
    """One row per release, as `release_verdicts` takes them.

    `unique_rule` is what repeats fail; `is_empty` says that a row has no value at all. Neither counts as left out.
    `gaps` are aggregates, by columns: the rows without a value, null where the release lacks the column.
    """
    failed = F.size("failed_rules") > 0
    counts = failed & ~F.array_contains("failed_rules", unique_rule) & ~is_empty
    # The name without its ending: `x (1).csv` comes after `x.csv`.
    stem = F.regexp_replace("release", "[.][^./]*$", "")
    return (
        rows.groupBy(RELEASE.name, "release", "released_at", "release_ingested_at")
        .agg(
            count_rows("rows"),
            F.count_if(counts).alias("left_out"),
            F.count_if(~failed).alias("members"),
            has_identity.alias("has_identity"),
            F.array(*gaps.values()).cast("array<bigint>").alias("unknown"),
        )
        .withColumns(
            {
                "sort_key": stem,
                "in_future": F.col("released_at") > F.col("release_ingested_at") + F.expr("INTERVAL 1 DAY"),
                "ingested_at": F.col("release_ingested_at"),
            }
        )
    )
