from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.windows import all_rows, is_first, next_value, with_counts
from tests.helpers.frames import assert_same_rows


def test_the_rows_of_a_key_are_in_order_whatever_other_keys_there_are(spark):
    rows = [
        ("a", 1, True, 2),
        ("a", 2, False, None),
        ("b", 1, True, None),
        (None, 1, True, None),
        (None, 2, True, None),
    ]
    expected = spark.createDataFrame(rows, "key STRING, version INT, is_first BOOLEAN, next INT")
    actual = expected.select(
        "key",
        "version",
        is_first("key", ["version"]).alias("is_first"),
        next_value("version", "key", ["version"]).alias("next"),
    )
    assert_same_rows(actual, expected)


def test_is_first_within_other_columns(spark):
    rows = [("x", "a", 1, True), ("x", "a", 2, False), ("y", "a", 3, True)]
    expected = spark.createDataFrame(rows, "file STRING, key STRING, version INT, is_first BOOLEAN")
    actual = expected.withColumn("is_first", is_first("key", ["version"], within=["file"]))
    assert_same_rows(actual, expected)


def test_all_rows_is_a_window_over_every_row(spark):
    expected = spark.createDataFrame([(1, 6), (2, 6), (3, 6)], "x BIGINT, total BIGINT")
    assert_same_rows(expected.select("x", F.sum("x").over(all_rows()).alias("total")), expected)


def test_with_counts_counts_each_condition_by_itself(spark):
    rows = [
        ("x", "a", 3, 1, 2),
        ("x", "ab", 3, 1, 2),
        ("x", "ab", 3, 1, 2),
        ("x", None, 3, 1, 2),
        ("y", "b", 0, 0, 1),
        ("z", None, 0, 1, 0),
    ]
    expected = spark.createDataFrame(rows, "file STRING, text STRING, with_a BIGINT, empty BIGINT, with_b BIGINT")
    conditions = {
        "with_a": F.contains("text", F.lit("a")),
        "empty": F.col("text").isNull(),
        "with_b": F.contains("text", F.lit("b")),
    }
    counted = with_counts(expected.select("file", "text"), conditions, Window.partitionBy("file"))
    assert_same_rows(counted.select("file", "text", *conditions), expected)
