"""What is proven of a view's plan, and what is not; no engine is needed."""

import pytest
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from local_runtime.graph.partition_dependence import NotProven, refresh_scopes
from local_runtime.graph.tracing import Trace, plan_only_session

PARTITIONED = {"silver.events": ("day",), "silver.names": ()}
COLUMNS = {"silver.events": ("day", "a", "id"), "silver.names": ("a", "name")}


def proven(view, *by):
    """The source by whose partitions the view is refreshed."""
    (source,) = scope(view, partition_cols=by or ("day",)).sources
    return source


def scope(view, partition_cols=(), primary_key=()):
    trace = Trace(plan_only_session(), "silver")
    frame = view(trace.table("events"), trace.table("names"))
    return refresh_scopes(frame, trace.plans, PARTITIONED, COLUMNS, partition_cols, primary_key)[0]


def days_of(names):
    """Names with another day than events have."""
    return names.select("a", F.col("since").alias("day"))


def by_day(*more):
    return Window.partitionBy("day", *more).orderBy("at")


@pytest.mark.parametrize(
    "view",
    [
        lambda events, names: events,
        lambda events, names: events.filter("a > 1").select("day", F.upper("a").alias("b")),
        lambda events, names: events.groupBy("day", "a").agg(F.count("*")),
        lambda events, names: events.withColumn("b", F.lit(1)).drop("a").withColumnRenamed("b", "c"),
        lambda events, names: events.withColumn("r", F.row_number().over(by_day("a"))).filter("r = 1"),
        lambda events, names: events.dropDuplicates(["day", "a"]),
        lambda events, names: events.join(names, "a", how="left").select("day", "name"),
        lambda events, names: events.join(names.withColumn("n", F.count("*").over(Window.partitionBy("name"))), "a"),
        lambda events, names: events.filter("a = 1").unionByName(events.filter("a = 2")),
        lambda events, names: events.groupBy(F.col("day").alias("day")).agg(F.count("*").alias("n")),
        lambda events, names: events.groupBy("day", "a").agg(F.count("*")).join(events, ["day", "a"], how="right"),
        lambda events, names: events.filter("size(split(a, ',')) > 1"),
    ],
)
def test_what_is_proven(view):
    assert proven(view) == "silver.events"


@pytest.mark.parametrize(
    ("view", "why"),
    [
        (lambda events, names: events.groupBy("a").agg(F.max("day").alias("day")), "not among its groups"),
        (lambda events, names: events.select(F.date_add("day", 1).alias("day"), "a"), "again"),
        (lambda events, names: events.withColumn("day", F.lit(None)), "again"),
        (lambda events, names: events.withColumnRenamed("day", "a").withColumnRenamed("b", "day"), "renames"),
        (lambda events, names: events.limit(3), "limit"),
        (lambda events, names: events.dropDuplicates(["a"]), "duplicates"),
        (lambda events, names: events.withColumn("r", F.row_number().over(Window.orderBy("at"))), "window"),
        (lambda events, names: events.withColumn("r", F.rand()), "known to give the same"),
        (lambda events, names: events.filter("day < current_date"), "current_date is not known"),
        (lambda events, names: events.filter("a > rand()"), "rand is not known"),
        (lambda events, names: events.join(names.filter("since < current_date"), "a"), "current_date is not known"),
        (lambda events, names: events.join(days_of(names), "a").drop(events["day"]), "drops"),
        (lambda events, names: events.alias("e").join(days_of(names).alias("n"), "a").select("n.*"), "its columns"),
        (lambda events, names: days_of(names).join(events, "a", how="right"), "joins"),
        (lambda events, names: events.filter("a > (SELECT max(a) FROM names)"), "not looked into"),
        (lambda events, names: events.join(events, ["day"], how="full"), "joins the table with itself"),
        (lambda events, names: events.join(names, "a").select(names["day"], "a"), "not among its columns"),
        (lambda events, names: events.union(events.select("a", "day")), "places of their columns"),
        (lambda events, names: events.join(events, "a"), "joins the table with itself"),
        (lambda events, names: names.join(events, "a", how="left"), "joins"),
        (lambda events, names: events.unionByName(names), "mixes"),
        (lambda events, names: events.intersect(events), "mixes"),
        (lambda events, names: names, "doesn't take its rows"),
        (lambda events, names: events.groupBy("day").pivot("a").count(), "grouping sets"),
    ],
)
def test_what_is_not_proven(view, why):
    with pytest.raises(NotProven, match=why):
        proven(view)


def test_a_view_without_a_source_of_its_partitions_is_not_proven():
    with pytest.raises(NotProven, match="partitioned by hour"):
        proven(lambda events, names: events, "hour")


@pytest.mark.parametrize(
    "view",
    [
        lambda events, names: events.groupBy("id").agg(F.min("day").alias("first_day")),
        lambda events, names: events.join(events.groupBy("id").agg(F.count("*").alias("n")), "id"),
        lambda events, names: events.join(names, "a", how="left").select("id", "name"),
        lambda events, names: events.join(events.filter("a = 1").select("id"), "id", how="left_semi"),
    ],
)
def test_what_is_not_by_partitions_may_be_by_keys(view):
    found = scope(view, partition_cols=("first_day",), primary_key=("id",))
    assert (found.by, found.sources, found.by_keys) == (("id",), {"silver.events"}, True)


def test_a_view_that_is_proven_by_neither_says_why_not():
    with pytest.raises(NotProven, match="not partitioned; by id: id is not among its groups"):
        scope(lambda events, names: events.groupBy("a").agg(F.max("id").alias("id")), primary_key=("id",))


def test_several_sources_may_be_proven_together():
    def view(events, names):
        return events.join(names, "a", how="left_semi").unionByName(names.select("a"))

    assert scope(view, primary_key=("a",)).sources == {"silver.events", "silver.names"}
