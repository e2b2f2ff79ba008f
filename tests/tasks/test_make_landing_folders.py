"""The job's first task makes the folders that bronze streams from."""

import subprocess
import sys
from pathlib import Path

import pytest

from bronze.feeds import LANDING_FOLDERS
from local_runtime.delta.lake import Lake
from local_runtime.graph.dataset_graph import load_graph
from tasks.make_landing_folders import make_folders
from tests.conftest import ROOT

SCRIPT = ROOT / "src" / "tasks" / "make_landing_folders.py"


def below(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_dir()}


def test_the_folders_are_those_that_bronze_streams_from(tmp_path):
    graph = load_graph(ROOT, tmp_path, Lake(tmp_path / "lake"))
    streamed = {Path(path).relative_to(tmp_path).as_posix() for paths in graph.sources.values() for path in paths}
    assert set(LANDING_FOLDERS) == streamed


def test_make_folders_makes_what_is_missing_and_leaves_the_rest_alone(tmp_path):
    (tmp_path / "titles").mkdir()
    (tmp_path / "titles" / "a.csv").write_text("x")
    assert make_folders(tmp_path, ["titles", "imdb/title_basics"]) == [tmp_path / "imdb" / "title_basics"]
    assert below(tmp_path) == {"titles", "imdb", "imdb/title_basics"}
    assert (tmp_path / "titles" / "a.csv").read_text() == "x"
    assert make_folders(tmp_path, ["titles", "imdb/title_basics"]) == []


def test_make_folders_says_what_to_grant_where_there_is_no_volume(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"needs USE CATALOG, USE SCHEMA .* READ VOLUME and WRITE VOLUME"):
        make_folders(tmp_path / "landing", ["titles"])
    assert [*tmp_path.iterdir()] == []


def test_make_folders_says_what_to_grant_where_it_may_not_write(tmp_path, monkeypatch):
    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", denied)
    with pytest.raises(OSError, match=r"titles can't be made: Permission denied.*needs READ VOLUME and WRITE VOLUME"):
        make_folders(tmp_path, ["titles"])


def denied_from(depth, monkeypatch):
    """`Path.is_dir` as Python 3.11 has it: it raises where permission is denied, here below so many parts of a path."""
    is_dir = Path.is_dir

    def denied(path):
        if len(path.parts) >= depth:
            raise PermissionError(13, "Permission denied", str(path))
        return is_dir(path)

    monkeypatch.setattr(Path, "is_dir", denied)


def test_make_folders_says_what_to_grant_where_it_may_not_see_the_volume(tmp_path, monkeypatch):
    denied_from(len(tmp_path.parts), monkeypatch)
    with pytest.raises(OSError, match=r"or this job may not see it\. .*needs USE CATALOG, USE SCHEMA .* WRITE VOLUME"):
        make_folders(tmp_path, ["titles"])


def test_make_folders_says_what_to_grant_where_it_may_not_see_what_is_below(tmp_path, monkeypatch):
    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    denied_from(len(tmp_path.parts) + 1, monkeypatch)
    monkeypatch.setattr(Path, "mkdir", denied)
    with pytest.raises(OSError, match=r"titles can't be made: Permission denied.*needs READ VOLUME and WRITE VOLUME"):
        make_folders(tmp_path, ["titles"])


@pytest.mark.parametrize("folder", ["titles", "titles/of_a_day"])
def test_make_folders_says_what_to_do_where_a_file_is_in_the_way(tmp_path, folder):
    (tmp_path / "titles").touch()
    with pytest.raises(OSError, match=rf"{folder} can't be made: a file has the name .*Move the file away\."):
        make_folders(tmp_path, [folder])


def test_the_script_runs_as_a_job_runs_a_python_file(tmp_path):
    """Without `__file__`, and with no module of the bundle on the path or imported."""
    code = f"exec(compile(open({str(SCRIPT)!r}).read(), 'task', 'exec'), {{'__name__': '__main__'}})"
    command = [sys.executable, "-I", "-c", code, str(ROOT / "src"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert set(LANDING_FOLDERS) <= below(tmp_path)
    assert f"made {tmp_path / 'titles'}" in done.stdout
