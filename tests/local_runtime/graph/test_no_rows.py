"""What can't give a row isn't run; what may give one, such as an aggregation of nothing, is."""

import pytest
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from local_runtime.graph.no_rows import has_no_rows

COLUMNS = "a INT, b STRING"
BY_A = Window.partitionBy("a").orderBy("b")


@pytest.fixture
def none(sail):
    return sail.createDataFrame([], COLUMNS)


@pytest.fixture
def one(sail):
    return sail.createDataFrame([(1, "x")], COLUMNS)


WITHOUT_ROWS = {
    "filter": lambda none, one: none.filter("a > 1").select("a", F.upper("b").alias("b")),
    "window": lambda none, one: none.withColumn("n", F.sum("a").over(BY_A)).filter("n > 1"),
    "clock": lambda none, one: none.withColumn("at", F.current_timestamp()),
    "groups": lambda none, one: none.groupBy("a").agg(F.count(F.lit(1)), F.max("b")),
    "distinct": lambda none, one: none.distinct().orderBy("a").limit(3),
    "exploded": lambda none, one: none.select(F.explode(F.split("b", ","))),
    "inner": lambda none, one: one.join(none, "a", how="inner"),
    "left": lambda none, one: none.join(one, "a", how="left"),
    "semi": lambda none, one: one.join(none, "a", how="left_semi"),
    "anti": lambda none, one: none.join(one, "a", how="left_anti"),
    "cross": lambda none, one: one.crossJoin(none),
    "full": lambda none, one: none.join(none.withColumnRenamed("b", "c"), "a", how="full"),
    "union": lambda none, one: none.unionByName(none.filter("a > 1")),
    "limit": lambda none, one: one.limit(0),
    "python": lambda none, one: none.select(F.udf(lambda b: b, "string")("b")),
}
WITH_ROWS = {
    "aggregation": lambda none, one: none.agg(F.count(F.lit(1))),
    "selected_aggregation": lambda none, one: none.select(F.count("a") + 1),
    "aggregation_in_a_text": lambda none, one: none.select(F.expr("1 + count(*)")),
    "rollup": lambda none, one: none.rollup("a").count().union(none.groupBy().agg(F.lit(1), F.count("b"))),
    "left": lambda none, one: one.join(none, "a", how="left"),
    "right": lambda none, one: none.join(one, "a", how="right"),
    "full": lambda none, one: none.join(one.withColumnRenamed("b", "c"), "a", how="full"),
    "anti": lambda none, one: one.join(none, "a", how="left_anti"),
    "union": lambda none, one: none.union(one),
}


@pytest.mark.parametrize("rows", WITHOUT_ROWS.values(), ids=WITHOUT_ROWS)
def test_it_is_known_that_rows_of_nothing_are_none(none, one, rows):
    assert has_no_rows(rows(none, one))
    assert rows(none, one).count() == 0


@pytest.mark.parametrize("rows", WITH_ROWS.values(), ids=WITH_ROWS)
def test_what_makes_a_row_of_nothing_has_rows(none, one, rows):
    assert rows(none, one).count() > 0
    assert not has_no_rows(rows(none, one))


def test_a_table_is_empty_at_its_version(sail, none, one, tmp_path):
    table = f"{tmp_path}/table"
    none.write.format("delta").save(table)
    assert not has_no_rows(sail.read.format("delta").load(table))  # another program may append to it
    one.write.format("delta").mode("append").save(table)

    def at(version):
        return sail.read.format("delta").option("versionAsOf", version).load(table).filter("a > 0")

    assert [has_no_rows(at(version)) for version in (0, 1)] == [True, False]


def test_files_without_a_row_are_empty_and_missing_or_broken_ones_are_not(sail, none, one, tmp_path):
    none.write.parquet(f"{tmp_path}/none")
    one.write.parquet(f"{tmp_path}/one")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1")
    files = {name: [str(path) for path in (tmp_path / name).rglob("*.parquet")] for name in ("none", "one")}
    files |= {"broken": [f"{tmp_path}/broken.parquet"], "missing": [f"{tmp_path}/missing.parquet"]}
    files["both"] = files["none"] + files["one"]
    known = {name for name, paths in files.items() if has_no_rows(sail.read.schema(COLUMNS).parquet(*paths))}
    assert known <= {"none"}


def test_functions_that_are_not_known_may_aggregate(none):
    """A function of a later Spark, or of the user, may be an aggregate."""
    assert not has_no_rows(none.select(F.call_function("brand_new", "a")))
    # On Apache Spark one row.
    assert not has_no_rows(none.select(F.sum(F.count("a")).over(Window.partitionBy(F.lit(1)))))
    assert not has_no_rows(none.mapInPandas(lambda frames: frames, COLUMNS))


def test_an_aggregate_where_none_may_be_is_left_to_the_engine_to_refuse(none):
    assert not has_no_rows(none.filter(F.count("a") == 0))
    assert not has_no_rows(none.sort(F.count("a")))
