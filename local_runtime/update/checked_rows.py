"""Rows under their rules, computed and written once: what is counted is what is written (docs/decisions/0014)."""

import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame
from pyspark.sql.types import StringType, StructField, StructType

from local_runtime.errors import RuleError, first_line
from local_runtime.pipelines.datasets import Expectation
from local_runtime.state.progress import ExpectationResult
from local_runtime.update.expectations import (
    FAILED,
    RETAINED,
    VERDICT,
    WARNED,
    expectation_results,
    failures,
    schema_under_rules,
    with_verdicts,
)
from local_runtime.writing.writer import Mode, StagedRows, Writer


@dataclass(frozen=True)
class CheckedRows:
    """Rows of a dataset as the engine has written them, apart by their verdicts, and the results of its rules."""

    writer: Writer
    staged: StagedRows
    results: tuple[ExpectationResult, ...]

    @property
    def count(self) -> int:
        """How many rows there are, whatever becomes of them."""
        return sum(self.staged.counts().values())

    @property
    def dropped(self) -> int:
        """How many rows the rules drop."""
        return self.staged.counts().get(FAILED, 0)

    def rows(self, verdicts: Collection[str] = RETAINED) -> DataFrame:
        """The rows of these verdicts."""
        return self.writer.rows_of(self.staged, verdicts)

    def discard(self) -> None:
        """Deletes what was written."""
        for folder in self.staged.folders:
            shutil.rmtree(folder, ignore_errors=True)


def check_rows(
    writer: Writer,
    dataset: str,
    rows: DataFrame,
    rules: Sequence[Expectation],
    mode: Mode = "overwrite",
    partition_by: tuple[str, ...] = (),
    exempt: Column | None = None,
    schema: StructType | None = None,
) -> CheckedRows:
    """Applies the rules to the rows, except for `exempt` ones; mode, partitions and schema as in `Writer.stage`.

    Raises RuleError where the query or a rule raises.
    """
    columns = schema or schema_under_rules(dataset, rows, rules)
    schema = StructType([*columns.fields, StructField(VERDICT, StringType())])
    try:
        staged = writer.stage(dataset, with_verdicts(rows, rules, exempt), mode, VERDICT, partition_by, schema)
        failing = writer.staged_rows(staged, (WARNED, FAILED))
        failed = failures(failing, rules) if failing else [0] * len(rules)
    except PySparkException as error:
        raise RuleError(f"{dataset}: its query or one of its expectations raises: {first_line(error)}") from error
    counts = staged.counts()
    checked = sum(counts.get(verdict, 0) for verdict in (*RETAINED, FAILED))
    return CheckedRows(writer, staged, expectation_results(dataset, checked, failed, rules))
