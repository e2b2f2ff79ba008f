"""Schemas are asked for once for plans that differ only in their sources' rows."""

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import functions as F

from local_runtime.graph.known_schemas import KnownSchemas, columns_of, no_rows
from local_runtime.pipelines.lambda_names import numbered_anew


@pytest.fixture
def asked(sail, monkeypatch):
    """The plans whose schemas the engine is asked for."""
    plans = []

    def ask(plan):
        plans.append(plan)
        return sail.client._analyze(method="schema", plan=plan).schema

    monkeypatch.setattr(sail.client, "schema", KnownSchemas(ask))
    return plans


def lengths(rows):
    with numbered_anew():
        return rows.select("a", F.transform("names", lambda name: F.length(name)).alias("lengths"))


COLUMNS = "a INT, names ARRAY<STRING>"


def test_it_is_analyzed_on_no_rows_and_then_known_for_a_table_and_for_files(sail, asked, tmp_path):
    schema = lengths(sail.createDataFrame([], COLUMNS)).schema
    table, files = f"{tmp_path}/table", f"{tmp_path}/files"
    rows = sail.createDataFrame([], COLUMNS).union(sail.createDataFrame([(1, ["x"])], COLUMNS))
    rows.write.format("delta").save(table)
    rows.write.parquet(files)
    asked.clear()

    read = sail.read.format("delta").option("versionAsOf", 0).load(table)
    assert lengths(read).schema == schema
    assert lengths(sail.read.schema(COLUMNS).parquet(files)).schema == schema
    assert asked == []


@pytest.mark.parametrize("columns", ["a BIGINT, names ARRAY<STRING>", "a INT, names ARRAY<STRING>, b INT"])
def test_another_type_or_column_of_a_source_is_another_plan(sail, asked, columns):
    all_columns = [
        sail.createDataFrame([], columns).select("*", F.lit(1).alias("one")).schema for columns in (COLUMNS, columns)
    ]
    assert all_columns[0] != all_columns[1]
    assert len(asked) == 2


def test_a_table_that_gained_a_column_is_asked_again(sail, asked, tmp_path):
    table = f"{tmp_path}/table"
    sail.createDataFrame([(1,)], "a INT").write.format("delta").save(table)
    sail.createDataFrame([(1, 2)], "a INT, b INT").write.format("delta").mode("append").option(
        "mergeSchema", True
    ).save(table)
    versions = [sail.read.format("delta").option("versionAsOf", version).load(table) for version in (0, 1)]
    assert [version.select("*").schema.names for version in versions] == [["a"], ["a", "b"]]


def test_a_table_that_is_read_as_it_is_now_has_the_columns_of_now(sail, asked, tmp_path):
    table = f"{tmp_path}/table"
    now = []
    for columns in ("a INT", "a INT, b INT"):
        rows = sail.createDataFrame([(1, 2)[: len(columns.split(","))]], columns)
        rows.write.format("delta").mode("append").option("mergeSchema", True).save(table)
        now.append(sail.read.format("delta").load(table).select("*").schema.names)
    assert now == [["a"], ["a", "b"]]


def test_files_without_a_given_schema_are_asked_for_each_time(sail, asked, tmp_path):
    files = f"{tmp_path}/files"
    now = []
    for columns in ("a INT", "b INT"):
        sail.createDataFrame([(1,)], columns).write.mode("overwrite").parquet(files)
        now.append(sail.read.parquet(files).select("*").schema.names)
    assert now == [["a"], ["b"]]


def test_a_wrong_plan_is_an_error_each_time(sail, asked):
    for _ in range(2):
        with pytest.raises(PySparkException):
            assert sail.createDataFrame([], COLUMNS).select("missing").schema
    assert len(asked) == 2


def _joined(session, column_of):
    """The column of one of two tables, which both have."""
    one = session.createDataFrame([], "id BIGINT, x INT")
    two = session.createDataFrame([], "id BIGINT, x STRING")
    return one.join(two, "id").select("id", {"one": one, "two": two}[column_of]["x"])


def test_the_column_of_one_frame_is_not_that_of_another_however_pyspark_numbers_them(sail, asked, monkeypatch):
    kinds = []
    for column_of in ("one", "two", "one", "two"):
        # As in another process, which begins to count again.
        monkeypatch.setattr("pyspark.sql.connect.plan.LogicalPlan._nextPlanId", 0)
        kinds.append(_joined(sail, column_of).schema["x"].dataType.simpleString())
    assert kinds == ["int", "string", "int", "string"]
    assert len(asked) == 2


def test_a_plan_is_the_same_whatever_the_numbers_of_its_frames_are(sail, asked):
    first = _joined(sail, "two").schema
    sail.createDataFrame([], "a INT").select("a")
    assert _joined(sail, "two").schema == first
    assert len(asked) == 1


def test_what_a_ddl_means_is_asked_once(sail, asked, monkeypatch):
    parsed, analyze = [], sail.client._analyze
    monkeypatch.setattr(sail.client, "_analyze", lambda **about: parsed.append(about["method"]) or analyze(**about))
    for _ in range(3):
        assert no_rows(sail, COLUMNS).schema == columns_of(sail, COLUMNS)
    assert parsed.count("ddl_parse") == 1
