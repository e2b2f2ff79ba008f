"""The rules of an AUTO CDC table: a change is checked against them once, when its flow takes it in.

A change that they drop is as if it had never come. AUTO CDC looks at all changes of a key whenever one comes, so those
that were dropped are remembered beside the table, and left out from then on. So a rule that is new, or that looks at
the clock, never rewrites the history of changes that were taken in before.
"""

from dataclasses import dataclass

from pyspark.sql import DataFrame

from local_runtime.lake.ddl import nullable_columns
from local_runtime.lake.paths import plain
from local_runtime.lake.segments import Segment, Segments
from local_runtime.pipelines.datasets import AutoCdcFlow
from local_runtime.update.checked_rows import CheckedRows
from local_runtime.update.expectations import EXEMPT, KEPT
from local_runtime.update.flows.change_rows import is_delete
from local_runtime.update.flows.table_run import TableRun


class DroppedChanges(Segments):
    """The changes of a flow that rules dropped, as rows of its source."""

    CONTENT = "says which changes the rules of the table {} dropped"
    CONSEQUENCE = "Nothing is applied, because they would come back."


@dataclass(frozen=True)
class CheckedChanges:
    """Rows of a flow's source under the table's rules: those that stay.

    `dropped` are all of the flow's that ever were dropped, `checked` is what the rules made of these rows (None: there
    is no rule).
    """

    rows: DataFrame
    dropped: tuple[Segment, ...]
    checked: CheckedRows | None = None

    def forget(self) -> None:
        """Deletes what was written of the rows."""
        if self.checked is not None:
            self.checked.forget()


def check_changes(table: TableRun, flow: AutoCdcFlow, rows: DataFrame) -> CheckedChanges:
    """Checks changes that the flow takes in against the table's rules. Deletes are exempt: they write no row.

    Raises ExpectationFailed where one fails a rule of `expect_or_fail`, and RuleError where a rule raises.
    """
    before = dropped_changes(table, flow)
    if not table.dataset.expectations:
        return CheckedChanges(rows, before.segments)
    checked = table.check_rows(rows, exempt=is_delete(flow))
    return CheckedChanges(checked.rows((*KEPT, EXEMPT)), before.append_files(checked.dropped_files), checked)


def dropped_changes(table: TableRun, flow: AutoCdcFlow) -> DroppedChanges:
    """The flow's changes that rules have dropped, as of its last commit."""
    last = table.last(flow)
    return DroppedChanges(table.log.path, last.dropped_changes if last else ())


def rows_of(table: TableRun, dropped: tuple[Segment, ...], source: DataFrame) -> DataFrame | None:
    """Changes that were dropped, with the columns of the flow's source; None where there are none."""
    if not dropped:
        return None
    paths = [plain(table.run.lake.root, path) for path in DroppedChanges(table.log.path, dropped).paths()]
    return table.run.engine.read.schema(nullable_columns(source.schema)).parquet(*paths)
