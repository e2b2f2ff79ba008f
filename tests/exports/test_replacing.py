"""An export takes the place of an earlier one at once, and of nothing else."""

import pytest

from exports.replacing import replaced
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


def test_after_an_error_the_earlier_export_is_there(tmp_path):
    target = tmp_path / "out"
    with replaced(target) as folder:
        (folder / "datapackage.json").write_text('{"files": ["a"], "resources": []}')
        (folder / "a").write_text("before")
    with pytest.raises(LakehouseError, match=r"No space left.*unchanged"), replaced(target) as folder:
        (folder / "a").write_text("after")
        raise OSError(28, "No space left on device")
    assert (target / "a").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_is_no_folder(run, tmp_path):
    (tmp_path / "out").write_text("mine")
    code, said = run(tmp_path / "out")
    assert (code, "is no folder" in said, (tmp_path / "out").read_text()) == (1, True, "mine")
