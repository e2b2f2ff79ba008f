"""An export takes the place of an earlier one at once, and of nothing else."""

import json

import pytest

from exports.replacing import digest_of, replaced
from local_runtime.errors import LakehouseError


def test_an_earlier_export_is_replaced_whole(run, tmp_path):
    assert run(tmp_path / "out")[0] == 0
    assert run(tmp_path / "out", "dim_title", "--format", "csv")[0] == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["datapackage.json", "dim_title.csv"]
    assert [path.name for path in tmp_path.glob(".out*")] == []


def test_a_folder_with_a_file_of_its_owner_is_left_alone(run, tmp_path):
    assert run(tmp_path / "out")[0] == 0
    mine = tmp_path / "out" / "dim_title" / "mine.txt"
    mine.write_text("mine")
    code, said = run(tmp_path / "out")
    assert (code, "dim_title/mine.txt" in said, mine.read_text()) == (1, True, "mine")


@pytest.mark.parametrize("place", ["lake/gold", "lake", ".secrets/out"])
def test_nothing_is_written_into_the_lake_or_beside_keys(run, tmp_path, place):
    code, said = run(tmp_path / place)
    assert (code, "is refused" in said) == (1, True) or code == 2


def exported(target, text):
    """A small export, with a text in its only file."""
    with replaced(target) as folder:
        (folder / "a").write_text(text)
        (folder / "datapackage.json").write_text(json.dumps({"files": {"a": digest_of(folder / "a")}, "resources": []}))


def test_after_an_error_the_earlier_export_is_there(tmp_path):
    target = tmp_path / "out"
    exported(target, "before")
    with pytest.raises(LakehouseError, match=r"No space left.*unchanged"), replaced(target) as folder:
        (folder / "a").write_text("after")
        raise OSError(28, "No space left on device")
    assert (target / "a").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("is_renamed", [True, False])
def test_what_a_killed_export_left_is_put_back_or_deleted(tmp_path, is_renamed):
    target = tmp_path / "out"
    exported(target, "before")
    (tmp_path / ".out.lakehouse-unfinished").mkdir()
    if is_renamed:
        target.rename(tmp_path / ".out.lakehouse-replaced")
    with pytest.raises(RuntimeError), replaced(target):
        raise RuntimeError
    assert (target / "a").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_that_is_put_there_meanwhile_is_not_lost(tmp_path):
    target = tmp_path / "out"
    exported(target, "before")
    with pytest.raises(LakehouseError, match=r"mine\.txt"), replaced(target):
        (target / "mine.txt").write_text("mine")
    assert ((target / "mine.txt").read_text(), (target / "a").read_text()) == ("mine", "before")


def test_two_at_once_are_one_after_the_other(tmp_path):
    with replaced(tmp_path / "out") as folder:
        (folder / "datapackage.json").write_text('{"files": {}, "resources": []}')
        with pytest.raises(LakehouseError, match="Another export"), replaced(tmp_path / "out"):
            pass


def test_a_script_that_was_edited_is_not_overwritten(run, tmp_path):
    assert run(tmp_path / "out")[0] == 0
    script = tmp_path / "out" / "load" / "athena" / "tables.sql"
    script.write_text("mine")
    code, said = run(tmp_path / "out")
    assert (code, "tables.sql was changed" in said, script.read_text()) == (1, True, "mine")


def test_the_working_folder_and_links_are_refused(run, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    assert "the working folder" in run(".")[1]
    assert "is a link" in run(tmp_path / "link")[1]


def test_a_file_is_no_folder(run, tmp_path):
    (tmp_path / "out").write_text("mine")
    code, said = run(tmp_path / "out")
    assert (code, "is no folder" in said, (tmp_path / "out").read_text()) == (1, True, "mine")
