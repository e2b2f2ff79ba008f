"""Partitioned tables: written, streamed, kept by AUTO CDC, and refreshed by the partitions that changed."""

import json
from datetime import date

import pytest
from deltalake import DeltaTable, write_deltalake

from local_runtime.errors import LakehouseError
from local_runtime.inspection.query import run_query
from local_runtime.state.progress import progress_of

BRONZE = """
@dp.table(partition_cols=["day"])
def events():
    return read_csv("events").select(F.col("day").cast("date").alias("day"), "id", "value")
"""
DAYS = """
@dp.materialized_view(partition_cols=["day"])
@dp.expect_or_drop("is_counted", "n < 100")
def days():
    return spark.read.table("bronze.events").groupBy("day").agg(F.count("*").alias("n"))
"""


@pytest.fixture
def daily(project):
    """Events of four days, and a view that counts them by day."""
    project.pipeline("bronze", BRONZE)
    project.pipeline("silver", DAYS)
    project.land("events/1.csv", "day,id,value\n" + "".join(f"2024-01-0{day},{day},x\n" for day in (1, 2, 3, 4)))
    project.run()
    return project


def refresh(project, table="silver.days"):
    (flow,) = progress_of(project.lake.log(table)).flows.values()
    return flow.refresh


def files(project, table):
    return {add["path"] for add in project.lake.log(table).snapshot().files.values()}


def counts(project):
    return [(str(day), n) for day, n in project.rows("silver.days")]


def test_a_partitioned_table_is_one_to_other_readers(daily):
    table = DeltaTable(str(daily.lake.path("bronze.events")))
    assert table.metadata().partition_columns == ["day"]
    only = table.to_pyarrow_table(filters=[("day", "=", date(2024, 1, 2))])
    assert only.to_pylist()[0]["id"] == "2"


def test_a_partition_without_a_value_is_null_and_no_other(project):
    project.pipeline("bronze", BRONZE)
    project.land("events/1.csv", "day,id,value\n2024-01-01,a,x\n,n,x\n")
    project.run()
    found = DeltaTable(str(project.lake.path("bronze.events"))).to_pyarrow_table().to_pylist()
    assert {row["id"]: str(row["day"]) for row in found} == {"a": "2024-01-01", "n": "None"}


def test_a_view_is_refreshed_by_the_partitions_that_changed(daily):
    before = files(daily, "silver.days")
    daily.land("events/2.csv", "day,id,value\n2024-01-02,9,x\n")
    daily.run()
    assert refresh(daily) == "MAINTENANCE_TYPE_PARTITION_OVERWRITE: 1 of 4 partitions of bronze.events have changed"
    assert counts(daily) == [("2024-01-01", 1), ("2024-01-02", 2), ("2024-01-03", 1), ("2024-01-04", 1)]
    assert len(before & files(daily, "silver.days")) == 3
    assert daily.run().results[-1].commits == 0


def test_a_new_partition_is_added_and_a_rule_holds_in_it(daily):
    daily.land("events/2.csv", "day,id,value\n2024-01-05,9,x\n" + "2024-01-01,7,x\n" * 120)
    daily.run()
    assert "PARTITION_OVERWRITE" in refresh(daily)
    assert counts(daily) == [("2024-01-02", 1), ("2024-01-03", 1), ("2024-01-04", 1), ("2024-01-05", 1)]


def test_a_partition_that_is_gone_from_the_source_goes(daily):
    DeltaTable(str(daily.lake.path("bronze.events"))).delete("day = '2024-01-03'")
    daily.run()
    assert "PARTITION_OVERWRITE" in refresh(daily)
    assert counts(daily) == [("2024-01-01", 1), ("2024-01-02", 1), ("2024-01-04", 1)]


