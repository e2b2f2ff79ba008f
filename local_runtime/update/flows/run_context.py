"""What the tables of one run share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from local_runtime.auto_loader.formats.lines import ReadBefore
from local_runtime.delta.lake import Lake
from local_runtime.graph.dataset_graph import Graph
from local_runtime.graph.no_rows import has_no_rows
from local_runtime.writing.writer import Writer

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run: `code` is the hash of each table's code, `full_refresh` names the tables to rebuild from all sources.

    `files_read` are the landed files that its flows have read whole.
    """

    engine: "SparkSession"
    graph: Graph
    lake: Lake
    update_id: str
    code: Mapping[str, str]
    full_refresh: frozenset[str] = frozenset()
    files_read: ReadBefore = field(default_factory=ReadBefore)

    @cached_property
    def writer(self) -> Writer:
        """The one writer."""
        return Writer(self.engine, self.lake, has_no_rows)
