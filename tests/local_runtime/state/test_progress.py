"""Progress outlives the log: whatever is cleaned, compacted or restored, nothing is loaded twice or lost."""

import shutil

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from local_runtime.delta.commits import write_checkpoint
from local_runtime.state.file_ledger import PROGRESS_FOLDER
from local_runtime.state.progress import progress_of
from local_runtime.update.orchestration import run_update
from local_runtime.update.reads import RunReads
from tests.helpers.project import Project

BRONZE = """
@dp.table
def events():
    return read_csv("events", **{"cloudFiles.schemaHints": "seq INT"}).select("id", "name", "seq")
"""
SILVER = """
@dp.table
def copies():
    return spark.readStream.table("bronze.events")

dp.create_streaming_table("people")
dp.create_auto_cdc_flow(
    target="people", source="bronze.events", keys=["id"], sequence_by="seq", stored_as_scd_type=2,
)

def next_state(latest):
    numbers = range(1, int(spark.conf.get("states")) + 1)
    later = [n for n in numbers if latest is None or n > latest]
    return (spark.createDataFrame([("a", later[0])], "id STRING, n INT"), later[0]) if later else None

dp.create_streaming_table("states")
dp.create_auto_cdc_from_snapshot_flow(target="states", source=next_state, keys=["id"], stored_as_scd_type=2)

@dp.materialized_view
def counts():
    return spark.read.table("copies").groupBy("id").agg(F.count("*").alias("n"))
"""
RUNS = 12


def land(project, number):
    project.land(f"events/{number:03}.csv", f"id,name,seq\nk{number % 3},n{number},{number}\n")


def configure(project, states):
    project.pipeline("bronze", BRONZE)
    project.pipeline("silver", SILVER, states=str(states))


@pytest.fixture(scope="module")
def grown(tmp_path_factory, sail):
    """A project after many runs, each with a new file; and a copy of its folder, which no test changes."""
    root = tmp_path_factory.mktemp("grown")
    project = Project(root / "now", sail)
    for number in range(1, RUNS + 1):
        configure(project, number)
        land(project, number)
        project.run()
    shutil.copytree(project.root, root / "kept", symlinks=True)
    return project, root / "kept"


@pytest.fixture
def old(grown):
    """That project. A lake knows its files by their paths, so each test has it where it was made."""
    project, kept = grown
    shutil.rmtree(project.root)
    shutil.copytree(kept, project.root, symlinks=True)
    return project


def tables(project):
    return [name for name in project.lake.tables() if not name.endswith("event_log")]


def by_hand(log):
    """Deletes the entries before the last checkpoint."""
    checkpoints = [int(path.name[:20]) for path in log.folder.glob("*.checkpoint.parquet")]
    for version in log.versions():
        if checkpoints and version < max(checkpoints):
            (log.folder / f"{version:020}.json").unlink()


def by_delta_rs(log):
    table = DeltaTable(str(log.path))
    table.alter.set_table_properties({"delta.logRetentionDuration": "interval 0 days"})
    write_checkpoint(log)
    table = DeltaTable(str(log.path))
    table.cleanup_metadata()


def compacted(log):
    DeltaTable(str(log.path)).optimize.compact()
    write_checkpoint(log)
    by_hand(log)


def vacuumed(log):
    compacted(log)
    table = DeltaTable(str(log.path))
    table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True)


@pytest.mark.parametrize("clean", [by_hand, by_delta_rs, compacted, vacuumed])
def test_after_a_clean_up_of_the_log_nothing_changes_and_new_files_are_loaded_once(old, clean):
    for name in tables(old):
        clean(old.lake.log(name))
        assert 0 not in old.lake.log(name).versions(), name
    before = {name: old.rows(name) for name in tables(old)}
    again = old.run()
    assert [result.commits for result in again.results] == [0] * 5
    assert {name: old.rows(name) for name in tables(old)} == before
    land(old, RUNS + 1)
    configure(old, RUNS + 1)
    assert {result.dataset: result.rows_in for result in old.run().results}["bronze.events"] == 1
    assert len(old.rows("bronze.events")) == len(old.rows("silver.copies")) == RUNS + 1
    assert sum(n for _, n in old.rows("silver.counts")) == RUNS + 1
    assert len(old.rows("silver.people")) == len(old.rows("silver.states")) == RUNS + 1


def test_a_clean_up_that_takes_a_compactions_own_entry_leaves_new_files_to_come(old):
    """The positions of readers lie before the compaction: what came since is known from the commits themselves."""
    log = old.lake.log("bronze.events")
    DeltaTable(str(log.path)).optimize.compact()
    DeltaTable(str(log.path)).alter.set_table_properties({"delta.logRetentionDuration": "interval 1 days"})
    write_checkpoint(log)
    by_hand(log)
    configure(old, RUNS)
    for number in (RUNS + 1, RUNS + 2):
        land(old, number)
        old.run()
        assert len(old.rows("silver.copies")) == number
    assert len(old.rows("silver.people")) == RUNS + 2


@pytest.mark.parametrize("foreign", ["append", "delete"])
def test_what_another_program_changed_before_a_clean_up_is_an_error_to_streams(old, foreign):
    log = old.lake.log("bronze.events")
    if foreign == "append":
        rows = pa.table({"id": ["x"], "name": ["y"], "seq": pa.array([1], pa.int32())})
        write_deltalake(str(log.path), rows, mode="append")
    else:
        DeltaTable(str(log.path)).delete("seq = 1")
    compacted(log)
    land(old, RUNS + 1)
    said = old.update().failures["silver.copies"]
    assert "are gone, so what it gained is unknown" in said
    assert len(old.rows("silver.copies")) == RUNS


