"""Expectations: two-valued rules (NULL fails), counted by what was written (docs/decisions/0014)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, StructType

from local_runtime.errors import ExpectationFailed, RuleError, first_line
from local_runtime.lake.progress import ExpectationResult
from local_runtime.pipelines.datasets import Action, Expectation

VERDICT = "__verdict"
"""The column that says what becomes of a row: it passes all rules, is kept though it fails some, or fails."""

PASSES, WARNS, FAILS = "passes", "warns", "fails"
KEPT = (PASSES, WARNS)


@dataclass(frozen=True)
class Measured:
    """Rows that a flow produced, rows that its rules drop, and for each rule the rows that pass and fail it."""

    rows: int
    dropped: int
    results: tuple[ExpectationResult, ...]


def holds(rule: str) -> Column:
    """Whether a row passes: false where the rule gives NULL."""
    return F.coalesce(F.expr(f"({rule})"), F.lit(False))


def _all_hold(expectations: Sequence[Expectation]) -> Column:
    """Whether a row passes all of the rules: one flat text, however many they are, and no deep tree of conditions."""
    held = F.concat(F.lit(""), *[F.when(holds(e.rule), "1").otherwise("0") for e in expectations])
    return held == F.lit("1" * len(expectations))


def kept(rows: DataFrame, expectations: Sequence[Expectation]) -> DataFrame:
    """The rows that no dropping rule drops."""
    dropping = [expectation for expectation in expectations if expectation.action is Action.DROP]
    return rows.filter(_all_hold(dropping)) if dropping else rows


def judged(rows: DataFrame, expectations: Sequence[Expectation]) -> DataFrame:
    """The rows with their VERDICT under all rules."""
    strict = [expectation for expectation in expectations if expectation.action is not Action.WARN]
    warns = F.when(_all_hold(strict), WARNS).otherwise(FAILS) if strict else F.lit(WARNS)
    return rows.select("*", F.when(_all_hold(expectations), PASSES).otherwise(warns).alias(VERDICT))


def schema_under_rules(dataset: str, rows: DataFrame, expectations: Sequence[Expectation]) -> StructType:
    """The rows' schema; runs nothing.

    Raises RuleError for a rule that can't be parsed, names a missing column, or isn't boolean.
    """
    rules = [F.expr(f"({e.rule})").alias(f"__rule_{place}") for place, e in enumerate(expectations)]
    try:
        fields = rows.select("*", *rules).schema.fields  # one question to the engine for all of them
    except PySparkException:
        assert rows.schema  # raises where it is the query that is wrong
        for expectation in expectations:
            _check_rule(dataset, rows, expectation)
        raise
    own = len(fields) - len(rules)
    for expectation, result in zip(expectations, fields[own:], strict=True):
        if not isinstance(result.dataType, BooleanType):
            gives = result.dataType.simpleString()
            raise RuleError(f"{_said(dataset, expectation)} gives {gives}, no boolean.")
    return StructType(fields[:own])


def _check_rule(dataset: str, rows: DataFrame, expectation: Expectation) -> None:
    try:
        assert rows.select(F.expr(f"({expectation.rule})")).schema
    except PySparkException as error:
        raise RuleError(f"{_said(dataset, expectation)} can't be evaluated: {first_line(error)}") from None


def _said(dataset: str, expectation: Expectation) -> str:
    return f"{dataset}: expectation {expectation.name} ({expectation.rule})"


def failures(failing: DataFrame, expectations: Sequence[Expectation]) -> list[int]:
    """For each rule how many of the rows fail it."""
    counts = [F.count_if(~holds(e.rule)).alias(f"rule_{place}") for place, e in enumerate(expectations)]
    return list(failing.agg(*counts).collect()[0])


def measure(
    dataset: str, counts: Mapping[str, int], failed: Sequence[int], expectations: Sequence[Expectation]
) -> Measured:
    """What the rules made of rows that were written: `counts` are those of each verdict, `failed` of each rule.

    Raises ExpectationFailed where a row fails a rule of `expect_or_fail`.
    """
    rows = sum(counts.values())
    results = tuple(
        ExpectationResult(e.name, dataset, e.action.value, passed_records=rows - count, failed_records=count)
        for e, count in zip(expectations, failed, strict=True)
    )
    broken = [result for result in results if result.action == Action.FAIL.value and result.failed_records]
    if broken:
        said = ", ".join(f"{result.name} ({result.failed_records:,} of {rows:,} rows)" for result in broken)
        raise ExpectationFailed(f"{dataset}: expectation failed: {said}. Nothing of this update was written to it.")
    return Measured(rows, counts.get(FAILS, 0), results)


def added_up(before: Sequence[ExpectationResult], more: Sequence[ExpectationResult]) -> tuple[ExpectationResult, ...]:
    """The results of the same rules over several micro-batches, as one."""
    if not before:
        return tuple(more)
    return tuple(
        replace(
            one,
            passed_records=one.passed_records + other.passed_records,
            failed_records=one.failed_records + other.failed_records,
        )
        for one, other in zip(before, more, strict=True)
    )
