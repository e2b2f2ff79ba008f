"""Plans that give the same rows each time, and those that may not."""

import pytest
from pyspark.sql import functions as F
from pyspark.sql.types import StringType
from pyspark.sql.window import Window

from local_runtime.graph.determinism import is_repeatable
from local_runtime.graph.tracing import plan_only_session


@pytest.fixture
def rows():
    """A frame that no engine is asked for."""
    return plan_only_session().range(3).withColumn("text", F.upper(F.lit("a")))


def test_functions_of_columns_are_repeatable(rows):
    kept = rows.filter(F.col("id") > 1).withColumn("hash", F.sha2(F.col("text"), 256))
    assert is_repeatable(kept.join(rows.select("id"), "id", how="left_semi"))
    assert is_repeatable(rows.filter("id > 1 AND text = 'a'").withColumn("next", F.expr("id + 1")))
    assert is_repeatable(rows.withColumn("own", F.udf(str.lower, StringType())(F.col("text"))))


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.withColumn("n", F.rand()),
        lambda rows: rows.filter(F.length(F.uuid()) > F.col("id")),
        lambda rows: rows.withColumn("n", F.when(F.col("id") > 1, F.current_timestamp())),
        lambda rows: rows.withColumn("n", F.expr("id + uuid()")),
        lambda rows: rows.filter("current_date < '2020-01-01'"),
        lambda rows: rows.filter("`rand`() > 0.5"),
        lambda rows: rows.filter("rand/**/() > 0.5"),
        lambda rows: rows.withColumn("n", F.row_number().over(Window.partitionBy("text").orderBy("id"))),
        lambda rows: rows.select(F.max("id")),
        lambda rows: rows.withColumn("n", F.call_function("rand")),
        lambda rows: rows.withColumn("n", F.uniform(1, 9)),
        lambda rows: rows.withColumn("n", F.unix_timestamp()),
        lambda rows: rows.withColumn("n", F.curdate()),
        lambda rows: rows.withColumn("n", F.reflect(F.lit("java.util.UUID"), F.lit("randomUUID"))),
        lambda rows: rows.groupBy("text").agg(F.any_value("id")),
        lambda rows: rows.dropDuplicates(["text"]),
        lambda rows: rows.limit(1),
        lambda rows: rows.join(rows.sample(0.5), "id"),
        lambda rows: rows.withColumn("n", F.udf(str.lower, StringType()).asNondeterministic()(F.col("text"))),
    ],
)
def test_what_varies_is_not(rows, change):
    assert not is_repeatable(change(rows))
