"""Conditions for lines: they keep what a filter keeps, and are only made of what every engine takes alike."""

import random
import re

import duckdb
import pyarrow as pa
import pytest
from pyspark.sql import functions as F

from bronze.records import ANY_BOUNDARY
from local_runtime.auto_loader.layout import Layout
from local_runtime.auto_loader.options import parse
from local_runtime.auto_loader.source import FileSource
from local_runtime.graph.line_condition import line_condition
from local_runtime.graph.plans import plan_id, plan_of
from local_runtime.graph.tracing import plan_only_session

PIECES = ["}", "]", "{", "[", ",", ";", " ", "\t", "\r", "a", "é", "\u00a0", "\U0001f600", '"', "\\", "x"]


@pytest.fixture(scope="module")
def lines():
    session = plan_only_session()
    return session.read.table("lines")


def condition(lines, frame):
    options = parse(FileSource("/nowhere", {"cloudFiles.format": "text"}, "value STRING"))
    return line_condition(frame, plan_id(plan_of(lines)), Layout({"value": "string"}, options))


def some_lines(number, seed=5):
    dice = random.Random(seed)
    return ["".join(dice.choices(PIECES, k=dice.randrange(9))) for _ in range(number)]


@pytest.mark.parametrize(
    "pattern",
    [
        *(ANY_BOUNDARY, "[}][{]", "a|x", "(a|x)+[é\t]", "\\}[ ]*;?\\{", "[^a-z]x", "(?:a)(x)?", '\\\\"'),
        *("(xx)?a", "(ax|\\{)x", "(ax)*;", "a(|x)", "a(x*|;)", "a(x)?;|x;", "(a)x", "ax|;*x", "[a;]+x", "ax|x"),
    ],
)
def test_lines_are_those_that_the_expression_matches(lines, pattern):
    found = condition(lines, lines.filter(F.col("value").rlike(pattern)))
    texts = some_lines(3_000)
    connection = duckdb.connect()
    connection.register("texts", pa.table({"l": texts}))
    rows = [kept for (kept,) in connection.execute(f"SELECT {found} FROM texts").fetchall()]
    assert rows == [re.search(pattern, text) is not None for text in texts]
    assert 0 < sum(rows) < len(rows)


@pytest.mark.parametrize(
    "pattern",
    [
        "\\«",
        "\\<a",
        "[a~~b]",
        "x" * 2000,
        "a.b",
        "^a",
        "a$",
        "\\s",
        "\\w+",
        "\\bx",
        "(?i)a",
        "a{2}",
        "a*+",
        "(?=a)x",
        "[a&&b]",
        "(",
        "[[:alpha:]]",
        "]?x",
    ],
)
def test_what_engines_may_take_differently_is_left_to_them(lines, pattern):
    assert condition(lines, lines.filter(F.col("value").rlike(pattern))) == ""


def test_other_conditions(lines):
    value = F.col("value")
    has, begins = value.contains("it's"), value.startswith("x")
    assert condition(lines, lines.filter(has)) == "contains(l, 'it''s')"
    assert condition(lines, lines.filter(has | begins)) == "(contains(l, 'it''s') or starts_with(l, 'x'))"
    assert condition(lines, lines.filter(has & (F.length(value) > 3))) == "(contains(l, 'it''s'))"
    assert condition(lines, lines.filter(has | (F.length(value) > 3))) == ""
    assert condition(lines, lines.filter(~has)) == ""
    assert condition(lines, lines.filter(value.contains("a\0"))) == ""


def test_the_filter_is_the_one_that_the_lines_come_to_first(lines):
    shown = lines.select("value", F.col("_metadata.file_path").alias("file"))
    renamed = lines.select(F.col("value").alias("line"))
    assert condition(lines, shown.filter(F.col("value").endswith("a")).filter("file IS NULL")) == "suffix(l, 'a')"
    assert condition(lines, renamed.filter(F.col("LINE").endswith("a"))) == "suffix(l, 'a')"
    upper = lines.select(F.upper("value").alias("value"))
    assert condition(lines, upper.filter(F.col("value").endswith("A"))) == ""
    assert condition(lines, shown.filter(F.col("file").contains("a"))) == ""
    assert condition(lines, lines.unionByName(lines).filter(F.col("value").contains("a"))) == ""
    assert condition(lines, lines.join(lines.filter(F.col("value").contains("a")), "value")) == ""
