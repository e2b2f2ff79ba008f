"""Which Java is used, and that nothing of it is left behind."""

import os
import signal
import subprocess
import sys
import time

import pytest

from local_runtime.engines.child import start
from local_runtime.engines.java import java_environment
from local_runtime.errors import LakehouseError
from tests.conftest import ROOT


@pytest.fixture
def java(tmp_path, monkeypatch):
    """Makes a home of a Java that says it has a version (None: an empty folder)."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'empty'}")

    def make(version):
        home = tmp_path / f"jdk-{version}"
        (home / "bin").mkdir(parents=True)
        if version:
            program = home / "bin" / "java"
            program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-01-01' >&2\n")
            program.chmod(0o755)
        return str(home)

    return make


def test_134_java_home_counts_where_it_is_right(java, monkeypatch):
    monkeypatch.setenv("PATH", f"{java('11.0.2')}/bin:/bin:/usr/bin")
    monkeypatch.setenv("JAVA_HOME", java("21.0.1"))
    assert java_environment()["JAVA_HOME"].endswith("jdk-21.0.1")


@pytest.mark.parametrize("wrong", [None, "1.8.0_402", "not there"])
def test_134_a_wrong_java_home_is_passed_over_where_the_java_on_path_is_right(java, monkeypatch, wrong):
    monkeypatch.setenv("PATH", f"{java('25-ea')}/bin:/bin:/usr/bin")
    monkeypatch.setenv("JAVA_HOME", "/not/there" if wrong == "not there" else java(wrong))
    assert "JAVA_HOME" not in java_environment()


def test_134_where_none_is_right_it_says_which_is_wrong(java, monkeypatch):
    with pytest.raises(LakehouseError, match=r"and there is no `java` on PATH\. Install"):
        java_environment()
    monkeypatch.setenv("PATH", f"{java('11.0.2')}/bin:/bin:/usr/bin")
    monkeypatch.setenv("JAVA_HOME", "/not/there")
    with pytest.raises(LakehouseError, match=r"JAVA_HOME \(/not/there\) has none, and `java` on PATH is 11\.0\.2"):
        java_environment()


PARENT = """
import os, sys, time
from local_runtime.engines.child import start
child = start(["sh", "-c", "sleep 600 & echo $! >&2; sleep 600"], os.environ, 1, 1)
time.sleep(600)
"""


def is_there(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process whose parent hasn't asked for it yet has ended all the same.
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return not state.startswith("Z") and bool(state.strip())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_134_a_child_ends_with_its_children_however_this_process_ends(number):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    )
    grandchild = int(parent.stdout.readline())
    assert is_there(grandchild)
    # As a terminal does: to the whole group of the process.
    os.killpg(parent.pid, number)
    parent.wait()
    deadline = time.monotonic() + 300
    while is_there(grandchild) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_there(grandchild)


def test_134_a_server_that_does_not_start_is_seen_to_have_ended():
    child = start(["false"], os.environ, subprocess.DEVNULL, subprocess.DEVNULL)
    assert child.wait(timeout=300) == 1
