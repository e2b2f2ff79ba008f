"""Standard output that is closed, full, a pipe without a reader, or ASCII; and commands on a lake that isn't there."""

import json
import os
import subprocess
import sys

import pytest

from local_runtime.delta.lake import Lake
from tests.conftest import ROOT
from tests.helpers.project import Project

TITLE = "Émile → 😀"
SOME = "@dp.materialized_view\ndef x():\n    return spark.createDataFrame([{!r}], 't STRING')"


@pytest.fixture(scope="module")
def lake(tmp_path_factory, sail):
    """A lake with one table, whose row ASCII can't write."""
    project = Project(tmp_path_factory.mktemp("output"), sail)
    project.pipeline("gold", SOME.format((TITLE,)))
    project.run()
    return project.lake


def start(*given, stdout=subprocess.PIPE, before="", **environment):
    """A command as the launcher runs it, with a redirection of the shell's."""
    script = f'exec "$0" "$@" {before}'
    return subprocess.run(
        ["sh", "-c", script, sys.executable, "-P", "-m", "local_runtime", *given],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "LAKEHOUSE_ROOT": str(ROOT), **environment},
        timeout=300,
    )


def arguments(command, lake):
    if command.startswith("--"):
        return [command]
    return [command, *(["FROM gold.x"] if command == "sql" else []), "--lake", str(lake.root)]


COMMANDS = pytest.mark.parametrize("command", ["status", "digest", "sql", "graph", "vacuum", "--help", "--version"])


@COMMANDS
def test_136_a_full_standard_output_is_a_sentence(lake, command):
    done = start(*arguments(command, lake), before="> /dev/full")
    assert done.returncode == 1
    assert done.stderr.startswith("lakehouse: Not all of the output could be written: No space left on device.")
    assert done.stderr.count("\n") == 1


@COMMANDS
def test_136_a_closed_standard_output_is_a_sentence_and_nothing_is_done(lake, command):
    done = start(*arguments(command, lake), before=">&-")
    assert done.returncode == 1
    assert done.stderr.startswith("lakehouse: Standard output is closed, so nothing was done")
    assert done.stderr.count("\n") == 1


def test_136_a_pipe_without_a_reader_is_a_sentence(lake):
    reader, writer = os.pipe()
    os.close(reader)
    done = start("sql", "FROM range(100000)", "--format", "csv", "--lake", str(lake.root), stdout=writer)
    os.close(writer)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "its reader has gone" in done.stderr


def test_136_in_ascii_tables_are_drawn_in_ascii_json_is_escaped_and_csv_is_refused(lake):
    drawn = start("sql", "FROM gold.x", "--lake", str(lake.root), PYTHONIOENCODING="ascii")
    assert (drawn.returncode, drawn.stderr) == (0, "")
    assert "| \\u00c9mile -> \\ud83d\\ude00 |" in drawn.stdout
    as_json = start("sql", "FROM gold.x", "--format", "json", "--lake", str(lake.root), PYTHONIOENCODING="ascii")
    assert as_json.stdout.isascii()
    assert json.loads(as_json.stdout) == [{"t": TITLE}]
    as_csv = start("sql", "FROM gold.x", "--format", "csv", "--lake", str(lake.root), PYTHONIOENCODING="ascii")
    assert (as_csv.returncode, as_csv.stdout) == (1, "")
    assert "set PYTHONIOENCODING=utf-8" in as_csv.stderr


@pytest.mark.parametrize("variables", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX"}])
@pytest.mark.parametrize("command", ["status", "graph", "digest"])
def test_136_no_locale_ends_in_a_traceback(lake, command, variables):
    done = start(*arguments(command, lake), **variables)
    assert (done.returncode, done.stderr) == (0, "")


def test_136_errors_are_told_in_ascii_too(lake):
    done = start("sql", "FROM gold.Ωmega", "--lake", str(lake.root), PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert done.stderr.startswith("lakehouse: There is no table gold.\\u03a9mega.")


@pytest.mark.parametrize("hours", ["-1", "x", "1.5", "9" * 400])
def test_136_hours_that_are_none_are_wrong_usage(lake, hours):
    done = start("vacuum", f"--hours={hours}", "--lake", str(lake.root))
    assert done.returncode == 2
    assert "is not a number of hours" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["vacuum", "digest"])
def test_136_a_lake_that_is_not_there_is_said_and_not_made(tmp_path, command):
    done = start(command, "--lake", str(tmp_path / "none"))
    command = f"./lakehouse run --lake {tmp_path / 'none'}"
    assert done.returncode == 1
    assert done.stderr == f"lakehouse: There are no tables in {tmp_path / 'none'}: `{command}` makes them.\n"
    assert not (tmp_path / "none").exists()


def test_136_a_schema_that_is_not_there_gets_those_that_are(lake):
    done = start("digest", "--schema", "nope", "--lake", str(lake.root))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"lakehouse: There is no schema nope in {lake.root}. There are: gold.\n"


def test_136_what_cannot_be_vacuumed_keeps_nothing_else_from_it(lake, tmp_path):
    import shutil

    copy = Lake(tmp_path / "lake")
    shutil.copytree(lake.root, copy.root)
    (copy.path("gold.event_log") / "_delta_log" / f"{0:020}.json").write_text("torn")
    done = start("vacuum", "--lake", str(copy.root))
    assert done.returncode == 1
    assert "gold.x: 0 files deleted" in done.stdout
    assert done.stderr.startswith("lakehouse: gold.event_log was left alone. ")
