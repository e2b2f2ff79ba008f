"""One table's part in a run: the stages through which its flows take what they read, up to a commit."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import unquote

from pyspark.sql import Column, DataFrame
from pyspark.sql.types import StructType

from local_runtime.auto_loader.few_files import with_few_files
from local_runtime.auto_loader.loader import Fitting, Increment, as_they_are
from local_runtime.delta.actions import LogAction, TableSnapshot
from local_runtime.delta.data_files import check_files, lacks_partition
from local_runtime.delta.ddl import nullable_columns
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.delta.run_again import run_command
from local_runtime.engines.paths import engine_path
from local_runtime.errors import LakehouseError
from local_runtime.pipelines.datasets import Dataset, Flow, Kind
from local_runtime.pipelines.injected_spark import answered_by
from local_runtime.state.file_ledger import FileLedger
from local_runtime.state.progress import FlowProgress, Metrics, TableProgress
from local_runtime.state.row_versions import newest_change
from local_runtime.update.checked_rows import CheckedRows, check_rows
from local_runtime.update.expectations import (
    RETAINED,
    check_failing_rules,
    expectation_results,
    failures_in,
    schema_under_rules,
    sum_results,
)
from local_runtime.update.flows.continuity import check_same, check_sources, flow_kind, history_of
from local_runtime.update.flows.resume import resume
from local_runtime.update.flows.run_context import Run
from local_runtime.update.flows.stages import Completion, Partition, ReadBatch, StagedBatch, partition_of
from local_runtime.update.partition_filter import is_of_partitions
from local_runtime.update.reads import RunReads
from local_runtime.update.results import Refresh, Result
from local_runtime.writing.same_rows import has_same_rows
from local_runtime.writing.writer import Mode, StagedRows

Returned = TypeVar("Returned")


class TableRun:
    """A table while its flows run."""

    def __init__(self, run: Run, dataset: Dataset) -> None:
        self.run, self.dataset = run, dataset
        self.log: DeltaLog = run.lake.log(dataset.name)
        self.code = run.code[dataset.name]
        refresh = dataset.name in run.full_refresh
        # A full refresh replaces the table by its first flow's first commit; later ones append to that.
        self._replace = refresh and self.log.exists()
        carried = None if refresh else resume(run.lake, dataset)
        self._progress = carried or TableProgress(run.update_id, version=-1, rows=0, flows={})

    @property
    def must_write(self) -> bool:
        """Whether the table has to be written even without news: it doesn't exist yet, or is rebuilt."""
        return self._replace or not self.log.exists()

    @property
    def is_as_written(self) -> bool:
        """Whether the table's rows are those of this runtime's last commit: no other program changed them."""
        details = self.log.details()
        return details is not None and newest_change(self.log, details) == self._progress.changed

    @property
    def rows(self) -> int:
        """The table's rows after this runtime's last commit."""
        return self._progress.rows

    def last(self, flow: Flow) -> FlowProgress | None:
        """How far the flow has come; None where it has not run yet.

        Raises LakehouseError where the flow of that name was a different one.
        """
        progress = self._progress.flows.get(flow.name)
        if progress is not None:
            check_same(self.run.lake, self.dataset, flow, progress)
        return progress

    def check_sources(self, flow: Flow, reads: RunReads) -> None:
        """Raises LakehouseError where the flow streams from other sources than its progress says."""
        check_sources(self.run.lake, self.dataset, flow, self.last(flow), reads.streams, reads.source)

    def reads(self, flow: Flow, everything: bool = False, fit: Fitting = as_they_are) -> RunReads:
        """Answers the flow's reads, from where it has come to."""
        last = self.last(flow)
        return RunReads(
            engine=self.run.engine,
            schema=self.dataset.pipeline.schema,
            datasets=self.run.graph.datasets,
            lake=self.run.lake,
            staging=self.run.lake.staging / self.dataset.name / flow.name,
            ledger=FileLedger(self.log.path, last.intake.files if last else ()),
            last=last,
            everything=everything,
            fit=fit,
        )

    def call(self, reads: RunReads, function: Callable[..., Returned], *arguments: Any) -> Returned:
        """What a flow's function returns, with its reads answered.

        Raises LakehouseError where it read a table of its own pipeline that it didn't read when it was traced: nothing
        ordered the two tables, so what was read may be an old version.
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
        """The table's current rows. Raises LakehouseError if one of its files is missing."""
        check_files(self.dataset.name, self.log)
        return self.run.engine.read.format("delta").load(engine_path(self.run.lake.root, self.log.path))

    def snapshot(self) -> TableSnapshot | None:
        """The table's current version with its files. Raises LakehouseError if one of them is missing."""
        check_files(self.dataset.name, self.log)
        return self.log.snapshot()

    def rows_of(self, files: Sequence[LogAction]) -> DataFrame:
        """The rows of some of the table's files: all those of some of its partitions."""
        details = self.log.details()
        assert details is not None
        schema = nullable_columns(StructType.fromJson(json.loads(details.metadata["schemaString"])))
        if not files:
            return self.run.engine.createDataFrame([], schema)
        if lacks_partition(self.log.path, files):
            return self.current().filter(is_of_partitions(files))
        paths = [engine_path(self.run.lake.root, self.log.path / unquote(add["path"])) for add in files]
        return self.run.engine.read.schema(schema).parquet(*paths)

    def write_checked(
        self, batch: ReadBatch, rows: DataFrame, mode: Mode, result: Result, complete: Completion | None = None
    ) -> None:
        """Stages the rows under the table's rules, and commits those that are kept: the query runs once.

        Raises ExpectationFailed where a row fails a rule of `expect_or_fail`, RuleError where a rule raises, and what
        `complete` does.
        """
        staged = self._staged_under_rules(batch, rows, mode)
        self.commit(complete(staged) if complete else self._without_same_rows(staged), result)

    def _staged_under_rules(self, batch: ReadBatch, rows: DataFrame, mode: Mode) -> StagedBatch:
        if not self.dataset.expectations:
            return StagedBatch(batch=batch, rows=self.stage(rows, mode))
        # As validation asks for it, so that the engine isn't asked again.
        schema = schema_under_rules(self.dataset.name, rows, self.dataset.expectations)
        self.dataset.check_schema(schema)
        checked = self.check_rows(rows, mode, self.dataset.partition_cols, schema=schema)
        return StagedBatch(batch=batch.checked(checked), rows=checked.staged, parts=RETAINED, produced=checked.count)

    def check_rows(
        self,
        rows: DataFrame,
        mode: Mode = "overwrite",
        partition_by: tuple[str, ...] = (),
        exempt: Column | None = None,
        schema: StructType | None = None,
    ) -> CheckedRows:
        """The rows under the table's rules, as `check_rows` stages them.

        Raises ExpectationFailed where a row fails a rule of `expect_or_fail`, and RuleError where a rule raises.
        """
        name, rules, mode = self.dataset.name, self.dataset.expectations, self._mode(mode)
        checked = check_rows(self.run.writer, name, rows, rules, mode, partition_by, exempt, schema)
        check_failing_rules(name, checked.results)
        return checked

    def commit_as_staged(self, batch: ReadBatch, increment: Increment, columns: StructType, result: Result) -> None:
        """Commits rows that are staged in the table's columns, and counts its rules, which all are tests for null.

        Raises ExpectationFailed where a row fails a rule of `expect_or_fail`.
        """
        name, rules, partition_by = self.dataset.name, self.dataset.expectations, self.dataset.partition_cols
        assert increment.final is not None
        files = with_few_files(increment.final, increment.files, partition_by)
        rows = self.run.writer.adopt(name, files, self._mode("append"), columns, partition_by)
        count = sum(rows.counts().values())
        failed = [failures_in(files, rule, columns.names) for rule in rules]
        checked = replace(batch, results=(*batch.results, *expectation_results(name, count, failed, rules)))
        self.commit(StagedBatch(batch=checked, rows=rows, produced=count if rules else None), result)

    def with_partitions_replaced(self, staged: StagedBatch, partitions: frozenset[Partition]) -> StagedBatch:
        """The batch as the new rows of these partitions. Raises LakehouseError for rows of others."""
        outside = {tuple(values.values()) for values in staged.rows.partitions.values()} - partitions
        if outside:
            raise LakehouseError(
                f"{self.dataset.name}: its query returned rows of other partitions ({sorted(outside, key=repr)[0]}) "
                f"than it was asked for. `{run_command(self.run.lake, [self.dataset.name])}` rebuilds it."
            )
        snapshot, by = self.snapshot(), self.dataset.partition_cols
        files = snapshot.files.values() if snapshot else ()
        removed = tuple(add for add in files if partition_of(add, by) in partitions)
        if not removed and not staged.count:
            return replace(staged, rows=staged.rows.without_files())
        return replace(staged, removed=removed)

    def _without_same_rows(self, staged: StagedBatch) -> StagedBatch:
        """The batch without its rows where they are exactly those that the view has: its files stay as they are."""
        current = staged.rows.before
        if self.dataset.kind is not Kind.MATERIALIZED_VIEW or staged.rows.mode != "overwrite" or self._replace:
            return staged
        if current is None or not has_same_rows(self.log, current, staged.rows, staged.parts):
            return staged
        batch, refresh = staged.batch, staged.batch.refresh
        if refresh:
            batch = replace(
                batch, refresh=Refresh(refresh.technique, f"{refresh.reason}; its rows are the same as before")
            )
        produced = staged.count if staged.produced is None else staged.produced
        return replace(staged, batch=batch, rows=staged.rows.without_files(), produced=produced)

    def write(self, batch: ReadBatch, rows: DataFrame, mode: Mode, result: Result, produced: int | None = None) -> None:
        """Commits the rows; `produced` None: the flow produced as many."""
        self.commit(StagedBatch(batch=batch, rows=self.stage(rows, mode), produced=produced), result)

    def stage(self, rows: DataFrame, mode: Mode, part: str | None = None) -> StagedRows:
        """Has the engine write the rows, for `commit`; `part` as `Writer.stage`."""
        self.dataset.check_schema(rows.drop(part).schema if part else rows.schema)
        return self.run.writer.stage(self.dataset.name, rows, self._mode(mode), part, self.dataset.partition_cols)

    def _mode(self, mode: Mode) -> Mode:
        return "overwrite" if self._replace else mode

    def commit(self, staged: StagedBatch, result: Result) -> None:
        """Commits a batch and the flow's progress with it, and counts it in the result.

        Raises ExpectationFailed where a row of a view fails a rule of `expect_or_fail`.
        """
        batch = staged.batch
        check_failing_rules(self.dataset.name, batch.results)
        result.expectations = sum_results(result.expectations, batch.results)
        result.dropped += batch.dropped
        result.refresh = batch.refresh
        self._progress = self._progress_with(staged, result)
        written = self.run.writer.commit_rows(
            staged.rows,
            self._progress,
            staged.parts,
            declared=self.dataset.schema,
            comment=self.dataset.comment,
            properties=self.dataset.properties,
            removed=staged.removed,
        )
        self._replace = False
        result.commits += 1
        result.rows_in += written if staged.produced is None else staged.produced
        result.rows_out += written

    def _progress_with(self, staged: StagedBatch, result: Result) -> TableProgress:
        """The table's progress after the commit of a batch; `result` has counted all of the batch except its rows."""
        batch, refresh = staged.batch, staged.batch.refresh
        rows_in = None if staged.produced is None else result.rows_in + staged.produced
        progress = FlowProgress(
            kind=flow_kind(self.dataset, batch.flow),
            code=self.code,
            intake=batch.intake,
            metrics=Metrics(rows_in, result.dropped, tuple(result.expectations)),
            history=history_of(self.dataset, batch.flow),
            refresh=f"{refresh.technique}: {refresh.reason}" if refresh else "",
            way=batch.way,
        )
        return replace(self._progress.with_flow(batch.flow.name, progress), update=self.run.update_id)
