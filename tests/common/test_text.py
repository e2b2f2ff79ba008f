import unicodedata

import pytest
from pyspark.sql import functions as F

from common.text import (
    NAME_PLACEHOLDERS,
    blank_to_null,
    compose,
    fold,
    known_code,
    known_id,
    known_items,
    known_name,
    known_text,
    split_list,
)
from tests.helpers.frames import assert_column, assert_same_rows


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


# As the contract lists them.
UNKNOWN = """na, n/a, nan, nat, null, none, nil, <na>, \\N, #n/a, #na, #value!, -, --, ?, missing, missing data,
no data, not available, not found, not specified, not applicable, not given, no director, no cast, no country,
no rating, unknown, director unavailable, cast unavailable, country unavailable, rating unavailable,
director unknown, cast unknown, country unknown, rating unknown""".replace("\n", " ").split(", ")
KNOWN = ("0", "Nan Li", "Noneya", "unknown user", "---", "n", "a-b", "No", "not", "N/A/B", "#", "nulls", "1970-01-01")


def test_unknown_words_are_compared_whole_and_without_case(spark):
    words = [spelling for word in UNKNOWN for spelling in (word, word.upper(), word.title(), f" {word}\u00a0")]
    rows = [*[(word, None) for word in ("", " ", None, *words)], *[(word, word) for word in KNOWN]]
    texts = spark.createDataFrame(rows, "text STRING, expected STRING")
    assert_column(texts, known_text(F.col("text")))


def test_what_is_unknown_in_a_column_of_names_codes_or_ids(spark):
    rows = [
        ("0", None, "0", "0"),
        ("00", "00", "00", "00"),
        ("NA", None, "NA", "NA"),
        ("na", None, "na", "na"),
        ("n/a", None, None, "n/a"),
        ("None", None, None, "None"),
        ("\\N", None, None, None),
        ("\\n", None, None, "\\n"),
        (" ", None, None, None),
        (" x  y", "x y", "x y", "x y"),
        (None, None, None, None),
    ]
    expected = spark.createDataFrame(rows, "text STRING, name STRING, code STRING, id STRING")
    text = F.col("text")
    actual = expected.select(
        "text", known_name(text).alias("name"), known_code(text).alias("code"), known_id(text).alias("id")
    )
    assert_same_rows(actual, expected)


def test_unknown_items_of_a_list_are_left_out(spark):
    rows = [
        (["Ann", "N/A", "0", "unknown"], ["Ann", "0"], ["Ann"]),
        (["NaN"], [], []),
        ([], [], []),
        (None, None, None),
    ]
    expected = spark.createDataFrame(rows, "items ARRAY<STRING>, known ARRAY<STRING>, names ARRAY<STRING>")
    items = F.col("items")
    actual = expected.select(
        "items", known_items(items).alias("known"), known_items(items, NAME_PLACEHOLDERS).alias("names")
    )
    assert_same_rows(actual, expected)
    split = F.size(known_items(split_list(F.array_join("items", ","))))
    assert [row[0] for row in expected.select(split).collect()] == [2, 0, 0, 0]


def test_split_list_keeps_source_order_and_drops_empties_and_repeats(spark):
    rows = [(" b, a ,, b, c ", ["b", "a", "c"]), ("one", ["one"]), (" , ", []), (None, [])]
    texts = spark.createDataFrame(rows, "text STRING, expected ARRAY<STRING>")
    assert_column(texts, split_list(F.col("text")))
    assert_column(texts, split_list(F.translate("text", ",", "\n"), "\n"))


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
