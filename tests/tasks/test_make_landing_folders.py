"""The job's first task makes the folders that bronze streams from."""

import sys
from pathlib import Path

import pytest

from bronze.feeds import FOLDERS
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
    assert set(FOLDERS) == streamed


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
    with pytest.raises(PermissionError, match=r"titles can't be made: Permission denied.*needs WRITE VOLUME"):
        make_folders(tmp_path, ["titles"])


def test_the_script_runs_as_a_job_runs_a_python_file(tmp_path, monkeypatch, capsys):
    """Without `__file__`, and with nothing of the bundle on the path."""
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), str(ROOT / "src"), str(tmp_path)])
    monkeypatch.setattr(sys, "path", [path for path in sys.path if not path.startswith(str(ROOT / "src"))])
    exec(compile(SCRIPT.read_text(), str(SCRIPT), "exec"), {"__name__": "__main__"})
    assert set(FOLDERS) <= below(tmp_path)
    assert f"made {tmp_path / 'titles'}" in capsys.readouterr().out
