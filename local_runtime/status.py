"""What is in a lake and how it is: read from the tables themselves, without an engine."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local_runtime.auto_loader.discovery import Ledger
from local_runtime.errors import CorruptTableError
from local_runtime.event_log import TABLE as EVENT_LOG
from local_runtime.lake import Lake
from local_runtime.query import ask

QUARANTINE = "_quarantine"


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
    expectations: list[Mapping[str, Any]] = field(default_factory=list)


@dataclass
class LakeState:
    """A lake: its tables, quarantined rows by table and rule, rejected files, the last updates, and what is wrong."""

    lake: str
    tables: list[TableState] = field(default_factory=list)
    quarantined: dict[str, dict[str, int]] = field(default_factory=dict)
    rejected: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
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
        reasons = Counter(rejection["reason"] for rejection in files.values())
        counted = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
        state.problems.append(f"{table}: {len(files)} files rejected ({counted}): docs/runbook.md tells what to do.")
    return state


def _add_table(lake: Lake, name: str, state: LakeState) -> None:
    from deltalake import DeltaTable

    log = lake.log(name)
    log.check()
    newest = log.latest()
    assert newest is not None
    records = DeltaTable(str(log.path)).get_add_actions(flatten=True)
    rows = sum(count or 0 for count in records.column("num_records").to_pylist()) if records.num_rows else 0
    changed_at = datetime.fromtimestamp(log.commit(newest.version).timestamp / 1000, tz=UTC)
    table = TableState(name, newest.version, rows, changed_at)
    commits = list(log.progress_of())
    if commits:
        table.reads = {source: version for source, (_, version) in commits[0].get("tables", {}).items()}
        table.snapshot = str(commits[0]["snapshot"][1]) if "snapshot" in commits[0] else None
        table.expectations = commits[0].get("metrics", {}).get("expectations", [])
        ledger = Ledger.of(commits)
        table.files = len(ledger.loaded)
        if ledger.rejected:
            state.rejected[name] = ledger.rejected
    state.tables.append(table)
    if name.endswith(QUARANTINE) and rows:
        failed = ask(lake, f"SELECT unnest(failed_rules) AS rule, count(*) FROM {name} GROUP BY rule ORDER BY rule")
        assert failed is not None
        state.quarantined[name] = dict(failed.fetchall())


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
