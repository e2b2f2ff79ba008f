"""Rules of rows: SQL conditions by name, and that of rows with one identity one stays."""

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from common.windows import is_first


def holds(rule: str) -> Column:
    """BOOLEAN: whether a row keeps a rule; one that gives NULL fails."""
    return F.coalesce(F.expr(f"({rule})"), F.lit(False))


def failed_rules(rules: Mapping[str, str]) -> Column:
    """ARRAY<STRING>: the names of the rules that a row fails."""
    names = [F.when(~holds(rule), F.lit(name)) for name, rule in rules.items()]
    return F.filter(F.array(*names), lambda name: name.isNotNull())


def with_repeats(rows: DataFrame, identity: str, best_first: Sequence[Column], rule: str, within: str) -> DataFrame:
    """One row per row, with failed_rules: its `row_failures`; [] for a valid row.

    Of the rows without failures that have one value in the column `within` and one `identity` (a column, not null in
    them), all but the best fail `rule`.
    """
    whole = rows.withColumn("is_whole", F.size("row_failures") == 0)
    is_repeat = F.col("is_whole") & ~is_first(identity, best_first, within=(within, "is_whole"))
    return whole.withColumn("failed_rules", F.when(is_repeat, F.array(F.lit(rule))).otherwise(F.col("row_failures")))
