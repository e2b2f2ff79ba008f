"""Expectations: two-valued rules (NULL fails), counted before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType

from local_runtime.errors import ExpectationFailed, RuleError, first_line
from local_runtime.lake.progress import ExpectationResult
from local_runtime.pipelines.datasets import Action, Expectation


@dataclass(frozen=True)
class Measured:
    """Rows that a flow produced, rows that its rules drop, and for each rule the rows that pass and fail it."""

    rows: int
    dropped: int
    results: tuple[ExpectationResult, ...]


def holds(rule: str) -> Column:
    """Whether a row passes: false where the rule gives NULL."""
    return F.coalesce(F.expr(f"({rule})"), F.lit(False))


def kept(rows: DataFrame, expectations: Sequence[Expectation]) -> DataFrame:
    """The rows that no dropping rule drops."""
    for expectation in expectations:
        if expectation.action is Action.DROP:
            rows = rows.filter(holds(expectation.rule))
    return rows


def check_rules(dataset: str, rows: DataFrame, expectations: Sequence[Expectation]) -> None:
    """Raises RuleError for a rule that can't be parsed, names a missing column, or isn't boolean; runs nothing."""
    for expectation in expectations:
        said = f"{dataset}: expectation {expectation.name} ({expectation.rule})"
        try:
            result = rows.select(F.expr(f"({expectation.rule})").alias("rule")).schema["rule"].dataType
        except PySparkException as error:
            raise RuleError(f"{said} can't be evaluated: {first_line(error)}") from None
        if not isinstance(result, BooleanType):
            raise RuleError(f"{said} gives {result.simpleString()}, no boolean.")


def measure(dataset: str, rows: DataFrame, expectations: Sequence[Expectation]) -> Measured | None:
    """Counts the rows and what the rules make of them; None where there are no rules.

    Raises ExpectationFailed where a row fails a rule of `expect_or_fail`, and RuleError where a rule raises.
    """
    if not expectations:
        return None
    dropping = [holds(expectation.rule) for expectation in expectations if expectation.action is Action.DROP]
    all_kept = dropping[0] if dropping else F.lit(True)
    for rule in dropping[1:]:
        all_kept = all_kept & rule
    counts = [F.count_if(holds(e.rule)).alias(f"rule_{place}") for place, e in enumerate(expectations)]
    try:
        row = rows.agg(F.count(F.lit(1)).alias("rows"), F.count_if(all_kept).alias("kept"), *counts).collect()[0]
    except PySparkException as error:
        raise RuleError(f"{dataset}: its query or one of its expectations raises: {first_line(error)}") from error
    results = tuple(
        ExpectationResult(
            name=expectation.name,
            dataset=dataset,
            action=expectation.action.value,
            passed_records=row[f"rule_{place}"],
            failed_records=row["rows"] - row[f"rule_{place}"],
        )
        for place, expectation in enumerate(expectations)
    )
    failed = [r for r, e in zip(results, expectations, strict=True) if e.action is Action.FAIL and r.failed_records]
    if failed:
        said = ", ".join(f"{result.name} ({result.failed_records:,} of {row['rows']:,} rows)" for result in failed)
        raise ExpectationFailed(f"{dataset}: expectation failed: {said}. Nothing of this update was written to it.")
    return Measured(row["rows"], row["rows"] - row["kept"], results)
