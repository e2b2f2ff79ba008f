"""What tables say of files, releases and rows, and what is wrong with those: one source for `status` and for runs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from local_runtime.delta.lake import Lake
from local_runtime.delta.time_travel import readable_snapshot
from local_runtime.inspection.deliveries import Deliveries, deliveries_in
from local_runtime.inspection.file_names import names_of_files
from local_runtime.inspection.flawed_files import flawed_files_in
from local_runtime.inspection.known_files import path_below_landing
from local_runtime.inspection.next_commands import rejected_command, rules_command
from local_runtime.inspection.problems import delivery_problems, drop_problems, rejection_problem
from local_runtime.inspection.releases import Release, problem_of, releases_in, shown_name
from local_runtime.inspection.verdicts import (
    PendingDecision,
    pending_decisions,
    problems_with_decisions,
    problems_with_histories,
)
from local_runtime.root import folder_argument
from local_runtime.state.file_ledger import FileLedger, FileRecord
from local_runtime.state.last_run import run_command
from local_runtime.state.progress import ExpectationResult, FlowProgress, TableProgress, progress_of
from local_runtime.state.roles import DROPS_ROWS, NEVER, Role, role_in, role_of


@dataclass(kw_only=True)
class DataReport:
    """Files, releases, deliveries and rows, by table, as far as something is to be said of them.

    `rejected` are files that could not be loaded, `flawed_files` those that were loaded and need attention. `dropped`
    are rules that dropped rows of tables which are expected to drop none. `unknown_decisions` are decisions that name
    no release, `stale_histories` the full refreshes that verdicts ask for, `pending` the decisions about releases that
    no run has taken into account yet.
    """

    rejected: dict[str, dict[str, FileRecord]] = field(default_factory=dict)
    releases: dict[str, list[Release]] = field(default_factory=dict)
    deliveries: dict[str, Deliveries] = field(default_factory=dict)
    flawed_files: dict[str, dict[str, str]] = field(default_factory=dict)
    dropped: list[ExpectationResult] = field(default_factory=list)
    unknown_decisions: list[str] = field(default_factory=list)
    stale_histories: list[str] = field(default_factory=list)
    pending: dict[str, PendingDecision] = field(default_factory=dict)

    def add(
        self,
        lake: Lake,
        name: str,
        properties: Mapping[str, str],
        progress: TableProgress | None,
        tables: Iterable[str],
    ) -> None:
        """Adds what a table says by its role, and the rows that its rules dropped; `tables` are those of the lake."""
        if progress and properties.get(DROPS_ROWS) == NEVER:
            rules = [rule for flow in progress.flows.values() for rule in flow.metrics.expectations]
            self.dropped += [rule for rule in rules if rule.action == "DROP" and rule.failed_records]
        match role_of(properties):
            case Role.DELIVERIES if (delivered := deliveries_in(lake, name)) and delivered.rows:
                self.deliveries[name] = delivered
            case Role.VERDICTS:
                names = [*tables]
                self.unknown_decisions += problems_with_decisions(lake, name)
                self.stale_histories += problems_with_histories(lake, name, names)
                self.pending |= pending_decisions(lake, name, names)
            case Role.FLAWED_FILES if files := flawed_files_in(lake, name):
                self.flawed_files[name] = files
            case Role.RELEASES if releases := releases_in(lake, name):
                self.releases[name] = releases


def report_on(lake: Lake, tables: Iterable[str]) -> DataReport:
    """The report on those of the tables that the lake has. Raises LakehouseError for one that can't be read."""
    report = DataReport()
    names = [name for name in lake.tables() if name in {*tables}]
    for name in names:
        log = lake.log(name)
        snapshot = readable_snapshot(log, name, None)
        if snapshot is None:
            continue
        progress = progress_of(log, snapshot)
        report.add(lake, name, snapshot.metadata.get("configuration") or {}, progress, names)
        if rejected := rejected_files(lake, name, progress):
            report.rejected[name] = rejected
    return report


def rejected_files(lake: Lake, name: str, progress: TableProgress | None) -> dict[str, FileRecord]:
    """The files that a table could not load, by name as it is shown."""
    flows = progress.flows.values() if progress else ()
    ledgers = [FileLedger(lake.path(name), flow.intake.files) for flow in flows if flow.intake.files]
    rejected = {file: record for ledger in ledgers for file, record in ledger.rejected().items()}
    names = names_of_files(lake, name) if rejected else None
    return {names.shown(file) if names else file: record for file, record in rejected.items()}


def data_problems(report: DataReport, lake: Lake) -> Iterator[str]:
    """What is wrong with files, releases and rows, in sentences: whatever of them makes a lake unhealthy."""
    where = folder_argument("lake", lake.root)
    for releases in report.releases.values():
        open_ones = [one for one in releases if not one["is_superseded"] and shown_name(one) not in report.pending]
        yield from filter(None, (problem_of(release, where) for release in open_ones))
    yield from report.unknown_decisions
    yield from report.stale_histories
    for name, delivered in report.deliveries.items():
        sources = _sources_of(lake, name)
        rules = [rules_command(it, where) for it in sources if role_in(lake, it) is Role.QUARANTINE]
        refresh = run_command(lake, _kept_rows_of(lake, name) or [name])
        yield from delivery_problems(name, delivered, next(iter(rules), f"./lakehouse status{where}"), refresh)
    yield from drop_problems(report.dropped, run_command(lake))
    for files in report.flawed_files.values():
        yield from files.values()
    for name, rejected in report.rejected.items():
        first = path_below_landing(lake, name, next(iter(rejected)))
        yield rejection_problem(name, rejected, rejected_command(first, where))


def _sources_of(lake: Lake, name: str) -> list[str]:
    """The tables that a table was made of last."""
    return [source for flow in _flows(lake, name) for source in flow.intake.tables]


def _flows(lake: Lake, name: str) -> list[FlowProgress]:
    progress = progress_of(lake.log(name))
    return [*progress.flows.values()] if progress else []


def _kept_rows_of(lake: Lake, name: str) -> list[str]:
    """The tables that keep rows which a table was made of, in its schema, and those that stream from these.

    They are the ones that only a full refresh makes again.
    """
    flows = {it: _flows(lake, it) for it in lake.tables() if it.split(".")[0] == name.split(".")[0]}
    made_of, waiting = set[str](), [name]
    while waiting:
        sources = {source for flow in flows[waiting.pop()] for source in flow.intake.tables if source in flows}
        waiting += sources - made_of
        made_of |= sources
    kept = {it for it in made_of if any(flow.kind != "view" for flow in flows[it])}
    return sorted(kept | {it for it in flows for flow in flows[it] if flow.intake.streams & kept})
