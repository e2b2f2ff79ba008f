"""Flows over files that only pick columns: their rows are committed as staged, and are those of the engine."""

import gzip
import json
import os
import textwrap

import pyarrow.parquet as pq
import pytest

from local_runtime.state.progress import progress_of
from local_runtime.update.flows import as_staged

READER = """
FOLDER = spark.conf.get("lakehouse.landing") + "/events"
OPTIONS = {
    "cloudFiles.format": "json", "readerCaseSensitive": "false", "columnNameOfCorruptRecord": "_corrupt_record",
    "rescuedDataColumn": "_rescued_data",
}

def events(schema="id STRING, n STRING, _corrupt_record STRING", **options):
    return spark.readStream.format("cloudFiles").options(**{**OPTIONS, **options}).schema(schema).load(FOLDER)
"""
PICKS = """
@dp.table(name="events")
@dp.expect("is_read", "_corrupt_record IS NULL")
@dp.expect("has_id", "`ID` is not null")
@dp.expect("is_of_a_file", "file IS NOT NULL")
def picked():
    path = F.regexp_replace(F.col("_metadata.file_path"), "[0-9]", "#")
    return events().select(
        "*", F.col("_metadata.file_path").alias("file"), F.col("_metadata.file_size").alias("size"),
        F.col("_metadata.file_modification_time").alias("modified"), F.lit(7).alias("seven"),
        F.lit(None).cast("string").alias("nothing"), F.current_timestamp().alias("at"),
    ).drop("n").withColumns({"shown": path, "is_large": F.col("size") > 1000})
"""
LINES = [
    *('{"id":"a","n":"1"}', '{"n":2,"id":"b"}', '{"id":null}', "{}", "", "   ", "\t", '{"id":"c",}', '{"id":nan}'),
    *(
        '{"id":"d","id":"e"}',
        '{"ID":"f"}',
        '{"id":"g","x":{"y":[1.50]}}',
        '[{"id":"h"},{"id":"i"}]',
        '{"id":"j"',
        "[1]",
    ),
    *(
        '{"id":1.50,"n":1e3}',
        '{"id":"k"} {"id":"l"}',
        '{"id":"\\u00e9\\ud83d\\ude00"}',
        '{"id":"né"}',
        "\x00",
        "x\x00y",
    ),
    *('{"id":"' + "z" * 5000 + '"}', '{"id":"m\\n"}', "\u00a0", '{"id":"\\u0000"}', '{"id":0.00001}', '{"id":"q, }"}'),
]
TEXT = "\n".join(LINES).encode()
FILES = {
    "plain.json": TEXT,
    "packed.json.gz": gzip.compress(TEXT),
    "it's 100% ü.json": TEXT.replace(b"\n", b"\r\n"),
    "old.json": '{"id":"\u00fc"}\n'.encode("latin-1"),
    "marked.json": b"\xef\xbb\xbf" + b'{"id":"first"}\n{"id":"second"}',
    "clean.json": b'{"id":"a","n":"1"}\n' * 100,
    "empty.json": b"",
    "cut.json.gz": gzip.compress(TEXT)[:-9],
}


@pytest.fixture
def events(project):
    for name, content in FILES.items():
        path = project.land(f"events/{name}", content)
        os.utime(path, ns=(1_700_000_000_123_456_789,) * 2)
    return project


def ways(project, table="bronze.events"):
    return {name: flow.way for name, flow in progress_of(project.lake.log(table)).flows.items()}


def way(project):
    (only,) = ways(project).values()
    return only


def through_the_engine(monkeypatch):
    monkeypatch.setattr(as_staged, "picked_columns", lambda *arguments: None)


def described(project, table="bronze.events"):
    """All that is committed of a table, but for times, names of files and how the rows are spread over them."""
    snapshot = project.lake.log(table).snapshot()
    flows = progress_of(project.lake.log(table)).flows.values()
    adds = snapshot.files.values()
    schemas = {
        tuple(
            (field.name, str(field.type), field.nullable) for field in pq.read_schema(project.lake.path(table) / path)
        )
        for path in snapshot.files
    }
    return {
        "schema": json.loads(snapshot.metadata["schemaString"]),
        "partitions": {json.dumps(add["partitionValues"]) for add in adds},
        "statistics": {tuple(json.loads(add["stats"])) for add in adds},
        "rows": sum(json.loads(add["stats"])["numRecords"] for add in adds),
        "protocol": snapshot.protocol,
        "files": schemas,
        "metrics": [flow.metrics for flow in flows],
        "records": sorted(
            (record.name, record.state, record.rows, record.reason, record.message)
            for flow in flows
            for record in _records(project, table, flow)
        ),
    }


