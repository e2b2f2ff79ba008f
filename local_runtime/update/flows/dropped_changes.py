"""The rules of an AUTO CDC table: a change is held to them once, when its flow takes it in.

A change that they drop is as if it had never come. AUTO CDC looks at all changes of a key whenever one comes, so those
that were dropped are remembered beside the table, and left out from then on. So a rule that is new, or that looks at
the clock, never rewrites the history of changes that were taken in before.
"""

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from local_runtime.lake.ddl import nullable_columns
from local_runtime.lake.paths import plain
from local_runtime.lake.segments import Segment, Segments
from local_runtime.pipelines.datasets import AutoCdcFlow
from local_runtime.update import auto_cdc
from local_runtime.update.checked_rows import CheckedRows
from local_runtime.update.expectations import EXEMPT, KEPT
from local_runtime.update.flows.table_run import TableRun


class DroppedChanges(Segments):
    """The changes of a flow that rules dropped: the columns that the table has of them, and `__sequence`."""

    CONTENT = "says which changes the rules of the table {} dropped"
    CONSEQUENCE = "Nothing is applied, because they would come back."


@dataclass(frozen=True)
class CheckedChanges:
    """Changes under the table's rules: those that stay; `dropped` are all of the flow's that ever were dropped.

    `checked` is what the rules made of these (None: there is no rule).
    """

    events: DataFrame
    dropped: tuple[Segment, ...]
    checked: CheckedRows | None = None

    def forget(self) -> None:
        """Deletes what was written of the changes."""
        if self.checked is not None:
            self.checked.forget()


def check_changes(table: TableRun, flow: AutoCdcFlow, events: DataFrame) -> CheckedChanges:
    """Holds changes that the flow takes in to the table's rules. Deletes are exempt: they write no row.

    Raises ExpectationFailed where one fails a rule of `expect_or_fail`, and RuleError where a rule raises.
    """
    before = _dropped(table, flow)
    if not table.dataset.expectations:
        return CheckedChanges(events, before.segments)
    checked = table.check_rows(events, exempt=F.col("__delete"))
    return CheckedChanges(checked.rows((*KEPT, EXEMPT)), before.append_files(checked.dropped_files), checked)


def without_dropped(table: TableRun, events: DataFrame, dropped: tuple[Segment, ...]) -> DataFrame:
    """The changes without those that were dropped."""
    if not dropped:
        return events
    segments = DroppedChanges(table.log.path, dropped)
    paths = [plain(table.run.lake.root, path) for path in segments.paths()]
    schema = nullable_columns(events.schema)
    return auto_cdc.without(events, table.run.engine.read.schema(schema).parquet(*paths))


def dropped_before(table: TableRun, flow: AutoCdcFlow) -> tuple[Segment, ...]:
    """The flow's changes that rules have dropped, as of its last commit."""
    return _dropped(table, flow).segments


def _dropped(table: TableRun, flow: AutoCdcFlow) -> DroppedChanges:
    last = table.last(flow)
    return DroppedChanges(table.log.path, last.dropped_changes if last else ())
