"""Streaming tables, materialized views and views, as Databricks documents them, on the default engine."""

import json
import threading

import pytest

from local_runtime.errors import UnsupportedError
from local_runtime.inspection import query
from local_runtime.inspection.status import inspect
from local_runtime.update import scheduler

BRONZE = """
@dp.table(name="events")
def events():
    return read_csv("events").select("id", "amount")
"""


def test_a_streaming_table_appends_what_its_source_gained(project):
    project.pipeline("bronze", BRONZE)
    project.land("events/1.csv", "id,amount\na,1\n")
    assert project.run().results[0].rows_out == 1
    project.land("events/2.csv", "id,amount\nb,2\nc,3\n")
    assert project.run().results[0].rows_out == 2
    assert project.rows("bronze.events") == [("a", "1"), ("b", "2"), ("c", "3")]


def test_nothing_new_makes_no_commit(project):
    project.pipeline("bronze", BRONZE)
    project.land("events/1.csv", "id,amount\na,1\n")
    project.run()
    project.run()
    assert project.versions("bronze.events") == [0]


def test_a_table_exists_before_its_first_file_lands(project):
    project.pipeline("bronze", BRONZE.replace('"id", "amount"', '"_rescued_data"'))
    project.folders("events")
    project.run()
    assert project.rows("bronze.events") == []


def test_a_stream_of_a_table_takes_only_what_the_table_gained(project):
    project.pipeline("bronze", BRONZE)
    project.pipeline(
        "silver",
        """
        @dp.table
        def amounts():
            return spark.readStream.table("bronze.events").select("id", F.col("amount").cast("int").alias("amount"))
        """,
    )
    project.land("events/1.csv", "id,amount\na,1\n")
    project.run()
    project.land("events/2.csv", "id,amount\nb,2\n")
    (_, silver) = project.run().results
    assert (silver.rows_in, silver.rows_out) == (1, 1)
    assert project.rows("silver.amounts") == [("a", 1), ("b", 2)]


def test_a_stream_goes_through_a_view_under_the_views_rules(project):
    project.pipeline("bronze", BRONZE)
    project.pipeline(
        "silver",
        """
        @dp.temporary_view
        @dp.expect_or_drop("named", "id <> 'x'")
        def named():
            return spark.readStream.table("bronze.events")

        @dp.table
        def amounts():
            return spark.readStream.table("named").select("id")
        """,
    )
    for number, name in enumerate(["a", "x", "b"]):
        project.land(f"events/{number}.csv", f"id,amount\n{name},1\n")
        project.run()
    assert project.rows("silver.amounts") == [("a",), ("b",)]


def test_a_stream_of_a_table_that_lost_rows_is_refused_until_a_full_refresh(project):
    test_a_stream_of_a_table_takes_only_what_the_table_gained(project)
    outcome = project.update("bronze.events")
    assert "Refresh the reading table in full" in outcome.failures["silver.amounts"]
    project.run("silver.amounts")
    assert project.rows("silver.amounts") == [("a", 1), ("b", 2)]


def test_append_flows_write_to_one_table_each_with_its_own_progress(project):
    project.pipeline(
        "bronze",
        """
        dp.create_streaming_table("all_events")

        @dp.append_flow(target="all_events")
        def one():
            return read_csv("one").select("id")

        @dp.append_flow(target="all_events", name="two")
        def other():
            return read_csv("two").select("id")
        """,
    )
    project.land("one/1.csv", "id\na\n")
    project.land("two/1.csv", "id\nb\n")
    project.run()
    project.land("two/2.csv", "id\nc\n")
    project.run()
    assert project.rows("bronze.all_events") == [("a",), ("b",), ("c",)]
    project.run("bronze.all_events")
    assert project.rows("bronze.all_events") == [("a",), ("b",), ("c",)]


def test_add_new_columns_widens_the_table(project):
    project.pipeline("bronze", """
        @dp.table
        def events():
            return read_csv("events", **{"cloudFiles.schemaEvolutionMode": "addNewColumns"}).drop("_rescued_data")
        """)  # fmt: skip
    project.land("events/1.csv", "id\na\n")
    project.run()
    project.land("events/2.csv", "id,amount\nb,2\n")
    project.run()
    assert project.rows("bronze.events", "id", "amount") == [("a", None), ("b", "2")]


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


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ('.dropDuplicates(["id"])', "dropDuplicates"),
        (".distinct()", "dropDuplicates"),
        ('.groupBy("id").count()', "an aggregation"),
        ('.orderBy("id")', "a sort"),
        (".limit(5)", "a limit"),
        ('.withColumn("n", F.row_number().over(Window.orderBy("id")))', "a window function"),
        ('.join(spark.readStream.table("bronze.events"), "id")', "a join of two streams"),
    ],
)
def test_a_stream_that_needs_state_is_refused(project, operation, said):
    project.pipeline("bronze", BRONZE)
    project.pipeline(
        "silver",
        f"""
        from pyspark.sql.window import Window

        @dp.table
        def stateful():
            return spark.readStream.table("bronze.events"){operation}
        """,
    )
    with pytest.raises(UnsupportedError, match=said):
        project.graph()


def test_a_stream_may_join_an_aggregated_table(project):
    project.pipeline("bronze", BRONZE)
    project.pipeline(
        "silver",
        """
        @dp.table
        def joined():
            sizes = spark.read.table("bronze.events").groupBy("id").agg(F.count("*").alias("n"))
            return spark.readStream.table("bronze.events").join(sizes, "id").select("id", "n")
        """,
    )
    project.land("events/1.csv", "id,amount\na,1\n")
    project.run()
    assert project.rows("silver.joined") == [("a", 1)]


@pytest.mark.parametrize("landed", [True, False])
def test_a_flow_of_two_file_sources_is_refused_with_files_and_without(project, landed):
    """They would share one ledger, in which a name counts once."""
    project.pipeline("bronze", """
        @dp.table
        def both():
            return read_csv("one").select("_rescued_data").union(read_csv("two").select("_rescued_data"))
        """)  # fmt: skip
    project.folders("one", "two")
    if landed:
        project.land("one/1.csv", "id\na\n")
    assert "one cloudFiles source" in project.update().failures["bronze.both"]


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
