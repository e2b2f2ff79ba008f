"""A first run on an empty folder, a wrong one, and one with files that can't be loaded."""

import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from tests.conftest import ROOT


@pytest.fixture
def newcomer(tmp_path):
    """Runs a command in a new copy of the project, which has its own default folders."""
    root = tmp_path / "clone"
    root.mkdir()
    shutil.copy(ROOT / "databricks.yml", root)
    for folder in ("bundle", "resources", "src"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-P", "-m", "local_runtime", *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, "LAKEHOUSE_ROOT": str(root), "PYTHONPATH": str(ROOT)},
            timeout=600,
        )

    return root, run


def test_129_a_first_run_makes_a_sample_and_own_data_do_not_get_into_its_lake(newcomer, tmp_path):
    root, run = newcomer
    first = run("run", "--layer", "bronze")
    assert first.returncode == 0, first.stderr
    assert f"{root / 'landing'} was empty: made a sample there. Its titles and events are invented." in first.stdout
    assert any(line.startswith("The data in this lake are invented") for line in first.stdout.splitlines())
    mine = tmp_path / "mine"
    (mine / "titles").mkdir(parents=True)
    (mine / "titles" / "my.csv").write_text("show_id,type,title,release_year\ns1,Movie,A,2020\n")
    refused = run("run", "--landing", str(mine))
    assert refused.returncode == 1
    assert "Nothing was loaded" in refused.stderr
    own = run("run", "--layer", "bronze", "--landing", str(mine), "--lake", str(tmp_path / "my lake"))
    assert own.returncode == 0, own.stderr
    assert "invented" not in own.stdout
    assert f"--lake '{tmp_path / 'my lake'}'" in own.stdout


def test_129_a_wrong_landing_folder_makes_nothing(launch, tmp_path):
    done = launch("run", "--landing", str(tmp_path / "typing error"), "--lake", str(tmp_path / "lake"))
    assert done.returncode == 1
    assert str(tmp_path / "typing error" / "titles") in done.stderr
    assert "and run again; nothing was made." in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_130_a_run_that_rejects_every_file_fails(launch, place):
    with zipfile.ZipFile(place.landing / "titles" / "archive.zip", "w") as archive:
        archive.writestr("netflix_titles.csv", "show_id,title\n")
    place.land("beside.csv", "show_id,type,title\n")
    done = launch("run", *place.options)
    assert done.returncode == 1
    assert "Rejected: archive.zip (archive): it is a ZIP archive: unpack it" in done.stdout
    assert "every file that was found was rejected" in done.stdout
    assert "beside.csv lies in no feed's folder. Its header is that of bronze.titles" in done.stdout
    place.land("titles/good.csv", "show_id,type,title,release_year\ns1,Movie,A,2020\n")
    assert launch("run", *place.options).returncode == 0


def test_136_a_sample_has_at_least_one_title_and_one_release(launch, tmp_path):
    for option in ("--titles", "--releases"):
        wrong = launch("sample", "--landing", str(tmp_path), option, "0")
        assert (wrong.returncode, f"argument {option}: 0 is not from 1 to " in wrong.stderr) == (2, True)
    assert (
        launch(
            "sample", "--landing", str(tmp_path), "--titles", "1", "--releases", "1", "--subscribers", "5"
        ).returncode
        == 0
    )
    again = launch("sample", "--landing", str(tmp_path), "--titles", "2")
    assert (again.returncode, "holds another sample" in again.stderr) == (1, True)


def test_136_a_stray_setting_of_sail_changes_nothing_and_is_told(launch, tmp_path):
    (tmp_path / "landing" / "titles").mkdir(parents=True)
    (tmp_path / "landing" / "titles" / "a.csv").write_text("show_id,type,title\ns1,Movie,A\n")
    paths = ["--landing", str(tmp_path / "landing"), "--lake", str(tmp_path / "lake")]
    done = launch("run", "--layer", "bronze", *paths, SAIL_MODE="kubernetes-cluster")
    assert done.returncode == 0, done.stderr
    assert "Left out: SAIL_MODE." in done.stdout


def test_events_are_made_as_asked_and_the_next_day_follows(launch, tmp_path):
    """The same seed makes the same bytes; the truth counts the errors; another day adds files."""
    made = []
    for name in ("one", "other"):
        landing = tmp_path / name
        asked = ("--titles", "50", "--sessions", "200", "--days", "3", "--subscribers", "20", "--seed", "5")
        asked += ("--event-dirt", "broken_lines", "repeats")
        assert launch("sample", "--landing", str(landing), *asked).returncode == 0
        before = {path.name for path in (landing / "playback").rglob("*") if path.is_dir()}
        assert launch("sample", "--landing", str(landing), *asked, "--continue").returncode == 0
        assert len({path.name for path in (landing / "playback").rglob("*") if path.is_dir()}) > len(before)
        files = [path for path in landing.rglob("*") if path.is_file() and path.suffix != ".duckdb"]
        made.append({path.relative_to(landing): path.read_bytes() for path in files})
    assert made[0] == made[1]
    other = launch("sample", "--landing", str(landing), "--titles", "51", "--continue")
    assert (other.returncode, "goes on with one as it was made" in other.stderr) == (1, True)
    wrong = launch("sample", "--landing", str(tmp_path / "third"), "--event-dirt", "mud")
    assert wrong.returncode in (1, 2)
    assert "mud" in wrong.stderr
    assert not (tmp_path / "third").exists()