def test_a_restore_of_the_source_is_taken_in(daily):
    daily.land("events/2.csv", "day,id,value\n2024-01-02,9,x\n")
    daily.run()
    DeltaTable(str(daily.lake.path("bronze.events"))).restore(0)
    daily.run()
    assert counts(daily)[1] == ("2024-01-02", 2)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda project: project.pipeline("silver", DAYS.replace("n < 100", "n < 99")), "its code has changed"),
        (
            lambda project: project.land(
                "events/2.csv", "day,id,value\n" + "".join(f"2024-01-0{day},8,x\n" for day in (1, 2, 3))
            ),
            "more than half",
        ),
        (lambda project: DeltaTable(str(project.lake.path("silver.days"))).delete("n = 1"), "another program"),
    ],
)
def test_else_a_view_is_refreshed_in_full_and_says_why(daily, change, why):
    change(daily)
    daily.run()
    assert refresh(daily).startswith("MAINTENANCE_TYPE_COMPLETE_RECOMPUTE")
    assert why in refresh(daily)


def test_the_event_log_says_how_a_view_was_refreshed(daily):
    details = [
        json.loads(row[0])
        for row in daily.rows("silver.event_log", "details", "event_type")
        if row[1] == "planning_information"
    ]
    (technique,) = details[0]["planning_information"]["technique_information"]
    assert technique["maintenance_type"] == "MAINTENANCE_TYPE_COMPLETE_RECOMPUTE"
    assert technique["is_chosen"]


def test_other_partitions_need_a_full_refresh(daily):
    daily.pipeline("bronze", BRONZE.replace('["day"]', '["id"]'))
    daily.land("events/2.csv", "day,id,value\n2024-01-02,9,x\n")
    assert "is partitioned by day" in next(iter(daily.update().failures.values()))
    daily.run("bronze.events", "silver.days")
    assert DeltaTable(str(daily.lake.path("bronze.events"))).metadata().partition_columns == ["id"]


def test_partitions_by_what_engines_write_differently_are_refused(project):
    project.pipeline("bronze", BRONZE.replace('.cast("date")', '.cast("double")'))
    project.land("events/1.csv", "day,id,value\n1,1,x\n")
    assert "partitions are by columns of dates" in next(iter(project.update().failures.values()))


CDC = """
dp.create_streaming_table("newest", partition_cols=["day"])
dp.create_auto_cdc_flow(target="newest", source="bronze.events", keys=["day", "id"], sequence_by="value")
"""


def test_auto_cdc_rewrites_only_partitions_in_which_a_row_changes(project):
    project.pipeline("bronze", BRONZE)
    project.pipeline("silver", CDC)
    project.land("events/1.csv", "day,id,value\n2024-01-01,a,2\n2024-01-01,a,1\n2024-01-02,a,5\n,n,1\n")
    assert "no value in a key" in next(iter(project.update().failures.values()))
    project.pipeline("bronze", BRONZE.replace('"value")', '"value").filter("day IS NOT NULL")'))
    project.run("bronze.events", "silver.newest")
    first = files(project, "silver.newest")
    project.land("events/2.csv", "day,id,value\n2024-01-02,a,5\n2024-01-02,b,1\n2024-01-01,a,0\n")
    project.run()
    assert first < files(project, "silver.newest")
    second = files(project, "silver.newest")
    project.land("events/3.csv", "day,id,value\n2024-01-01,a,9\n")
    project.run()
    assert len(second - files(project, "silver.newest")) == 1
    assert [(str(day), key, value) for day, key, value in project.rows("silver.newest")] == [
        ("2024-01-01", "a", "9"),
        ("2024-01-02", "a", "5"),
        ("2024-01-02", "b", "1"),
    ]


def test_changes_with_keys_that_are_never_the_same_are_computed_once(project):
    code = BRONZE.replace("def events", "def raw")
    project.pipeline("bronze", code)
    project.pipeline(
        "silver",
        """
        @dp.temporary_view
        def events():
            return spark.readStream.table("bronze.raw").withColumn("id", F.rand().cast("string"))
        """
        + CDC.replace("bronze.events", "events").replace("\n", "\n        "),
    )
    project.land("events/1.csv", "day,id,value\n" + "2024-01-01,a,2\n" * 50)
    project.run()
    assert len({key for _, key, _ in project.rows("silver.newest")}) == 50
    project.land("events/2.csv", "day,id,value\n" + "2024-01-01,a,2\n" * 50)
    project.run()
    assert len({key for _, key, _ in project.rows("silver.newest")}) == 100


