"""Expectations: two-valued rules (NULL fails), counted by what was written (docs/decisions/0014)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, StructType

from local_runtime.errors import ExpectationFailed, RuleError, first_line
from local_runtime.lake.progress import ExpectationResult
from local_runtime.pipelines.datasets import Action, Expectation

PLACES = 200
"""Rules in one column of verdicts: its values become names of folders, which may have 255 characters."""


@dataclass(frozen=True)
class Measured:
    """Rows that a flow produced, rows that its rules drop, and for each rule the rows that pass and fail it."""

    rows: int
    dropped: int
    results: tuple[ExpectationResult, ...]


def holds(rule: str) -> Column:
    """Whether a row passes: false where the rule gives NULL."""
    return F.coalesce(F.expr(f"({rule})"), F.lit(False))


def _verdict(expectations: Sequence[Expectation]) -> Column:
    """One text for all rules, '1' for each that holds and '0' for each that doesn't: flat, however many they are."""
    return F.concat(F.lit(""), *[F.when(holds(e.rule), "1").otherwise("0") for e in expectations])


def kept(rows: DataFrame, expectations: Sequence[Expectation]) -> DataFrame:
    """The rows that no dropping rule drops."""
    dropping = [expectation for expectation in expectations if expectation.action is Action.DROP]
    return rows.filter(_verdict(dropping) == F.lit("1" * len(dropping))) if dropping else rows


def judged(rows: DataFrame, expectations: Sequence[Expectation]) -> tuple[DataFrame, list[str]]:
    """The rows with their verdicts under all rules, and the names of the columns that together are a verdict."""
    parts = [expectations[place : place + PLACES] for place in range(0, len(expectations), PLACES)]
    verdicts = {f"__verdict_{place}": _verdict(part) for place, part in enumerate(parts)}
    return rows.select("*", *[verdict.alias(name) for name, verdict in verdicts.items()]), list(verdicts)


def is_kept(verdict: str, expectations: Sequence[Expectation]) -> bool:
    """Whether no dropping rule drops rows of this verdict."""
    pairs = zip(verdict, expectations, strict=True)
    return all(held == "1" or expectation.action is not Action.DROP for held, expectation in pairs)


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


def measure(dataset: str, counts: Mapping[str, int], expectations: Sequence[Expectation]) -> Measured:
    """What the rules made of rows that were written: `counts` has their number for each verdict.

    Raises ExpectationFailed where a row fails a rule of `expect_or_fail`.
    """
    rows = sum(counts.values())
    passed = [
        sum(count for verdict, count in counts.items() if verdict[place] == "1") for place in range(len(expectations))
    ]
    results = tuple(
        ExpectationResult(e.name, dataset, e.action.value, passed_records=held, failed_records=rows - held)
        for e, held in zip(expectations, passed, strict=True)
    )
    failed = [result for result in results if result.action == Action.FAIL.value and result.failed_records]
    if failed:
        said = ", ".join(f"{result.name} ({result.failed_records:,} of {rows:,} rows)" for result in failed)
        raise ExpectationFailed(f"{dataset}: expectation failed: {said}. Nothing of this update was written to it.")
    dropped = sum(count for verdict, count in counts.items() if not is_kept(verdict, expectations))
    return Measured(rows, dropped, results)
