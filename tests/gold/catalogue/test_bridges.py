from decimal import Decimal

import pytest
from pyspark.sql import functions as F

from gold.catalogue import bridges
from gold.conformed.members import key_or_unknown
from tests.gold.frames import assert_same

HALF, THIRD, WHOLE = Decimal("0.500000"), Decimal("0.333333"), Decimal("1.000000")


@pytest.fixture
def dim_title(spark):
    return spark.createDataFrame([(1,), (2,), (3,), (-1,)], "title_key BIGINT")


@pytest.fixture
def dimension(spark):
    """Makes a dimension of names: its key, and the unknown member."""

    def make(key, *names):
        members = spark.createDataFrame([*[(name,) for name in names], (None,)], "name STRING")
        return members.select(key_or_unknown(F.col("name")).alias(key))

    return make


@pytest.fixture
def expected(spark):
    """Makes a bridge's rows of rows that have a name (None: unknown) in the place of the key."""

    def make(table, *rows):
        key = table.columns[1].name
        named = spark.createDataFrame(list(rows), table.rows_schema.replace(f"{key} BIGINT", f"{key} STRING"))
        return named.withColumn(key, key_or_unknown(F.col(key)))

    return make


def test_bridge_title_genre_bridges_a_title_without_genres_to_the_unknown_member(spark, dim_title, dimension, expected):
    latest = spark.createDataFrame([(1, ["A", "B"]), (2, []), (3, None)], "title_key BIGINT, genres ARRAY<STRING>")
    bridge = bridges.bridge_title_genre(latest, dim_title, dimension("genre_key", "A", "B"))
    rows = [(1, "A", HALF), (1, "B", HALF), (2, None, WHOLE), (3, None, WHOLE)]
    assert_same(bridge, expected(bridges.BRIDGE_TITLE_GENRE, *rows))


def test_bridge_title_genre_points_only_to_genres_and_titles_that_exist(spark, dim_title, dimension, expected):
    latest = spark.createDataFrame([(1, ["A", "gone"]), (9, ["A"])], "title_key BIGINT, genres ARRAY<STRING>")
    bridge = bridges.bridge_title_genre(latest, dim_title, dimension("genre_key", "A"))
    assert_same(bridge, expected(bridges.BRIDGE_TITLE_GENRE, (1, "A", HALF), (1, None, HALF)))


def test_bridge_title_country_bridges_a_title_without_countries_to_the_unknown_member(
    spark, dim_title, dimension, expected
):
    latest = spark.createDataFrame([(1, ["France"]), (2, []), (3, None)], "title_key BIGINT, countries ARRAY<STRING>")
    bridge = bridges.bridge_title_country(latest, dim_title, dimension("country_key", "France"))
    rows = [(1, "France", WHOLE), (2, None, WHOLE), (3, None, WHOLE)]
    assert_same(bridge, expected(bridges.BRIDGE_TITLE_COUNTRY, *rows))


def test_bridge_title_country_points_only_to_countries_and_titles_that_exist(spark, dim_title, dimension, expected):
    latest = spark.createDataFrame([(1, ["gone"]), (9, ["France"])], "title_key BIGINT, countries ARRAY<STRING>")
    bridge = bridges.bridge_title_country(latest, dim_title, dimension("country_key", "France"))
    assert_same(bridge, expected(bridges.BRIDGE_TITLE_COUNTRY, (1, None, WHOLE)))


CREDITS = "title_key BIGINT, directors ARRAY<STRING>, cast ARRAY<STRING>"


def test_bridge_title_person_keeps_the_billing_and_weighs_1_per_role(spark, dim_title, dimension, expected):
    latest = spark.createDataFrame([(1, ["X"], ["X", "Y", "Z"]), (2, [], None)], CREDITS)
    bridge = bridges.bridge_title_person(latest, dim_title, dimension("person_key", "X", "Y", "Z"))
    rows = [
        (1, "X", "director", 1, WHOLE),
        (1, "X", "cast", 1, Decimal("0.333334")),
        (1, "Y", "cast", 2, THIRD),
        (1, "Z", "cast", 3, THIRD),
        (2, None, "director", 1, WHOLE),
        (2, None, "cast", 1, WHOLE),
    ]
    assert_same(bridge, expected(bridges.BRIDGE_TITLE_PERSON, *rows))


def test_bridge_title_person_points_only_to_persons_and_titles_that_exist(spark, dim_title, dimension, expected):
    latest = spark.createDataFrame([(1, ["gone"], ["X"]), (9, ["X"], ["X"])], CREDITS)
    bridge = bridges.bridge_title_person(latest, dim_title, dimension("person_key", "X"))
    rows = [(1, None, "director", 1, WHOLE), (1, "X", "cast", 1, WHOLE)]
    assert_same(bridge, expected(bridges.BRIDGE_TITLE_PERSON, *rows))