def test_a_stream_of_a_partitioned_table_takes_what_it_gained(project):
    project.pipeline("bronze", BRONZE)
    project.pipeline("silver", '@dp.table\ndef copied():\n    return spark.readStream.table("bronze.events")')
    for number in (1, 2):
        project.land(f"events/{number}.csv", f"day,id,value\n2024-01-0{number},{number},x\n")
        project.run()
    assert [(str(day), key) for day, key, _ in project.rows("silver.copied")] == [
        ("2024-01-01", "1"),
        ("2024-01-02", "2"),
    ]


def test_micro_batches_are_commits_with_progress_of_their_own(project, monkeypatch):
    code = BRONZE.replace('read_csv("events")', 'read_csv("events", **{"cloudFiles.maxFilesPerTrigger": "1"})')
    project.pipeline("bronze", code)
    project.pipeline("silver", '@dp.table\ndef copied():\n    return spark.readStream.table("bronze.events")')
    monkeypatch.setattr("local_runtime.update.reads.STREAM_BATCH", 1)
    for number in (1, 2, 3):
        project.land(f"events/{number}.csv", f"day,id,value\n2024-01-0{number},{number},x\n")
    results = {result.dataset: result for result in project.run().results}
    assert {name: (it.commits, it.rows_in) for name, it in results.items()} == {
        "bronze.events": (3, 3),
        "silver.copied": (3, 3),
    }
    assert project.versions("silver.copied") == [0, 1, 2]
    assert [key for _, key, _ in project.rows("silver.copied")] == ["1", "2", "3"]


def test_a_kill_between_two_micro_batches_loses_and_doubles_nothing(project, monkeypatch):
    from local_runtime.writing.writer import Writer

    code = BRONZE.replace('read_csv("events")', 'read_csv("events", **{"cloudFiles.maxFilesPerTrigger": "1"})')
    project.pipeline("bronze", code)
    for number in (1, 2, 3):
        project.land(f"events/{number}.csv", f"day,id,value\n2024-01-0{number},{number},x\n")
    genuine, calls = Writer.commit_rows, []

    def killed(self, *arguments, **named):
        calls.append(1)
        if len(calls) == 2:
            raise LakehouseError("killed")
        return genuine(self, *arguments, **named)

    monkeypatch.setattr(Writer, "commit_rows", killed)
    assert project.update().failures
    assert len(project.rows("bronze.events")) == 1
    project.run()
    assert [key for _, key, _ in project.rows("bronze.events")] == ["1", "2", "3"]


def test_after_another_program_compacted_it_auto_cdc_and_views_go_on(project):
    """Its files don't hold the partition's columns."""
    code = BRONZE.replace('"value")', '"value").filter("day IS NOT NULL")')
    project.pipeline("bronze", code)
    view = DAYS.replace("bronze.events", "newest").replace("n < 100", "n > 0")
    project.pipeline("silver", CDC + view)
    for number, rows in enumerate(
        ("2024-01-01,a,1\n2024-01-02,b,0\n2024-01-03,d,1\n", "2024-01-01,c,1\n2024-01-02,e,1\n")
    ):
        project.land(f"events/{number}.csv", f"day,id,value\n{rows}")
        project.run()
    DeltaTable(str(project.lake.path("silver.newest"))).optimize.compact()
    project.run()
    project.land("events/3.csv", "day,id,value\n2024-01-01,a,2\n2024-01-02,b,0\n")
    project.run()
    assert [(str(day), key, value) for day, key, value in project.rows("silver.newest")] == [
        *(("2024-01-01", "a", "2"), ("2024-01-01", "c", "1"), ("2024-01-02", "b", "0")),
        *(("2024-01-02", "e", "1"), ("2024-01-03", "d", "1")),
    ]
    assert counts(project) == [("2024-01-01", 2), ("2024-01-02", 2), ("2024-01-03", 1)]


