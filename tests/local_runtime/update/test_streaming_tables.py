"""Streaming tables, as Databricks documents them: what they take in, and which streams are refused."""

import pytest

from local_runtime.errors import UnsupportedError

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


@pytest.mark.parametrize(
    ("operation", "message"),
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
def test_a_stream_that_needs_state_is_refused(project, operation, message):
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
    with pytest.raises(UnsupportedError, match=message):
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
