"""AUTO CDC of type 1 without deletes: new keys are appended, and only partitions in which a row changes are rewritten.

The row that is there says itself what it is in order, so no older change is needed (docs/decisions/0017).
"""

import shutil
import uuid
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import and_, or_
from pathlib import Path

import pyarrow.parquet as pq
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from local_runtime.delta.actions import LogAction, rows_of_file
from local_runtime.engines.paths import engine_path
from local_runtime.graph.determinism import is_repeatable
from local_runtime.graph.no_rows import has_no_rows
from local_runtime.graph.plans import bytes_read
from local_runtime.pipelines.datasets import Dataset
from local_runtime.update import auto_cdc
from local_runtime.update.auto_cdc import column
from local_runtime.update.flows.change_rows import Changes, check_complete
from local_runtime.update.flows.columns import columns_with_history
from local_runtime.update.flows.stages import ReadBatch, StagedBatch
from local_runtime.update.flows.table_run import TableRun
from local_runtime.update.results import Result
from local_runtime.writing.writer import Mode, StagedRows

FEW = 8 * 2**20  # bytes of files
SEQUENCE = "__sequence"
PART = "__part"
NO_KEY, NO_SEQUENCE, CONTESTED, UNCONTESTED = "no_key", "no_sequence", "contested", "uncontested"
"""What is to become of a change: two kinds are errors; contested ones share a key with another, or with a row."""


def is_possible(dataset: Dataset, changes: Changes) -> bool:
    """Whether the target's own columns are enough to decide between one of its rows and a change of it."""
    flow = changes.flow
    if flow.scd_type != 1 or flow.apply_as_deletes is not None or len(dataset.flows) > 1:
        return False
    try:
        own = changes.rows().select(flow.sequence_by.alias(SEQUENCE)).schema
    except PySparkException:
        return False
    return own[0].dataType == changes.events.schema[SEQUENCE].dataType


