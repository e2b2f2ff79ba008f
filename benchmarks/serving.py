"""What serving costs: start, cold pages, answers with and without the cache, 304, memory, the first after a switch.

`.venv-serve/bin/python benchmarks/serving.py --lake LAKE` prints a table. Other programs on the machine change times,
so CPU seconds of the server are printed too.
"""

import argparse
import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[1]
READERS = 20
SECONDS = 5.0
WARM = ("/", "/api/v1/query?metrics=plays,hours_viewed&dimensions=genre", "/api/v1/kpis/kpi_monthly_revenue")
PAGES = (("/", "country", "viewing_country"), ("/viewing", "country", "viewing_country"), ("/audience", "plan", "plan"))
"""Pages, a filter of each, and the dimension that it filters by."""
COLD = "/api/v1/query?metrics=plays,hours_viewed&dimensions=type,genre&where=release_year%20%3E%20{}"


class Server:
    """A process that serves a lake."""

    def __init__(self, lake: Path) -> None:
        command = [sys.executable, "-P", "-m", "local_runtime", "serve", "--lake", str(lake)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "LAKEHOUSE_ROOT": str(ROOT), "LAKEHOUSE_AS_IT_IS": "1"}
        began = time.perf_counter()
        self.process = subprocess.Popen(
            [*command, "--port", "0", "--no-browser"],
            env={**environment, "PYTHONPYCACHEPREFIX": str(ROOT / ".lakehouse" / "bytecode")},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        found = re.search(r"http://([\d.]+):(\d+)", self.process.stdout.readline())
        assert found is not None
        self.host, self.port = found[1], int(found[2])
        self.get("/api/v1/ready")
        self.start = time.perf_counter() - began
        self.start_cpu = self.cpu()

    def cpu(self) -> float:
        """The CPU seconds that it has taken."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def settle(self) -> None:
        """Waits until it does nothing: after a start it asks the questions of the pages."""
        before = -1.0
        while self.cpu() - before > 0.02:
            before = self.cpu()
            time.sleep(0.5)

    def memory(self) -> int:
        """Its memory at its highest, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) // 1024

    def get(self, path: str, connection: http.client.HTTPConnection | None = None, etag: str = "") -> tuple[int, str]:
        """Status and ETag of an answer."""
        used = connection or http.client.HTTPConnection(self.host, self.port, timeout=60)
        for _ in range(200):
            try:
                used.request("GET", path, headers={"If-None-Match": etag} if etag else {})
                break
            except ConnectionRefusedError:
                time.sleep(0.02)
        answer = used.getresponse()
        answer.read()
        return answer.status, answer.headers.get("ETag", "")


@contextmanager
def serving(lake: Path) -> Iterator[Server]:
    server = Server(lake)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait()


def load(server: Server, path_of: Callable[[int], str], etags: dict[str, str]) -> tuple[list[float], float]:
    """Milliseconds of each request of READERS readers within SECONDS; CPU milliseconds a request."""
    times: list[float] = []
    numbers = iter(range(10_000_000))
    lock = threading.Lock()
    end = time.perf_counter() + SECONDS

    def read() -> None:
        connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
        while time.perf_counter() < end:
            with lock:
                path = path_of(next(numbers))
            began = time.perf_counter()
            status, _ = server.get(path, connection, etags.get(path, ""))
            took = (time.perf_counter() - began) * 1000
            assert status in (200, 304), (status, path)
            with lock:
                times.append(took)

    before = server.cpu()
    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return times, (server.cpu() - before) * 1000 / len(times)


def show(what: str, times: list[float], cpu: float) -> None:
    ordered = sorted(times)
    p50, p95 = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    print(f"{what:44} p50 {p50:8.1f} ms  p95 {p95:8.1f} ms  {cpu:6.2f} CPU ms  {len(times)} requests")


def cold_pages(server: Server) -> None:
    """CPU milliseconds of pages with a filter: of the first one, whose SQL isn't written yet, and of later ones."""
    for path, name, dimension in PAGES:
        with urlopen(f"http://{server.host}:{server.port}/api/v1/dimensions/{dimension}/values") as answer:
            members = [member for member in json.load(answer)["data"] if member]
        costs = []
        for member in members[:6]:
            before = server.cpu()
            server.get(f"{path}?{urlencode({name: member})}")
            costs.append((server.cpu() - before) * 1000)
        later = statistics.median(costs[1:])
        print(f"{f'a cold page, {path} by {name}':44} {costs[0]:8.0f} CPU ms at first, then {later:.0f}")


def first_after_a_publication(server: Server, lake: Path) -> float:
    """Seconds that the first reader of a new publication waits for the overview."""
    folder = lake / "_publications"
    newest = max(folder.glob("*.json"))
    number = int(newest.stem) + 1
    text = re.sub(r'"id": \d+,', f'"id": {number},', newest.read_text(), count=1)
    unfinished = folder / "unfinished"
    unfinished.write_text(text)
    unfinished.rename(folder / f"{number:020}.json")
    _, etag = server.get("/")
    longest = 0.0
    for _ in range(600):
        began = time.perf_counter()
        status, new = server.get("/", etag=etag)
        longest = max(longest, time.perf_counter() - began)
        if status == 200 and new != etag:
            return longest
        time.sleep(0.02)
    raise SystemExit("the new publication wasn't served")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lake", type=Path, default=ROOT / "lake")
    with tempfile.TemporaryDirectory() as folder:
        lake = Path(folder) / "lake"
        shutil.copytree(parser.parse_args().lake, lake)
        with serving(lake) as server:
            print(f"{'start':44} {server.start:8.2f} s    {server.start_cpu:8.2f} CPU s")
            server.settle()
            cold_pages(server)
            before = server.cpu()
            server.get(COLD.format(1))
            print(f"{'a cold query':44} {(server.cpu() - before) * 1000:8.0f} CPU ms")
            etags = {path: server.get(path)[1] for path in WARM}
            show("warm answers", *load(server, lambda number: WARM[number % len(WARM)], {}))
            show("304", *load(server, lambda number: WARM[number % len(WARM)], etags))
            show("each answer asked for once", *load(server, lambda number: COLD.format(number + 2), {}))
            one = http.client.HTTPConnection(server.host, server.port)
            alone = []
            for _ in range(300):
                began = time.perf_counter()
                server.get("/", one, etags["/"])
                alone.append((time.perf_counter() - began) * 1000)
            print(f"{'304, one reader':44} p50 {statistics.median(alone):8.2f} ms")
            print(f"{'first reader after a publication':44} {first_after_a_publication(server, lake) * 1000:8.0f} ms")
            print(f"{'memory at its highest':44} {server.memory():8} MB")


if __name__ == "__main__":
    main()
