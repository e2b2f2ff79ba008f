"""What a flow reads is whole: data files that are gone, and tables that were restored."""

from pathlib import Path

import pytest
from deltalake import DeltaTable

from local_runtime.update.orchestration import run_update

BRONZE = """
@dp.table
def events():
    hints = {"cloudFiles.schemaHints": "id STRING, name STRING, seq INT"}
    return read_csv("events", **hints).select("id", "name", "seq")
"""
SILVER = """
@dp.table
def copies():
    return spark.readStream.table("bronze.events")

dp.create_streaming_table("people")
dp.create_auto_cdc_flow(target="people", source="bronze.events", keys=["id"], sequence_by="seq", stored_as_scd_type=2)

dp.create_streaming_table("states")
dp.create_auto_cdc_from_snapshot_flow(target="states", source="copies", keys=["id"], stored_as_scd_type=2)

@dp.materialized_view
def counts():
    return spark.read.table("bronze.events").groupBy("id").agg(F.count("*").alias("n"))
"""


@pytest.fixture
def filled(project):
    """Three landed files, each taken in by a run of its own."""
    project.pipeline("bronze", BRONZE)
    project.pipeline("silver", SILVER)
    for number in range(1, 4):
        land(project, number)
        project.run()
    return project


def land(project, number):
    project.land(f"events/{number}.csv", f"id,name,seq\nk{number},n{number},{number}\n")


def run_bronze(project):
    graph = project.graph()
    with project.lake.locked():
        outcome = run_update(project.session, graph, project.lake, graph.pipelines[:1])
    assert not outcome.failures


def vacuum(project, table):
    DeltaTable(str(project.lake.path(table))).vacuum(
        retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True
    )


def test_101_an_increment_that_was_vacuumed_is_an_error_to_every_stream(filled):
    land(filled, 4)
    run_bronze(filled)
    DeltaTable(str(filled.lake.path("bronze.events"))).optimize.compact()
    vacuum(filled, "bronze.events")
    failures = filled.update().failures
    assert "deleted before being read" in failures["silver.copies"]
    assert "deleted before being read" in failures["silver.people"]
    filled.run("silver.copies", "silver.people", "silver.states")
    assert len(filled.rows("silver.copies")) == len(filled.rows("silver.people")) == 4


def test_101_a_source_that_lacks_a_file_is_an_error_to_whoever_reads_it_whole(filled):
    first = DeltaTable(str(filled.lake.path("bronze.events"))).file_uris()[-1]
    land(filled, 4)
    run_bronze(filled)
    Path(first).unlink()
    failures = filled.update().failures
    for table in ("silver.people", "silver.counts"):
        assert "data files are gone (1: " in failures[table]
        assert "--full-refresh bronze.events" in failures[table]
    assert "silver.copies" not in failures
    assert len(filled.rows("silver.people")) == 3


@pytest.mark.parametrize("table", ["silver.people", "silver.states"])
def test_101_history_that_lacks_a_file_is_not_carried_on(filled, table):
    for file in DeltaTable(str(filled.lake.path(table))).file_uris():
        Path(file).unlink()
    before = filled.versions(table)
    land(filled, 4)
    assert f"--full-refresh {table}" in filled.update().failures[table]
    assert filled.versions(table) == before


def restore(project, table, version):
    DeltaTable(str(project.lake.path(table))).restore(version)


def test_125_a_restore_of_a_source_and_its_readers_to_matching_versions_goes_on(filled):
    expected = {table: filled.rows(table) for table in ("bronze.events", "silver.copies", "silver.people")}
    for table in (*expected, "silver.states"):
        restore(filled, table, 1)
    outcome = filled.run()
    assert {table: filled.rows(table) for table in expected} == expected
    assert {r.dataset: r.rows_in for r in outcome.results if r.dataset in expected} == dict.fromkeys(expected, 1)
    DeltaTable(str(filled.lake.path("bronze.events"))).optimize.compact()
    land(filled, 4)
    filled.run()
    assert len(filled.rows("silver.copies")) == len(filled.rows("silver.people")) == 4


def test_125_a_compaction_before_the_version_that_is_restored_makes_no_difference(filled):
    DeltaTable(str(filled.lake.path("bronze.events"))).optimize.compact()
    land(filled, 4)
    filled.run()
    tables = ("silver.copies", "silver.people")
    expected = {table: filled.rows(table) for table in tables}
    restore(filled, "bronze.events", 3)
    for table in (*tables, "silver.states"):
        restore(filled, table, 2)
    outcome = filled.run()
    assert {table: filled.rows(table) for table in tables} == expected
    assert {r.dataset: r.rows_in for r in outcome.results if r.dataset in tables} == dict.fromkeys(tables, 1)


@pytest.mark.parametrize("reader_too", [True, False])
def test_125_a_restore_there_and_back_is_nothing_new(filled, reader_too):
    expected = filled.rows("silver.copies")
    restore(filled, "bronze.events", 0)
    if reader_too:
        restore(filled, "silver.copies", 1)
    restore(filled, "bronze.events", 2)
    filled.run()
    assert filled.rows("silver.copies") == expected


def test_125_a_source_that_was_restored_alone_stays_an_error(filled):
    restore(filled, "bronze.events", 1)
    failures = filled.update().failures
    assert "changed or lost rows in version 3 (RESTORE)" in failures["silver.copies"]
    assert "Refresh the reading table in full" in failures["silver.people"]
    assert len(filled.rows("silver.copies")) == 3


def test_125_rows_that_were_deleted_since_a_restore_are_an_error(filled):
    restore(filled, "bronze.events", 1)
    restore(filled, "silver.copies", 1)
    DeltaTable(str(filled.lake.path("bronze.events"))).delete("seq = 1")
    assert "changed or lost rows in version 4 (DELETE)" in filled.update().failures["silver.copies"]
