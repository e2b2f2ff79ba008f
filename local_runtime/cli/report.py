"""What a person reads: what a run did, and the lake's status."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from local_runtime.cli import run_messages, run_table
from local_runtime.cli.next_steps import next_steps
from local_runtime.cli.screen import console, say, warn
from local_runtime.counts import counted
from local_runtime.delta.lake import Lake
from local_runtime.inspection.deliveries import Deliveries
from local_runtime.inspection.releases import Release, note_on_mixed_order, notes_on_order, shown_name
from local_runtime.inspection.status import LakeState
from local_runtime.inspection.verdicts import PendingDecision
from local_runtime.root import folder_argument

if TYPE_CHECKING:
    from local_runtime.graph.dataset_graph import Graph
    from local_runtime.update.results import Outcome


def print_outcome(
    done: "Outcome", graph: "Graph", lake: Lake, landing: Path, seconds: float, notes: Sequence[str] = ()
) -> bool:
    """Prints what a run did: each table, what is to be known or done, `notes` on where data came from, and a total.

    `seconds` is the wall time since the command began. Returns whether it went well: nothing failed, and of what was
    found something could be loaded and applied.
    """
    lines = run_table.table_lines(done, graph, lake)
    run_table.show(console, lines)
    of_lake = folder_argument("lake", lake.root)
    where = f"{folder_argument('landing', landing)}{of_lake}"
    problems = run_messages.problems_after(done, graph, lake)
    for message in run_messages.messages(done, graph, lake, of_lake, problems):
        warn(message)
    unapplied = run_messages.without_valid_rows(done, graph, lake)
    for name in dict.fromkeys(result.dataset for result in done.results if result.is_of_older_code):
        warn(
            f"{name} keeps the history that its code made before it was changed, as on Databricks. To rebuild it: "
            f"./lakehouse run --full-refresh {name}{where}"
        )
    for trouble in _troubles(done, unapplied, where):
        say(trouble, "red")
    say(f"\nThe lake is in {lake.root}; files land in {landing}.")
    for note in notes:
        warn(note)
    if done.failures:
        say("Tables that failed are at their last commit. Fix the cause and run again.")
    elif not done.rejected_every_file:
        steps = next_steps(graph, lake, of_lake)
        say("Next: " + "\n      ".join(steps), is_folded=False)
    if lines or done.uncommitted:
        say(run_table.total(lines, seconds, done.uncommitted))
    return not (unapplied or done.failures or done.rejected_every_file)


def _troubles(done: "Outcome", unapplied: Sequence[str], where: str) -> Iterator[str]:
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
    if unapplied:
        yield run_messages.unapplied_message(unapplied)


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
            console.print(_releases(releases, state.pending))
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
    notices = [
        f"{release} is {pending.decision.done}, which takes effect with the next run: {pending.command}"
        for release, pending in state.pending.items()
    ]
    for name, releases in state.releases.items():
        notices += [note for one in releases if not one["is_superseded"] for note in notes_on_order(one)]
        notices += note_on_mixed_order(name, releases)
    notices += ["The data in this lake are invented: it is a sample."] if state.invented else []
    return notices + _undefined_tables(state)


def _undefined_tables(state: LakeState) -> list[str]:
    if not state.undefined:
        return []
    undefined = {*state.undefined}
    readers = [table.name for table in state.tables if table.name not in undefined and {*table.reads} & undefined]
    read = f" {', '.join(readers)} read from them, and get nothing new." if readers else ""
    return [
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
        at += [counted(entry.files, "file")] if entry.files else []
        at += [f"release {entry.snapshot}"] if entry.snapshot else []
        at += [entry.refresh.removeprefix("MAINTENANCE_TYPE_")] if entry.refresh else []
        age = _age(datetime.now(UTC) - entry.changed_at)
        table.add_row(entry.name, f"v{entry.version}", f"{entry.rows:,}", age, *([", ".join(at)] if long else []))
    return table


def _releases(releases: Sequence[Release], pending: Mapping[str, PendingDecision]) -> Table:
    table = Table(header_style="bold", box=None, pad_edge=False)
    for name in ("release", "of", "ordered by", "verdict"):
        table.add_column(name)
    for release in releases:
        day = f"{release['released_at']:%Y-%m-%d}"
        decided = pending.get(shown_name(release))
        later = f"; {decided.decision.done}, from the next run on" if decided else ""
        table.add_row(shown_name(release), day, release["ordered_by"], f"{release['verdict']}{later}")
    return table


def _print_deliveries(name: str, deliveries: Deliveries) -> None:
    console.print(f"\nEvents in {name}", style="bold")
    sign = "=" if deliveries.adds_up else "≠"
    latest = counted(deliveries.longest_delay_hours, "hour")
    late = f"; {deliveries.late:,} came more than a day after their event, the latest after {latest}"
    late = late if deliveries.late else ""
    say(
        f"  {counted(deliveries.files, 'file')}, {counted(deliveries.rows, 'row')} {sign} {deliveries.valid:,} valid + "
        f"{counted(deliveries.duplicates, 'duplicate')} + {deliveries.quarantined:,} quarantined{late}"
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
    if not count:
        return
    console.print(
        f"\nExpectations of the last updates: {count}, of them with failing rows: {len(failing)}", style="bold"
    )
    for e in failing:
        console.print(
            f"  {e.dataset} {e.name} ({e.action}): {counted(e.failed_records, 'row')} failed",
            soft_wrap=True,
            markup=False,
        )
