"""The pipelines beside a DuckDB script for the same answers: both measured in turn, the answers compared."""

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb

from benchmarks.measuring import Cost, Costs, measure, measured, report, shown_ratio, write_json
from local_runtime.delta.lake import Lake
from local_runtime.inspection.query import run_query

Pairs = Mapping[str, tuple[str, str]]
"""What is compared: a query of the lake, and one of what the script made."""
PIPELINES, SCRIPT, NOTHING_NEW = "pipelines, from nothing", "DuckDB script", "nothing new"
RUN_SCRIPT = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute(open(sys.argv[2]).read())"


def compare(
    what: str,
    land: Callable[[Path], None],
    script: Callable[[Path], str],
    pairs: Pairs,
    repeat: int,
    json_file: Path | None = None,
) -> None:
    """Runs both `repeat` times in turn on what `land` puts into a folder; `script` is the script for that folder."""
    costs, differ = Costs(), list[str]()
    with tempfile.TemporaryDirectory() as temporary:
        landing, lake, folder = (Path(temporary) / name for name in ("landing", "lake", "script"))
        land(landing)
        run = ("run", "--landing", landing, "--lake", lake)
        for _ in range(repeat):
            shutil.rmtree(lake, ignore_errors=True)
            costs.note(PIPELINES, measure(*run))
            shutil.rmtree(folder, ignore_errors=True)
            costs.note(SCRIPT, run_script(script(landing), folder))
            differ = differences(lake, folder, pairs)
        costs.note(NOTHING_NEW, measure(*run))
    ratios = costs.ratios(PIPELINES, SCRIPT)
    report(f"{what}, answers {'differ: ' + '; '.join(differ) if differ else 'equal'}", costs)
    print(shown_ratio("CPU seconds beside the script's", [ratio["cpu_seconds"] for ratio in ratios]))
    write_json(json_file, what, {"costs": costs.to_json(), "ratios": ratios, "differ": differ})


def run_script(text: str, folder: Path) -> Cost:
    """What the script costs in a process of its own, which leaves its answers in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "script.sql").write_text(text, encoding="utf-8")
    return measured([sys.executable, "-c", RUN_SCRIPT, folder / "answers.db", folder / "script.sql"])


def differences(lake: Path, folder: Path, pairs: Pairs) -> list[str]:
    """What the lake and the script don't have alike, with the first rows that only one of them has."""
    found = []
    with duckdb.connect(str(folder / "answers.db"), read_only=True) as answers:
        answers.execute("SET TimeZone = 'UTC'")
        for name, (ours, theirs) in pairs.items():
            one, other = (Counter(rows.fetchall()) for rows in (run_query(Lake(lake), ours), answers.sql(theirs)))
            if one != other:
                only = (sorted(map(str, (one - other).elements())), sorted(map(str, (other - one).elements())))
                found.append(f"{name}: lake {only[0][:3]}, script {only[1][:3]}")
    return found
