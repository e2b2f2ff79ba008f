"""Faults between staging and commit, where rows are committed as they were staged: each file's rows are there once."""

import signal
import subprocess
import sys

import pytest

from tests.conftest import ROOT

KILLED = """
import os, signal, sys
from local_runtime.cli.arguments import main
from local_runtime.engines.session import set_process

set_process()
from local_runtime.{module} import {owner} as owner

genuine = owner.{name}

def killed(*arguments, **named):
    if {when}:
        os.kill(os.getpid(), signal.SIGKILL)
    return genuine(*arguments, **named)

owner.{name} = killed
sys.exit(main(sys.argv[1:]))
"""
STAGED = {"module": "writing.writer", "owner": "Writer", "name": "adopt", "when": "arguments[1] == TABLE"}
OF_TABLE = "TABLE_FOLDER in str(arguments[0].path)"
PLACED = {"module": "delta", "owner": "commits", "name": "_write_entry", "when": OF_TABLE}


@pytest.mark.parametrize(("table", "fault"), [("bronze.playback_events", STAGED), ("bronze.titles", PLACED)])
def test_1_after_a_sigkill_before_the_commit_the_next_run_goes_on(sampled, clean, table, fault):
    code = KILLED.format(**fault).replace("TABLE_FOLDER", repr(table.replace(".", "/"))).replace("TABLE", repr(table))
    command = [sys.executable, "-c", code, "run", "--layer", "bronze", *sampled.options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert not sampled.lake.log(table).exists()
    sampled.run()
    assert sampled.digests() == clean
    assert not sampled.lake.staging.exists()


def test_18_a_disk_that_is_full_while_files_are_staged_loses_and_doubles_nothing(sampled, clean):
    run = [str(ROOT / "lakehouse"), "run", "--layer", "bronze", *sampled.options]
    in_blocks = ["sh", "-c", 'ulimit -f 40 && exec "$@"', "sh"]
    full = subprocess.run([*in_blocks, *run], capture_output=True, text=True)
    assert full.returncode == 1
    assert "bronze.playback_events" in full.stdout + full.stderr
    assert not sampled.lake.log("bronze.playback_events").exists()
    sampled.run()
    assert sampled.digests() == clean
