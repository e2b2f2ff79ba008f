"""The table at a run's end."""

import io
import re
from types import SimpleNamespace
from typing import ClassVar

import pytest
from rich.console import Console

from local_runtime.cli import run_table
from local_runtime.cli.run_table import Line
from local_runtime.update.results import Outcome, Result

# Gold's tables ran four at a time, 0.2 seconds each.
LINES = [Line("bronze.titles", 1284, 1284, 0, True, 10.0, 10.1)]
LINES += [
    Line(f"gold.a_table_with_a_long_name_{n}", 5000, 5000, 10, n > 3, 11 + n // 4 * 0.2, 11.2 + n // 4 * 0.2)
    for n in range(20)
]


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
    assert gold.split() == ["gold:", "20", "tables,", "16", "changed", "100,000", "100,000", "200", "1.00"]


def test_137_it_has_a_line_for_each_table_where_there_is_room():
    assert len(shown(LINES, 80, 40)) == len(LINES) + 1


def test_the_name_of_every_table_stays_in_one_piece_in_80_columns(graph):
    names = [name for name, dataset in graph.datasets.items() if dataset.is_stored]
    rows = shown([Line(name, 100_000, 100_000, 0, True, 0.0, 1.0) for name in names], 80, 200)
    assert [row.split()[0] for row in rows[1:]] == names


def test_a_layers_seconds_are_wall_time_and_a_tables_its_own():
    rows = {row.split()[0]: row.split()[-1] for row in shown(LINES, 80, 40)}
    assert rows["gold.a_table_with_a_long_name_7"] == "0.20"
    assert sum(line.seconds for line in run_table.lines_by_schema(LINES)) == pytest.approx(0.1 + 1.0)


def test_a_runs_total_adds_up_to_its_wall_time():
    said = run_table.total(LINES, 4.0)
    assert said.startswith("Total: 21 tables, 17 changed, 101,284 rows written in 4.0 s (")
    assert re.findall(r"(\w+) (\d+\.\d)", said.partition("(")[2]) == [
        ("checks", "2.9"),
        ("bronze", "0.1"),
        ("gold", "1.0"),
    ]


def test_the_time_of_a_flow_that_failed_is_its_layers_and_the_parts_add_up_as_they_are_written():
    failed = [Result("silver.a", "f", started=10.16, ended=10.5), Result("gold.z", "f", started=15.0, ended=17.0)]
    said = run_table.total([*LINES, Line("silver.b", started=10.1, ended=10.2)], 9.04, failed)
    parts = dict(re.findall(r"(\w+) (\d+\.\d)", said.partition("(")[2]))
    assert parts == {"checks": "2.5", "bronze": "0.1", "gold": "6.0", "silver": "0.4"}
    assert sum(map(float, parts.values())) == pytest.approx(9.0)


class Order:
    datasets: ClassVar = {"silver.a": SimpleNamespace(properties={})}

    def in_order(self):
        return ["silver.a"]


@pytest.mark.parametrize("commits", [0, 1])
def test_137_flows_of_one_table_are_one_line(commits):
    flows = [("one", 7.0, 7.5), ("two", 7.5, 8.0)]
    done = Outcome("u", [Result("silver.a", flow, 3, 2, 1, commits, *times) for flow, *times in flows])
    (line,) = run_table.table_lines(done, Order(), None)
    assert line == Line("silver.a", 6, 4, 2, bool(commits), 7.0, 8.0)
    assert line.seconds == 1.0