def _records(project, table, flow):
    from local_runtime.state.file_ledger import FileLedger

    return FileLedger(project.lake.path(table), flow.intake.files).records()


COLUMNS = (
    "id",
    "_corrupt_record",
    "_rescued_data",
    "file",
    "size",
    "modified",
    "seven",
    "nothing",
    "shown",
    "is_large",
)


def test_rows_and_schema_are_those_of_the_engine(events, monkeypatch):
    events.pipeline("bronze", READER + PICKS)
    events.run()
    assert way(events) == as_staged.AS_STAGED
    rows, committed = events.rows("bronze.events", *COLUMNS), described(events)
    assert len({str(at) for (at,) in events.rows("bronze.events", "at")}) == 1
    through_the_engine(monkeypatch)
    events.run("bronze.events")
    assert way(events).startswith("through the engine")
    assert events.rows("bronze.events", *COLUMNS) == rows
    assert described(events) == committed
    assert len(rows) > 150
    assert all(nullable for (columns,) in [committed["files"]] for _, _, nullable in columns)


def test_partitions_are_those_of_the_engine(project, monkeypatch):
    code = """
    @dp.table(name="rows", partition_cols=["part"])
    def picked():
        name = F.regexp_replace(F.col("_metadata.file_name"), "[0-9.]|csv", "")
        return read_csv("rows").select("a", F.col("_metadata.file_name").alias("file"), name.alias("part"))
    """
    project.pipeline("bronze", code)
    for name in ("x1.csv", "x2.csv", "y.csv", "3.csv", "ü \U0001f600" + "w" * 120 + ".csv"):
        project.land(f"rows/{name}", f"a\n{name}\n2\n")
    project.run()
    assert ways(project, "bronze.rows") == {"rows": as_staged.AS_STAGED}
    rows, committed = project.rows("bronze.rows"), described(project, "bronze.rows")
    through_the_engine(monkeypatch)
    project.run("bronze.rows")
    assert project.rows("bronze.rows") == rows
    assert described(project, "bronze.rows") == committed


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ('.filter("id IS NOT NULL").select("id", "_corrupt_record")', "does more than pick columns"),
        ('.select("id", "_corrupt_record", F.upper("n").alias("n"))', "does more than pick columns"),
        ('.select("id", "_corrupt_record", F.rand().alias("r"))', "does more than pick columns"),
        ('.select("id", "_corrupt_record", F.explode(F.array(F.lit(1), F.lit(2))).alias("r"))', "does more than"),
        ('.select("id", "_corrupt_record", F.expr("1 + 1").alias("two"))', "does more than pick columns"),
        ('.select("id", "n")', "leaves _corrupt_record out"),
        ('.select("id", "_corrupt_record", F.array(F.lit(1)).alias("list"))', "list is a value of the file of type"),
    ],
)
def test_what_does_more_goes_through_the_engine(project, query, reason):
    project.pipeline("bronze", READER + f'@dp.table(name="events")\ndef flow():\n    return events(){query}\n')
    project.land("events/1.json", '{"id":"a"}\n')
    project.run()
    assert reason in way(project)
    assert len(project.rows("bronze.events")) == (2 if "explode" in query else 1)


