"""Answers to a flow's reads: while it is validated, and while it runs."""

import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote

from pyspark.sql import DataFrame
from pyspark.sql.types import StructType

from local_runtime.auto_loader.loader import Fitting, Increment, as_they_are, columns_now, load_increment
from local_runtime.auto_loader.source import FileSource
from local_runtime.delta.actions import LogAction, TableVersion
from local_runtime.delta.data_files import check_files, lack_columns, lacks_partition
from local_runtime.delta.lake import Lake
from local_runtime.engines.paths import engine_path
from local_runtime.errors import LakehouseError, UnsupportedError
from local_runtime.graph.known_schemas import no_rows
from local_runtime.graph.no_rows import has_no_rows
from local_runtime.pipelines.code_errors import Interruption
from local_runtime.pipelines.datasets import Dataset
from local_runtime.state.file_ledger import FileLedger
from local_runtime.state.gained_files import gained_files
from local_runtime.state.progress import ExpectationResult, FlowProgress, Intake, SnapshotVersion
from local_runtime.state.row_versions import newest_change
from local_runtime.update.checked_rows import CheckedRows, check_rows
from local_runtime.update.partition_filter import is_of_partitions
from local_runtime.update.views import ReadsWithViews
from local_runtime.writing.writer import Writer

STREAM_BATCH = 512 * 2**20
"""Bytes of a table's files that a stream takes in at once, unless one commit of the table has more."""


class UnknownSchema(Interruption):
    """A dataset's columns can't be known before it is written."""


@dataclass(kw_only=True)
class EmptyReads(ReadsWithViews):
    """Answers with empty frames of the right columns, so that a flow can be analyzed before any data is touched."""

    schemas: Mapping[str, StructType]
    last: FlowProgress | None
    ledger: FileLedger

    def _table(self, name: str) -> DataFrame:
        if name not in self.schemas:
            raise UnknownSchema(name)
        return self.engine.createDataFrame([], self.schemas[name])

    _stream = _table

    def files(self, source: FileSource) -> DataFrame:
        """An empty frame with the columns that the source is read with."""
        known = self.last.intake.columns if self.last else {}
        return no_rows(self.engine, columns_now(source, known, self.ledger))


@dataclass(frozen=True)
class _PinnedTable:
    """A table at the version at which it is read, and the newest version that changed its rows."""

    version: int
    changed: TableVersion
    partition_by: tuple[str, ...]


def _all(rows: DataFrame) -> DataFrame:
    return rows


@dataclass(frozen=True)
class _Restriction:
    """Some files of a table, and which of their rows are read."""

    files: Sequence[LogAction]
    keep: Callable[[DataFrame], DataFrame]


