"""Ctrl-C and SIGTERM at any moment, through the launcher and a terminal."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.conftest import ROOT

MOMENTS = 20
ALWAYS = 1
DICE = random.Random(2026)
SECONDS = [DICE.uniform(0.1, 5) for _ in range(MOMENTS)]
# Two seconds by the promise; more here, where other tests may be at work too.
BOUND = 5


def start(*command):
    return subprocess.Popen(
        [str(ROOT / "lakehouse"), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def interrupt(process, number, seconds):
    """Sends the signal after a delay; returns the shell's exit code and the output, or None if it had already ended."""
    time.sleep(seconds)
    if process.poll() is not None:
        process.communicate()
        return None, ""
    begun = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=300)
    assert time.monotonic() - begun < BOUND
    # In its first moments it is a shell, and then a Python that hasn't begun, which signals simply kill.
    return (128 - process.returncode if process.returncode < 0 else process.returncode), said


@pytest.mark.parametrize(
    "number", [pytest.param(n, marks=[] if n < ALWAYS else [pytest.mark.kills]) for n in range(MOMENTS)]
)
def test_115_an_interrupted_run_ends_at_once_and_the_next_one_goes_on(sampled, clean, number):
    process = start("run", *sampled.options)
    sent = signal.SIGTERM if number % 4 == 2 else signal.SIGINT
    code, _ = interrupt(process, sent, SECONDS[number])
    assert code in (None, 128 + sent)
    sampled.run()
    assert sampled.digests() == clean


def test_115_an_interrupted_run_says_that_nothing_is_lost(sampled):
    process = start("run", *sampled.options)
    while "done" not in process.stdout.readline():
        assert process.poll() is None
    code, said = interrupt(process, signal.SIGINT, 0)
    assert (code, said) == (130, "lakehouse: stopped. What was committed stays; run again to go on.\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_115_a_long_question_can_be_stopped(tmp_path, number):
    endless = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(1000000) b"
    process = start("sql", endless, "--lake", str(tmp_path))
    assert interrupt(process, number, 2) == (128 + number, "lakehouse: stopped.\n")


def test_115_ctrl_c_at_a_terminal_gives_the_cursor_back(sampled):
    """The terminal sends SIGINT to all of its foreground processes."""
    command = [str(ROOT / "lakehouse"), "run", *sampled.options]
    at_terminal = f"import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn({command!r})))"
    process = subprocess.Popen(
        [sys.executable, "-c", at_terminal],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TERM": "xterm-256color"},
    )
    shown = b""
    # The screen is drawn ten times a second: a short step may not be on it.
    while not any(step in shown for step in (b"Starting sail", b"Checking every flow", b"bronze.")):
        piece = os.read(process.stdout.fileno(), 4096)
        assert piece
        shown += piece
    process.stdin.write(b"\x03")
    process.stdin.flush()
    rest, _ = process.communicate(timeout=300)
    assert process.returncode == 130
    assert b"\x1b[?25l" in shown
    assert (
        rest.rpartition(b"\x1b[?25h")[2].strip() == b"lakehouse: stopped. What was committed stays; run again to go on."
    )


def javas():
    listed = subprocess.run(["ps", "-ww", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return {line.split()[0] for line in listed.splitlines() if "SparkConnectServer" in line and str(ROOT) in line}


@pytest.mark.spark
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda it: f"spark-{it.name}")
def test_134_no_java_is_left_behind(sampled, number):
    """The signal goes to the whole group, as a terminal sends it."""
    before = javas()
    paths = sampled.options
    process = start("run", "--engine", "spark", *paths)
    deadline = time.monotonic() + 300
    try:
        while not javas() - before:
            assert process.poll() is None and time.monotonic() < deadline
        own = javas() - before
    finally:
        os.killpg(process.pid, number)
    process.communicate(timeout=300)
    assert process.returncode == (-9 if number == signal.SIGKILL else 128 + number)
    while javas() & own:
        assert time.monotonic() < deadline
