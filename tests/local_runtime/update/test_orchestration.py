"""An update of pipelines: materialized views and views, independent tables, and tables that fail."""

import json
import threading

import pytest

from local_runtime.inspection import query
from local_runtime.inspection.status import inspect
from local_runtime.update import scheduler

BRONZE = """
@dp.table(name="events")
def events():
    return read_csv("events").select("id", "amount")
"""
VIEWS = """
@dp.temporary_view
def doubled():
    return spark.read.table("bronze.events").select("id", (F.col("amount").cast("int") * 2).alias("amount"))

@dp.materialized_view
def totals():
    return spark.read.table("doubled").agg(F.sum("amount").alias("total"))

@dp.materialized_view
def named():
    return spark.read.table("totals").select("total", F.lit("sum").alias("name"))
"""


def test_a_materialized_view_is_replaced_in_one_commit_and_views_leave_no_table(project):
    project.pipeline("bronze", BRONZE)
    project.pipeline("gold", VIEWS)
    project.land("events/1.csv", "id,amount\na,1\nb,2\n")
    project.run()
    project.land("events/2.csv", "id,amount\nc,3\n")
    project.run()
    assert project.rows("gold.named") == [(12, "sum")]
    assert project.versions("gold.totals") == [0, 1]
    assert not project.lake.log("gold.doubled").exists()


def test_a_materialized_view_is_skipped_while_its_inputs_and_code_are_the_same(project):
    project.pipeline("bronze", BRONZE)
    project.pipeline("gold", VIEWS)
    project.land("events/1.csv", "id,amount\na,1\n")
    project.run()
    assert [result.commits for result in project.run().results] == [0, 0, 0]
    project.pipeline("gold", VIEWS.replace("* 2", "* 3"))
    project.run()
    assert project.rows("gold.totals") == [(3,)]


def test_a_table_that_no_pipeline_writes_can_be_read_from_the_lake(project):
    project.pipeline("bronze", "@dp.materialized_view\ndef known():\n    return spark.range(2)")
    project.run()
    project.pipeline("bronze", "@dp.materialized_view\ndef other():\n    return spark.read.table('bronze.known')")
    project.run()
    assert project.rows("bronze.other") == [(0,), (1,)]


def test_independent_tables_are_built_at_the_same_time(project, monkeypatch):
    meeting = threading.Barrier(2, timeout=20)
    genuine = scheduler.run_dataset
    monkeypatch.setattr(scheduler, "run_dataset", lambda *given: (meeting.wait(), genuine(*given))[1])
    project.pipeline(
        "gold",
        """
        @dp.materialized_view
        def one():
            return spark.range(1)

        @dp.materialized_view
        def other():
            return spark.range(2)
        """,
    )
    project.run()
    assert not meeting.broken


def test_a_table_that_fails_takes_only_its_readers_with_it(project):
    project.pipeline(
        "gold",
        """
        @dp.materialized_view
        @dp.expect_or_fail("never", "id < 0")
        def broken():
            return spark.range(3)

        @dp.materialized_view
        def reader():
            return spark.read.table("broken")

        @dp.materialized_view
        def independent():
            return spark.range(3)
        """,
    )
    outcome = project.update()
    assert set(outcome.failures) == {"gold.broken"}
    assert outcome.skipped == ["gold.reader"]
    assert len(project.rows("gold.independent")) == 3
    (uncommitted,) = outcome.uncommitted
    assert uncommitted.dataset == "gold.broken"
    assert uncommitted.ended > uncommitted.started


def test_every_column_of_a_table_is_nullable(project):
    """Sail writes computed columns as NOT NULL, and a later null then fails."""
    project.pipeline("gold", "@dp.materialized_view\ndef one():\n    return spark.range(1).select(F.lit(1).alias('x'))")
    project.run()
    project.pipeline(
        "gold",
        "@dp.materialized_view\ndef one():\n    return spark.range(1).select(F.nullif(F.lit(1), F.lit(1)).alias('x'))",
    )
    project.run()
    assert project.rows("gold.one") == [(None,)]


SPELLINGS = {
    "append": '@dp.table\ndef t():\n    return spark.readStream.table("bronze.events").withColumnRenamed("id", NAME)',
    "view": '@dp.materialized_view\ndef t():\n    return spark.read.table("bronze.events").select(F.lit(1).alias(NAME),'
    ' F.lit(2).alias("id"))',
    "auto_cdc": """
dp.create_streaming_table("t")
dp.create_auto_cdc_flow(target="t", source="bronze.events", keys=["id"], sequence_by="amount", stored_as_scd_type=1)
""",
}


@pytest.mark.parametrize("how", ["append", "view"])
def test_108_a_column_renamed_in_case_only_is_refused_and_the_lake_stays_readable(project, how):
    """Delta takes both spellings for one column, and readers fail with "Duplicate field name"."""
    project.pipeline("bronze", BRONZE)
    project.pipeline("silver", f"NAME = 'id' if {how == 'append'} else 'other'\n{SPELLINGS[how]}")
    project.land("events/1.csv", "id,amount\na,1\n")
    project.run()
    before = project.rows("silver.t")
    project.pipeline("silver", f"NAME = 'ID'\n{SPELLINGS[how]}")
    project.land("events/2.csv", "id,amount\nb,2\n")
    assert "which are one to Delta" in project.update().failures["silver.t"]
    assert project.rows("silver.t") == before
    assert json.loads(query.answer(project.lake, "SELECT count(*) AS n FROM silver.t", "json")) == [{"n": 1}]
    assert {table.name for table in inspect(project.lake).tables} == {"bronze.events", "silver.t"}


def test_108_auto_cdc_of_a_source_that_spells_a_column_anew_is_told_and_starts_anew(project):
    project.pipeline("bronze", BRONZE)
    project.pipeline("silver", SPELLINGS["auto_cdc"])
    project.land("events/1.csv", "id,amount\na,1\n")
    project.run()
    project.pipeline("bronze", BRONZE.replace('select("id", "amount")', 'selectExpr("id AS ID", "amount")'))
    project.land("events/2.csv", "id,amount\nb,2\n")
    assert "which are one to Delta" in project.update().failures["bronze.events"]
    assert "Refresh the reading table in full" in project.update("bronze.events").failures["silver.t"]
    project.run("silver.t")
    assert json.loads(query.answer(project.lake, "SELECT count(*) AS n FROM silver.t", "json")) == [{"n": 2}]
