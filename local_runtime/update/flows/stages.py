"""The stages of a flow's micro-batch: read, checked by the table's rules, staged. Each embeds the one before it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from local_runtime.delta.actions import LogAction
from local_runtime.pipelines.datasets import Flow
from local_runtime.state.progress import ExpectationResult, Intake
from local_runtime.update.checked_rows import CheckedRows
from local_runtime.update.results import Refresh
from local_runtime.writing.writer import StagedRows

Partition = tuple[str | None, ...]


def partition_of(file: LogAction, partition_by: tuple[str, ...]) -> Partition:
    """The values of the partition that a file is of."""
    values = file.get("partitionValues") or {}
    return tuple(values.get(name) or None for name in partition_by)


@dataclass(frozen=True, kw_only=True)
class ReadBatch:
    """What a flow has read: what its commit takes in, and what rules made of the rows so far.

    `results` are those of the rules of the table and of the views that it reads; `dropped` counts the rows that the
    table's own rules dropped. `refresh` says how a materialized view is refreshed, `way` how rows of files reach the
    table.
    """

    flow: Flow
    intake: Intake
    results: tuple[ExpectationResult, ...] = ()
    dropped: int = 0
    refresh: Refresh | None = None
    way: str = ""

    def checked(self, rows: CheckedRows) -> "ReadBatch":
        """The batch with the results of the table's own rules."""
        return replace(self, results=(*self.results, *rows.results), dropped=rows.dropped)


@dataclass(frozen=True, kw_only=True)
class StagedBatch:
    """A batch whose rows an engine has written, ready to be committed.

    `parts` of the staged rows are committed. `produced` is how many rows the flow produced (None: as many as are
    committed). `removed` are the files that the rows replace.
    """

    batch: ReadBatch
    rows: StagedRows
    parts: Collection[str] = ("",)
    produced: int | None = None
    removed: tuple[LogAction, ...] = ()

    @property
    def count(self) -> int:
        """How many rows will be committed."""
        counts = self.rows.counts()
        return sum(counts.get(part, 0) for part in self.parts)


Completion = Callable[[StagedBatch], StagedBatch]
"""Completes a batch of some of a view's rows: with the files that they replace, and rows of these that stay."""
