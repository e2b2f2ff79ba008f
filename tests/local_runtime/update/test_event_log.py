"""The event log and an update's outcome tell all that was committed, and all that was not run."""

import json

from local_runtime.inspection import query

TWO_FLOWS = """
dp.create_streaming_table("t")

@dp.append_flow(target="t")
def one():
    return read_csv("one").select("id")

@dp.append_flow(target="t")
def two():
    return read_csv("two", **{"cloudFiles.schemaEvolutionMode": "failOnNewColumns"}).select("id")
"""


def flow_events(project, schema):
    asked = f"""
        SELECT origin.flow_name AS flow, get_json_object(details, '$.flow_progress.status') AS status,
               get_json_object(details, '$.flow_progress.metrics.num_output_rows') AS written
        FROM {schema}.event_log WHERE event_type = 'flow_progress'
          AND origin.update_id = (SELECT max_by(origin.update_id, timestamp) FROM {schema}.event_log)
        ORDER BY timestamp"""
    return [tuple(row.values()) for row in json.loads(query.answer(project.lake, asked, "json"))]


def test_125_what_a_first_flow_committed_is_told_though_the_second_fails(project):
    project.pipeline("bronze", TWO_FLOWS)
    project.land("one/1.csv", "id\na\n")
    project.land("two/1.csv", "id\na\n")
    project.run()
    project.land("one/2.csv", "id\nb\nc\n")
    project.land("two/2.csv", "id,new\nb,1\n")
    outcome = project.update()
    assert set(outcome.failures) == {"bronze.t"}
    assert [(result.flow, result.rows_out) for result in outcome.results] == [("one", 2)]
    assert flow_events(project, "bronze") == [("one", "COMPLETED", "2"), ("two", "FAILED", None)]
    assert len(project.rows("bronze.t")) == 4


def test_125_snapshots_that_a_failing_flow_applied_are_told(project):
    project.pipeline("silver", """
        def next_state(latest):
            if latest == 2:
                raise ValueError("no third")
            number = (latest or 0) + 1
            return spark.createDataFrame([(n,) for n in range(number)], "id INT"), number

        dp.create_streaming_table("states")
        dp.create_auto_cdc_from_snapshot_flow(target="states", source=next_state, keys=["id"], stored_as_scd_type=2)
        """)  # fmt: skip
    outcome = project.update()
    assert "no third" in outcome.failures["silver.states"]
    assert [(result.commits, result.rows_in) for result in outcome.results] == [(2, 3)]
    assert [event[:2] for event in flow_events(project, "silver")] == [("states", "RUNNING"), ("states", "FAILED")]


def test_125_tables_of_pipelines_after_one_that_failed_are_told_as_not_run(project):
    broken = "@dp.materialized_view\n@dp.expect_or_fail('no', 'false')\ndef broken():\n    return spark.range(1)"
    other = "@dp.materialized_view\ndef other():\n    return spark.range(1)"
    for schema, code in (("bronze", broken), ("silver", other), ("gold", other)):
        project.pipeline(schema, code)
    outcome = project.update()
    assert set(outcome.failures) == {"bronze.broken"}
    assert outcome.skipped == ["silver.other", "gold.other"]
