"""What a person reads: what a run did, and the lake's status."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from local_runtime.cli import run_table
from local_runtime.cli.next_steps import next_steps
from local_runtime.cli.screen import console, say, warn
from local_runtime.delta.lake import Lake
from local_runtime.inspection.deliveries import Deliveries
from local_runtime.inspection.flawed_files import flawed_files_in
from local_runtime.inspection.status import LakeState, releases_in
from local_runtime.root import ROOT
from local_runtime.state.roles import Role, role_of

if TYPE_CHECKING:
    from local_runtime.graph.dataset_graph import Graph
    from local_runtime.update.results import Outcome, Result


def print_outcome(
    done: "Outcome", graph: "Graph", lake: Lake, landing: Path, seconds: float, notes: Sequence[str] = ()
) -> bool:
    """Prints what a run did: each table, what is to be known or done, `notes` on where data came from, and a total.

    `seconds` is the wall time since the command began. Returns whether it went well: nothing failed, and of what was
    found something could be loaded and applied.
    """
    lines = run_table.table_lines(done, graph, lake)
    run_table.show(console, lines)
    # Several flows of a table may read one file.
    for message in dict.fromkeys(message for result in done.results for message in file_messages(result)):
        warn(message)
    for message in flawed_file_messages(done, graph, lake):
        warn(message)
    has_applied = _tell_releases(done, graph, lake)
    where = f"{_folder_argument('landing', landing)}{_folder_argument('lake', lake.root)}"
    for name in dict.fromkeys(result.dataset for result in done.results if result.is_of_older_code):
        warn(
            f"{name} keeps the history that its code made before it was changed, as on Databricks. To rebuild it: "
            f"./lakehouse run --full-refresh {name}{where}"
        )
    for trouble in _troubles(done, has_applied, where):
        say(trouble, "red")
    say(f"\nThe lake is in {lake.root}; files land in {landing}.")
    for note in notes:
        warn(note)
    if done.failures:
        say("Tables that failed are at their last commit. Fix the cause and run again.")
    elif has_applied and not done.rejected_every_file:
        steps = next_steps(graph, lake, _folder_argument("lake", lake.root))
        console.print("Next: " + "\n      ".join(steps), soft_wrap=True)
    if lines:
        say(run_table.total(lines, seconds))
    return has_applied and not (done.failures or done.rejected_every_file)


def _tell_releases(done: "Outcome", graph: "Graph", lake: Lake) -> bool:
    """Warns about releases that need attention; returns whether each feed with releases has an applied one."""
    has_applied = True
    for result in done.results:
        role = role_of(graph.datasets[result.dataset].properties)
        if result.commits and role is Role.RELEASES:
            releases = releases_in(lake, result.dataset)
            has_applied = has_applied and (not releases or any(release["is_applied"] for release in releases))
            for release in releases:
                if not release["is_superseded"]:
                    _tell_release(release)
    return has_applied


def _troubles(done: "Outcome", has_applied: bool, where: str) -> Iterator[str]:
    """What failed, and what to type where that is known; `where` are the options that name the folders."""
    yield from (f"Failed: {message}" for message in done.failures.values())
    to_refresh = [
        name for name, message in done.failures.items() if "in full" in message and "--full-refresh" not in message
    ]
    if to_refresh:
        yield f"Type ./lakehouse run --full-refresh {' '.join(to_refresh)}{where}"
    if done.skipped:
        yield f"Not run, because of that: {', '.join(done.skipped)}"
    if done.rejected_every_file:
        yield "Failed: every file that was found was rejected."
    if not has_applied:
        yield "Failed: no release has a valid row, so there is nothing to see yet."


def _folder_argument(name: str, folder: Path) -> str:
    """The option that names a folder, where it isn't the default one."""
    return "" if folder == ROOT / name else f" --{name} {shlex.quote(str(folder))}"


def file_messages(result: "Result") -> Iterator[str]:
    """What a person wants to know of the files that a flow found."""
    for name, record in result.files.items():
        if record.state == "rejected":
            yield f"Rejected: {name} ({record.reason}): {record.message}."
        elif record.state == "loaded" and not record.rows:
            yield f"No rows: {name} was loaded into {result.dataset}, and holds none."
        elif record.state == "loaded" and record.message:
            yield f"Loaded, but check it: {name}: {record.message}."


def flawed_file_messages(done: "Outcome", graph: "Graph", lake: Lake) -> Iterator[str]:
    """What is wrong with files that were loaded, where a run found new ones."""
    for result in done.results:
        if result.commits and role_of(graph.datasets[result.dataset].properties) is Role.FLAWED_FILES:
            yield from flawed_files_in(lake, result.dataset).values()


def _tell_release(release: Mapping[str, Any]) -> None:
    """Warns about what is wrong with a release, or missing from it."""
    if release["problem"]:
        warn(str(release["problem"]))
    elif release["missing_columns"]:
        lacks, left = ", ".join(release["missing_columns"]), ", ".join(release["leftover_headers"])
        others = f" Headers that are known for no column: {left}." if left else ""
        warn(f"{release['file_name']} was applied without {lacks}: no column was found.{others}")


