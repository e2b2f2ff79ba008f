"""A publisher that is killed leaves the publication before it, and readers see whole publications only."""

import os
import random
import signal
import subprocess
import sys
import threading
import time

import psycopg
import pytest

from tests.conftest import ROOT
from tests.publishing.postgres.conftest import TABLES, fill

KILLS, ALWAYS = 10, 2
PLAYS = 60_000
SECONDS = 1.0  # after its lock, in which a publisher of so many rows is at work
MOMENTS = [random.Random(seed).uniform(0, SECONDS) for seed in range(KILLS)]
ONE_STATE = (
    "SELECT (SELECT max(number) FROM lakehouse.publication), "
    + ", ".join(f"(SELECT ARRAY[min(batch), max(batch)] FROM lakehouse.{name})" for name in TABLES)
    + ", (SELECT count(*) FROM lakehouse.fact_playback)"
)


def start(lake, dsn):
    """A publisher in a process of its own."""
    options = {"PYTHONPATH": str(ROOT), "LAKEHOUSE_ROOT": str(ROOT), "LAKEHOUSE_AS_IT_IS": "1"}
    command = [
        sys.executable,
        "-P",
        "-m",
        "local_runtime",
        "publish",
        "postgres",
        "--lake",
        str(lake.root),
        "--dsn",
        dsn,
    ]
    return subprocess.Popen(
        command, env={**os.environ, **options}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=lake.root
    )


class Reader(threading.Thread):
    """Reads in a loop, each time all tables, by one statement and by several of one transaction; keeps what differs."""

    def __init__(self, dsn):
        super().__init__()
        self.dsn, self.stopped, self.states, self.mixed = dsn, threading.Event(), set(), []

    def run(self):
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            while not self.stopped.is_set():
                self.look(connection.execute(ONE_STATE).fetchone())
                with connection.transaction():
                    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                    number = connection.execute("SELECT max(number) FROM lakehouse.publication").fetchone()[0]
                    batches = [
                        connection.execute(f"SELECT ARRAY[min(batch), max(batch)] FROM lakehouse.{name}").fetchone()[0]
                        for name in TABLES
                    ]
                    self.look((number, *batches, PLAYS))

    def look(self, row):
        number, *batches, plays = row
        self.states.add(number)
        if any(each != [number, number] for each in batches) or plays != PLAYS:
            self.mixed.append(row)


def wait_for_publisher(dsn, process):
    """Waits until the publisher has taken its lock."""
    query = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2"
    with psycopg.connect(dsn, autocommit=True) as connection:
        while process.poll() is None and not connection.execute(query).fetchall():
            time.sleep(0.01)


@pytest.mark.parametrize(
    "number", [pytest.param(n, marks=[] if n < ALWAYS else [pytest.mark.kills]) for n in range(KILLS)]
)
def test_after_a_sigkill_readers_have_the_publication_before_and_the_next_publisher_goes_on(
    lake, run, dsn, ask, number
):
    fill(lake, 1, plays=PLAYS)
    assert run()[0] == 0
    reader = Reader(dsn)
    reader.start()
    try:
        fill(lake, 2, plays=PLAYS)
        process = start(lake, dsn)
        wait_for_publisher(dsn, process)
        time.sleep(MOMENTS[number])
        process.send_signal(signal.SIGKILL)
        process.wait()
        deadline = time.monotonic() + 30
        while ask("SELECT 1 FROM pg_stat_activity WHERE application_name = 'lakehouse publish'"):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert ask(ONE_STATE)[0][0] in (1, 2)
        for arguments in ((), ("--check",)):
            code, said = run(*arguments)
            assert code == 0, said
        while 2 not in reader.states:
            assert reader.is_alive()
            time.sleep(0.01)
    finally:
        reader.stopped.set()
        reader.join()
    assert (reader.mixed, reader.states) == ([], {1, 2})
