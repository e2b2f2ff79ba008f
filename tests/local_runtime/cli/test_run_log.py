"""`run --log FILE`: lines with the time, from the start of a command to its exit status."""

import re
import subprocess
import sys
from contextlib import suppress

import pytest

from local_runtime.cli import commands, run_log, screen
from local_runtime.cli.arguments import main
from local_runtime.errors import LakehouseError
from tests.conftest import ROOT

STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d "


@pytest.fixture
def logged(tmp_path, monkeypatch):
    """The lines that a run logs, without their times, where it does what is given."""

    def of(act, *options):
        monkeypatch.setitem(commands.COMMANDS, "run", lambda arguments: act())
        file = tmp_path / "runs.log"
        folders = ["--landing", str(tmp_path / "landing"), "--lake", str(tmp_path / "lake")]
        with suppress(SystemExit, RuntimeError):
            main(["run", *folders, "--log", str(file), *options])
        text = file.read_text()
        lines = text.splitlines()
        assert text.endswith("\n")
        assert all(re.match(STAMP, line) for line in lines), lines
        assert f"Started: ./lakehouse run --landing {tmp_path}/landing" in lines[0]
        return [re.sub(STAMP, "", line) for line in lines[1:]]

    return of


def raising(error):
    def act():
        raise error

    return act


def says():
    screen.warn("One.\n\nTwo\r\x1b[31m, in red.")
    run_log.tell("Three.")
    return 0


def test_every_line_that_is_said_has_its_time_and_is_plain_text(logged, capsys):
    assert logged(says) == ["One.", r"Two\x0d\x1b[31m, in red.", "Three.", "Ended: exit status 0"]
    assert capsys.readouterr().out == "One.\n\nTwo\\x0d\\x1b[31m, in red.\nThree.\n"


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (LakehouseError("no luck"), ["lakehouse: no luck", "Ended: exit status 1"]),
        (
            KeyboardInterrupt(),
            ["lakehouse: stopped. What was committed stays; run again to go on.", "Ended: exit status 130"],
        ),
        (RuntimeError("a bug\nand more"), ["RuntimeError: a bug", "Ended: exit status 1"]),
        (SystemExit(2), ["Ended: exit status 2"]),
    ],
)
def test_what_ends_a_run_is_logged_with_its_exit_status(logged, error, lines):
    assert logged(raising(error)) == lines


def test_a_second_run_is_appended(logged):
    logged(lambda: 0)
    first, *_, last = logged(lambda: 1)
    assert (first, last) == ("Ended: exit status 0", "Ended: exit status 1")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("none/runs.log", "there is no folder"),
        (".", "it can't be written: Is a directory"),
        ("landing/titles/runs.log", "/landing, which takes no log"),
        ("here/runs.log", "/landing, which takes no log"),
        ("other/../landing/titles/runs.log", "/landing, which takes no log"),
        ("lake/runs.log", "/lake, which takes no log"),
        (".secrets/runs.log", "lies in .secrets, which takes no log"),
    ],
)
def test_a_file_that_cannot_be_the_log_is_refused_before_anything_is_done(tmp_path, monkeypatch, capsys, path, message):
    for folder in ("landing/titles", "lake", "other", ".secrets"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "here").symlink_to(tmp_path / "landing" / "titles")
    monkeypatch.setitem(commands.COMMANDS, "run", raising(AssertionError("it ran")))
    options = ["--landing", str(tmp_path / "landing"), "--lake", str(tmp_path / "lake")]
    assert main(["run", *options, "--log", str(tmp_path / path)]) == 1
    assert message in capsys.readouterr().err
    assert not [*tmp_path.rglob("*.log")]


def test_a_log_that_cannot_be_written_any_more_is_reported_once(logged, tmp_path, capsys):
    def lose():
        (tmp_path / "runs.log").rename(tmp_path / "kept.log")
        (tmp_path / "runs.log").mkdir()
        screen.say("One.")
        screen.say("Two.")
        (tmp_path / "runs.log").rmdir()
        (tmp_path / "kept.log").rename(tmp_path / "runs.log")
        return 0

    assert logged(lose) == ["Ended: exit status 0"]
    assert capsys.readouterr().err.count("can't be written") == 1


def test_a_signal_that_ends_a_command_is_logged(tmp_path):
    program = f"""
import os, signal, time
from pathlib import Path
from local_runtime.interrupts import end_at_signals
end_at_signals("stopped.")
from local_runtime.cli import run_log
run_log.start(Path({str(tmp_path / "x.log")!r}), ["run"], [Path("/landing")])
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(60)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=300)
    assert done.returncode == 143
    lines = [re.sub(STAMP, "", line) for line in (tmp_path / "x.log").read_text().splitlines()]
    assert lines == ["Started: ./lakehouse run", "lakehouse: stopped.", "Ended: exit status 143"]
