"""How long the launcher's commands take over a real catalogue, and how much memory: prints a table."""

import argparse
import os
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
REAL = Path(os.environ.get("LAKEHOUSE_REAL_DATA", ROOT.parent / "shared" / "data")) / "titles"
RELEASES = {"v2021early_7787.csv": 1_610_928_000, "v2021_8807.csv": 1_632_700_800}


def resident(process: int) -> int:
    """Bytes that a process and those that it started, however deep, hold now."""
    held: dict[int, int] = {}
    parent: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            number = int(fields["Pid"])
            parent[number] = int(fields["PPid"])
            held[number] = int(fields.get("VmRSS", "0 kB").split()[0]) * 1024
        except (OSError, ValueError, KeyError):
            continue
    total = 0
    for number in held:
        above = number
        while above and above != process:
            above = parent.get(above, 0)
        total += held[number] if above else 0
    return total


def measure(*arguments: str) -> tuple[float, int]:
    """Seconds and peak bytes of a command of the launcher."""
    return measured([str(ROOT / "lakehouse"), *arguments])


def measured(command: list[str]) -> tuple[float, int]:
    """Seconds and peak bytes of a command, its children included."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    peak = [0]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            peak[0] = max(peak[0], resident(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, errors = process.communicate()
    seconds = time.monotonic() - started
    ended.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{errors.decode()}")
    return seconds, peak[0]


def land(landing: Path, name: str) -> None:
    target = landing / "titles" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(REAL / name, target)
    os.utime(target, (RELEASES[name], RELEASES[name]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=("sail", "spark"), default="sail")
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    if not REAL.is_dir():
        raise SystemExit(f"The real catalogues are not at {REAL}: set LAKEHOUSE_REAL_DATA.")
    table = Table("what", "best s", "worst s", "peak MB", box=None, header_style="bold")
    results: dict[str, list[tuple[float, int]]] = {}

    def note(what: str, *arguments: str) -> None:
        results.setdefault(what, []).append(measure(*arguments))

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
    for what, measured in results.items():
        seconds = [second for second, _ in measured]
        peak = max(memory for _, memory in measured) / 1e6
        table.add_row(what, f"{min(seconds):.2f}", f"{max(seconds):.2f}", f"{peak:,.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
