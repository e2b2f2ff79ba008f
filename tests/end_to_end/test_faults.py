"""The faults of docs/faults.md, by number: after each of them gold is equal to that of one clean run."""

import os
import random
import shutil
import signal
import subprocess
import time

import pytest
from deltalake import DeltaTable

from local_runtime.auto_loader import loader
from local_runtime.cli.arguments import main
from local_runtime.delta.lake import Lake
from local_runtime.inspection.published import tables_ahead
from local_runtime.inspection.status import inspect
from local_runtime.state.publications import newest_publication
from local_runtime.writing.writer import Writer
from sample.making import make
from tests.conftest import ROOT
from tests.end_to_end.conftest import CATALOGUE, Place
from tests.helpers.tables import table_rows

KILLS = 20
ALWAYS = 1
DICE = random.Random(2026)
# In seconds after the process has started: from its imports to its last table.
MOMENTS = [DICE.uniform(1.5, 6) for _ in range(KILLS)]


def load_release_by_release(place):
    """A run after each of the two releases has landed."""
    make(place.landing, CATALOGUE)
    _, second = sorted((place.landing / "titles").iterdir())
    aside = second.rename(place.landing.parent / second.name)
    place.run()
    aside.rename(second)
    place.run()


@pytest.mark.parametrize(
    "number", [pytest.param(n, marks=[] if n < ALWAYS else [pytest.mark.kills]) for n in range(KILLS)]
)
def test_1_after_a_sigkill_the_next_run_goes_on_by_itself(sampled, clean, number):
    command = [str(ROOT / "lakehouse"), "run", *sampled.options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(MOMENTS[number])
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    newest_publication(sampled.lake)  # never half a record
    sampled.run()
    assert sampled.digests() == clean
    assert tables_ahead(sampled.lake, newest_publication(sampled.lake)) == []


@pytest.mark.parametrize(
    ("beginning", "table"),
    [
        ("released", "bronze.titles"),
        pytest.param("awaiting", "silver.titles_quarantine", marks=pytest.mark.large),
        ("released", "silver.titles"),
        pytest.param("released", "gold.dim_title", marks=pytest.mark.large),
        ("awaiting", "gold.kpi_genre"),
    ],
)
def test_2_an_exception_at_a_step_leaves_nothing_half_done(request, clean_catalogue, monkeypatch, beginning, table):
    place = request.getfixturevalue(beginning)
    genuine, before = Writer.commit_rows, place.lake.log(table).newest_version()

    def failing(self, staged, *arguments, **named):
        if staged.table == table:
            raise OSError("no luck")
        return genuine(self, staged, *arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "commit_rows", failing)
        assert "no luck" in place.update().failures[table]
    assert place.lake.log(table).newest_version() == before
    place.run()
    assert place.digests() == clean_catalogue


def test_2_an_exception_while_files_are_read_loads_none_of_them_twice(released, clean_catalogue, monkeypatch):
    genuine, calls = loader.stage_file, []

    def failing(file, layout, target):
        calls.append(file)
        if len(calls) == 2:
            raise OSError("no luck")
        return genuine(file, layout, target)

    with monkeypatch.context() as patch:
        patch.setattr(loader, "stage_file", failing)
        assert released.update().failures
    released.run()
    assert released.digests() == clean_catalogue
    assert not released.lake.staging.exists()


def test_3_data_files_without_a_commit_are_invisible_and_vacuumed(loaded, clean_catalogue, launch):
    path = loaded.lake.path("gold.dim_title")
    orphan = path / "part-00000-orphan.snappy.parquet"
    shutil.copy(next(path.glob("*.parquet")), orphan)
    loaded.run()
    assert loaded.digests() == clean_catalogue
    launch("vacuum", "--hours", "0", "--lake", str(loaded.lake.root))
    assert not orphan.exists()
    assert loaded.digests() == clean_catalogue


@pytest.mark.parametrize(
    "table",
    [
        *("bronze.titles", "silver.titles"),
        *[pytest.param(name, marks=pytest.mark.large) for name in ("silver.titles_quarantine", "gold.dim_title")],
    ],
)
def test_4_a_restored_table_takes_up_from_what_it_says_itself(beginnings, clean_catalogue, table):
    place = beginnings.after(load_release_by_release)
    DeltaTable(str(place.lake.path(table))).restore(0)
    shutil.rmtree(place.lake.root / ".runtime")
    place.run()
    assert place.digests() == clean_catalogue


def test_5_a_torn_log_entry_stops_the_run_and_without_it_the_increment_is_redone(loaded, clean_catalogue, launch):
    newest = loaded.lake.log("silver.titles").folder / f"{1:020}.json"
    newest.write_text('{"commitInfo":')
    paths = loaded.options
    stopped = launch("run", *paths)
    assert stopped.returncode == 1
    assert newest.name in stopped.stderr
    assert launch("sql", "FROM silver.titles", *paths[2:]).returncode == 1
    newest.unlink()
    newest.with_suffix(".crc").unlink(missing_ok=True)
    loaded.run()
    assert loaded.digests() == clean_catalogue


def test_6_the_same_bytes_under_another_name_change_nothing(awaiting, clean_catalogue):
    *_, last = sorted((awaiting.landing / "titles").iterdir())
    shutil.copy(last, awaiting.landing / "titles" / "zz_again.csv")
    (bronze,) = [result for result in awaiting.run().results if result.dataset == "bronze.titles"]
    assert bronze.files["zz_again.csv"].rows == bronze.files[last.name].rows
    assert awaiting.digests() == clean_catalogue


def test_6_an_old_releases_bytes_under_a_new_name_are_the_catalogue_again(beginnings):
    """As on Databricks, which looks at names: releases A, B and A again end with A's catalogue."""
    found = []
    for releases in ("A", "AB"):
        place = beginnings.after(Place.run)
        make(place.landing, CATALOGUE)
        landed = dict(zip("AB", sorted((place.landing / "titles").iterdir()), strict=True))
        shutil.copy(landed["A"], place.landing / "titles" / "zz_again.csv")
        for name in landed.keys() - set(releases):
            landed[name].unlink()
        place.run()
        found.append([place.digests()[f"gold.kpi_{name}"] for name in ("content_type", "genre", "country", "rating")])
    assert found[0] == found[1]


def test_7_a_landed_file_that_changes_is_refused(loaded, clean_catalogue):
    first, *_ = sorted((loaded.landing / "titles").iterdir())
    first.write_bytes(first.read_bytes() + b"s99999,Movie\n")
    (bronze,) = [result for result in loaded.run().results if result.dataset == "bronze.titles"]
    assert bronze.rejected[first.name].reason == "changed_after_load"
    assert loaded.digests() == clean_catalogue


def test_8_the_order_of_rows_makes_no_difference(awaiting, clean_catalogue):
    for path in (awaiting.landing / "titles").iterdir():
        modified = path.stat().st_mtime
        header, *rows = path.read_bytes().split(b"\n")
        random.Random(2026).shuffle(rows)
        path.write_bytes(b"\n".join([header, *rows]))
        os.utime(path, (modified, modified))
    awaiting.run()
    assert awaiting.digests() == clean_catalogue


def test_8_releases_one_by_one_give_what_all_at_once_give(beginnings, clean_catalogue):
    assert beginnings.after(load_release_by_release).digests() == clean_catalogue


def test_8_a_late_release_takes_its_place_once_it_is_accepted_and_history_is_made_again(awaiting, clean_catalogue):
    first, _ = sorted((awaiting.landing / "titles").iterdir())
    aside = first.rename(awaiting.landing.parent / first.name)
    awaiting.run()
    without = awaiting.digests()
    aside.rename(first)
    awaiting.run()
    assert awaiting.digests() == without != clean_catalogue
    assert main(["accept", str(first), "--lake", str(awaiting.lake.root)]) == 0
    awaiting.run("silver.titles", "silver.title_ids")
    assert awaiting.digests() == clean_catalogue
    assert inspect(awaiting.lake).healthy


@pytest.mark.parametrize("content", [b"", b"show_id,type,title\n", b"\x89PNG\0"])
def test_14_without_one_row_every_table_is_there_and_empty(bare, content):
    (bare.landing / "titles" / "empty.csv").write_bytes(content)
    bare.run()
    rows = {name: rows for name, (rows, _) in {**bare.digests("silver"), **bare.digests()}.items()}
    # The unknown members, and the bridges' rows of the unknown title.
    expected = {name for name in rows if name.startswith(("gold.dim_", "gold.bridge_"))}
    assert {name for name, count in rows.items() if count} == expected
    assert rows["gold.dim_title"] == 1


def test_15_a_release_without_a_required_column_is_quarantined_whole_and_closes_no_title(loaded, clean_catalogue):
    titles_before = DeltaTable(str(loaded.lake.path("silver.titles"))).version()
    (loaded.landing / "titles" / "no_title.csv").write_text("show_id,type,release_year\ns1,Movie,2020\ns2,Movie,2021\n")
    loaded.run()
    quarantined = table_rows(loaded.lake, "silver.titles_quarantine")
    mine = [row["failed_rules"] for row in quarantined if row["_source_file"].endswith("no_title.csv")]
    assert mine == [["valid_title"], ["valid_title"]]
    assert DeltaTable(str(loaded.lake.path("silver.titles"))).version() == titles_before
    assert loaded.digests() == clean_catalogue


def test_18_a_full_disk_ends_the_run_with_a_message_and_the_next_one_completes(sampled, clean):
    run = [str(ROOT / "lakehouse"), "run", *sampled.options]
    # Not by preexec_fn: with it Python forks, and the child of a process that speaks gRPC now and then aborts.
    in_blocks = ["sh", "-c", 'ulimit -f 24 && exec "$@"', "sh"]
    full = subprocess.run([*in_blocks, *run], capture_output=True, text=True)
    assert full.returncode == 1
    assert "Failed: " in full.stdout + full.stderr or "lakehouse: " in full.stderr
    sampled.run()
    assert sampled.digests() == clean


def test_18_a_lake_that_cannot_be_written_is_named(sampled, launch):
    done = launch("run", "--landing", str(sampled.landing), "--lake", "/proc/lakehouse")
    assert done.returncode == 1
    assert "The lake /proc/lakehouse can't be written" in done.stderr


def test_19_a_second_run_on_a_lake_exits_at_once(loaded, clean_catalogue, launch):
    with loaded.lake.locked():
        second = launch("run", *loaded.options)
    assert second.returncode == 1
    assert "Another run is in progress" in second.stderr
    loaded.run()
    assert loaded.digests() == clean_catalogue


def test_20_optimize_and_vacuum_change_nothing_that_is_read(loaded, clean_catalogue):
    for name in loaded.lake.tables():
        table = DeltaTable(str(loaded.lake.path(name)))
        reader = table.to_pyarrow_dataset()
        table.optimize.compact()
        table.vacuum(retention_hours=168, dry_run=False)
        assert reader.count_rows() == table.to_pyarrow_dataset().count_rows()
    assert loaded.digests() == clean_catalogue
    assert [result.dataset for result in loaded.run().results if result.commits] == []
    assert loaded.digests() == clean_catalogue


def test_24_names_of_any_kind_make_no_difference(sampled, clean, tmp_path):
    root = tmp_path / "all %20#+'\"é 中 [1]{2}"
    (root / "land ing").mkdir(parents=True)
    for folder in [entry for entry in sampled.landing.iterdir() if entry.is_dir()]:
        shutil.move(folder, root / "land ing" / folder.name)
    first, *_ = sorted((root / "land ing" / "titles").iterdir())
    first.rename(first.with_name('2019-06 it\'s %20#+ "new" é.csv'))
    place = Place(root / "land ing", Lake(root / "la ke"), sampled.session)
    place.run()
    assert place.digests() == clean
    assert [result.dataset for result in place.run().results if result.commits] == []
    assert sorted(path.name for path in root.iterdir()) == ["la ke", "land ing"]
    assert [path.name for path in tmp_path.iterdir()] == [root.name]
