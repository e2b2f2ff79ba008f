"""What is in a lake and how it is: read from the tables themselves, without an engine."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from local_runtime.counts import counted
from local_runtime.delta.actions import rows_in
from local_runtime.delta.lake import EVENT_LOG, Lake
from local_runtime.delta.time_travel import readable_snapshot
from local_runtime.errors import LakehouseError
from local_runtime.inspection.currency import sources_ahead
from local_runtime.inspection.data_report import DataReport, data_problems, rejected_files
from local_runtime.inspection.problems import run_problems
from local_runtime.inspection.published import tables_ahead
from local_runtime.inspection.query import materialized_results, run_query
from local_runtime.quoting import quoted_table
from local_runtime.state.file_ledger import FileLedger
from local_runtime.state.last_run import LastRun, last_run, run_command
from local_runtime.state.progress import ExpectationResult, TableProgress, progress_of
from local_runtime.state.publications import Publication, publications
from local_runtime.state.roles import Role, role_of

NO_LOG = (
    "its folder _delta_log holds no log. Bring the log back, or delete the folder and run again, which builds it from "
    "what its sources still have:"
)


@dataclass
class TableState:
    """A table: its version, rows, last change (UTC), how far its flows have come, and the last results of its rules.

    `refresh` says how a materialized view was refreshed, and why; `ways`, of each flow over files, how the rows of its
    last commit reached the table.
    """

    name: str
    version: int
    rows: int
    changed_at: datetime
    reads: Mapping[str, int] = field(default_factory=dict)
    files: int = 0
    snapshot: str | None = None
    refresh: str = ""
    ways: dict[str, str] = field(default_factory=dict)
    expectations: list[ExpectationResult] = field(default_factory=list)


@dataclass
class LakeState(DataReport):
    """A lake: its tables, quarantined rows by rule, what is reported on data, updates, and what is wrong.

    `missing` are tables that the pipelines define and the lake doesn't have, `undefined` the reverse. `behind` are, by
    table, the sources with rows that it hasn't processed yet: the version processed last, and the newest one. While a
    run is in progress (`running`), none of these is meaningful. Of the publications that are kept (`published`) the
    last one is served; `waiting` are tables with commits that it doesn't name.
    """

    lake: str
    tables: list[TableState] = field(default_factory=list)
    quarantined: dict[str, dict[str, int]] = field(default_factory=dict)
    updates: list[Mapping[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    behind: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    undefined: list[str] = field(default_factory=list)
    published: list[Publication] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    invented: bool = False
    running: bool = False
    problems: list[str] = field(default_factory=list)

    @property
    def healthy(self) -> bool:
        """Whether nothing needs attention: every table exists and has its sources' newest rows, nothing was refused.

        Quarantined rows are at rest, and no problem.
        """
        return not self.problems and not self.running

    @property
    def verdict(self) -> str:
        """The verdict in a sentence."""
        if self.problems:
            return f"Needs attention: {counted(len(self.problems), 'problem')}."
        return "A run is in progress: look again when it has ended." if self.running else "Healthy."


def inspect(lake: Lake) -> LakeState:
    """The state of a lake."""
    run = last_run(lake)
    state = LakeState(str(lake.root), running=not run.ended and lake.is_locked())
    names, empty = lake.tables(), lake.without_log()
    state.problems += [f"{lake.path(name)} is not a table: {NO_LOG} {run_command(lake)}" for name in empty]
    tables = [name for name in names if not name.endswith(f".{EVENT_LOG}")]
    looked_at: dict[str, datetime] = {}
    for name in sorted({*names} - {*tables}):
        with _collecting_problems(state):
            looked_at |= _read_event_log(lake, name, run, state)
    defined = [name for name in names if run.defined is None or name in run.defined]
    if run.defined is not None:
        state.missing = [name for name in run.defined if name not in {*names, *empty}]
        state.undefined = [name for name in tables if name not in run.defined]
    for name in tables:
        with _collecting_problems(state):
            _add_table(lake, name, run, looked_at.get(name), state, defined)
    with _collecting_problems(state):
        state.published = publications(lake)
        state.waiting = tables_ahead(lake, state.published[-1]) if state.published else []
    if not names and not state.running:
        state.problems.append(f"There are no tables in {lake.root}: `{run_command(lake)}` makes them.")
    state.problems += run_problems(run, state, run_command(lake))
    if state.running:  # Tables of a run in progress differ in how far they are.
        state.problems += data_problems(replace(state, deliveries={}), lake)
    else:
        state.problems += data_problems(state, lake)
    return state


@contextmanager
def _collecting_problems(state: LakeState) -> Iterator[None]:
    """Reports what can't be read as a problem, and goes on."""
    try:
        yield
    except LakehouseError as error:
        state.problems.append(str(error))


