"""sql, status, digest and the event log."""

import json

import pytest

from local_runtime.cli.run_messages import problems_after
from local_runtime.cli.status_report import status_json, status_text
from local_runtime.errors import LakehouseError
from local_runtime.inspection import query
from local_runtime.inspection.digest import digests
from local_runtime.inspection.status import inspect

PIPELINE = """
@dp.table
@dp.expect_or_drop("positive", "amount > 0")
def events():
    hints = {"cloudFiles.schemaHints": "id STRING, amount INT, seen DATE"}
    return read_csv("events", **hints).select("id", "amount", "seen")

@dp.materialized_view(table_properties={"lakehouse.role": "quarantine"})
def events_quarantine():
    return spark.read.table("events").filter("amount > 5").withColumn("failed_rules", F.array(F.lit("small")))
"""


@pytest.fixture
def filled(project):
    project.pipeline("bronze", PIPELINE)
    project.land("events/1.csv", "id,amount,seen\na,1,2021-09-25\nb,-1,\nc,9,\n")
    project.run()
    return project


def test_sql_answers_in_json_csv_and_as_a_table(filled):
    question = (
        "SELECT id, amount, seen, [amount] AS list, 1.50::DECIMAL(4,2) AS d FROM bronze.events ORDER BY id LIMIT 1"
    )
    assert json.loads(query.answer(filled.lake, question, "json")) == [
        {"id": "a", "amount": 1, "seen": "2021-09-25", "list": [1], "d": 1.5}
    ]
    assert query.answer(filled.lake, question, "csv") == "id,amount,seen,list,d\na,1,2021-09-25,[1],1.50\n"
    assert "2021-09-25" in query.answer(filled.lake, question, "table")


def test_sql_reads_an_older_version(filled):
    filled.land("events/2.csv", "id,amount,seen\nd,4,\n")
    filled.run()
    counts = "SELECT (SELECT count(*) FROM bronze.events@v0) AS old, (SELECT count(*) FROM bronze.events) AS new"
    assert json.loads(query.answer(filled.lake, counts, "json")) == [{"old": 2, "new": 3}]
    with pytest.raises(
        LakehouseError, match="there is no such version; the oldest version that can be read is v0, the newest is v1"
    ):
        query.answer(filled.lake, "FROM bronze.events@v7", "csv")


def test_sql_reads_an_empty_table(project):
    project.pipeline("bronze", PIPELINE)
    project.folders("events")
    project.run()
    assert json.loads(query.answer(project.lake, "SELECT count(*) AS n FROM bronze.events", "json")) == [{"n": 0}]


def test_one_monitoring_query_reads_the_event_log_as_on_databricks(filled):
    asked = """
        SELECT get_json_object(details, '$.flow_progress.data_quality.expectations[0].name') AS name,
               get_json_object(details, '$.flow_progress.data_quality.expectations[0].failed_records') AS failed,
               get_json_object(details, '$.flow_progress.metrics.num_output_rows') AS written
        FROM bronze.event_log WHERE event_type = 'flow_progress' AND origin.dataset_name = 'bronze.events'"""
    assert json.loads(query.answer(filled.lake, asked, "json")) == [{"name": "positive", "failed": "1", "written": "2"}]


def test_status_tells_tables_rules_and_quarantine(filled):
    state = inspect(filled.lake)
    told = json.loads(status_json(state))
    assert told["healthy"] is True
    assert {table["name"]: table["rows"] for table in told["tables"]} == {
        "bronze.events": 2,
        "bronze.events_quarantine": 1,
    }
    assert told["quarantined"] == {"bronze.events_quarantine": {"small": 1}}
    assert told["updates"][0]["state"] == "COMPLETED"
    assert "positive (DROP): 1 row failed" in status_text(state)


def test_status_is_unhealthy_with_rejected_files_or_a_failed_update(filled):
    filled.land("events/2.csv", b"id\0")
    filled.run()
    state = inspect(filled.lake)
    assert not state.healthy
    assert state.rejected["bronze.events"]["2.csv"].reason == "encoding"
    assert "1 encoding" in state.problems[0]
    filled.pipeline("bronze", PIPELINE.replace("expect_or_drop", "expect_or_fail"))
    filled.land("events/3.csv", "id,amount,seen\ne,-4,\n")
    filled.update()
    assert any("FAILED" in problem for problem in inspect(filled.lake).problems)


def test_status_is_healthy_again_once_a_rejected_file_was_taken_away(filled):
    rejected = filled.land("events/2.csv", b"id\0")
    filled.run()
    rejected.unlink()
    assert not inspect(filled.lake).healthy
    filled.run()
    assert inspect(filled.lake).healthy


def test_an_empty_lake_is_not_healthy_and_says_what_to_do(tmp_path):
    from local_runtime.delta.lake import Lake

    assert "./lakehouse run" in inspect(Lake(tmp_path)).problems[0]


def test_digests_do_not_depend_on_the_order_of_rows(project):
    rows = "[(1, 'a'), (2, None)][::%s]"
    code = f"@dp.materialized_view\ndef x():\n    return spark.createDataFrame({rows}, 'n INT, t STRING')"
    project.pipeline("gold", code % 1)
    project.run()
    first = digests(project.lake)
    project.pipeline("gold", code % -1)
    project.run()
    assert digests(project.lake) == first
    project.pipeline("gold", (code % 1).replace("'a'", "'b'"))
    project.run()
    assert digests(project.lake) != first


@pytest.mark.parametrize(("properties", "is_healthy"), [("", True), ('"lakehouse.drops_rows": "never"', False)])
def test_rows_dropped_by_a_table_that_should_drop_none_are_a_problem(project, properties, is_healthy):
    table = f"@dp.table(table_properties={{{properties}}})"
    project.pipeline("bronze", PIPELINE.replace("@dp.table\n", f"{table}\n"))
    project.land("events/1.csv", "id,amount,seen\na,1,2021-09-25\nb,-1,\nc,9,\n")
    project.run()
    state = inspect(project.lake)
    assert state.healthy == is_healthy
    dropped = "bronze.events dropped 1 row failing its rule positive"
    assert any(problem.startswith(dropped) for problem in state.problems) != is_healthy
    assert problems_after(project.run(), project.graph(), project.lake) == state.problems


def test_older_rejected_files_are_counted_by_a_run_and_new_ones_are_only_named(filled):
    filled.land("events/2.csv", b"id\0")
    assert problems_after(filled.run(), filled.graph(), filled.lake) == []
    why = f"./lakehouse rejected events/2.csv --lake {filled.lake.root}"
    problem = f"bronze.events: 1 file rejected (1 encoding): docs/runbook.md says what to do. Why: {why}"
    assert inspect(filled.lake).problems == [problem]
    assert problems_after(filled.run(), filled.graph(), filled.lake) == [problem]
