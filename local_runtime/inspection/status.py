"""What is in a lake and how it is: read from the tables themselves, without an engine."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from local_runtime.errors import CorruptTableError
from local_runtime.inspection.query import ask
from local_runtime.lake.actions import rows_in
from local_runtime.lake.file_ledger import FileLedger, FileRecord
from local_runtime.lake.lake import EVENT_LOG, Lake
from local_runtime.lake.progress import ExpectationResult, TableProgress, progress_of

QUARANTINE = "_quarantine"
RELEASES = "_releases"
"""Ends the name of a table that says what became of each release of a feed: columns as RELEASE_COLUMNS."""
RELEASE_COLUMNS = (
    *("file_name", "release_order", "released_at", "ordered_by", "is_applied", "is_superseded", "problem"),
    *("missing_columns", "leftover_headers"),
)


@dataclass
class TableState:
    """A table: its version, rows, last change (UTC), where its flows stand, and what its rules made of the last."""

    name: str
    version: int
    rows: int
    changed_at: datetime
    reads: Mapping[str, int] = field(default_factory=dict)
    files: int = 0
    snapshot: str | None = None
    expectations: list[ExpectationResult] = field(default_factory=list)


@dataclass
class LakeState:
    """A lake: its tables, quarantined rows by rule, rejected files, releases, the last updates, and what is wrong."""

    lake: str
    tables: list[TableState] = field(default_factory=list)
    quarantined: dict[str, dict[str, int]] = field(default_factory=dict)
    rejected: dict[str, dict[str, FileRecord]] = field(default_factory=dict)
    releases: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    updates: list[Mapping[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def healthy(self) -> bool:
        """Whether nothing needs a hand. Quarantined rows are at rest, and no problem."""
        return not self.problems


def inspect(lake: Lake) -> LakeState:
    """The state of a lake."""
    state = LakeState(str(lake.root))
    if not lake.tables():
        state.problems.append(f"There are no tables in {lake.root}: `./lakehouse run` makes them.")
    for name in lake.tables():
        try:
            if name.endswith(f".{EVENT_LOG}"):
                _add_last_update(lake, name, state)
            else:
                _add_table(lake, name, state)
        except CorruptTableError as error:
            state.problems.append(str(error))
    for table, files in state.rejected.items():
        reasons = Counter(record.reason for record in files.values())
        counted = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
        state.problems.append(f"{table}: {len(files)} files rejected ({counted}): docs/runbook.md tells what to do.")
    return state


def _add_table(lake: Lake, name: str, state: LakeState) -> None:
    log = lake.log(name)
    log.check()
    details = log.details()
    if details is None:
        return
    progress = progress_of(log, details)
    if progress is not None and progress.version == details.version:
        rows = progress.rows
    else:
        snapshot = log.snapshot()
        rows = rows_in(log.path, snapshot) if snapshot else 0
    table = TableState(name, details.version, rows, log.changed_at())
    if progress is not None:
        _add_progress(lake, table, progress, state)
    state.tables.append(table)
    if name.endswith(QUARANTINE) and rows:
        failed = ask(lake, f"SELECT unnest(failed_rules) AS rule, count(*) FROM {name} GROUP BY rule ORDER BY rule")
        assert failed is not None
        state.quarantined[name] = dict(failed.fetchall())
    if name.endswith(RELEASES):
        state.releases[name] = releases_in(lake, name)
        open_problems = [release for release in state.releases[name] if release["problem"]]
        state.problems += [str(r["problem"]) for r in open_problems if not r["is_superseded"]]


def _add_progress(lake: Lake, table: TableState, progress: TableProgress, state: LakeState) -> None:
    rejected: dict[str, FileRecord] = {}
    for flow in progress.flows.values():
        table.reads = {**table.reads, **{source: at.version for source, at in flow.tables.items()}}
        table.snapshot = str(flow.snapshot) if flow.snapshot is not None else table.snapshot
        table.expectations += flow.metrics.expectations
        ledger = FileLedger(lake.path(table.name), flow.files)
        table.files += ledger.loaded()
        rejected |= ledger.rejected()
    if rejected:
        state.rejected[table.name] = rejected


def releases_in(lake: Lake, name: str) -> list[Mapping[str, Any]]:
    """The releases that the table `name` lists, in their order; [] for a table of other columns."""
    found = ask(lake, f"FROM {name}")
    if found is None or not {*RELEASE_COLUMNS} <= {*found.columns}:
        return []
    rows = found.select(*RELEASE_COLUMNS).order("release_order").fetchall()
    return [dict(zip(RELEASE_COLUMNS, row, strict=True)) for row in rows]


def _add_last_update(lake: Lake, name: str, state: LakeState) -> None:
    found = ask(
        lake,
        f"""SELECT origin.pipeline_name AS pipeline, origin.update_id AS update_id,
            get_json_object(details, '$.update_progress.state') AS state, timestamp AS at, error
        FROM {name} WHERE event_type = 'update_progress' ORDER BY timestamp DESC LIMIT 1""",
    )
    assert found is not None
    for row in found.fetchall():
        update = dict(zip(found.columns, row, strict=True))
        state.updates.append(update)
        if update["state"] != "COMPLETED":
            state.problems.append(
                f"The last update of {update['pipeline']} ended as {update['state']}: {update['error']}"
            )