@dataclass(kw_only=True)
class RunReads(ReadsWithViews):
    """Answers with the lake's tables, each pinned to one version, and with what streams gained since `last`.

    `last` is the flow's progress (None: all is new). `everything` reads all rows of streams. `fit` says how new files
    are staged: the rows of those that are staged in the table's columns aren't among those that are read. After the
    flow's function has returned, `tables`, `streams`, `increment` and `results` are what the commit of its rows must
    carry, and `asked` are the tables that it asked for, whether they are there or not.
    """

    lake: Lake
    staging: Path
    ledger: FileLedger
    last: FlowProgress | None = None
    everything: bool = False
    fit: Fitting = as_they_are
    streams: set[str] = field(default_factory=set)
    source: FileSource | None = None
    increment: Increment | None = None
    has_news: bool = False
    asked: set[str] = field(default_factory=set)
    _pins: dict[str, _PinnedTable] = field(default_factory=dict)
    _is_last: bool = True
    _only: dict[str, _Restriction] = field(default_factory=dict)
    _views: dict[str, CheckedRows] = field(default_factory=dict)

    @property
    def results(self) -> tuple[ExpectationResult, ...]:
        """What became of the rules of the views that were read."""
        return tuple(result for checked in self._views.values() for result in checked.results)

    @property
    def tables(self) -> dict[str, TableVersion]:
        """The tables that were read, each with the newest version that changed its rows."""
        return {name: pin.changed for name, pin in self._pins.items()}

    def pin(self, name: str) -> TableVersion:
        """Fixes the version at which this flow reads a table: the newest when it is read first.

        Raises LakehouseError where there is no such table.
        """
        self.asked.add(name)
        if name not in self._pins:
            log = self.lake.log(name)
            details = log.details()
            if details is None:
                raise LakehouseError(
                    f"Table {name} does not exist in {self.lake.root}: run the layer that writes it first."
                )
            changed = TableVersion(str(details.metadata["id"]), newest_change(log, details))
            self._pins[name] = _PinnedTable(
                details.version, changed, tuple(details.metadata.get("partitionColumns") or ())
            )
        return self._pins[name].changed

    def pin_as(self, other: "RunReads") -> "RunReads":
        """Reads the tables at the same versions as `other`."""
        self._pins = other._pins
        return self

    def version_of(self, name: str) -> int:
        """The version at which a table that was read is read."""
        return self._pins[name].version

    def restrict(self, name: str, files: Sequence[LogAction], keep: Callable[[DataFrame], DataFrame] = _all) -> None:
        """Reads only the rows of some files of a table, and of these those that `keep` gives."""
        self._only[name] = _Restriction(files, keep)

    def _rows_of_view(self, view: Dataset) -> DataFrame:
        """The rows of a view. One with a rule that warns or fails is computed here, once, and its rules are counted.

        With `everything` that isn't done again: it was, when the rows were new.
        """
        if view.drops_only or self.everything:
            return super()._rows_of_view(view)
        if view.name not in self._views:
            writer = Writer(self.engine, self.lake, has_no_rows)
            self._views[view.name] = check_rows(writer, view.name, self._given_by(view), view.expectations)
        return self._views[view.name].rows()

    def _table(self, name: str) -> DataFrame:
        self.pin(name)
        if name in self._only:
            return self._only[name].keep(self._rows_of_files(name, self._only[name].files))
        check_files(name, self.lake.log(name), self._pins[name].version)
        return self._whole(name)

    def _rows_of_files(self, name: str, files: Sequence[LogAction]) -> DataFrame:
        folder = self.lake.path(name)
        if lacks_partition(folder, files):
            return self._whole(name).filter(is_of_partitions(files))
        if not files:
            return self.engine.createDataFrame([], self._whole(name).schema)
        return self._rows_of(name, [folder / unquote(add["path"]) for add in files])

    def _whole(self, name: str) -> DataFrame:
        reader = self.engine.read.format("delta").option("versionAsOf", self._pins[name].version)
        return reader.load(engine_path(self.lake.root, self.lake.path(name)))

    def _stream(self, name: str) -> DataFrame:
        self.streams.add(name)
        now = self.pin(name)
        seen = self.last.intake.tables.get(name) if self.last and not self.everything else None
        if seen is None:
            self.has_news = True
            first = None if self.everything else self._upto(name, -1)
            if first is None or first == self._pins[name].version:
                return self._table(name)
            return self._gained(name, gained_files(name, self.lake.log(name), -1, first))
        if seen.table_id != now.table_id:
            raise LakehouseError(
                f"Table {name} was replaced by another since it was read last: refresh the reading table in full."
            )
        upto = self._upto(name, seen.version)
        files = gained_files(name, self.lake.log(name), seen.version, upto)
        table = self._whole(name)
        if not files:
            return table.limit(0)
        self.has_news = True
        return self._gained(name, files)

    def _gained(self, name: str, files: Sequence[Path]) -> DataFrame:
        """The rows of files that a table gained. Raises UnsupportedError if they have no partition columns."""
        if lack_columns(files, self._pins[name].partition_by):
            raise UnsupportedError(
                f"Table {name} gained files of another program, which don't hold the columns of their partitions, so a "
                "stream can't read them here. Refresh the reading table in full."
            )
        return self._rows_of(name, files)

    def _rows_of(self, name: str, files: Sequence[Path]) -> DataFrame:
        schema = self._whole(name).schema
        return self.engine.read.schema(schema).parquet(*(engine_path(self.lake.root, file) for file in files))

    def _upto(self, name: str, after: int) -> int:
        """The version of a stream's source that ends the next micro-batch, which has one version at least.

        It is the newest one where entries are gone or rows were changed; `gained_files` refuses that.
        """
        log, newest = self.lake.log(name), self._pins[name].version
        available, size, upto = {*log.versions()}, 0, after
        while upto < newest:
            entry = log.entry(upto + 1) if upto + 1 in available else None
            if entry is None or entry.removes_data or entry.info.get("operation") == "RESTORE":
                return newest
            size += sum(add["size"] for add in entry.added)
            if size > STREAM_BATCH and upto > after:
                break
            upto += 1
        if upto < newest:
            self._is_last = False
            self._pins[name] = replace(self._pins[name], changed=replace(self._pins[name].changed, version=upto))
        return upto

    def files(self, source: FileSource) -> DataFrame:
        """The rows of the source's new files, staged as Parquet."""
        if self.everything:
            raise UnsupportedError(
                "AUTO CDC needs its changes in a table: ingest the files into a streaming table first."
            )
        if self.source is not None:
            raise UnsupportedError(
                f"{source.path}: a flow can read one cloudFiles source here; use append flows for more."
            )
        self.source = source
        known = self.last.intake.columns if self.last else {}
        # A new name for each micro-batch: engines may cache files by their names.
        self.staging = self.staging / uuid.uuid4().hex
        self.increment = load_increment(source, known, self.ledger, self.staging, self.fit)
        if self.increment is None:
            return no_rows(self.engine, columns_now(source, known, self.ledger))
        self.has_news = True
        if not self.increment.staged or self.increment.final:
            return no_rows(self.engine, self.increment.ddl)
        staged = [engine_path(self.lake.root, path) for path in self.increment.staged]
        return self.engine.read.schema(self.increment.ddl).parquet(*staged)

    def intake(
        self, snapshot_version: SnapshotVersion | None = None, applied: tuple[SnapshotVersion, ...] = ()
    ) -> Intake:
        """What the flow has taken in with the rows of its tables; of snapshots, the version and all `applied` ones."""
        return Intake(
            tables=self.tables,
            streams=frozenset(self.streams),
            snapshot_version=snapshot_version,
            applied=applied,
        )

    @property
    def is_last(self) -> bool:
        """Whether nothing new is left in the flow's sources."""
        return self._is_last and (self.increment is None or self.increment.is_last)

    def discard_staged(self) -> None:
        """Deletes what was staged, once it is committed."""
        shutil.rmtree(self.staging, ignore_errors=True)
        for checked in self._views.values():
            checked.discard()
