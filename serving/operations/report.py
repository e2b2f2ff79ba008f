"""Puts together what the page of operations shows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError, first_line
from local_runtime.inspection.known_files import known_files
from local_runtime.inspection.notices import notices_of
from local_runtime.inspection.releases import problem_of, shown_name
from local_runtime.inspection.status import LakeState, inspect
from local_runtime.printable import on_one_line
from local_runtime.root import folder_argument
from local_runtime.state.last_run import run_command
from local_runtime.state.publications import Publication
from local_runtime.state.roles import Role, role_in
from serving.operations.feeds import Feed, Lateness, feeds_in, lateness_in
from serving.operations.quarantine import Quarantine, quarantine_in
from serving.operations.updates import LAYERS, LayerRows, Update, updates_in

Part = TypeVar("Part")


@dataclass(frozen=True)
class Problem:
    """A problem in sentences, and the commands that are the way out of it."""

    text: str
    commands: list[str]


@dataclass(frozen=True)
class OpenRelease:
    """A release that waits for a decision or was refused: why, and the commands that decide."""

    table: str
    name: str
    verdict: str
    problem: Problem


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A layer: its tables and their rows now, rows in and out of the last update, rows in quarantine now."""

    name: str
    tables: int
    rows: int
    last_update: LayerRows
    quarantined: int


@dataclass(kw_only=True)
class Report:
    """The lake as it was at `read_at` (UTC). `unread` says what couldn't be read; `state` is None where nothing was."""

    read_at: datetime
    run_command: str
    state: LakeState | None = None
    updates: list[Update] = field(default_factory=list)
    quarantines: list[Quarantine] = field(default_factory=list)
    open_releases: list[OpenRelease] = field(default_factory=list)
    feeds: list[Feed] = field(default_factory=list)
    lateness: list[Lateness] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def published(self) -> Publication | None:
        """The newest publication."""
        return self.state.published[-1] if self.state and self.state.published else None


def report_of(lake: Lake) -> Report:
    """The report on a lake. It takes no lock and waits for no run; what can't be read is said in it."""
    report = Report(read_at=datetime.now(UTC), run_command=run_command(lake))
    state = report.state = _read(report, "The state of the lake", lambda: inspect(lake))
    report.updates = _read(report, "The event logs", lambda: updates_in(lake, report.unread)) or []
    if state is None:
        return report
    report.problems = [_problem(text) for text in state.problems]
    report.notices = notices_of(state)
    report.open_releases = open_releases(state, folder_argument("lake", lake.root))
    known = _read(report, "The files that were loaded", lambda: known_files(lake)) or {}
    for table, rules in state.quarantined.items():
        quarantine = _read(report, table, partial(quarantine_in, lake, table, rules, known))
        report.quarantines += [quarantine] if quarantine else []
    report.feeds = _read(report, "The feeds", lambda: feeds_in(lake, state)) or []
    for table in [it.name for it in state.tables if role_in(lake, it.name) is Role.DELIVERIES and it.rows]:
        lateness = _read(report, table, partial(lateness_in, lake, table))
        report.lateness += [lateness] if lateness else []
    report.layers = _layers(report, state)
    return report


def _read(report: Report, what: str, read: Callable[[], Part]) -> Part | None:
    """A part of the report; None where it can't be read: files come and go while a run is in progress."""
    import duckdb

    try:
        return read()
    except LakehouseError as error:
        report.unread.append(f"{what} can't be read: {error}")
    except (duckdb.Error, OSError) as error:
        report.unread.append(f"{what} can't be read: {first_line(error)}")
    return None


def _problem(text: str) -> Problem:
    """Commands are lines of their own at the end of a problem."""
    lines = text.splitlines()
    commands = [line for line in lines if line.startswith("./lakehouse ")]
    return Problem("\n".join(line for line in lines if line not in commands), commands)


def open_releases(state: LakeState, where: str) -> list[OpenRelease]:
    """The releases that need a person; `where` are the options that name the lake."""
    return [
        OpenRelease(table, on_one_line(shown_name(release)), str(release["verdict"]), _problem(problem))
        for table, releases in state.releases.items()
        for release in releases
        if not release["is_superseded"] and shown_name(release) not in state.pending
        if (problem := problem_of(release, where))
    ]


def _layers(report: Report, state: LakeState) -> list[Layer]:
    last = report.updates[0].layers if report.updates else {}
    of = {layer: [table for table in state.tables if table.name.startswith(f"{layer}.")] for layer in LAYERS}
    return [
        Layer(
            name=layer,
            tables=len(tables),
            rows=sum(table.rows for table in tables),
            last_update=last.get(layer, LayerRows()),
            quarantined=sum(it.rows for it in report.quarantines if it.table.startswith(f"{layer}.")),
        )
        for layer, tables in of.items()
    ]