def status_json(state: LakeState) -> str:
    """The state as one JSON object."""
    return json.dumps({"healthy": state.healthy, **asdict(state)}, default=str, ensure_ascii=False, indent=1) + "\n"


def status_text(state: LakeState, long: bool = False) -> str:
    """The state for a person; `long`: also what each table has taken in."""
    with console.capture() as captured:
        say(f"Lake {state.lake}\n")
        console.print(_tables(state, long))
        _print_rules(state)
        for name, files in state.rejected.items():
            console.print(f"\nRejected files of {name}", style="bold")
            for file, record in files.items():
                say(f"  {file} ({record.reason}): {record.message}")
        for name, releases in state.releases.items():
            console.print(f"\nReleases in {name}, in their order", style="bold")
            console.print(_releases(releases))
        for name, delivered in state.deliveries.items():
            _print_deliveries(name, delivered)
        console.print()
        for problem in state.problems:
            say(problem, "red")
        for notice in _notices(state):
            say(notice)
        console.print(_verdict(state), style="bold", soft_wrap=True)
    return captured.get()


def _notices(state: LakeState) -> list[str]:
    """What needs no hand and is to be known."""
    invented = ["The data in this lake are invented: it is a sample."] if state.invented else []
    if not state.undefined:
        return invented
    undefined = {*state.undefined}
    readers = [table.name for table in state.tables if table.name not in undefined and {*table.reads} & undefined]
    read = f" {', '.join(readers)} read from them, and get nothing new." if readers else ""
    return [
        *invented,
        f"Defined by no pipeline: {', '.join(state.undefined)}. They were renamed or removed in the code, or another "
        f"program wrote them; nothing here updates them.{read} Delete their folders if they aren't needed any more.",
    ]


def _verdict(state: LakeState) -> str:
    if state.problems:
        return "Needs attention: see above."
    return "A run is in progress: look again when it has ended." if state.running else "Healthy."


def _tables(state: LakeState, long: bool) -> Table:
    table = Table(header_style="bold", box=None, pad_edge=False)
    table.add_column("table")
    for name in ("version", "rows", "age"):
        table.add_column(name, justify="right")
    if long:
        table.add_column("stands at")
    for entry in state.tables:
        at = [f"{source}@v{version}" for source, version in entry.reads.items()]
        at += [f"{entry.files} files"] if entry.files else []
        at += [f"release {entry.snapshot}"] if entry.snapshot else []
        at += [entry.refresh.removeprefix("MAINTENANCE_TYPE_")] if entry.refresh else []
        age = _age(datetime.now(UTC) - entry.changed_at)
        table.add_row(entry.name, f"v{entry.version}", f"{entry.rows:,}", age, *([", ".join(at)] if long else []))
    return table


def _releases(releases: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(header_style="bold", box=None, pad_edge=False)
    for name in ("release", "of", "ordered by", "has valid rows"):
        table.add_column(name)
    for release in releases:
        applied = "yes" if release["is_applied"] else "no"
        table.add_row(release["file_name"], f"{release['released_at']:%Y-%m-%d}", release["ordered_by"], applied)
    return table


def _print_deliveries(name: str, deliveries: Deliveries) -> None:
    console.print(f"\nEvents in {name}", style="bold")
    sign = "=" if deliveries.adds_up else "≠"
    say(
        f"  {deliveries.files:,} files, {deliveries.rows:,} rows {sign} {deliveries.valid:,} valid + "
        f"{deliveries.duplicates:,} duplicates + {deliveries.quarantined:,} quarantined; {deliveries.late:,} came "
        f"more than a day after their event, the latest after {deliveries.longest_delay_hours:,} hours"
    )
    for day, count in deliveries.days.items():
        than_before = f"  {count / deliveries.usual:5.0%} of the mean of the days before" if deliveries.usual else ""
        console.print(f"  {day}  {count:>12,}{than_before}", soft_wrap=True)


def _age(age: timedelta) -> str:
    seconds = age.total_seconds()
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def _print_rules(state: LakeState) -> None:
    for name, rules in state.quarantined.items():
        console.print(f"\nRows in {name} by the rule that they fail", style="bold")
        for rule, rows in rules.items():
            console.print(f"  {rule:<24} {rows:>9,}")
    failing = [e for entry in state.tables for e in entry.expectations if e.failed_records]
    count = sum(len(entry.expectations) for entry in state.tables)
    console.print(
        f"\nExpectations of the last updates: {count}, of them with failing rows: {len(failing)}", style="bold"
    )
    for e in failing:
        console.print(
            f"  {e.dataset} {e.name} ({e.action}): {e.failed_records:,} rows failed", soft_wrap=True, markup=False
        )
