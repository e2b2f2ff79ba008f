"""How long after a file of events has landed gold shows it, while `./lakehouse run --watch` runs: prints a table.

The lake may have a history before (`--history`), and the table shows how much memory the watch holds over time.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from rich.console import Console
from rich.table import Table

from benchmarks.measuring import ROOT, measure, resident, write_json
from benchmarks.playback import SESSIONS_PER_GIGABYTE, sample
from local_runtime.delta.lake import Lake
from local_runtime.inspection.query import run_query

KPI = "gold.kpi_top_titles"
EVENTS_OF_SESSION = 5
SETTLING = 5  # seconds
SHARES = {"p50": 0.5, "p95": 0.95, "worst": 1.0}


def land(landing: Path, name: str, sessions: int, dice: random.Random) -> None:
    """One file, complete when it appears, with so many sessions of five events each."""
    now = int(time.time()) - 3600
    lines = []
    for _ in range(sessions):
        session = str(uuid.UUID(int=dice.getrandbits(128)))
        common = {
            "user_id": f"user-{dice.randrange(50_000)}",
            "profile_id": "p1",
            "title_id": f"s{1 + int(500 * dice.random() ** 3)}",
            "device_type": dice.choice(["tv", "mobile", "web"]),
            "country": dice.choice(["US", "IN", "DE"]),
            "session_id": session,
        }
        for place, event in enumerate(("PLAY_START", "HEARTBEAT", "PAUSE", "RESUME", "PLAY_STOP")):
            about = {"event_id": f"{session}-{place}", "event_type": event, "event_ts": now + 60 * place}
            lines.append(json.dumps({**common, **about}))
    folder = landing / "playback" / "live"
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{name}.json"
    unfinished.write_text("\n".join(lines) + "\n")
    unfinished.rename(folder / f"{name}.json")


class Plays:
    """The plays that gold shows; asked for only where the table has a new version."""

    def __init__(self, lake: Lake) -> None:
        self._lake, self._version, self._count = lake, -1, 0

    def __call__(self) -> int:
        """How many there are now."""
        newest = self._lake.log(KPI).newest_version() if self._lake.log(KPI).exists() else None
        if newest is not None and newest != self._version:
            self._count = int(run_query(self._lake, f"SELECT coalesce(sum(plays), 0) FROM {KPI}").fetchall()[0][0])
            self._version = newest
        return self._count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--events", type=int, default=1000, help="a second, in one file (default: %(default)s)")
    parser.add_argument("--history", type=float, default=0, help="gigabytes of events that the lake has before")
    parser.add_argument("--folder", type=Path, default=None, help="of landing and lake; used again if they are there")
    parser.add_argument("--json", type=Path, default=None, help="a file that also gets all that was measured")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        landing, lake = folder / "landing", Lake(folder / "lake")
        _load(landing, lake, given.history)
        sessions = given.events // EVENTS_OF_SESSION
        with _watching(landing, lake, folder / "watch.log") as watch:
            waits, memory = _run(landing, Plays(lake), watch, given.seconds, sessions)
    _report(waits, memory, given)


def _load(landing: Path, lake: Lake, history: float) -> None:
    """Makes a sample and loads it, unless that was done before."""
    if not landing.is_dir():
        size = ("--sessions", str(int(history * SESSIONS_PER_GIGABYTE)), "--days", "30") if history else ()
        sample(landing, "--event-dirt", "repeats", *size)
    measure("run", "--landing", landing, "--lake", lake.root)


@contextmanager
def _watching(landing: Path, lake: Lake, log: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """A watch that has seen that nothing is new."""
    command = [str(it) for it in (ROOT / "lakehouse", "run", "--watch", "--landing", landing, "--lake", lake.root)]
    with log.open("w") as output:
        watch = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        while "Watching" not in log.read_text():
            if watch.poll() is not None:
                raise SystemExit(f"the watch has ended:\n{log.read_text()}")
            time.sleep(0.2)
        time.sleep(SETTLING)
        yield watch
    finally:
        watch.send_signal(signal.SIGTERM)
        watch.wait(30)
    print("\n".join(log.read_text().splitlines()[-3:]))


def _report(waits: list[float], memory: list[int], given: argparse.Namespace) -> None:
    """Prints how long the files took, and what the watch held: at first, at each quarter, and at most."""
    waits.sort()
    table = Table("GB before", "files", "p50 s", "p95 s", "worst s", "MB at first, each quarter", "peak MB", box=None)
    at = {name: waits[min(len(waits) - 1, int(len(waits) * share))] for name, share in SHARES.items()}
    held = [memory[min(len(memory) - 1, len(memory) * part // 4)] for part in range(5)]
    seconds = (f"{it:.2f}" for it in at.values())
    over_time = ", ".join(f"{it / 1e6:,.0f}" for it in held)
    table.add_row(f"{given.history:g}", str(len(waits)), *seconds, over_time, f"{max(memory) / 1e6:,.0f}")
    Console(width=120).print(table)
    content = {"seconds": given.seconds, "events": given.events, **at, "waits": waits, "memory": memory}
    write_json(given.json, f"watch behind {given.history:g} GB", content)


def _run(
    landing: Path, plays: Plays, watch: "subprocess.Popen[bytes]", seconds: int, sessions: int
) -> tuple[list[float], list[int]]:
    """The seconds that each file took to be seen, and the bytes that the watch held, once a second."""
    landed: list[float] = []
    memory: list[int] = []
    before = plays()
    # Another run in the same folder lands other events, under other names.
    batch = time.strftime("%Y%m%d%H%M%S")
    dice = random.Random(batch)

    def feed() -> None:
        for number in range(seconds):
            land(landing, f"{batch}-{number:06}", sessions, dice)
            landed.append(time.monotonic())
            memory.append(resident(watch.pid))
            time.sleep(max(0.0, landed[0] + number + 1 - time.monotonic()))

    feeder = threading.Thread(target=feed)
    feeder.start()
    waits: list[float] = []
    while len(waits) < seconds and (feeder.is_alive() or time.monotonic() - landed[-1] < 60):
        seen = (plays() - before) // sessions
        now = time.monotonic()
        waits += [now - at for at in landed[len(waits) : seen]]
        time.sleep(0.05)
    feeder.join()
    if len(waits) < seconds:
        print(f"{seconds - len(waits)} files were not seen within a minute")
    return waits, memory


if __name__ == "__main__":
    main()
