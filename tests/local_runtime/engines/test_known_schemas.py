"""Schemas are asked for once for plans that differ only in their sources' rows."""

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import functions as F

from local_runtime.engines.known_schemas import KnownSchemas
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


def test_what_may_change_its_columns_under_its_name_is_asked_for_each_time(sail, asked, tmp_path):
    table, file, names = f"{tmp_path}/table", tmp_path / "rows.json", []
    for name in ("a", "b"):
        rows = sail.createDataFrame([(1,)], f"{name} INT")
        rows.write.format("delta").mode("overwrite").option("overwriteSchema", True).save(table)
        file.write_text(f'{{"{name}": 1}}')
        rows.createOrReplaceTempView("view_of_columns")
        sources = [sail.read.format("delta").load(table), sail.read.json(str(file)), sail.table("view_of_columns")]
        names.append([source.schema.names for source in (*sources, sail.sql("SELECT * FROM view_of_columns"))])
    sail.catalog.dropTempView("view_of_columns")
    assert names == [[["a"]] * 4, [["b"]] * 4]


def test_files_without_a_given_schema_are_known_by_their_paths(sail, asked, tmp_path):
    sail.createDataFrame([(1,)], "a INT").write.parquet(f"{tmp_path}/one")
    sail.createDataFrame([("x",)], "b STRING").write.parquet(f"{tmp_path}/two")
    assert [sail.read.parquet(f"{tmp_path}/{name}").schema.names for name in ("one", "two")] == [["a"], ["b"]]


def test_a_wrong_plan_is_an_error_each_time(sail, asked):
    for _ in range(2):
        with pytest.raises(PySparkException):
            assert sail.createDataFrame([], COLUMNS).select("missing").schema
    assert len(asked) == 2
