"""A lake's status for a person, and for programs: the verdict first, then what is to be known, then the details."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.measure import Measurement
from rich.table import Table

from local_runtime.cli.screen import console, say, say_item
from local_runtime.counts import counted
from local_runtime.delta.lake import Lake
from local_runtime.inspection.deliveries import Deliveries
from local_runtime.inspection.formats import UNLIMITED
from local_runtime.inspection.notices import notices_of
from local_runtime.inspection.published import described
from local_runtime.inspection.releases import Release, shown_name
from local_runtime.inspection.status import LakeState, TableState
from local_runtime.inspection.verdicts import PendingDecision
from local_runtime.printable import on_one_line
from local_runtime.root import folder_argument
from local_runtime.state.last_run import run_command


def status_json(state: LakeState) -> str:
    """The state as one JSON object; of publications only which update made them, and when."""
    published = [
        {"name": one.name, "update_id": one.update_id, "published_at": one.published_at} for one in state.published
    ]
    record = {"healthy": state.healthy, **asdict(state), "published": published}
    return json.dumps(record, default=str, ensure_ascii=False, indent=1) + "\n"


def status_text(state: LakeState, long: bool = False) -> str:
    """The state for a person; `long`: also tables without rows, and what each table has taken in."""
    of_lake = folder_argument("lake", Path(state.lake))
    with console.capture() as captured:
        say(f"Lake {state.lake}")
        say(state.verdict, "bold")
        for problem in state.problems:
            say(problem, "red")
        for notice in (*_publications(state, long), *notices_of(state)):
            say(notice)
        _print_tables(state, long, of_lake)
        _print_quarantines(state, of_lake)
        _print_expectations(state)
        for name, files in state.rejected.items():
            console.print(f"\nRejected files of {name}", style="bold")
            for file, record in files.items():
                say_item(f"{file} ({record.reason}): {record.message}")
        for name, releases in state.releases.items():
            console.print(f"\nReleases in {name}, in their order", style="bold")
            _print_releases(releases, state.pending)
        for name, delivered in state.deliveries.items():
            _print_deliveries(name, delivered)
    return captured.get()


def _publications(state: LakeState, long: bool) -> Iterator[str]:
    """What readers of gold are served, and with `long` what they may ask for."""
    if not state.published:
        return
    yield f"Gold is served as {described(state.published[-1])}."
    if state.waiting and not state.running:
        yield (
            f"Newer commits, which no publication names, wait in {counted(len(state.waiting), 'table')}: "
            f"`{run_command(Lake(Path(state.lake)))}` publishes them if it goes well."
        )
    if long:
        yield f"Publications, which queries name as gold.TABLE@{state.published[-1].name}:"
        yield from (f"  {described(one)}" for one in reversed(state.published))


def _print_tables(state: LakeState, long: bool, of_lake: str) -> None:
    """Prints the tables; those without rows are only counted, by schema, unless everything is asked for."""
    shown = [table for table in state.tables if table.rows or long]
    if shown:
        console.print()
        console.print(_tables(shown, long))
    empty = Counter(table.name.split(".")[0] for table in state.tables if not table.rows)
    if empty and not long:
        by_schema = ", ".join(f"{schema} {tables}" for schema, tables in empty.items())
        say(f"{counted(empty.total(), 'table')} without rows ({by_schema}): ./lakehouse status --long{of_lake}")


def _tables(tables: Sequence[TableState], long: bool) -> Table:
    drawn = Table(header_style="bold", box=None, pad_edge=False)
    drawn.add_column("table")
    for name in ("version", "rows", "age"):
        drawn.add_column(name, justify="right")
    if long:
        drawn.add_column("stands at")
    for entry in tables:
        at = [f"{source}@v{version}" for source, version in entry.reads.items()]
        at += [counted(entry.files, "file")] if entry.files else []
        at += [f"release {entry.snapshot}"] if entry.snapshot else []
        at += [entry.refresh.removeprefix("MAINTENANCE_TYPE_")] if entry.refresh else []
        at += entry.ways.values() if len(entry.ways) == 1 else [f"{flow}: {way}" for flow, way in entry.ways.items()]
        age = _age(datetime.now(UTC) - entry.changed_at)
        drawn.add_row(entry.name, f"v{entry.version}", f"{entry.rows:,}", age, *([", ".join(at)] if long else []))
    return drawn


def _print_releases(releases: Sequence[Release], pending: Mapping[str, PendingDecision]) -> None:
    """Prints the releases as a table, or, where that would break their names, a line for each."""
    rows = []
    for release in releases:
        decided = pending.get(shown_name(release))
        later = f"; {decided.decision.done}, from the next run on" if decided else ""
        day = f"{release['released_at']:%Y-%m-%d}"
        rows.append((on_one_line(shown_name(release)), day, release["ordered_by"], f"{release['verdict']}{later}"))
    table = Table(header_style="bold", box=None, pad_edge=False)
    for name in ("release", "of", "ordered by", "verdict"):
        table.add_column(name)
    for row in rows:
        table.add_row(*row)
    needed = Measurement.get(console, console.options.update(max_width=UNLIMITED), table).maximum
    if needed <= console.width:
        console.print(table)
        return
    for name, day, ordered_by, verdict in rows:
        say_item(f"{name} of {day}, ordered by {ordered_by}: {verdict}")


def _print_deliveries(name: str, deliveries: Deliveries) -> None:
    console.print(f"\nEvents in {name}", style="bold")
    sign = "=" if deliveries.adds_up else "≠"
    latest = counted(deliveries.longest_delay_hours, "hour")
    late = f"; {deliveries.late:,} came more than a day after their event, the latest after {latest}"
    late = late if deliveries.late else ""
    say_item(
        f"{counted(deliveries.files, 'file')}, {counted(deliveries.rows, 'row')} {sign} {deliveries.valid:,} valid + "
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


def _print_quarantines(state: LakeState, of_lake: str) -> None:
    for name, rules in state.quarantined.items():
        console.print(f"\nRows in {name} by the rule that they fail", style="bold")
        for rule, rows in rules.items():
            console.print(f"  {rule:<24} {rows:>9,}")
    if state.quarantined:
        say(f"Those of one file: ./lakehouse rejected FILE{of_lake}")


def _print_expectations(state: LakeState) -> None:
    failing = [e for entry in state.tables for e in entry.expectations if e.failed_records]
    count = sum(len(entry.expectations) for entry in state.tables)
    if not count:
        return
    title = f"\nExpectations of the last updates: {count}, of them with failing rows: {len(failing)}"
    console.print(title, style="bold")
    for e in failing:
        say_item(f"{e.dataset} {e.name} ({e.action}): {counted(e.failed_records, 'row')} failed")
