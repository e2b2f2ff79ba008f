"""The table at a run's end."""

import io
from types import SimpleNamespace
from typing import ClassVar

import pytest
from rich.console import Console

from local_runtime.cli import run_table
from local_runtime.cli.run_table import Line
from local_runtime.update.results import Outcome, Result

LINES = [Line("bronze.titles", 1284, 1284, 0, 0.1, True)]
LINES += [Line(f"gold.a_table_with_a_long_name_{n}", 5000, 5000, 10, 0.25, n > 3) for n in range(20)]


def shown(lines, width, height):
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, color_system=None, width=width, height=height)
    run_table.show(console, lines)
    return screen.getvalue().splitlines()


def test_137_a_runs_table_folds_by_layer_where_the_screen_is_too_low():
    told = shown(LINES, 80, 24)
    assert max(map(len, told)) <= 80
    bronze, gold = told[1:3]
    assert bronze.split() == ["bronze:", "1", "table", "1,284", "1,284", "0.10"]
    assert gold.split() == ["gold:", "20", "tables,", "16", "changed", "100,000", "100,000", "200", "5.00"]


def test_137_it_has_a_line_for_each_table_where_there_is_room():
    assert len(shown(LINES, 80, 40)) == len(LINES) + 1


class Order:
    datasets: ClassVar = {"silver.a": SimpleNamespace(properties={})}

    def in_order(self):
        return ["silver.a"]


@pytest.mark.parametrize("commits", [0, 1])
def test_137_flows_of_one_table_are_one_line(commits):
    done = Outcome("u", [Result("silver.a", f, 3, 2, 1, commits, 0.5) for f in ("one", "two")])
    (line,) = run_table.table_lines(done, Order(), None)
    assert line == Line("silver.a", 6, 4, 2, 1.0, bool(commits))