def test_a_restore_that_was_cleaned_up_is_an_error_to_streams(old):
    log = old.lake.log("bronze.events")
    DeltaTable(str(log.path)).restore(4)
    compacted(log)
    assert "Refresh the reading table in full" in old.update().failures["silver.copies"]
    assert len(old.rows("silver.copies")) == RUNS


def test_rows_that_were_vacuumed_before_they_were_read_are_an_error(project):
    project.pipeline("bronze", BRONZE)
    project.pipeline("silver", "@dp.table\ndef copies():\n    return spark.readStream.table('bronze.events')")
    land(project, 1)
    project.run()
    land(project, 2)
    graph = project.graph()
    with project.lake.locked():
        run_update(project.session, graph, project.lake, graph.pipelines[:1])
    compacted_files = DeltaTable(str(project.lake.path("bronze.events")))
    compacted_files.optimize.compact()
    compacted_files.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True)
    assert "deleted before being read" in project.update().failures["silver.copies"]


def test_a_stream_of_a_partitioned_table_is_refused(project):
    path = project.lake.path("other.facts")
    path.mkdir(parents=True)
    write_deltalake(str(path), pa.table({"id": ["1"], "part": ["A"]}), partition_by=["part"])
    project.pipeline("silver", "@dp.table\ndef copies():\n    return spark.readStream.table('other.facts')")
    project.run()
    write_deltalake(str(path), pa.table({"id": ["2"], "part": ["B"]}), mode="append")
    assert "gained files of another program" in project.update().failures["silver.copies"]


def test_a_ledger_that_was_changed_is_an_error(old):
    for path in (old.lake.path("bronze.events") / PROGRESS_FOLDER).glob("*.parquet"):
        path.write_bytes(path.read_bytes() + b" ")
    assert "its content is not what was written" in old.update().failures["bronze.events"]


def test_a_folder_that_holds_another_table_now_is_not_loaded_into(project):
    project.pipeline("bronze", BRONZE + BRONZE.replace("events", "others"))
    land(project, 1)
    project.land("others/1.csv", "id,name,seq\nx,y,1\n")
    project.run()
    shutil.rmtree(project.lake.path("bronze.events"))
    shutil.copytree(project.lake.path("bronze.others"), project.lake.path("bronze.events"))
    assert "--full-refresh bronze.events" in project.update().failures["bronze.events"]


def test_a_restore_whose_entry_was_cleaned_up_too_still_takes_progress_back(old):
    log = old.lake.log("bronze.events")
    expected = old.rows("bronze.events")
    DeltaTable(str(log.path)).restore(4)
    compacted(log)
    assert len(old.rows("bronze.events")) == 5
    old.run("silver.copies", "silver.people")
    assert old.rows("bronze.events") == expected
    assert [sum(r.rows_in for r in old.run().results)] == [0]


def test_without_its_ledger_a_table_loads_nothing_and_says_what_to_do(old):
    shutil.rmtree(old.lake.path("bronze.events") / PROGRESS_FOLDER)
    land(old, RUNS + 1)
    outcome = old.update()
    assert "Nothing is loaded, because it could be loaded twice" in outcome.failures["bronze.events"]
    old.run("bronze.events", "silver.copies", "silver.people")
    assert len(old.rows("bronze.events")) == RUNS + 1


def test_a_table_with_rows_and_no_progress_is_not_loaded_into(project):
    configure(project, 1)
    land(project, 1)
    rows = pa.table({"id": ["x"], "name": ["y"], "seq": pa.array([1], pa.int32())})
    project.lake.path("bronze.events").mkdir(parents=True)
    write_deltalake(str(project.lake.path("bronze.events")), rows)
    outcome = project.update()
    assert project.rebuild("bronze.events") in outcome.failures["bronze.events"]
    assert project.rows("bronze.events") == [("x", "y", 1)]
    project.run("bronze.events")
    assert project.rows("bronze.events") == [("k1", "n1", 1)]


def test_a_flow_that_becomes_another_kind_does_not_go_on_from_what_it_took_in(project):
    project.pipeline("bronze", BRONZE)
    project.pipeline("silver", "@dp.table\ndef t():\n    return spark.readStream.table('bronze.events')")
    land(project, 1)
    project.run()
    project.pipeline("silver", "@dp.table\ndef t():\n    return spark.read.table('bronze.events')")
    assert "was of the kind 'append' and is 'view' now" in project.update().failures["silver.t"]
    project.run("silver.t")


def test_segments_of_the_ledger_stay_few(old):
    for number in range(RUNS + 1, 3 * RUNS):
        land(old, number)
        old.run()
    (flow,) = progress_of(old.lake.log("bronze.events")).flows.values()
    assert sum(segment.records for segment in flow.intake.files) == 3 * RUNS - 1
    assert len(flow.intake.files) <= 6


def applied(project):
    return progress_of(project.lake.log("silver.states")).flows["states"].intake.applied


def test_the_versions_of_all_snapshots_that_were_applied_are_kept_and_a_full_refresh_begins_the_list_again(project):
    land(project, 1)
    for states, versions in ((2, (1, 2)), (3, (1, 2, 3))):
        configure(project, states)
        project.run()
        assert applied(project) == versions
    project.run("silver.states")
    assert applied(project) == (1, 2, 3)


def test_progress_that_an_older_version_wrote_without_a_list_gets_none(project, monkeypatch):
    land(project, 1)
    configure(project, 1)
    genuine = RunReads.intake
    with monkeypatch.context() as older:
        older.setattr(RunReads, "intake", lambda reads, version=None, applied=(): genuine(reads, version))
        project.run()
    configure(project, 2)
    project.run()
    assert applied(project) == ()