def test_a_stream_refuses_files_that_do_not_say_of_which_partition_they_are(project):
    project.pipeline("bronze", BRONZE)
    project.pipeline("silver", '@dp.table\ndef copied():\n    return spark.readStream.table("bronze.events")')
    project.land("events/1.csv", "day,id,value\n2024-01-01,1,x\n")
    project.run()
    table = DeltaTable(str(project.lake.path("bronze.events")))
    write_deltalake(table, table.to_pyarrow_table(), mode="append")
    assert "don't hold the columns of their partitions" in project.update().failures["silver.copied"]
    project.run("silver.copied")
    assert [(str(day), key) for day, key, _ in project.rows("silver.copied")] == [("2024-01-01", "1")] * 2
    found = run_query(project.lake, "SELECT day::TEXT, count(*) FROM bronze.events GROUP BY day").fetchall()
    assert found == [("2024-01-01", 2)]


@pytest.mark.parametrize("nothing", ['""', "__HIVE_DEFAULT_PARTITION__"])
def test_a_text_that_is_no_partition_is_null(project, nothing):
    text = 'F.coalesce("day", F.lit("")).alias("day")'
    project.pipeline("bronze", BRONZE.replace('F.col("day").cast("date").alias("day")', text))
    project.pipeline("silver", DAYS)
    project.land("events/1.csv", f"day,id,value\na,1,x\nb,1,x\nc,1,x\n{nothing},2,x\n")
    project.run()
    project.land("events/2.csv", f"day,id,value\n{nothing},3,x\n")
    project.run()
    assert "PARTITION_OVERWRITE" in refresh(project)
    assert counts(project) == [("a", 1), ("b", 1), ("c", 1), ("None", 2)]


def test_a_key_that_is_no_partition_is_refused(project):
    code = BRONZE.replace('F.col("day").cast("date").alias("day")', 'F.lit("").alias("day")')
    project.pipeline("bronze", code.replace('partition_cols=["day"]', ""))
    project.pipeline("silver", CDC)
    project.land("events/1.csv", "day,id,value\na,1,x\n")
    assert "no value in a key" in project.update().failures["silver.newest"]


def test_both_zeros_are_one_key(project):
    project.pipeline("bronze", BRONZE.replace('"id"', 'F.col("id").cast("double").alias("id")'))
    project.pipeline("silver", CDC)
    for number, zeros in enumerate((("0.0", "-0.0"), ("-0.0",))):
        rows = "".join(f"2024-01-01,{zero},{number}{place}\n" for place, zero in enumerate(zeros))
        project.land(f"events/{number}.csv", f"day,id,value\n{rows}")
        project.run()
        assert repr([key for _, key, _ in project.rows("silver.newest")]) == "[0.0]"
    assert project.rows("silver.newest")[0][2] == "10"


def test_micro_batches_of_ties_keep_the_row_that_is_there(project):
    project.pipeline("bronze", BRONZE)
    code = CDC.replace('keys=["day", "id"], sequence_by="value"', 'keys=["day", "value"], sequence_by="value"')
    project.pipeline("silver", code)
    for number, key in enumerate("bca"):
        project.land(f"events/{number}.csv", f"day,id,value\n2024-01-01,{key},1\n")
        project.run()
    assert [key for _, key, _ in project.rows("silver.newest")] == ["b"]


def test_a_snapshot_of_a_text_that_is_no_partition_makes_no_version(project):
    project.pipeline("bronze", '@dp.table\ndef events():\n    return read_csv("events").select("day", "id", "value")')
    project.pipeline(
        "silver",
        """
        @dp.temporary_view
        def newest():
            rows = spark.read.table("bronze.events").groupBy("id").agg(F.max("value").alias("value"))
            return rows.withColumn("day", F.lit(""))

        dp.create_streaming_table("history", partition_cols=["day"])
        dp.create_auto_cdc_from_snapshot_flow(target="history", source="newest", keys=["id"], stored_as_scd_type=2)
        """,
    )
    for number in range(3):
        project.land(f"events/{number}.csv", "day,id,value\nx,a,1\n")
        project.run()
    assert [(key, value, day) for key, value, day, *_ in project.rows("silver.history")] == [("a", "1", None)]
