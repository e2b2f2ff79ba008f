"""Runs one flow: reads its increment or its inputs, holds the rows to their rules, commits them with its progress."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from local_runtime import auto_cdc
from local_runtime.auto_loader.staging import METADATA_COLUMN
from local_runtime.delta_log import DeltaLog
from local_runtime.errors import LakehouseError
from local_runtime.expectations import kept, measure
from local_runtime.graph import Graph
from local_runtime.lake import Lake
from local_runtime.model import AutoCdcFlow, Dataset, Flow, Kind, QueryFlow, SnapshotFlow
from local_runtime.readers import RunReader
from local_runtime.schemas import check_declared, columns_only
from local_runtime.session import reading
from local_runtime.writer import Mode, Writer


@dataclass
class Result:
    """What became of a flow: rows that it produced, of them dropped by rules, and rows written; `commits` made."""

    dataset: str
    flow: str
    rows_in: int = 0
    rows_out: int = 0
    dropped: int = 0
    commits: int = 0
    seconds: float = 0.0
    expectations: Sequence[Mapping[str, Any]] = ()
    rejected: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    duplicates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """What the flows of one run share; `full_refresh` names the tables to build anew from all of their sources."""

    session: Any
    graph: Graph
    lake: Lake
    update_id: str
    full_refresh: frozenset[str]

    @cached_property
    def writer(self) -> Writer:
        """The one writer."""
        return Writer(self.session)


def run_dataset(run: Run, dataset: Dataset, code: str) -> list[Result]:
    """Runs the flows of a table, in order. Raises what a flow raises; what was committed before stays."""
    results = []
    for place, flow in enumerate(dataset.flows):
        started = time.monotonic()
        result = _FlowRun(run, dataset, flow, code, first=place == 0).execute()
        result.seconds = time.monotonic() - started
        results.append(result)
    return results


class _FlowRun:
    """One execution of one flow."""

    def __init__(self, run: Run, dataset: Dataset, flow: Flow, code: str, first: bool) -> None:
        self._run, self._dataset, self._flow, self._code = run, dataset, flow, code
        self._log: DeltaLog = run.lake.log(dataset.name)
        self._refresh = dataset.name in run.full_refresh
        # A full refresh replaces the table with its first flow's first commit; the others append to that.
        self._replace = self._refresh and first and self._log.exists()
        self._result = Result(dataset.name, flow.name)

    @cached_property
    def _commits(self) -> list[Mapping[str, Any]]:
        """What the flow's commits say, newest first; a full refresh begins with none."""
        return [] if self._refresh else list(self._log.progress_of(self._flow.name))

    @cached_property
    def _last(self) -> Mapping[str, Any]:
        """What the flow's newest commit says; empty where there is none."""
        return {} if self._refresh else next(self._log.progress_of(self._flow.name), {})

    def execute(self) -> Result:
        """Runs the flow."""
        match self._flow:
            case QueryFlow() if self._dataset.kind is Kind.MATERIALIZED_VIEW:
                self._materialize(self._flow)
            case QueryFlow():
                self._append(self._flow)
            case AutoCdcFlow():
                self._apply_changes(self._flow)
            case SnapshotFlow():
                self._apply_snapshots(self._flow)
        return self._result

    def _reader(self, everything: bool = False) -> RunReader:
        schema = self._dataset.pipeline.schema
        staging = self._run.lake.staging / self._dataset.name / self._flow.name
        streams = self._dataset.kind is Kind.STREAMING_TABLE and not isinstance(self._flow, SnapshotFlow)
        commits = self._commits if streams else []
        return RunReader(
            self._run.session, schema, self._run.graph.datasets, self._run.lake, staging, commits, everything
        )

    def _materialize(self, flow: QueryFlow) -> None:
        reader = self._reader()
        for name in self._run.graph.tables_read(self._dataset.name):
            reader.pin(name)
        if (self._last.get("code"), self._last.get("tables")) == (self._code, reader.progress["tables"]):
            return
        with reading(reader):
            rows = flow.function()
        self._write_measured(rows, "overwrite", reader.progress)

    def _append(self, flow: QueryFlow) -> None:
        reader = self._reader()
        with reading(reader):
            rows = flow.function().drop(METADATA_COLUMN)
        if reader.has_news or self._refresh or not self._commits:
            self._write_measured(rows, "append", reader.progress)
        if reader.increment:
            self._result.rejected = reader.increment.rejected
            self._result.duplicates = {
                name: state["duplicate_of"] for name, state in reader.increment.files.items() if "duplicate_of" in state
            }

    def _apply_changes(self, flow: AutoCdcFlow) -> None:
        reader = self._reader()
        changes = reader.stream(flow.source)
        if self._commits and not reader.has_news:
            return
        whole = self._reader(everything=True)
        whole.pinned = reader.pinned
        events, columns = _events(flow, changes)
        missing = events.filter("__sequence IS NULL").count()
        if missing:
            raise LakehouseError(
                f"{self._dataset.name}: {missing:,} changes have no sequence_by value, so their order is unknown."
            )
        touched = changes.select(*flow.keys).distinct()
        theirs = _events(flow, whole.stream(flow.source))[0].join(touched, list(flow.keys), how="left_semi")
        if flow.scd_type == 1:
            state = auto_cdc.latest_state(theirs, flow.keys, columns)
        else:
            state = auto_cdc.history(theirs, flow.keys, columns, _tracked(flow, columns))
        if self._log.exists() and not self._refresh:
            untouched = self._current().join(touched, list(flow.keys), how="left_anti")
            state = untouched.select(*state.columns).unionByName(state)
        self._write(state, "overwrite", reader.progress, rows_in=events.count())

    def _apply_snapshots(self, flow: SnapshotFlow) -> None:
        latest = _decode(self._last.get("snapshot"))
        while True:
            reader = self._reader()
            found = self._next_snapshot(flow, reader, latest)
            if found is None:
                break
            snapshot, version = found
            self._apply_snapshot(flow, snapshot, version, reader, anew=latest is None)
            latest = version
        if latest is None and self._dataset.schema is not None and (self._replace or not self._log.exists()):
            empty = self._run.session.createDataFrame([], columns_only(self._dataset.schema))
            self._write(empty, "overwrite", reader.progress, rows_in=0)

    def _next_snapshot(self, flow: SnapshotFlow, reader: RunReader, latest: Any) -> tuple[DataFrame, Any] | None:
        """The next snapshot and its version; that of a table is the time at which it is taken."""
        if not isinstance(flow.source, str):
            with reading(reader):
                return flow.source(latest)
        for name in self._run.graph.tables_read(self._dataset.name):
            reader.pin(name)
        if self._result.commits or (latest is not None and self._last.get("tables") == reader.progress["tables"]):
            return None
        return reader.table(flow.source), datetime.now(UTC).replace(tzinfo=None)

    def _apply_snapshot(
        self, flow: SnapshotFlow, snapshot: DataFrame, version: Any, reader: RunReader, anew: bool
    ) -> None:
        columns = snapshot.columns
        count = snapshot.agg(F.count(F.lit(1)).alias("rows"), F.count_distinct(*flow.keys).alias("keys")).collect()[0]
        if count["rows"] != count["keys"]:
            raise LakehouseError(
                f"{self._dataset.name}: snapshot {version} has {count['rows']:,} rows and {count['keys']:,} keys "
                f"({', '.join(flow.keys)}): a key may not be null, nor stand twice."
            )
        if flow.scd_type == 1:
            state = snapshot
        elif anew:
            state = auto_cdc.first_history(snapshot, F.lit(version), columns)
        else:
            tracked = _tracked(flow, columns)
            state = auto_cdc.apply_snapshot(self._current(), snapshot, F.lit(version), flow.keys, columns, tracked)
        self._write(state, "overwrite", {**reader.progress, "snapshot": _encode(version)}, rows_in=count["rows"])

    def _current(self) -> DataFrame:
        frame: DataFrame = self._run.session.read.format("delta").load(str(self._log.path))
        return frame

    def _write_measured(self, rows: DataFrame, mode: Mode, progress: Mapping[str, Any]) -> None:
        expectations = self._dataset.expectations
        measured = measure(self._dataset.name, rows, expectations)
        if measured:
            self._result.dropped = measured.dropped
            self._result.expectations = measured.results
        self._write(kept(rows, expectations), mode, progress, rows_in=measured.rows if measured else None)

    def _write(self, rows: DataFrame, mode: Mode, progress: Mapping[str, Any], rows_in: int | None) -> None:
        """Commits the rows; `rows_in` None: as many as are written."""
        check_declared(self._dataset, rows)
        result = self._result
        entry = {
            "flow": self._flow.name,
            "update": self._run.update_id,
            "code": self._code,
            **progress,
            **({"reset": True} if self._replace else {}),
            "metrics": {"rows_in": rows_in, "dropped": result.dropped, "expectations": list(result.expectations)},
        }
        written = self._run.writer.write(rows, self._log.path, "overwrite" if self._replace else mode, entry)
        self._replace = False
        result.commits += 1
        result.rows_in += written if rows_in is None else rows_in
        result.rows_out += written


