"""Cells that can't be read: unknown and counted, whatever other rules say of the same column."""

import string

from pyspark.sql import functions as F

from cleanse.releases.cells import LONGEST_VALUE, UNREADABLE, Cell, cell_shape, cell_text, with_unreadable
from tests.helpers.frames import assert_column, assert_same_rows

SMALL = Cell(rule="is_small", condition="length IS NULL OR length < 100", text="text", columns=("length",))
EVEN = Cell(rule="is_even", condition="length IS NULL OR length % 2 = 0", text="text", columns=("length", "names"))
# Without a column: what can't be read is unknown already.
READ = Cell(rule="is_read", condition="text IS NULL OR length IS NOT NULL", text="text", columns=())
NAMED = Cell(
    rule="has_few_names",
    condition="size(names) <= 2",
    text="text",
    columns=("names",),
    unknown="TRY_CAST(array() AS ARRAY<STRING>)",
)
ROWS = "text STRING, length INT, names ARRAY<STRING>"


def checked(spark, rows, cells, shown=cell_text):
    return with_unreadable(spark.createDataFrame(rows, ROWS), cells, shown).select(
        "text", "length", "names", "unreadable"
    )


def expected(spark, rows):
    return spark.createDataFrame(rows, f"{ROWS}, {UNREADABLE.name} {UNREADABLE.type}")


def test_with_unreadable_makes_what_fails_any_of_its_rules_unknown(spark):
    few = ["a"]
    rows = [("2", 2, few), ("3", 3, few), ("102", 102, few), ("103", 103, few), ("x", None, few), (None, None, None)]
    found = checked(spark, rows, (SMALL, EVEN, READ))
    assert_same_rows(
        found,
        expected(
            spark,
            [
                ("2", 2, few, []),
                ("3", None, None, [("is_even", "3")]),
                ("102", None, few, [("is_small", "102")]),
                ("103", None, None, [("is_small", "103"), ("is_even", "103")]),
                ("x", None, few, [("is_read", "x")]),
                (None, None, None, []),
            ],
        ),
    )


def test_with_unreadable_makes_a_list_empty(spark):
    rows = [("a, b", 1, ["a", "b"]), ("a, b, c", 1, ["a", "b", "c"]), ("", 1, [])]
    assert_same_rows(
        checked(spark, rows, (NAMED,)),
        expected(
            spark,
            [
                ("a, b", 1, ["a", "b"], []),
                ("a, b, c", 1, [], [("has_few_names", "a, b, c")]),
                ("", 1, [], []),
            ],
        ),
    )


def test_with_unreadable_takes_a_rule_that_gives_null_for_one_that_fails(spark):
    """A list that isn't there is no short list."""
    assert_same_rows(
        checked(spark, [(None, 1, None)], (NAMED,)), expected(spark, [(None, 1, [], [("has_few_names", None)])])
    )


def test_with_unreadable_shows_cells_as_it_is_told(spark):
    assert_same_rows(
        checked(spark, [("Ann 103", 103, [])], (SMALL, EVEN), cell_shape),
        expected(spark, [("Ann 103", None, None, [("is_small", "aaa 999"), ("is_even", "aaa 999")])]),
    )


def test_cell_text_is_cut(spark):
    long = "é" * (LONGEST_VALUE + 1)
    rows = [("x", "x"), ("é" * LONGEST_VALUE, "é" * LONGEST_VALUE), (long, long[:-1]), (None, None)]
    assert_column(spark.createDataFrame(rows, "text STRING, expected STRING"), cell_text(F.col("text")))


def test_cell_shape_keeps_signs_and_no_letter_or_digit(spark):
    rows = [
        ("2021-13-01", "9999-99-99"),
        ("$9,99", "$9,99"),
        ("25/Sep/21 10:00", "99/aaa/99 99:99"),
        ("Ann.O'Neil_42@example.org", "aaa.aaaaaa_99aaaaaaaa.aaa"),
        ("É日本ß٢Ⅷ²", "aaaaaaa"),
        ("\u00e9 e\u0301 \u200b", "a aa a"),
        ("line\nbreak\ttab", "aaaaaaaaaaaaaa"),
        ("-1 (50%) +£3;€4", "-9 (99%) +£9;€9"),
        ("9" * 100, "9" * LONGEST_VALUE),
        ("", ""),
        (None, None),
    ]
    assert_column(spark.createDataFrame(rows, "text STRING, expected STRING"), cell_shape(F.col("text")))
    (shape,) = spark.range(1).select(cell_shape(F.lit(string.ascii_letters + string.digits))).collect()[0]
    assert shape == "a" * 52 + "9" * 10
