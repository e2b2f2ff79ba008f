"""What a run did, as a table: a line for each table, or for each layer where the screen has no room for that."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from local_runtime.counts import counted
from local_runtime.delta.lake import Lake
from local_runtime.state.roles import Role, quarantined_table, role_of

if TYPE_CHECKING:
    from local_runtime.graph.dataset_graph import Graph
    from local_runtime.update.results import Outcome, Result

LINES_BESIDE = 8
"""Lines that a run prints outside the table: its header, folders, next steps, the prompt."""


@dataclass
class Line:
    """Rows that flows produced, rows written, rows that are aside since this run, and whether anything was written.

    `started` is when its first flow started, `ended` when its last one ended, in seconds of one clock.
    """

    label: str
    rows_in: int = 0
    rows_out: int = 0
    aside: int = 0
    changed: bool = False
    started: float = math.inf
    ended: float = -math.inf

    @property
    def seconds(self) -> float:
        """Wall time from the first start to the last end."""
        return max(0.0, self.ended - self.started)

    def add(self, other: "Line | Result", aside: int) -> None:
        """Takes in what another line, or a flow's result, counts."""
        self.rows_in += other.rows_in
        self.rows_out += other.rows_out
        self.aside += aside
        self.changed |= other.changed if isinstance(other, Line) else bool(other.commits)
        self.started = min(self.started, other.started)
        self.ended = max(self.ended, other.ended)


def table_lines(done: "Outcome", graph: "Graph", lake: Lake) -> list[Line]:
    """A line for each table that ran, in the graph's order."""
    lines: dict[str, Line] = {}
    for result in done.results:
        lines.setdefault(result.dataset, Line(result.dataset)).add(result, result.dropped)
    for result in {result.dataset: result for result in done.results}.values():
        properties = graph.datasets[result.dataset].properties
        if role_of(properties) is Role.QUARANTINE:
            table = quarantined_table(result.dataset, properties)
            if table in lines:
                lines[table].aside += _rows_gained(result, lake)
    return [lines[name] for name in graph.in_order() if name in lines]


def left_out(done: "Outcome", graph: "Graph", lake: Lake) -> dict[str, int]:
    """The quarantines that gained rows by this run, and how many."""
    gained: dict[str, int] = {}
    for result in done.results:
        if role_of(graph.datasets[result.dataset].properties) is Role.QUARANTINE:
            gained[result.dataset] = gained.get(result.dataset, 0) + _rows_gained(result, lake)
    return {name: rows for name, rows in gained.items() if rows}


def lines_by_schema(lines: Sequence[Line]) -> list[Line]:
    """A line for each layer."""
    by_schema = _layers(lines)
    for layer, line in by_schema.items():
        tables = [table for table in lines if table.label.startswith(f"{layer}.")]
        line.label = f"{layer}: {_number_of(tables)}"
    return list(by_schema.values())


def total(lines: Sequence[Line], seconds: float, failed: "Sequence[Result]" = ()) -> str:
    """A sentence on the run: tables, rows, wall time, and what of it was spent before and beside the layers.

    `failed` are flows that committed nothing: their time is their layer's, too. The parts add up as they are written.
    """
    worked = _layers([*lines, *(Line(it.dataset, started=it.started, ended=it.ended) for it in failed)])
    spent = {name: round(line.seconds, 1) for name, line in worked.items()}
    spent = {"start-up and checks": max(0.0, round(seconds, 1) - sum(spent.values())), **spent}
    parts = ", ".join(f"{name} {part:.1f}" for name, part in spent.items())
    rows = sum(line.rows_out for line in lines)
    return f"Total: {_number_of(lines)}, {counted(rows, 'row')} written in {seconds:.1f} s ({parts})."


def _layers(lines: Sequence[Line]) -> dict[str, Line]:
    by_schema: dict[str, Line] = {}
    for line in lines:
        by_schema.setdefault(line.label.split(".")[0], Line("")).add(line, line.aside)
    return by_schema


def _number_of(tables: Sequence[Line]) -> str:
    changed = sum(table.changed for table in tables)
    some = f", {changed} changed" if 0 < changed < len(tables) else ""
    return f"{counted(len(tables), 'table')}{some}"


def show(console: Console, lines: Sequence[Line], of_lake: str = "") -> None:
    """Prints the lines; where they don't fit on the screen, those of the layers, with the command that shows more."""
    if console.is_terminal and len(lines) + LINES_BESIDE > console.height:
        console.print(_rich_table(lines_by_schema(lines)))
        console.print("A taller window shows every table, and so does:", style="dim")
        console.print(f"./lakehouse status --long{of_lake}", style="dim", soft_wrap=True)
    else:
        console.print(_rich_table(lines))


def _rich_table(lines: Iterable[Line]) -> Table:
    table = Table(title=None, header_style="bold", box=None, pad_edge=False)
    table.add_column("table", overflow="fold")
    for name in ("rows in", "written", "quarantined", "seconds"):
        table.add_column(name, justify="right")
    for line in lines:
        aside = f"{line.aside:,}" if line.aside else ""
        cells = [f"{line.rows_in:,}", f"{line.rows_out:,}", aside] if line.changed else ["unchanged", "", ""]
        table.add_row(line.label, *cells, f"{line.seconds:.2f}", style=None if line.changed else "dim")
    return table


def _rows_gained(result: "Result", lake: Lake) -> int:
    """Rows that a quarantine has gained by this run's commit, which replaced the one before."""
    if not result.commits:
        return 0
    log = lake.log(result.dataset)
    before = log.versions()[-2:-1]
    return max(0, result.rows_out - sum(log.entry(version).rows_written for version in before))
