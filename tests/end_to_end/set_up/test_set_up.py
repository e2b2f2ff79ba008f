"""Set-up that is stopped, repeated or impossible, with a pretended uv."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.helpers.small_project import SmallProject


def until_synced(project: SmallProject, process: subprocess.Popen) -> None:
    while not project.syncs():
        assert process.poll() is None, process.communicate()


def test_set_up_says_what_it_does_before_it_waits_and_how_long_it_took(project):
    pipe = project.pretend().wait_in_the_middle()
    started = project.start()
    folder = re.escape(str(project.folder / ".venv"))
    first = rf"Setting up \.venv, once: up to \d+ MB .* fetched from PyPI, and installed in {folder} \(\d+ MB\) …\n"
    assert re.fullmatch(first, started.stderr.readline())
    until_synced(project, started)
    pipe.write_text("go\n")
    assert re.search(r"^Set up: \.venv, in \d+ s\.\n\Z", started.communicate(timeout=300)[1], re.MULTILINE)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_132_set_up_that_is_stopped_leaves_nothing_that_the_next_command_stumbles_over(project, number, code):
    pipe = project.pretend().wait_in_the_middle()
    stopped = project.start()
    until_synced(project, stopped)
    os.killpg(stopped.pid, number)
    assert (stopped.communicate(timeout=300)[1].count("stopped while setting up"), stopped.returncode) == (
        code > 0,
        code,
    )
    assert not (project.folder / ".venv").exists()
    assert code < 0 or not project.left_over()
    pipe.unlink()
    project.runs()
    assert not project.left_over()


def test_132_two_commands_at_once_wait_for_each_other(project):
    pipe = project.pretend().wait_in_the_middle()
    first = project.start()
    until_synced(project, first)
    second = project.start("status")
    assert second.stderr.readline() == "Another command is setting up: waiting for it …\n"
    pipe.write_text("go\n")
    assert first.communicate(timeout=300)[0].startswith("ran digest")
    assert second.communicate(timeout=300)[0].startswith("ran status")
    assert project.syncs() == 1


def test_132_an_environment_whose_python_is_gone_is_set_up_anew(project):
    project.pretend().runs()
    for name in ("python", "python3"):
        (project.folder / ".venv" / "bin" / name).unlink()
    (project.folder / ".venv" / "bin" / "python").symlink_to("/nonexistent/python3")
    project.runs()


def test_132_a_package_that_was_deleted_is_installed_again(project):
    packages = Path(project.pretend().runs().stdout.split()[2]).parents[1]
    shutil.rmtree(packages / "tiny")
    again = project.runs()
    assert ".venv has lost tiny: it is set up again." in again.stderr
    assert project.runs().stderr == ""
    # Help needs no packages, and works without the network.
    shutil.rmtree(packages / "tiny")
    assert "it is set up again" not in project.run("--help").stderr


def test_132_another_lock_is_set_up_and_takes_the_place_of_the_old_one_whole(project):
    project.pretend().runs()
    (project.folder / ".venv" / "mine").write_text("")
    (project.folder / "uv.lock").write_text("something else")
    project.runs()
    assert not (project.folder / ".venv" / "mine").exists()


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("error: Failed to install: x (os error 28)", "the disk is full"),
        ("error: failed to create directory: Read-only file system (os error 30)", "is read-only"),
        ("error: client error (Connect): dns error: failed to lookup address information", "PyPI could not be reached"),
        ("error: something new", "see below."),
    ],
)
def test_136_a_failure_of_set_up_says_its_cause_and_shows_what_uv_said(project, error, cause):
    (project.pretend().cache / "packages-error").write_text(error + "\n")
    failed = project.run()
    assert failed.returncode == 1
    assert "lakehouse: installing the packages of uv.lock failed: " in failed.stderr
    assert cause in failed.stderr
    assert failed.stderr.endswith(f"  {error}\n")
    assert not project.left_over()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_136_a_project_folder_that_cannot_be_written_is_said_in_one_sentence(project):
    shutil.rmtree(project.cache)
    project.folder.chmod(0o555)
    failed = project.run()
    project.folder.chmod(0o755)
    assert "no permission to write" in failed.stderr
    assert "Traceback" not in failed.stderr
