import unicodedata

import pytest
from pyspark.sql import functions as F

from common.text import blank_to_null, compose, fold, known_text, split_list
from tests.helpers.frames import assert_column


@pytest.mark.parametrize(
    ("function", "pairs"),
    [
        (fold, [("  a \t b\n", "a b"), ("\u00a0a\u200b\u2003b\ufeff", "a b"), ("", ""), (None, None)]),
        (blank_to_null, [(" x ", "x"), (" \u200b\u00a0 ", None), ("", None), (None, None)]),
        (
            known_text,
            [("Not Given", None), (" not  given ", None), ("UNKNOWN", None), ("Given", "Given"), (None, None)],
        ),
    ],
)
def test_text_functions(spark, function, pairs):
    texts = spark.createDataFrame(pairs, "text STRING, expected STRING")
    assert_column(texts, function(F.col("text")))


def test_split_list_keeps_source_order_and_drops_empties_and_repeats(spark):
    rows = [(" b, a ,, b,\u00a0c ", ["b", "a", "c"]), ("one", ["one"]), (" , ", []), (None, [])]
    texts = spark.createDataFrame(rows, "text STRING, expected ARRAY<STRING>")
    assert_column(texts, split_list(F.col("text")))


def test_128_composed_and_decomposed_letters_are_one(spark):
    letters = [chr(code) for code in range(0xC0, 0x1F00) if unicodedata.decomposition(chr(code))]
    decomposed = [unicodedata.normalize("NFD", letter) for letter in letters]
    others = [
        "Pe\u0301ter ope\u0323\u0301",
        "\u304b\u3099",
        "\u1112\u1161\u11ab",
        "e\u0301\u0323",
        "q\u0301",
        "😀e\u0301",
        "",
    ]
    rows = [(text, unicodedata.normalize("NFC", text)) for text in (*decomposed, *others)]
    texts = spark.createDataFrame([*rows, (None, None)], "text STRING, expected STRING")
    assert_column(texts, compose(F.col("text")))
