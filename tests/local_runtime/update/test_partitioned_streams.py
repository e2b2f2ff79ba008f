"""Streams of partitioned tables, and their micro-batches."""

from deltalake import DeltaTable, write_deltalake

from local_runtime.errors import LakehouseError
from local_runtime.inspection.query import run_query
from tests.helpers.partitions import BRONZE


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
