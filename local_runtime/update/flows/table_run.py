"""One table's part in a run: its progress, and the commits that carry it on."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import unquote

from pyspark.sql import Column, DataFrame
from pyspark.sql.types import StructType

from local_runtime.delta.actions import LogAction, TableSnapshot, rows_in
from local_runtime.delta.data_files import check_files, lacks_partition
from local_runtime.delta.ddl import nullable_columns
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.engines.paths import engine_path
from local_runtime.errors import LakehouseError
from local_runtime.pipelines.datasets import Dataset, Flow, Kind
from local_runtime.pipelines.injected_spark import answered_by
from local_runtime.state.file_ledger import FileLedger
from local_runtime.state.legacy_progress import legacy_progress
from local_runtime.state.progress import FlowProgress, Metrics, TableProgress, progress_of
from local_runtime.state.row_versions import newest_change
from local_runtime.update.checked_rows import CheckedRows, check_rows
from local_runtime.update.expectations import RETAINED, check_failing_rules, sum_results
from local_runtime.update.flows.context import Run, Taken
from local_runtime.update.flows.continuity import check_same, check_sources, history_of, is_carried_on, kind_of
from local_runtime.update.partition_filter import is_of_partitions
from local_runtime.update.reads import RunReads
from local_runtime.update.results import Refresh, Result
from local_runtime.writing.same_rows import has_same_rows
from local_runtime.writing.writer import Mode, StagedRows

Answer = TypeVar("Answer")


class TableRun:
    """A table while its flows run."""

    def __init__(self, run: Run, dataset: Dataset) -> None:
        self.run, self.dataset = run, dataset
        self.log: DeltaLog = run.lake.log(dataset.name)
        self.code = run.code[dataset.name]
        self.refresh = dataset.name in run.full_refresh
        # A full refresh replaces the table by its first flow's first commit; later ones append to that.
        self._replace = self.refresh and self.log.exists()
        found = None if self.refresh else self._found()
        self._progress = found or TableProgress(run.update_id, version=-1, rows=0, flows={})

    def _found(self) -> TableProgress | None:
        """The progress that the table carries; None for a table without rows.

        Raises LakehouseError for rows whose origin nothing tells: they could be loaded twice.
        """
        flows = {flow.name: kind_of(self.dataset, flow) for flow in self.dataset.flows}
        found = progress_of(self.log) or legacy_progress(self.log, flows)
        if found is not None and is_carried_on(self.dataset, found.flows):
            return found
        snapshot = self.log.snapshot()
        if snapshot is not None and rows_in(self.log.path, snapshot):
            raise self._unknown_rows(sorted(found.flows.keys() - flows.keys()) if found else [])
        return None

    def _unknown_rows(self, gone: list[str]) -> LakehouseError:
        """Why the table can't go on: it has rows of flows that are `gone`, or of nobody knows what."""
        if gone:
            why = (
                f"has rows of the flow {', '.join(gone)}, which is gone, so what to do with them, and with its changes "
                "to come, is unknown. Bring the flow back"
            )
        else:
            why = (
                "has rows, and nothing says which sources they are from: another program wrote it, or its log was cut "
                "when it still was the memory of what was loaded. Loading could double rows, so nothing was done. "
                "Bring the table back as it was"
            )
        return LakehouseError(
            f"Table {self.dataset.name} {why}, or build it anew from all that its sources have: "
            f"`./lakehouse run --full-refresh {self.dataset.name}`."
        )

    @property
    def must_write(self) -> bool:
        """Whether the table has to be written even where there is no news: it isn't there, or is to be built anew."""
        return self._replace or not self.log.exists()

    @property
    def is_as_written(self) -> bool:
        """Whether the table's rows are those of this runtime's last commit: no other program changed them."""
        details = self.log.details()
        return details is not None and newest_change(self.log, details) == self._progress.changed

    def last(self, flow: Flow) -> FlowProgress | None:
        """How far the flow has come; None where it has not run yet.

        Raises LakehouseError where the flow of that name was another one.
        """
        found = self._progress.flows.get(flow.name)
        if found is not None:
            check_same(self.dataset, flow, found)
        return found

    def check_sources(self, flow: Flow, reads: RunReads) -> None:
        """Raises LakehouseError where the flow streams from other sources than those that its progress is of."""
        check_sources(self.dataset, flow, self.last(flow), reads.streams, reads.source)

    def reads(self, flow: Flow, everything: bool = False) -> RunReads:
        """Answers for the flow's reads, from where it has come to."""
        last = self.last(flow)
        return RunReads(
            self.run.engine,
            self.dataset.pipeline.schema,
            self.run.graph.datasets,
            self.run.lake,
            self.run.lake.staging / self.dataset.name / flow.name,
            FileLedger(self.log.path, last.files if last else ()),
            last,
            everything,
        )

    def call(self, reads: RunReads, function: Callable[..., Answer], *arguments: Any) -> Answer:
        """What a flow's function gives, with its reads answered.

        Raises LakehouseError where it read a table of its own pipeline that it didn't read when it was traced: nothing
        made that table be written first, so what was read may be an old version of it.
        """
        try:
            with answered_by(reads):
                return function(*arguments)
        finally:
            self._check_asked(reads.asked)

    def _check_asked(self, tables: set[str]) -> None:
        own = set(self.run.graph.stored(self.dataset.pipeline))
        unknown = sorted((tables & own) - self.run.graph.tables_read(self.dataset.name))
        if unknown:
            raise LakehouseError(
                f"{self.dataset.name}: its function reads {', '.join(unknown)} of its own pipeline after an action, "
                "or in some of its calls only. So nothing orders the two tables, and an old version could be taken. "
                "Read it (spark.read.table) at the function's beginning, before anything else."
            )

    def current(self) -> DataFrame:
        """The table's rows as they are. Raises LakehouseError where a file of them is gone."""
        check_files(self.dataset.name, self.log)
        return self.run.engine.read.format("delta").load(engine_path(self.run.lake.root, self.log.path))

    def snapshot(self) -> TableSnapshot | None:
        """The table as it is, with its files. Raises LakehouseError where one of them is gone."""
        check_files(self.dataset.name, self.log)
        return self.log.snapshot()

    def rows_of(self, files: Sequence[LogAction]) -> DataFrame:
        """The rows of some of the table's files: all those of some of its partitions."""
        snapshot = self.log.details()
        assert snapshot is not None
        schema = nullable_columns(StructType.fromJson(json.loads(snapshot.metadata["schemaString"])))
        if not files:
            return self.run.engine.createDataFrame([], schema)
        if lacks_partition(self.log.path, files):
            return self.current().filter(is_of_partitions(files))
        paths = [engine_path(self.run.lake.root, self.log.path / unquote(add["path"])) for add in files]
        return self.run.engine.read.schema(schema).parquet(*paths)

    def write_measured(
        self,
        flow: Flow,
        rows: DataFrame,
        mode: Mode,
        taken: Taken,
        result: Result,
        removed: Sequence[LogAction] = (),
        within: Collection[tuple[str | None, ...]] | None = None,
    ) -> None:
        """Holds the rows to the table's rules, and commits those that are kept: the query runs once.

        `removed` are the files that they replace, in the mode "replace"; they must be of the partitions `within`.
        Raises LakehouseError where they aren't, ExpectationFailed where a row fails a rule of `expect_or_fail`, and
        RuleError where a rule raises.
        """
        rules = self.dataset.expectations
        if not rules:
            self._finish(flow, self.stage(rows, mode), taken, result, None, ("",), removed, within)
            return
        self.dataset.check_schema(rows.schema)
        checked = self.check_rows(rows, mode, self.dataset.partition_cols)
        self._finish(flow, checked.staged, taken.under_rules(checked), result, checked.count, RETAINED, removed, within)

    def check_rows(
        self,
        rows: DataFrame,
        mode: Mode = "overwrite",
        partition_by: tuple[str, ...] = (),
        exempt: Column | None = None,
    ) -> CheckedRows:
        """The rows under the table's rules, as `check_rows` has them.

        Raises ExpectationFailed where a row fails a rule of `expect_or_fail`, and RuleError where a rule raises.
        """
        name = self.dataset.name
        checked = check_rows(
            self.run.writer, name, rows, self.dataset.expectations, self._mode(mode), partition_by, exempt
        )
        check_failing_rules(name, checked.results)
        return checked

    def _finish(
        self,
        flow: Flow,
        staged: StagedRows,
        taken: Taken,
        result: Result,
        rows_in: int | None,
        kept: Collection[str],
        removed: Sequence[LogAction],
        within: Collection[tuple[str | None, ...]] | None,
    ) -> None:
        """Commits measured rows; those of a view that are the very rows that it has are not written again."""
        self._check_partitions(staged, within)
        if self.dataset.kind is Kind.MATERIALIZED_VIEW and staged.mode == "overwrite" and not self._replace:
            there = staged.before
            if there is not None and has_same_rows(self.log, there, staged, kept):
                rows_in = sum(staged.counts().get(part, 0) for part in kept) if rows_in is None else rows_in
                if taken.refresh:
                    same = Refresh(taken.refresh.technique, f"{taken.refresh.reason}; its rows are the same as before")
                    taken = replace(taken, refresh=same)
                    result.refresh = same
                staged = staged.without_files()
        self.commit(flow, staged, taken, result, rows_in, kept, removed)

    def _check_partitions(self, staged: StagedRows, within: Collection[tuple[str | None, ...]] | None) -> None:
        found = {tuple(values.values()) for values in staged.partitions.values()}
        outside = found - {*within} if within is not None else set()
        if outside:
            raise LakehouseError(
                f"{self.dataset.name}: its query gave rows of other partitions ({sorted(outside, key=repr)[0]}) than "
                f"it was asked for. `./lakehouse run --full-refresh {self.dataset.name}` builds it anew."
            )

    def write(
        self, flow: Flow, rows: DataFrame, mode: Mode, taken: Taken, result: Result, rows_in: int | None = None
    ) -> None:
        """Commits the rows with what was taken in; `rows_in` None: as many as are written."""
        self.commit(flow, self.stage(rows, mode), taken, result, rows_in)

    def stage(self, rows: DataFrame, mode: Mode, part: str | None = None) -> StagedRows:
        """Has the engine write the rows, for `commit`; `part` as `Writer.stage`."""
        self.dataset.check_schema(rows.drop(part).schema if part else rows.schema)
        return self.run.writer.stage(self.dataset.name, rows, self._mode(mode), part, self.dataset.partition_cols)

    def _mode(self, mode: Mode) -> Mode:
        return "overwrite" if self._replace else mode

    def commit(
        self,
        flow: Flow,
        staged: StagedRows,
        taken: Taken,
        result: Result,
        rows_in: int | None,
        kept: Collection[str] = ("",),
        removed: Sequence[LogAction] = (),
    ) -> None:
        """Commits staged rows, those of the `kept` parts, with what was taken in; else as `write`.

        Raises ExpectationFailed where a row of a view fails a rule of `expect_or_fail`.
        """
        check_failing_rules(self.dataset.name, taken.results)
        result.expectations = sum_results(result.expectations, taken.results)
        result.dropped += taken.dropped
        progress = FlowProgress(
            kind_of(self.dataset, flow),
            self.code,
            taken.tables,
            taken.streams,
            taken.files,
            taken.columns,
            taken.snapshot,
            Metrics(None if rows_in is None else result.rows_in + rows_in, result.dropped, tuple(result.expectations)),
            taken.folder,
            history_of(flow),
            f"{taken.refresh.technique}: {taken.refresh.reason}" if taken.refresh else "",
        )
        self._progress = replace(self._progress.with_flow(flow.name, progress), update=self.run.update_id)
        written = self.run.writer.commit_rows(
            staged,
            self._progress,
            kept,
            declared=self.dataset.schema,
            comment=self.dataset.comment,
            properties=self.dataset.properties,
            removed=removed,
        )
        self._replace = False
        result.commits += 1
        result.rows_in += written if rows_in is None else rows_in
        result.rows_out += written
