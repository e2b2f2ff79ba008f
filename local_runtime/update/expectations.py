"""Expectations: two-valued rules (NULL fails), counted by what was written (docs/decisions/0014)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, StructType

from local_runtime.counts import counted
from local_runtime.delta.actions import rows_of_file
from local_runtime.delta.footers import count_nulls
from local_runtime.errors import ExpectationFailed, RuleError, first_line
from local_runtime.pipelines.datasets import Expectation, OnViolation
from local_runtime.state.progress import ExpectationResult

NULL_TEST = re.compile(r"\s*(?:`(?P<quoted>[^`]+)`|(?P<plain>\w+))\s+IS\s+(?P<not>NOT\s+)?NULL\s*", re.IGNORECASE)
VERDICT = "__verdict"
"""The column with a row's verdict: it passes all rules, is kept although it fails some, or fails.

No rule is applied to rows that are exempt.
"""

PASSED, WARNED, FAILED, EXEMPT = "passes", "warns", "fails", "exempt"
RETAINED = (PASSED, WARNED)


@dataclass(frozen=True)
class NullTest:
    """A rule that only asks whether a column is null, and whether it must be."""

    column: str
    must_be_null: bool


def null_test(expectation: Expectation, columns: Iterable[str]) -> NullTest | None:
    """The rule as a test for null of one of the columns; None where it is another rule."""
    match = NULL_TEST.fullmatch(expectation.rule)
    if match is None:
        return None
    asked = (match["quoted"] or match["plain"]).lower()
    name = next((name for name in columns if name.lower() == asked), None)
    return None if name is None else NullTest(name, must_be_null=match["not"] is None)


def passes(rule: str) -> Column:
    """Whether a row passes: false where the rule gives NULL."""
    return F.coalesce(F.expr(f"({rule})"), F.lit(False))


def _passes_all(expectations: Sequence[Expectation]) -> Column:
    """Whether a row passes all of the rules: one flat text, however many they are, and no deep tree of conditions."""
    passed = F.concat(F.lit(""), *[F.when(passes(e.rule), "1").otherwise("0") for e in expectations])
    return passed == F.lit("1" * len(expectations))


def drop_failing_rows(rows: DataFrame, expectations: Sequence[Expectation], exempt: Column | None = None) -> DataFrame:
    """The rows that pass every rule that drops rows or fails, and those that are exempt."""
    strict = [expectation for expectation in expectations if expectation.action is not OnViolation.WARN]
    if not strict:
        return rows
    return rows.filter(_passes_all(strict) if exempt is None else exempt | _passes_all(strict))


def with_verdicts(rows: DataFrame, expectations: Sequence[Expectation], exempt: Column | None = None) -> DataFrame:
    """The rows with their VERDICT under all rules."""
    strict = [expectation for expectation in expectations if expectation.action is not OnViolation.WARN]
    warns = F.when(_passes_all(strict), WARNED).otherwise(FAILED) if strict else F.lit(WARNED)
    verdict = F.when(_passes_all(expectations), PASSED).otherwise(warns)
    return rows.select("*", (verdict if exempt is None else F.when(exempt, EXEMPT).otherwise(verdict)).alias(VERDICT))


def schema_under_rules(dataset: str, rows: DataFrame, expectations: Sequence[Expectation]) -> StructType:
    """The rows' schema; runs nothing.

    Raises RuleError for a rule that can't be parsed, names a missing column, or isn't boolean.
    """
    if not expectations:
        return rows.schema
    rules = [F.expr(f"({e.rule})").alias(f"__rule_{place}") for place, e in enumerate(expectations)]
    try:
        fields = rows.select("*", *rules).schema.fields  # one request to the engine for all of them
    except PySparkException:
        assert rows.schema  # raises if the query itself is wrong
        for expectation in expectations:
            _check_rule(dataset, rows, expectation)
        raise
    own = len(fields) - len(rules)
    for expectation, result in zip(expectations, fields[own:], strict=True):
        if not isinstance(result.dataType, BooleanType):
            gives = result.dataType.simpleString()
            raise RuleError(f"{_describe(dataset, expectation)} gives {gives}, not a boolean.")
    return StructType(fields[:own])


def _check_rule(dataset: str, rows: DataFrame, expectation: Expectation) -> None:
    try:
        assert rows.select(F.expr(f"({expectation.rule})")).schema
    except PySparkException as error:
        raise RuleError(f"{_describe(dataset, expectation)} can't be evaluated: {first_line(error)}") from None


def _describe(dataset: str, expectation: Expectation) -> str:
    return f"{dataset}: expectation {expectation.name} ({expectation.rule})"


def failures(failing: DataFrame, expectations: Sequence[Expectation]) -> list[int]:
    """For each rule how many of the rows fail it."""
    counts = [F.count_if(~passes(e.rule)).alias(f"rule_{place}") for place, e in enumerate(expectations)]
    return list(failing.agg(*counts).collect()[0])


def failures_in(files: Iterable[Path], expectation: Expectation, columns: Sequence[str]) -> int:
    """How many rows of Parquet files of these columns fail a rule that is a test for null, by the files' footers."""
    tested = null_test(expectation, columns)
    assert tested is not None
    nulls = {file: count_nulls(file, tested.column) for file in files}
    return sum(rows_of_file(file) - count if tested.must_be_null else count for file, count in nulls.items())


def expectation_results(
    dataset: str, rows: int, failed: Sequence[int], expectations: Sequence[Expectation]
) -> tuple[ExpectationResult, ...]:
    """For each rule how many of the rows pass and fail it; `failed` are the latter."""
    return tuple(
        ExpectationResult(e.name, dataset, e.action.value, passed_records=rows - count, failed_records=count)
        for e, count in zip(expectations, failed, strict=True)
    )


def check_failing_rules(table: str, results: Iterable[ExpectationResult]) -> None:
    """Raises ExpectationFailed where rows fail a rule of `expect_or_fail`: the table's, or that of a view it reads."""
    broken = [result for result in results if result.action == OnViolation.FAIL.value and result.failed_records]
    if broken:
        dataset = broken[0].dataset
        rules = ", ".join(
            f"{result.name} ({result.failed_records:,} of {counted(checked, 'row')})"
            for result in broken
            if result.dataset == dataset and (checked := result.passed_records + result.failed_records)
        )
        target = "it" if dataset == table else table
        raise ExpectationFailed(
            f"{dataset}: expectation failed: {rules}. Nothing of this update was written to {target}."
        )


def sum_results(
    before: Iterable[ExpectationResult], more: Iterable[ExpectationResult]
) -> tuple[ExpectationResult, ...]:
    """The results of rules over several micro-batches, one for each rule."""
    totals: dict[tuple[str, str], ExpectationResult] = {}
    for one in (*before, *more):
        known = totals.get((one.dataset, one.name))
        passed, failed = (known.passed_records, known.failed_records) if known else (0, 0)
        totals[one.dataset, one.name] = replace(
            one, passed_records=passed + one.passed_records, failed_records=failed + one.failed_records
        )
    return tuple(totals.values())
