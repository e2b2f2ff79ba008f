"""Names in a comparable form."""

import pytest
from pyspark.sql import functions as F

from silver.imdb.matching import comparable_name
from tests.helpers.frames import assert_column


@pytest.mark.parametrize(
    "name, expected",
    [
        ("  The  BEST\u00a0of Us ", "the best of us"),
        ("Don't Stop: Part 2!", "dont stop part 2"),
        ("Don\u2019t Stop \u2013 Part 2", "dont stop part 2"),
        ("Love & Money", "love and money"),
        ("Café Été", "café été"),
        ("千と千尋の神隠し", "千と千尋の神隠し"),
        ("हिंदी", "हिंदी"),
        ("#", "#"),
        ("¿?", "¿?"),
        (None, None),
    ],
)
def test_names_are_compared_by_their_words(spark, name, expected):
    rows = spark.createDataFrame([(name, expected)], "name STRING, expected STRING")
    assert_column(rows, comparable_name(F.col("name")))