@pytest.mark.parametrize(
    ("rule", "is_counted"),
    [
        ('@dp.expect("r", "id IS NULL")', True),
        ('@dp.expect("r", "id IS NOT NULL AND true")', False),
        ('@dp.expect_or_drop("r", "id IS NOT NULL")', False),
    ],
)
def test_rules_that_are_tests_for_null_are_counted_in_footers(project, rule, is_counted):
    flow = f'@dp.table(name="events")\n{rule}\ndef flow():\n    return events().select("id", "_corrupt_record")\n'
    project.pipeline("bronze", READER + flow)
    project.land("events/1.json", '{"id":"a"}\n{"id":"b"}\n{"n":1}\n')
    (result,) = project.run().results
    assert (way(project) == as_staged.AS_STAGED) == is_counted
    (rule_result,) = result.expectations
    failed = 2 if "id IS NULL" in rule else 1
    assert (rule_result.passed_records, rule_result.failed_records) == (3 - failed, failed)
    assert result.rows_out == (2 if "drop" in rule else 3)


def test_rows_that_fail_a_failing_rule_are_not_committed(project):
    flow = (
        '@dp.expect_or_fail("r", "id IS NOT NULL")\ndef flow():\n    return events().select("id", "_corrupt_record")\n'
    )
    project.pipeline("bronze", READER + '@dp.table(name="events")\n' + flow)
    project.land("events/1.json", '{"id":"a"}\n{"n":1}\n')
    assert "r (1 of 2 rows)" in project.update().failures["bronze.events"]
    assert not project.lake.log("bronze.events").exists()


def test_many_small_files_become_one(project):
    code = '@dp.table(name="events")\ndef flow():\n    return events().select("id", "_corrupt_record")\n'
    project.pipeline("bronze", READER + code)
    for number in range(30):
        project.land(f"events/{number}.json", f'{{"id":"{number}"}}\n{{\n')
    project.run()
    assert way(project) == as_staged.AS_STAGED
    (file,) = project.lake.log("bronze.events").snapshot().files
    assert pq.read_metadata(project.lake.path("bronze.events") / file).num_row_groups == 1
    assert len(project.rows("bronze.events")) == 60


def test_a_file_that_grows_while_it_is_found_has_the_time_of_the_others(project, monkeypatch):
    code = """
    @dp.table(name="events")
    def flow():
        size = F.col("_metadata.file_size").alias("size")
        return events().select("id", "_corrupt_record", size, F.current_timestamp().alias("at"))
    """
    project.pipeline("bronze", READER + textwrap.dedent(code))
    project.land("events/1.json", '{"id":"a"}\n')
    grown = project.land("events/2.json", '{"id":"b"}\n')
    genuine = as_staged.Fit.__call__

    def growing(self, layout, files):
        layout = genuine(self, layout, files)
        grown.write_text('{"id":"b"}\n{"id":"c"}\n')
        return layout

    monkeypatch.setattr(as_staged.Fit, "__call__", growing)
    project.run()
    assert project.rows("bronze.events", "id", "size") == [("a", 11), ("b", 22), ("c", 22)]
    assert len({str(at) for (at,) in project.rows("bronze.events", "at")}) == 1


def test_a_landed_file_is_read_once_for_all_flows_over_it(project, monkeypatch):
    """By Python, which hashes and checks it; DuckDB reads its lines for each flow."""
    from local_runtime.auto_loader.formats import lines

    code = """
    dp.create_streaming_table("events")

    @dp.append_flow(target="events", name="json")
    def json():
        return events().select("id", "_corrupt_record")

    @dp.append_flow(target="events", name="text")
    def text():
        reader = spark.readStream.format("cloudFiles").option("cloudFiles.format", "text").schema("value STRING")
        several = reader.load(FOLDER).filter(F.col("value").rlike(r"[}][ \\t]*[{]"))
        return several.select(F.col("value").alias("id"), F.lit(None).cast("string").alias("_corrupt_record"))
    """
    project.pipeline("bronze", READER + textwrap.dedent(code))
    project.land("events/1.json", '{"id":"a"}\n{"id":"b"} {"id":"c"}\n')
    opened, genuine = [], lines.open_file
    monkeypatch.setattr(lines, "open_file", lambda path: opened.append(path.name) or genuine(path))
    results = project.run().results
    assert opened == ["1.json"]
    assert [result.rows_out for result in results] == [2, 1]
    assert [file.rows for result in results for file in result.files.values()] == [2, 2]
    assert project.rows("bronze.events", "id") == [("a",), ("b",), ('{"id":"b"} {"id":"c"}',)]
    project.run()
    assert opened == ["1.json"]
