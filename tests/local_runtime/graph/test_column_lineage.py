"""Of which columns a view's columns are made, read off its plan; no engine is needed."""

import pytest
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from local_runtime.graph.column_lineage import (
    Columns,
    LineageUnknown,
    column_lineage,
    frame_columns,
)
from local_runtime.graph.dataset_graph import load_graph
from local_runtime.graph.tracing import Trace, plan_only_session

TABLES = {"silver.events": ("id", "day", "a", "tags"), "silver.names": ("id", "name")}


def made_of(view):
    """What each column of a view is made of; of events e.x, of names n.x."""
    found = Trace(plan_only_session(), "silver")

    def read(table):
        return Columns({it: frozenset([f"{table[7]}.{it}"]) for it in TABLES[table]})

    frame = view(found.table("events"), found.table("names"), found.local)
    return {name: {*sources} for name, sources in frame_columns(frame, found, read).made_of.items()}


def by_day(e):
    return F.sum("a").over(Window.partitionBy("day").orderBy("id")).alias("s")


VIEWS = {
    "id: e.id; up: e.day": lambda e, n, rows: e.filter("a > 1").select("ID", F.upper("day").alias("up")),
    "name: n.name; both: n.id n.name": lambda e, n, rows: n.withColumn("both", F.concat("id", "name")).drop("id"),
    "id: n.id; called: n.name": lambda e, n, rows: n.withColumnRenamed("name", "called"),
    "id: n.id; name:": lambda e, n, rows: n.withColumn("name", F.lit(1)),
    "day: e.day; most: e.a": lambda e, n, rows: e.groupBy("day").agg(F.max("a").alias("most")),
    "c: e.a e.day": lambda e, n, rows: e.select(F.expr("CASE WHEN a > 1 THEN day END").alias("c")),
    "s: e.a e.day e.id": lambda e, n, rows: e.select(by_day(e)),
    "id: e.id; pos: e.tags; col: e.tags": lambda e, n, rows: e.select("id", F.posexplode("tags")),
    "id: e.id; day: e.day": lambda e, n, rows: e.select(F.struct("id", "day").alias("r")).select("r").select("r.*"),
    "d: e.day": lambda e, n, rows: e.select(F.struct("id", "day").alias("r")).select(F.col("r.day").alias("d")),
    "id: e.id; a: e.a; name: n.name": lambda e, n, rows: e.join(n, "id", how="left").select("id", "a", "name"),
    "id: n.id; name: n.name": lambda e, n, rows: n.join(e, "id", how="left_semi"),
    "id: e.id n.id": lambda e, n, rows: n.join(e.select("id", "a"), "id", how="full").select("id"),
    "id: e.id n.id ": lambda e, n, rows: e.select("id").unionByName(n.select("id")),
    "day: e.day; given:": lambda e, n, rows: e.select("day").join(rows(), "day", how="left").select("day", "given"),
    "id: e.id": lambda e, n, rows: e.alias("x").select("x.id"),
    "id: n.id; name: n.name; one:": lambda e, n, rows: n.select("*", F.lit(1).alias("one")),
}


@pytest.mark.parametrize("expected", VIEWS)
def test_what_columns_are_made_of(expected):
    columns = dict(it.strip().partition(":")[::2] for it in expected.split(";"))
    assert made_of(VIEWS[expected]) == {name: {*sources.split()} for name, sources in columns.items()}


@pytest.mark.parametrize(
    ("view", "why"),
    [
        (lambda e, n, rows: e.select("id").union(n.select("id")), "a union by place"),
        (lambda e, n, rows: e.select("nothing"), "where nothing is from"),
        (lambda e, n, rows: e.select("a.*"), "the fields of a"),
        (lambda e, n, rows: e.unpivot("id", ["a"], "k", "v"), "unpivot"),
    ],
)
def test_what_is_not_understood_is_not_known(view, why):
    with pytest.raises(LineageUnknown, match=why):
        made_of(view)


def test_views_are_looked_through_and_history_is_known_by_table(project):
    project.pipeline(
        "gold",
        """
        @dp.table(schema="id INT, name STRING")
        def landed():
            return read_csv("in").select(F.col("id").try_cast("int").alias("id"), "name")

        @dp.temporary_view
        def named():
            return spark.read.table("landed").filter("name <> ''")

        @dp.materialized_view
        def names():
            return spark.read.table("named").select(F.upper("name").alias("up"))

        dp.create_streaming_table("history")
        dp.create_auto_cdc_flow(target="history", source="landed", keys=["id"], sequence_by="id")
        """,
    )
    found = column_lineage(load_graph(project.root, project.landing, project.lake))
    assert found == {"gold.names": {"up": {"gold.landed.name"}}, "gold.history": "AUTO CDC"}
