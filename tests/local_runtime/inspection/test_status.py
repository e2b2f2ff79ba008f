"""What status says of a lake: whether every table is there, and has taken in what its sources hold."""

from dataclasses import replace

import pytest
from deltalake import DeltaTable

from local_runtime.cli.status_report import status_json, status_text
from local_runtime.errors import LakehouseError
from local_runtime.inspection.status import inspect
from local_runtime.state.last_run import recording_refusal, recording_run, run_command
from local_runtime.update.event_log import EventLog
from local_runtime.update.orchestration import run_update

BRONZE = """
@dp.table
def events():
    return read_csv("events", **{"cloudFiles.schemaHints": "id STRING, n INT"}).select("id", "n")
"""
SILVER = """
@dp.table
def kept():
    return spark.readStream.table("bronze.events").filter("n > 0")
"""
GOLD = """
@dp.materialized_view
def total():
    return spark.read.table("silver.kept").agg(F.sum("n").alias("n"))

@dp.materialized_view
def count():
    return spark.read.table("silver.kept").agg(F.count("n").alias("n"))
"""


@pytest.fixture
def layers(project):
    """Three layers, and one file."""
    for schema, code in {"bronze": BRONZE, "silver": SILVER, "gold": GOLD}.items():
        project.pipeline(schema, code)
    project.land("events/1.csv", "id,n\na,1\n")
    return project


def run_until(project, table):
    """A run that is killed when it comes to a table: nothing of it is tidied up."""

    def killed(name, state):
        if name == table:
            raise KeyboardInterrupt

    graph = project.graph()
    with pytest.raises(KeyboardInterrupt), project.lake.locked(), recording_run(project.lake):
        run_update(project.session, graph, project.lake, graph.pipelines, listener=killed)


def run_layer(project, schema):
    graph = project.graph()
    with project.lake.locked(), recording_run(project.lake):
        run_update(project.session, graph, project.lake, [p for p in graph.pipelines if p.schema == schema])


def test_123_after_a_run_that_was_killed_the_missing_tables_are_named_by_layer(layers):
    run_until(layers, "silver.kept")
    state = inspect(layers.lake)
    assert not state.healthy
    stopped, silver, gold = state.problems
    assert "did not end" in stopped
    assert silver.startswith("Missing in silver: kept.")
    assert gold.startswith("Missing in gold: total, count.")
    layers.run()
    assert inspect(layers.lake).healthy


def test_123_a_layer_that_is_behind_the_one_before_is_named(layers):
    layers.run()
    layers.land("events/2.csv", "id,n\nb,2\n")
    run_layer(layers, "bronze")
    state = inspect(layers.lake)
    assert state.behind == {"silver.kept": {"bronze.events": (0, 1)}}
    assert state.problems == [
        "Behind in silver: kept (bronze.events is at v1, taken in to v0). A run brings them up to date, unless it says "
        f"what is in its way: {run_command(layers.lake)}"
    ]
    run_layer(layers, "silver")
    assert sorted(inspect(layers.lake).behind) == ["gold.count", "gold.total"]
    layers.run()
    assert inspect(layers.lake).healthy


def test_123_what_changes_no_rows_leaves_nothing_behind(layers):
    layers.run()
    layers.land("events/2.csv", "id,n\nb,2\n")
    layers.run()
    layers.land("events/3.csv", "id,n\n")
    run_layer(layers, "bronze")
    DeltaTable(str(layers.lake.path("bronze.events"))).optimize.compact()
    DeltaTable(str(layers.lake.path("silver.kept"))).optimize.compact()
    assert layers.versions("bronze.events")[-1] > layers.versions("silver.kept")[-1]
    assert inspect(layers.lake).healthy


def test_123_a_restored_table_is_behind(layers):
    layers.run()
    layers.land("events/2.csv", "id,n\nb,2\n")
    layers.run()
    DeltaTable(str(layers.lake.path("silver.kept"))).restore(0)
    assert sorted(inspect(layers.lake).behind) == ["gold.count", "gold.total", "silver.kept"]


def test_123_a_streams_other_source_and_a_snapshot_function_that_finds_nothing_new_leave_nothing_behind(project):
    project.pipeline("bronze", BRONZE + BRONZE.replace("events", "names"))
    project.pipeline(
        "silver",
        """
        @dp.table
        def named():
            names = spark.read.table("bronze.names").select("id", F.col("n").alias("name"))
            return spark.readStream.table("bronze.events").join(names, "id", "left")

        def next_snapshot(latest):
            rows = spark.read.table("bronze.names")
            return (rows, 1) if latest is None else None

        dp.create_streaming_table("history")
        dp.create_auto_cdc_from_snapshot_flow(
            target="history", source=next_snapshot, keys=["id"], stored_as_scd_type=2)
        """,
    )
    project.land("events/1.csv", "id,n\na,1\n")
    project.land("names/1.csv", "id,n\na,1\n")
    project.run()
    project.land("names/2.csv", "id,n\nb,2\n")
    run_layer(project, "bronze")
    assert inspect(project.lake).behind == {"silver.history": {"bronze.names": (0, 1)}}
    project.run()
    assert inspect(project.lake).healthy
    DeltaTable(str(project.lake.path("silver.history"))).delete("id = 'a'")
    project.run()
    assert inspect(project.lake).healthy


