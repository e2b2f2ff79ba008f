import unicodedata

import pytest
from chispa import assert_column_equality
from pyspark.sql import functions as F

from silver.columns.text import COMPOSITIONS, blank_to_null, compose, fold, given, split_list


@pytest.mark.parametrize(
    ("function", "pairs"),
    [
        (fold, [("  a \t b\n", "a b"), ("\u00a0a\u200b\u2003b\ufeff", "a b"), ("", ""), (None, None)]),
        (blank_to_null, [(" x ", "x"), (" \u200b\u00a0 ", None), ("", None), (None, None)]),
        (given, [("Not Given", None), (" not  given ", None), ("Given", "Given"), (None, None)]),
    ],
)
def test_text_functions(spark, function, pairs):
    df = spark.createDataFrame(pairs, "text STRING, expected STRING").withColumn("actual", function(F.col("text")))
    assert_column_equality(df, "actual", "expected")


def test_split_list_keeps_source_order_and_drops_empties_and_repeats(spark):
    rows = [(" b, a ,, b,\u00a0c ", ["b", "a", "c"]), ("one", ["one"]), (" , ", []), (None, [])]
    df = spark.createDataFrame(rows, "text STRING, expected ARRAY<STRING>").withColumn(
        "actual", split_list(F.col("text"))
    )
    assert_column_equality(df, "actual", "expected")


def test_128_composed_and_decomposed_letters_are_one(spark):
    decomposed = [unicodedata.normalize("NFD", letter) for letter in COMPOSITIONS.values()]
    others = [
        "Pe\u0301ter ope\u0323\u0301",
        "ẹ\u0301",
        "\u304b\u3099",
        "q\u0301",
        "\u0301",
        "a|e=\u0338=",
        "😀e\u0301😀",
        "",
    ]
    rows = [(text, unicodedata.normalize("NFC", text)) for text in (*decomposed, *others)]
    texts = spark.createDataFrame([*rows, (None, None)], "text STRING, expected STRING")
    assert_column_equality(texts.withColumn("actual", compose(F.col("text"))), "actual", "expected")


def test_128_what_is_not_composed_is_left_as_it_is(spark):
    jamo, unordered = "\u1112\u1161\u11ab", "e\u0301\u0323"
    texts = spark.createDataFrame([(jamo, jamo), (unordered, "é\u0323")], "text STRING, expected STRING")
    assert_column_equality(texts.withColumn("actual", compose(F.col("text"))), "actual", "expected")
