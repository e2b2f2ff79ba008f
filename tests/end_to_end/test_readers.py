"""Many readers of the pages and the API beside a running update: no error, and each answer is of one publication."""

import json
import os
import random
import signal
import subprocess
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")
pytest.importorskip("httpx", reason="the client (the group `browser`) isn't installed")

import httpx

from local_runtime.state.publications import newest_publication
from tests.conftest import ROOT
from tests.end_to_end.test_publications import waiting  # noqa: F401
from tests.serving.test_start import serving

QUESTIONS = (
    "/api/v1/query?metrics=titles&dimensions=type",
    "/api/v1/query?metrics=titles&dimensions=genre",
    "/api/v1/kpis/kpi_content_type",
    "/api/v1/titles?limit=20",
    "/",
)
TOGETHER = "/api/v1/query?metrics=titles"  # the same number as that of a KPI table, from a dimension
KPI = "/api/v1/kpis/kpi_content_type"


@dataclass
class Readers:
    """Threads that ask as long as they may: what each publication answered, and what went wrong."""

    address: str
    number: int
    stop: threading.Event = field(default_factory=threading.Event)
    answers: dict = field(default_factory=lambda: defaultdict(set))
    errors: list = field(default_factory=list)
    asked: int = 0

    def __enter__(self):
        self._threads = [threading.Thread(target=self._read, args=(number,)) for number in range(self.number)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self._threads:
            thread.join()

    def _read(self, number):
        dice = random.Random(number)
        with httpx.Client(base_url=self.address, timeout=60) as client:
            while not self.stop.is_set():
                question = dice.choice((*QUESTIONS, TOGETHER))
                try:
                    answer = client.get(question)
                    self._note(question, answer)
                except Exception as error:
                    self.errors.append(f"{question}: {error!r}")
                time.sleep(dice.uniform(0, 0.05))

    def _note(self, question, answer):
        self.asked += 1
        if answer.status_code == 503 and answer.headers.get("retry-after"):
            return  # more ask than may: that is said, and is no wrong answer
        if answer.status_code != 200:
            self.errors.append(f"{question}: {answer.status_code} {answer.text[:300]}")
        elif question != "/":
            body = answer.json()
            self.answers[body["publication"]["tag"], question].add(json.dumps(body["data"], sort_keys=True))

    def mixed(self):
        """Questions with two answers in one publication, and publications whose numbers don't fit together."""
        found = [key for key, answers in self.answers.items() if len(answers) > 1]
        for tag in {tag for tag, _ in self.answers}:
            total, parts = self.answers.get((tag, TOGETHER)), self.answers.get((tag, KPI))
            if total and parts:
                ((one,), by_type) = json.loads(next(iter(total))), json.loads(next(iter(parts)))
                if int(one["titles"]) != sum(int(part["titles"]) for part in by_type):
                    found.append((tag, "total"))
        return found


def run(place):
    return subprocess.Popen(
        [str(ROOT / "lakehouse"), "run", *place.options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def publication_served(address):
    return httpx.get(f"{address}/api/v1/health", timeout=60).json()["publication"]["id"]


def served_soon(address, publication, seconds=60):
    """Whether the publication is served before long."""
    for _ in range(seconds * 5):
        if publication_served(address) == publication:
            return True
        time.sleep(0.2)
    return False


def test_readers_beside_a_run_get_one_publication_whole_and_then_the_next(waiting):  # noqa: F811
    before = newest_publication(waiting.lake).id
    with serving(waiting.lake) as (_, address), Readers(address, 20) as readers:
        process = run(waiting)
        assert process.wait(300) == 0
        after = newest_publication(waiting.lake).id
        assert after == before + 1
        assert served_soon(address, after)
        time.sleep(2)
    assert readers.errors == []
    assert readers.mixed() == []
    assert len({tag for tag, _ in readers.answers}) == 2
    assert readers.asked > 100


@pytest.mark.kills
def test_two_hundred_readers_for_two_minutes_while_runs_are_killed(waiting):  # noqa: F811
    dice, end = random.Random(2026), time.monotonic() + 120
    before = newest_publication(waiting.lake).id
    with serving(waiting.lake) as (_, address), Readers(address, 200) as readers:
        while time.monotonic() < end:
            process = run(waiting)
            time.sleep(dice.uniform(1, 15))
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert run(waiting).wait(600) == 0
        after = newest_publication(waiting.lake).id
        assert after > before
        assert served_soon(address, after, seconds=120)
    assert readers.errors == []
    assert readers.mixed() == []