def test_123_a_run_that_was_refused_before_it_began_is_told(layers):
    layers.run()
    with pytest.raises(LakehouseError), recording_refusal(layers.lake):
        raise LakehouseError("silver.kept: its function raises NameError")
    (problem,) = inspect(layers.lake).problems
    assert problem.splitlines() == [
        "The last run was refused, or failed entirely: silver.kept: its function raises NameError",
        f"Then run again: {run_command(layers.lake)}",
    ]
    layers.run()
    assert inspect(layers.lake).healthy


def test_123_a_run_at_work_is_said_to_be_at_work_and_not_broken(layers):
    run_until(layers, "silver.kept")
    with layers.lake.locked(), recording_run(layers.lake):
        state = inspect(layers.lake)
        assert (state.running, state.healthy, state.problems) == (True, False, [])
        assert "A run is in progress" in status_text(state)
        assert '"running": true' in status_json(state)
    assert not inspect(layers.lake).running


def test_123_a_run_that_was_refused_is_told_until_one_is_not(layers):
    layers.run()
    layers.pipeline("gold", GOLD.replace('F.sum("n")', 'F.sum("nothing")'))
    with pytest.raises(LakehouseError):
        layers.run()
    (problem,) = inspect(layers.lake).problems
    assert problem.startswith("The last run was refused, or failed entirely: gold.total: its query is wrong")
    layers.pipeline("gold", GOLD)
    layers.run()
    assert inspect(layers.lake).healthy


def test_123_the_last_update_of_every_pipeline_counts(layers):
    (bronze, *_) = layers.graph().pipelines
    for pipeline, state in {"first": "FAILED", "second": "COMPLETED"}.items():
        events = EventLog(layers.lake, replace(bronze, name=pipeline), "u")
        events.update_progress(state, "", error="why" if state == "FAILED" else None)
        events.write()
    failed = "The last update of first ended as FAILED: why\nWhen that is fixed, run again: "
    assert f"{failed}{run_command(layers.lake)}" in inspect(layers.lake).problems


def test_123_data_files_that_are_gone_are_told(layers):
    layers.run()
    next(layers.lake.path("silver.kept").glob("*.parquet")).unlink()
    (problem,) = inspect(layers.lake).problems
    assert "silver.kept: data files are gone (1 of 1: " in problem
    assert "--full-refresh silver.kept" in problem


def test_126_a_folder_whose_log_is_empty_is_told_and_the_rest_too(layers):
    layers.run()
    log = layers.lake.path("silver.kept") / "_delta_log"
    for entry in log.iterdir():
        entry.unlink()
    (log / "notes.txt").write_text("no log")
    state = inspect(layers.lake)
    assert [table.name for table in state.tables] == ["bronze.events", "gold.count", "gold.total"]
    (problem,) = state.problems
    assert "silver/kept is not a table: its folder _delta_log holds no log" in problem


def test_127_tables_that_no_pipeline_defines_any_more_are_named_and_healthy(layers):
    layers.run()
    layers.pipeline("gold", GOLD.replace("def count", "def number"))
    layers.run()
    state = inspect(layers.lake)
    assert (state.undefined, state.healthy) == (["gold.count"], True)
    assert "Defined by no pipeline: gold.count." in status_text(state)
    layers.land("events/2.csv", "id,n\nb,2\n")
    layers.run()
    assert inspect(layers.lake).healthy


def test_127_what_a_flow_that_was_renamed_has_read_matters_no_more(layers):
    flow = '@dp.append_flow(target="kept", name="{}")\ndef f():\n    return spark.readStream.table("bronze.events")\n'
    layers.pipeline("silver", 'dp.create_streaming_table("kept")\n' + flow.format("old"))
    layers.run()
    layers.pipeline("silver", 'dp.create_streaming_table("kept")\n' + (flow.format("old") + flow.format("new")))
    layers.run()
    layers.pipeline("silver", 'dp.create_streaming_table("kept")\n' + flow.format("new"))
    layers.land("events/2.csv", "id,n\nb,2\n")
    layers.run()
    assert inspect(layers.lake).healthy


def test_137_what_each_table_has_taken_in_is_told_where_it_is_asked_for(layers):
    layers.run()
    state = inspect(layers.lake)
    assert "silver.kept@v0" not in status_text(state)
    assert "silver.kept@v0" in status_text(state, long=True)
