"""The pipelines beside one DuckDB script for the same answers: both timed, the answers compared, a table printed."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from benchmarks.catalogue import measure, measured
from local_runtime.delta.lake import Lake
from local_runtime.inspection.query import run_query

Pairs = Mapping[str, tuple[str, str]]
"""What is compared: a query of the lake, and one of what the script made."""


def compare(what: str, land: Callable[[Path], None], script: Callable[[Path], str], pairs: Pairs, repeat: int) -> None:
    """Runs both `repeat` times in turn on what `land` puts into a folder; `script` is the script for that folder."""
    with tempfile.TemporaryDirectory() as temporary:
        landing, lake, folder = (Path(temporary) / name for name in ("landing", "lake", "script"))
        land(landing)
        run = ("run", "--landing", str(landing), "--lake", str(lake))
        found: dict[str, list[tuple[float, int]]] = {"pipelines, from nothing": [], "DuckDB script": []}
        differ: list[str] = []
        for _ in range(repeat):
            shutil.rmtree(lake, ignore_errors=True)
            found["pipelines, from nothing"].append(measure(*run))
            found["DuckDB script"].append(_script(script(landing), folder))
            differ = _differences(lake, folder, pairs)
        found["nothing new"] = [measure(*run)]
    table = Table("what", "best s", "worst s", "peak MB", box=None, header_style="bold")
    for name, times in found.items():
        seconds, memory = [second for second, _ in times], max(peak for _, peak in times)
        table.add_row(name, f"{min(seconds):.1f}", f"{max(seconds):.1f}", f"{memory / 1e6:,.0f}")
    console = Console()
    console.print(f"\n{what}, answers {'differ: ' + '; '.join(differ) if differ else 'equal'}")
    console.print(table)


def _script(text: str, folder: Path) -> tuple[float, int]:
    """Seconds and peak bytes of the script in a process of its own, which leaves its answers in `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "script.sql").write_text(text)
    code = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute(open(sys.argv[2]).read())"
    return measured([sys.executable, "-c", code, str(folder / "answers.db"), str(folder / "script.sql")])


def _differences(lake: Path, folder: Path, pairs: Pairs) -> list[str]:
    answers = duckdb.connect(str(folder / "answers.db"), read_only=True)
    rows = {
        name: (run_query(Lake(lake), ours).fetchall(), answers.sql(theirs).fetchall())
        for name, (ours, theirs) in pairs.items()
    }
    return [f"{name} {ours} {theirs}" for name, (ours, theirs) in rows.items() if ours != theirs]