def _events(flow: AutoCdcFlow, changes: DataFrame) -> tuple[DataFrame, list[str]]:
    """The changes with `__sequence` and `__delete`, and the names of the columns that are kept."""
    columns = list(flow.columns or [name for name in changes.columns if name not in flow.except_columns])
    deletes = F.lit(False) if flow.apply_as_deletes is None else F.coalesce(flow.apply_as_deletes, F.lit(False))
    return changes.select(*columns, flow.sequence_by.alias("__sequence"), deletes.alias("__delete")), columns


def _tracked(flow: AutoCdcFlow | SnapshotFlow, columns: Sequence[str]) -> list[str]:
    """The columns in which a change makes a new version."""
    wanted = columns if flow.tracked is None else flow.tracked
    return [name for name in wanted if name not in flow.keys and name not in flow.untracked]


def _encode(version: Any) -> list[Any]:
    """A snapshot's version as JSON: its type's name and its text or number."""
    kind = type(version).__name__
    if isinstance(version, date):
        return [kind, version.isoformat()]
    if isinstance(version, int | float | str):
        return [kind, version]
    raise LakehouseError(
        f"A snapshot's version is {version!r}: the local runtime knows numbers, texts, dates and timestamps."
    )


def _decode(encoded: Sequence[Any] | None) -> Any:
    """The version that `_encode` made of it; None where no snapshot was applied yet."""
    if encoded is None:
        return None
    kind, value = encoded
    return {"datetime": datetime.fromisoformat, "date": date.fromisoformat}.get(kind, lambda plain: plain)(value)
