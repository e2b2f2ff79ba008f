"""How long after a file of events has landed gold shows it, while `./lakehouse run --watch` runs: prints a table."""

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
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from rich.console import Console
from rich.table import Table

from benchmarks.catalogue import ROOT, resident
from local_runtime.delta.lake import Lake
from local_runtime.inspection.query import run_query

KPI = "gold.kpi_top_titles"
EVENTS_OF_SESSION = 5


def land(landing: Path, number: int, sessions: int, dice: random.Random) -> None:
    """One file, whole when it appears: so many sessions of five events each."""
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
    unfinished = folder / f".{number:06}.json"
    unfinished.write_text("\n".join(lines) + "\n")
    unfinished.rename(folder / f"{number:06}.json")


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
    given = parser.parse_args()
    sessions = given.events // EVENTS_OF_SESSION
    with tempfile.TemporaryDirectory() as folder:
        landing, lake = Path(folder) / "landing", Lake(Path(folder) / "lake")
        subprocess.run(
            [ROOT / "lakehouse", "sample", "--seed", "11", "--landing", landing], check=True, stdout=subprocess.DEVNULL
        )
        command = [str(it) for it in (ROOT / "lakehouse", "run", "--watch", "--landing", landing, "--lake", lake.root)]
        # What lands now is no part of the sample: its mark would keep it out.
        (landing / ".sample.json").unlink(missing_ok=True)
        log = Path(folder) / "watch.log"
        with log.open("w") as output:
            watch = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            plays = Plays(lake)
            before = _settled(plays, watch)
            waits, memory = _run(landing, plays, watch, given.seconds, sessions, before)
        finally:
            watch.send_signal(signal.SIGTERM)
            watch.wait(30)
        print("\n".join(log.read_text().splitlines()[-3:]))
    waits.sort()
    table = Table("files", "p50 s", "p95 s", "worst s", "MB at first", "MB at last", "peak MB", box=None)
    at = [waits[int(len(waits) * share)] for share in (0.5, 0.95)] + [waits[-1]]
    held = [memory[len(memory) // 10], memory[-1], max(memory)]
    table.add_row(str(len(waits)), *(f"{it:.2f}" for it in at), *(f"{it / 1e6:,.0f}" for it in held))
    Console().print(table)


def _settled(plays: Plays, watch: "subprocess.Popen[bytes]") -> int:
    """The plays that are there once the sample is loaded."""
    there, since = 0, time.monotonic()
    while time.monotonic() - since < 5:
        if watch.poll() is not None:
            raise SystemExit("the watch has ended")
        now = plays()
        if now != there or not now:
            there, since = now, time.monotonic()
        time.sleep(0.2)
    return there


def _run(
    landing: Path, plays: Plays, watch: "subprocess.Popen[bytes]", seconds: int, sessions: int, before: int
) -> tuple[list[float], list[int]]:
    """The seconds that each file took to be seen, and the bytes that the watch held, once a second."""
    landed: list[float] = []
    memory: list[int] = []
    dice = random.Random(7)

    def feed() -> None:
        for number in range(seconds):
            land(landing, number, sessions, dice)
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
