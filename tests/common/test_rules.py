from pyspark.sql import functions as F

from common.rules import failed_rules, with_failed_rules
from tests.helpers.frames import assert_same_rows


def test_failed_rules_names_every_rule_that_is_false_or_null(spark):
    rows = [(1, 1, []), (0, 1, ["a"]), (0, None, ["a", "b"]), (None, None, ["a", "b"])]
    expected = spark.createDataFrame(rows, "x INT, y INT, failed ARRAY<STRING>")
    actual = expected.select("x", "y", failed_rules({"a": "x > 0", "b": "y > 0"}).alias("failed"))
    assert_same_rows(actual, expected)


def test_with_failed_rules_fails_all_but_the_best_valid_row_of_an_identity_in_its_file(spark):
    rows = [
        ("a", 1, 2, [], ["unique_thing"]),
        ("a", 1, 1, [], []),
        ("a", 1, 0, ["valid_thing"], ["valid_thing"]),
        ("a", 2, 1, [], []),
        ("b", 1, 3, [], []),
        ("b", None, 1, ["valid_thing"], ["valid_thing"]),
    ]
    schema = "file STRING, thing BIGINT, rank INT, row_failures ARRAY<STRING>, failed_rules ARRAY<STRING>"
    expected = spark.createDataFrame(rows, schema)
    checked = with_failed_rules(
        expected.drop("failed_rules"), "thing", [F.col("rank")], "unique_thing", within=["file"]
    )
    assert_same_rows(checked.select(expected.columns), expected)
