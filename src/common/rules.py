"""Rules for rows: SQL conditions by name. A rule that gives NULL fails."""

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from common.specifications import ColumnSpec
from common.windows import is_first

FAILED_RULES = ColumnSpec("failed_rules", "ARRAY<STRING>", "names of the rules that the row failed")


def holds(rule: str) -> Column:
    """BOOLEAN: whether a row passes a rule."""
    return F.coalesce(F.expr(f"({rule})"), F.lit(False))


def failed_rules(rules: Mapping[str, str]) -> Column:
    """ARRAY<STRING>: the names of the rules that a row fails."""
    return F.array_compact(F.array(*[F.when(~holds(rule), F.lit(name)) for name, rule in rules.items()]))


def with_failed_rules(
    rows: DataFrame, identity: str, best_first: Sequence[Column], unique_rule: str, within: Sequence[str]
) -> DataFrame:
    """One row per row, with failed_rules: its `row_failures`, or that it repeats another row; empty for a valid row.

    Of the rows without failures that have the same `identity` (a column, not null in them) and the same values in the
    columns `within`, all but the best fail `unique_rule`.
    """
    passes = F.size("row_failures") == 0
    is_repeat = passes & ~is_first(identity, best_first, within=(*within, passes))
    failures = F.when(is_repeat, F.array(F.lit(unique_rule))).otherwise(F.col("row_failures"))
    return rows.withColumn("failed_rules", failures)
