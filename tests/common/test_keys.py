from pyspark.sql import functions as F

from common.keys import UNKNOWN_KEY, key_or_unknown, smallest_first, surrogate_key


def test_surrogate_key_tells_nulls_and_places_apart(spark):
    rows = [("a", None), (None, "a"), ("a", ""), ("", "a"), (None, None), ("a", "b"), ("ab", None)]
    keys = spark.createDataFrame(rows, "x STRING, y STRING").select(surrogate_key(F.col("x"), F.col("y")).alias("key"))
    assert keys.distinct().count() == len(rows)


def test_128_what_separates_parts_is_no_part_of_them(spark):
    rows = [("a\x1fb", "c"), ("a", "b\x1fc"), ("\x1e", "c"), (None, "c"), ("\x1e0", "c"), ("a\x1e1b", "c")]
    keys = spark.createDataFrame(rows, "x STRING, y STRING").select(surrogate_key(F.col("x"), F.col("y")).alias("key"))
    assert keys.distinct().count() == len(rows)


def test_surrogate_key_of_rows_without_any_part(spark):
    rows = spark.createDataFrame([(None, None)] * 3, "x STRING, y INT")
    keys = rows.select(surrogate_key(F.col("x"), F.col("y")).alias("key")).collect()
    assert [row.key for row in keys] == [1987586162705965252] * 3


def test_surrogate_key_is_stable(spark):
    (row,) = (
        spark.createDataFrame([("Dramas",)], "genre STRING")
        .select(surrogate_key(F.col("genre")).alias("key"))
        .collect()
    )
    assert row.key == -5831170493156906125


def test_key_or_unknown_is_the_unknown_member_for_null_only(spark):
    keys = spark.createDataFrame([("a",), (None,), ("",)], "x STRING").select(
        "x", key_or_unknown(F.col("x")).alias("key")
    )
    assert [row.x for row in keys.collect() if row.key == UNKNOWN_KEY] == [None]


def test_smallest_first_is_the_order_of_the_texts_one_after_the_other_with_nulls_last(spark):
    in_order = [
        ("", "z"),
        ("", None),
        ("A", "b"),
        ("A", "ba"),
        ("A", "\U0001f600"),
        ("A", None),
        ("A b", "a"),
        ("AB", "a"),
        ("a", "a"),
        ("\U0001f600", "a"),
        (None, "a"),
        (None, None),
    ]
    rows = spark.createDataFrame(in_order[::-1], "x STRING, y STRING")
    sorted_rows = rows.sort(smallest_first(F.col("x"), F.col("y"))).collect()
    assert [tuple(row) for row in sorted_rows] == in_order
