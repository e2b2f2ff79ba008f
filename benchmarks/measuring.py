"""One way of measuring for all benchmarks: what a command and everything that it starts cost, and tables of it."""

import json
import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from local_runtime.counts import counted

ROOT = Path(__file__).resolve().parents[1]
EACH = 0.05  # seconds from one look at the memory to the next
TREE_EACH = 0.5  # the same, for which processes there are
FOLDER_EACH = 0.5  # the same, for the size of a folder


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a command cost, its children included.

    `read_bytes` and `written_bytes` are those of system calls: also what the page cache had, pipes, and modules, but
    not what is read from mapped memory. `folder_bytes` is the largest size of a watched folder on the disk.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    read_bytes: int
    written_bytes: int
    folder_bytes: int = 0


class Costs(dict[str, list[Cost]]):
    """By what was measured, each time that it was."""

    def note(self, what: str, cost: Cost) -> None:
        """Adds a measurement."""
        self.setdefault(what, []).append(cost)

    def ratios(self, what: str, base: str) -> list[dict[str, float]]:
        """Of each pair that was run in turn: CPU seconds and seconds of one beside those of the other."""
        pairs = zip(self[what], self[base], strict=True)
        return [
            {"cpu_seconds": one.cpu_seconds / other.cpu_seconds, "seconds": one.seconds / other.seconds}
            for one, other in pairs
        ]

    def table(self) -> Table:
        """Medians, and the range of CPU seconds."""
        columns = ("what", "CPU s", "from … to", "seconds", "peak MB", "MB read", "MB written")
        table = Table(*columns, box=None, header_style="bold")
        for what, costs in self.items():
            cpu, low, high = spread([cost.cpu_seconds for cost in costs])
            seconds, _, _ = spread([cost.seconds for cost in costs])
            peak = max(cost.peak_bytes for cost in costs)
            moved = [spread([cost.read_bytes for cost in costs])[0], spread([cost.written_bytes for cost in costs])[0]]
            megabytes = (f"{it / 1e6:,.0f}" for it in (peak, *moved))
            table.add_row(what, f"{cpu:.2f}", f"{low:.2f} … {high:.2f}", f"{seconds:.2f}", *megabytes)
        return table

    def to_json(self) -> dict[str, list[dict[str, float]]]:
        """The same as plain values."""
        return {what: [asdict(cost) for cost in costs] for what, costs in self.items()}


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Median, smallest and largest."""
    return statistics.median(values), min(values), max(values)


def shown_ratio(what: str, values: Sequence[float]) -> str:
    """The median of the ratios of pairs, and their range, in a line."""
    median, low, high = spread(values)
    return f"{what}: {median:.2f} (from {low:.2f} to {high:.2f}, {counted(len(values), 'pair')} run in turn)"


def children() -> dict[int, list[int]]:
    """By process, those that it started and that still run."""
    started: dict[int, list[int]] = {}
    for place in os.listdir("/proc"):
        if place.isdigit():
            try:
                # The name, in brackets, may hold blanks.
                above = int(Path(f"/proc/{place}/stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            started.setdefault(above, []).append(int(place))
    return started


def tree(process: int) -> list[int]:
    """A process and those that it started, however deep."""
    found, started = [process], children()
    for above in found:
        found += started.get(above, [])
    return found


def resident(process: int) -> int:
    """Bytes that a process and those that it started, however deep, hold now."""
    return sum(map(_resident, tree(process)))


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def size_on_disk(folder: Path) -> int:
    """Bytes that the files below a folder occupy; those that vanish meanwhile are left out."""
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    total += size_on_disk(Path(entry.path))
                else:
                    total += entry.stat(follow_symlinks=False).st_blocks * 512
    except OSError:
        pass
    return total


class _Watch(threading.Thread):
    """Looks at a process tree's memory, and at a folder's size, until it has ended."""

    def __init__(self, process: int, folder: Path | None) -> None:
        super().__init__(daemon=True)
        self.peak_bytes, self.folder_bytes, self.ended = 0, 0, threading.Event()
        self._process, self._folder = process, folder

    def run(self) -> None:
        tree_at = folder_at = 0.0
        processes = [self._process]
        while not self.ended.wait(EACH):
            now = time.monotonic()
            if now >= tree_at:
                processes, tree_at = tree(self._process), now + TREE_EACH
            self.peak_bytes = max(self.peak_bytes, sum(map(_resident, processes)))
            if self._folder and now >= folder_at:
                self.folder_bytes = max(self.folder_bytes, size_on_disk(self._folder))
                folder_at = now + FOLDER_EACH


def _moved(process: int) -> tuple[int, int]:
    """Bytes that an ended process read and wrote, with the children that it waited for; it isn't waited for yet."""
    fields = dict(line.split(": ") for line in Path(f"/proc/{process}/io").read_text().splitlines())
    return int(fields["rchar"]), int(fields["wchar"])


def measured(
    command: Sequence[str | Path], folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> Cost:
    """What a command costs; `folder` is watched for its size, and `environment` added to that of the process.

    Raises SystemExit with what it said if the command fails.
    """
    with tempfile.TemporaryFile() as errors:
        started = time.monotonic()
        process = subprocess.Popen(
            list(map(str, command)),
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
            env={**os.environ, **(environment or {})},
        )
        watch = _Watch(process.pid, folder)
        watch.start()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        seconds = time.monotonic() - started
        watch.ended.set()
        watch.join()
        read, written = _moved(process.pid)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            raise SystemExit(f"{' '.join(map(str, command))} failed:\n{errors.read().decode()}")
    return Cost(
        seconds=seconds,
        cpu_seconds=used.ru_utime + used.ru_stime,
        peak_bytes=watch.peak_bytes,
        read_bytes=read,
        written_bytes=written,
        folder_bytes=watch.folder_bytes,
    )


def measure(*arguments: str | Path, folder: Path | None = None, environment: Mapping[str, str] | None = None) -> Cost:
    """What a command of the launcher costs."""
    return measured([ROOT / "lakehouse", *arguments], folder, environment)


def report(heading: str, costs: Costs) -> None:
    """Prints the table of what was measured."""
    console = Console(width=max(120, Console().width))
    console.print(f"\n{heading}", highlight=False)
    console.print(costs.table())


def write_json(path: Path | None, name: str, content: Mapping[str, object]) -> None:
    """Writes what a benchmark measured, with the commit and the machine, if a path is given.

    What other benchmarks wrote to the file stays.
    """
    if path is None:
        return
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    about = {"commit": commit.stdout.strip(), "day": time.strftime("%Y-%m-%d"), "cores": os.cpu_count()}
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(json.dumps({**known, name: {**about, **content}}, indent=1) + "\n", encoding="utf-8")