def run_upsert(table: TableRun, changes: Changes, batch: ReadBatch, result: Result) -> None:
    """Applies the changes to the table.

    Raises LakehouseError for changes without a key or a sequence.
    """
    folder = table.run.lake.staging / table.dataset.name / uuid.uuid4().hex
    try:
        _Upsert(table, changes, folder).apply(batch, result)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Upsert:
    """One micro-batch of changes on its way into the table."""

    def __init__(self, table: TableRun, changes: Changes, folder: Path) -> None:
        self._table, self._flow, self._folder = table, changes.flow, folder
        self._events, self._columns = changes.events, changes.columns
        self._keys = list(self._flow.keys)
        self._by = [name for name in table.dataset.partition_cols if name in self._keys]
        if len(self._by) < len(table.dataset.partition_cols):
            self._by = []

    def apply(self, batch: ReadBatch, result: Result) -> None:
        """Appends, or replaces partitions, in one commit; the changes are computed and written once.

        Raises LakehouseError for changes without a key or a sequence.
        """
        # A plan of few rows takes longer to be planned than to be run, and is needed three times.
        name = None
        if bytes_read(self._events, FEW) <= FEW or not is_repeatable(self._events):
            name = "changes"
            self._events = self._sequenced(
                self._materialized(name, self._events.select(*map(column, self._columns)))[0]
            )
        keys = self._events.select(*map(column, self._keys))
        current = self._current_rows(keys, name)
        contested, count = self._materialized("contested", self._contested(keys, current))
        staged = self._stage(contested if count else None)
        produced = self._check(staged.counts()) + batch.dropped
        contested_rows = self._table.run.writer.staged_rows(staged, (CONTESTED,))
        if contested_rows is None:
            uncontested = StagedBatch(batch=batch, rows=staged, parts=(UNCONTESTED,), produced=produced)
            self._table.commit(uncontested, result)
            return
        winners = auto_cdc.latest_state(self._sequenced(contested_rows), self._keys, self._columns)
        rows, removed = (winners, []) if current is None else self._merged(winners, contested, current)
        merged = self._table.stage(rows, self._mode("replace" if removed else "append"))
        both = staged.with_rows_of(merged, (UNCONTESTED,))
        self._table.commit(StagedBatch(batch=batch, rows=both, produced=produced, removed=tuple(removed)), result)

    def _contested(self, keys: DataFrame, current: DataFrame | None) -> DataFrame:
        """The keys that several changes share, or a change and a row of the table."""
        repeated = keys.groupBy(*map(column, self._keys)).agg(F.count(F.lit(1)).alias("__count")).filter("__count > 1")
        contested = repeated.select(*map(column, self._keys))
        if current is None:
            return contested
        known = keys.join(current.select(*map(column, self._keys)), self._keys, how="left_semi")
        return contested.union(known).distinct()

    def _mode(self, mode: Mode) -> Mode:
        return "overwrite" if self._table.must_write else mode

    def _sequenced(self, rows: DataFrame) -> DataFrame:
        return rows.withColumns({SEQUENCE: self._flow.sequence_by, "__delete": F.lit(False)})

    def _stage(self, contested: DataFrame | None) -> StagedRows:
        """Writes all changes, apart by what is to become of them."""
        no_key = reduce(or_, [column(key).isNull() for key in self._keys])
        no_sequence = reduce(and_, [value.isNull() for value in auto_cdc.sequence_values(self._events)])
        part = F.when(no_key, NO_KEY).when(no_sequence, NO_SEQUENCE)
        rows = self._events
        if contested is not None:
            marks = contested.withColumn("__is_contested", F.lit(True))
            rows = rows.join(F.broadcast(marks), self._keys, how="left")
            part = part.when(F.col("__is_contested"), CONTESTED)
        columns = map(column, self._columns)
        return self._table.stage(
            rows.select(*columns, part.otherwise(UNCONTESTED).alias(PART)), self._mode("append"), PART
        )

    def _check(self, counts: Mapping[str, int]) -> int:
        """How many changes there are.

        Raises LakehouseError for changes without a key or a sequence.
        """
        check_complete(self._table.dataset.name, self._flow, counts.get(NO_KEY, 0), counts.get(NO_SEQUENCE, 0))
        return sum(counts.values())

    def _merged(
        self, winners: DataFrame, contested: DataFrame, current_rows: DataFrame
    ) -> tuple[DataFrame, Sequence[LogAction]]:
        """What to write for winners of keys that may be in the table, and the files that it replaces.

        A row stays unless a later one comes.
        """
        winners, _ = self._materialized("winners", winners)
        current = current_rows.join(F.broadcast(contested), self._keys, how="left_semi").select(
            *map(column, self._columns)
        )
        new = winners.join(current.select(*map(column, self._keys)), self._keys, how="left_anti")
        both = current.withColumn("__is_new", F.lit(False)).unionByName(winners.withColumn("__is_new", F.lit(True)))
        sequenced = both.withColumn(SEQUENCE, self._flow.sequence_by)
        latest = [value.desc_nulls_last() for value in auto_cdc.sequence_values(sequenced)]
        of_key = Window.partitionBy(*map(column, self._keys))
        ranked = sequenced.withColumn("__rank", F.row_number().over(of_key.orderBy(*latest, "__is_new")))
        counted = ranked.withColumn("__count", F.count(F.lit(1)).over(of_key))
        later = counted.filter("__rank = 1 AND __is_new AND __count > 1").select(*map(column, self._columns))
        changed, count = self._materialized("changed", later)
        rows = new.select(*map(column, self._columns))
        if not count:
            return rows, []
        files = self._files_of(changed, "changed")
        current_rows = auto_cdc.with_columns(self._read(files), self._fields)
        unchanged = current_rows.join(changed.select(*map(column, self._keys)), self._keys, how="left_anti")
        return rows.union(changed).union(unchanged.select(*map(column, self._columns))), files

    def _current_rows(self, keys: DataFrame, name: str | None) -> DataFrame | None:
        """The table's rows in the partitions that the changes touch; None without rows.

        `name` is what the changes are materialized as, if they are.
        """
        if self._table.must_write:
            return None
        files = self._files_of(keys, name)
        if not files:
            return None
        rows = self._read(files)
        schema = self._events.select(*map(column, self._columns)).schema
        columns = columns_with_history(self._table.run.lake, self._table.dataset.name, self._flow, rows.schema, schema)
        self._fields = columns
        return auto_cdc.with_columns(rows, columns)

    def _files_of(self, rows: DataFrame, name: str | None) -> list[LogAction]:
        """The add actions of the table's files in the partitions of these rows, materialized as `name` if they are."""
        snapshot = self._table.snapshot()
        files = list(snapshot.files.values()) if snapshot else []
        if not self._by:
            return files
        values = self._values_in(name) if name else rows.select(*map(column, self._by)).distinct().collect()
        wanted = {tuple(None if value is None else _partition_text(value) for value in row) for row in values}
        return [
            add for add in files if tuple((add.get("partitionValues") or {}).get(name) for name in self._by) in wanted
        ]

    def _values_in(self, name: str) -> set[tuple[object, ...]]:
        """The values of the partition columns in materialized rows; the engine isn't asked what their files say."""
        found: set[tuple[object, ...]] = set()
        for path in (self._folder / name).rglob("*.parquet"):
            rows = pq.ParquetFile(path).read(columns=self._by)
            found.update(zip(*(rows.column(by).to_pylist() for by in self._by), strict=True))
        return found

    def _read(self, files: Sequence[LogAction]) -> DataFrame:
        return self._table.rows_of(files)

    def _materialized(self, name: str, rows: DataFrame) -> tuple[DataFrame, int]:
        """The rows, written to a folder so that they are computed only once, and their number."""
        folder = self._folder / name
        folder.parent.mkdir(parents=True, exist_ok=True)
        schema = rows.schema
        if has_no_rows(rows):
            return self._table.run.engine.createDataFrame([], schema), 0
        path = engine_path(self._table.run.lake.root, folder)
        rows.write.parquet(path)
        files = sorted(folder.rglob("*.parquet"))
        count = sum(map(rows_of_file, files))
        if not count:
            return self._table.run.engine.createDataFrame([], schema), 0
        return self._table.run.engine.read.schema(schema).parquet(path), count


def _partition_text(value: object) -> str:
    """A partition's value as Delta writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
