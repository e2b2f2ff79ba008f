"""Playback events through the pipelines, and through two DuckDB scripts: prints tables, and ratios of runs in turn.

`playback_same_work.sql` does the same work, `playback.sql` gives the same KPIs and keeps nothing else. All read the
same files; what they made is compared.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from benchmarks.measuring import ROOT, Cost, Costs, measure, report, shown_ratio, size_on_disk, write_json
from benchmarks.playback_scripts import ENVIRONMENT, SCRIPTS, differ_from, run_playback_script
from benchmarks.side_by_side import NOTHING_NEW, PIPELINES

SESSIONS_PER_GIGABYTE = 590_000
REPEATS = "repeats"
MORE = "more"  # how the names of files begin that land later
LAYERS = ("bronze", "silver", "gold")


def sample(landing: Path, *arguments: str) -> None:
    """Makes a sample, which more events may land beside."""
    subprocess.run(
        [ROOT / "lakehouse", "sample", "--landing", landing, "--seed", "11", *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    # More events will land than the sample has: its mark would keep them out.
    (landing / ".sample.json").unlink()


def size_of(landing: Path) -> int:
    """Bytes of the files of events."""
    return sum(path.stat().st_size for path in (landing / "playback").rglob("*") if path.is_file())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=("sail", "spark"), default="sail")
    parser.add_argument("--gigabytes", type=float, nargs="+", default=[0.2, 2.0])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--memory", default="4GB", help="the scripts' limit (default: %(default)s)")
    parser.add_argument("--layers", action="store_true", help="also each layer as a run of its own: bytes, disk")
    parser.add_argument("--event-dirt", nargs="*", default=[REPEATS], help="as of ./lakehouse sample, without csv")
    parser.add_argument("--folder", type=Path, default=None, help="where the files are made, and kept")
    parser.add_argument("--json", type=Path, default=None, help="a file that also gets all that was measured")
    given = parser.parse_args()
    for gigabytes in given.gigabytes:
        with tempfile.TemporaryDirectory() as temporary:
            benchmark = _Playback((given.folder or Path(temporary)) / f"{gigabytes:g}", gigabytes, given)
            benchmark.run()


class _Playback:
    """The events of one size."""

    def __init__(self, folder: Path, gigabytes: float, given: argparse.Namespace) -> None:
        self._folder, self._given, self._gigabytes = folder, given, gigabytes
        self._landing, self._lake = folder / "landing", folder / "lake"
        self._costs, self._differ = Costs(), list[str]()
        self._layers: dict[str, dict[str, float]] = {}

    def run(self) -> None:
        """Measures and reports."""
        if not self._landing.is_dir():
            sessions = str(max(1, int(self._gigabytes * SESSIONS_PER_GIGABYTE)))
            sample(self._landing, "--sessions", sessions, "--days", "30", "--event-dirt", *self._given.event_dirt)
        for added in self._landing.rglob(f"{MORE}-*"):
            added.unlink()
        size = size_of(self._landing)
        for _ in range(self._given.repeat):
            self._pair()
        nothing_new = self._update()
        self._costs.note(NOTHING_NEW, nothing_new)
        if self._given.layers:
            self._run_layers(size, nothing_new.read_bytes)
        for what, land in (("1 % more, on one day", one_day), ("1 % more, late, over five days", five_days)):
            land(self._landing)
            self._costs.note(what, self._update())
        self._report(size)

    def _update(self, *more: str, folder: Path | None = None) -> Cost:
        places = ("--landing", self._landing, "--lake", self._lake)
        command = ("run", "--engine", self._given.engine, *places, *more)
        return measure(*command, folder=folder, environment=ENVIRONMENT)

    def _pair(self) -> None:
        """The pipelines and the scripts once each, in turn, so that what else the machine does slows all of them."""
        shutil.rmtree(self._lake, ignore_errors=True)
        self._costs.note(PIPELINES, self._update())
        for script in SCRIPTS:
            folder = self._folder / "script"
            cost = run_playback_script(script, self._landing, self._lake, folder, self._given.memory)
            self._costs.note(script.name, cost)
            if script.knows_dirt or self._given.event_dirt == [REPEATS]:
                self._differ += differ_from(script, self._lake, folder)
            shutil.rmtree(folder)

    def _run_layers(self, size: int, fixed: int) -> None:
        """The layers one after the other, each as a run of its own over all events.

        `fixed` are the bytes that any run reads: modules, logs.
        """
        shutil.rmtree(self._lake, ignore_errors=True)
        for layer in LAYERS:
            cost = self._update("--layer", layer, folder=self._lake)
            self._costs.note(f"{layer} alone", cost)
            self._layers[layer] = {"reads_of_a_source_byte": (cost.read_bytes - fixed) / size}
        made = size_on_disk(self._lake)
        for layer, about in self._layers.items():
            about["peak_of_lake"] = self._costs[f"{layer} alone"][-1].folder_bytes / made

    def _report(self, size: int) -> None:
        state = "differ: " + "; ".join(self._differ) if self._differ else "equal"
        report(f"{size / 1e9:.2f} GB of events, answers {state}", self._costs)
        ratios = {script.name: self._costs.ratios(PIPELINES, script.name) for script in SCRIPTS}
        for name, found in ratios.items():
            print(shown_ratio(f"CPU seconds of the pipelines beside {name}", [it["cpu_seconds"] for it in found]))
            print(shown_ratio(f"seconds of the pipelines beside {name}", [it["seconds"] for it in found]))
        for layer, about in self._layers.items():
            print(
                f"{layer} alone: read {about['reads_of_a_source_byte']:.2f} times the bytes of the source (less what a "
                f"run with nothing new reads); the lake had up to {about['peak_of_lake']:.2f} times its size after gold"
            )
        content = {"bytes": size, "costs": self._costs.to_json(), "ratios": ratios, "layers": self._layers}
        write_json(self._given.json, f"playback {self._gigabytes:g} GB", {**content, "differ": self._differ})


def _days(landing: Path) -> list[Path]:
    """The files of events, in the order of their days."""
    return sorted(path for path in (landing / "playback").rglob("*.json") if not path.name.startswith(MORE))


def _later(lines: Sequence[str], number: int) -> list[str]:
    """Events like these, that are others: with ids and sessions of their own."""
    return [
        re.sub(r'"(event_id|session_id)": ?"', lambda found: f'"{found[1]}":"more{number}-', line) for line in lines
    ]


def one_day(landing: Path) -> list[Path]:
    """Lands a hundredth of the events again, as others, on one day in the middle."""
    days = _days(landing)
    return [_land(days[len(days) // 2], share=len(days) / 100, number=1)]


def five_days(landing: Path) -> list[Path]:
    """Lands a hundredth of the events, as others, spread over five days."""
    days = _days(landing)
    step = max(1, len(days) // 6)
    return [_land(day, share=len(days) / 500, number=2) for day in days[step::step][:5]]


def _land(day: Path, share: float, number: int) -> Path:
    lines = day.read_text(encoding="utf-8").splitlines(keepends=True)
    new = day.with_name(f"{MORE}-{number}-{day.name}")
    new.write_text("".join(_later(lines[: int(len(lines) * min(1.0, share))], number)), encoding="utf-8")
    os.utime(new, (day.stat().st_mtime, day.stat().st_mtime))
    return new


if __name__ == "__main__":
    main()
