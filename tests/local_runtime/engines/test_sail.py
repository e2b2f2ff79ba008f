"""Sail's server: what is told where it doesn't start, and that nothing ends a session that waits."""

import os
import subprocess
import sys
import time

import pytest

from local_runtime.engines import sail
from local_runtime.errors import LakehouseError
from tests.conftest import ROOT

WAIT = """
import sys, time
from pathlib import Path
from local_runtime.engines import sail
from local_runtime.engines.session import open_session
sail.MAX_IDLE_SECONDS = int(sys.argv[1])
with open_session("sail", Path(".lakehouse")) as engine:
    print(engine.range(1).count())
    time.sleep(4)
    print(engine.range(2).count())
"""


@pytest.mark.parametrize(
    ("script", "told"),
    [("echo no luck >&2; exit 1", "no luck"), ("sleep 600", "did not start"), ("echo hello", "hello")],
)
def test_an_engine_that_does_not_start_is_told(tmp_path, monkeypatch, script, told):
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    monkeypatch.setattr(sail, "TO_START", 1.0)
    began = time.monotonic()
    with pytest.raises(LakehouseError, match=told), sail.serve_sail_apart():
        pass
    assert time.monotonic() - began < 60


def test_one_for_a_watch_gives_memory_back_at_once(tmp_path, monkeypatch):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho sc://$MIMALLOC_PURGE_DELAY/$MIMALLOC_ALLOW_THP; sleep 60\n")
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    with sail.serve_sail_apart() as told:
        assert told == "sc://0/0"


@pytest.mark.parametrize(("seconds", "answers"), [(1, ["1"]), (60, ["1", "2"])])
def test_a_session_stands_for_as_long_as_it_is_told(tmp_path, seconds, answers):
    """By Sail's own setting a watch would lose its session after a quarter of an hour without files."""
    program = tmp_path / "wait.py"
    program.write_text(WAIT)
    there = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, program, str(seconds)]
    assert subprocess.run(command, capture_output=True, text=True, env=there).stdout.split() == answers
    assert sail.MAX_IDLE_SECONDS >= 7 * 24 * 60 * 60
