"""How long the launcher's commands take over a real catalogue, and how much memory: prints a table."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from benchmarks.measuring import ROOT, Costs, measure, report, write_json

REAL = Path(os.environ.get("LAKEHOUSE_REAL_DATA", ROOT.parent / "shared" / "data")) / "titles"
RELEASES = {"v2021early_7787.csv": 1_610_928_000, "v2021_8807.csv": 1_632_700_800}


def land(landing: Path, name: str) -> None:
    target = landing / "titles" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(REAL / name, target)
    os.utime(target, (RELEASES[name], RELEASES[name]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=("sail", "spark"), default="sail")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path, default=None, help="a file that also gets all that was measured")
    given = parser.parse_args()
    if not REAL.is_dir():
        raise SystemExit(f"The real catalogues are not at {REAL}: set LAKEHOUSE_REAL_DATA.")
    costs = Costs()

    def note(what: str, *arguments: str) -> None:
        costs.note(what, measure(*arguments))

    for _ in range(given.repeat):
        with tempfile.TemporaryDirectory() as folder:
            landing, lake = Path(folder) / "landing", Path(folder) / "lake"
            run = ("run", "--engine", given.engine, "--landing", str(landing), "--lake", str(lake))
            land(landing, "v2021_8807.csv")
            note("run: 8,807 titles from nothing", *run)
            note("run: nothing new", *run)
            note("sql", "sql", "FROM gold.kpi_genre", "--lake", str(lake))
            note("status", "status", "--lake", str(lake))
            note("graph", "graph", "--landing", str(landing), "--lake", str(lake))
            note("--help", "--help")
        with tempfile.TemporaryDirectory() as folder:
            landing, lake = Path(folder) / "landing", Path(folder) / "lake"
            run = ("run", "--engine", given.engine, "--landing", str(landing), "--lake", str(lake))
            land(landing, "v2021early_7787.csv")
            measure(*run)
            land(landing, "v2021_8807.csv")
            note("run: one new release (8,807 after 7,787)", *run)
    report("a real catalogue", costs)
    write_json(given.json, "catalogue", {"costs": costs.to_json()})


if __name__ == "__main__":
    main()