def _add_table(
    lake: Lake, name: str, run: LastRun, looked_at: datetime | None, state: LakeState, defined: list[str]
) -> None:
    log = lake.log(name)
    snapshot = readable_snapshot(log, name, None)
    if snapshot is None:
        return
    progress = progress_of(log, snapshot)
    known = progress is not None and progress.version == snapshot.version
    rows = progress.rows if progress and known else rows_in(log.path, snapshot)
    table = TableState(name, snapshot.version, rows, log.changed_at())
    state.tables.append(table)
    is_defined = name not in state.undefined
    if progress is not None:
        _add_progress(lake, table, progress, state, is_defined)
        flows = run.defined.get(name) if run.defined else None
        ahead = sources_ahead(lake, log, progress, flows, looked_at) if is_defined else {}
        if ahead:
            state.behind[name] = ahead
    properties = snapshot.metadata.get("configuration") or {}
    role = role_of(properties)
    if role is Role.QUARANTINE and rows:
        failed = run_query(
            lake, f"SELECT unnest(failed_rules) AS rule, count(*) FROM {quoted_table(name)} GROUP BY rule ORDER BY rule"
        )
        state.quarantined[name] = dict(failed.fetchall())
    if is_defined:
        state.add(lake, name, properties, progress, defined)


def _add_progress(lake: Lake, table: TableState, progress: TableProgress, state: LakeState, is_defined: bool) -> None:
    for flow_name, flow in progress.flows.items():
        table.ways |= {flow_name: flow.way} if flow.way else {}
        table.reads = {**table.reads, **{source: at.version for source, at in flow.intake.tables.items()}}
        table.refresh = flow.refresh or table.refresh
        version = flow.intake.snapshot_version
        table.snapshot = str(version) if version is not None else table.snapshot
        table.expectations += flow.metrics.expectations
        table.files += FileLedger(lake.path(table.name), flow.intake.files).loaded()
    if is_defined and (rejected := rejected_files(lake, table.name, progress)):
        state.rejected[table.name] = rejected


def _read_event_log(lake: Lake, name: str, run: LastRun, state: LakeState) -> dict[str, datetime]:
    """Adds the last update of each pipeline of the event log `name`; gives when each table's flows last ended well."""
    updates, ended = materialized_results(
        lake,
        f"""SELECT origin.pipeline_name AS pipeline, origin.update_id AS update_id,
            get_json_object(details, '$.update_progress.state') AS state, timestamp AS at, error
        FROM {quoted_table(name)} WHERE event_type = 'update_progress'
        QUALIFY row_number() OVER (PARTITION BY origin.pipeline_name ORDER BY timestamp DESC) = 1;
        SELECT origin.dataset_name, max(timestamp) FROM {quoted_table(name)}
        WHERE event_type = 'flow_progress' AND level != 'ERROR' GROUP BY ALL""",
    )
    for row in updates.fetchall():
        update = dict(zip(updates.columns, row, strict=True))
        if run.pipelines and update["pipeline"] not in run.pipelines:
            continue
        state.updates.append(update)
        if update["state"] != "COMPLETED":
            state.problems.append(
                f"The last update of {update['pipeline']} ended as {update['state']}: {update['error']}\n"
                f"When that is fixed, run again: {run_command(lake)}"
            )
    return dict(ended.fetchall())
