"""What the tables of a run share, and what a flow has taken in with a commit."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from local_runtime.delta.actions import TableVersion
from local_runtime.delta.lake import Lake
from local_runtime.graph.dataset_graph import Graph
from local_runtime.state.file_ledger import Segment
from local_runtime.state.progress import ExpectationResult, SnapshotVersion
from local_runtime.update.checked_rows import CheckedRows
from local_runtime.update.results import Refresh
from local_runtime.writing.writer import Writer

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession


@dataclass(frozen=True)
class Run:
    """What the tables of one run share; `full_refresh` names those to build anew from all of their sources."""

    engine: "SparkSession"
    graph: Graph
    lake: Lake
    update_id: str
    code: Mapping[str, str]
    """For each table the hash of the code that defines it."""
    full_refresh: frozenset[str] = frozenset()

    @cached_property
    def writer(self) -> Writer:
        """The one writer."""
        return Writer(self.engine, self.lake)


@dataclass(frozen=True)
class Taken:
    """What a flow has taken in with a commit: source tables, those read as streams, files, columns, the snapshot.

    `folder` are names of the folder that the files come from. `results` are those of its own rules and of the rules of
    views, `dropped` is how many rows its own dropped.
    """

    tables: Mapping[str, TableVersion] = field(default_factory=dict)
    streams: frozenset[str] = frozenset()
    files: tuple[Segment, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    snapshot: SnapshotVersion | None = None
    folder: tuple[str, ...] = ()
    refresh: Refresh | None = None
    results: tuple[ExpectationResult, ...] = ()
    dropped: int = 0

    def under_rules(self, checked: CheckedRows) -> "Taken":
        """The same, with what the table's own rules made of the rows."""
        return replace(self, results=(*self.results, *checked.results), dropped=checked.dropped)
