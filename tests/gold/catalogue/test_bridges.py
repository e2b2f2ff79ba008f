from decimal import Decimal

import pytest
from pyspark.sql import functions as F

from common.keys import key_or_unknown
from gold.catalogue import bridges
from gold.catalogue.dimensions import DIM_TITLE
from silver.catalogue.titles import TITLES
from tests.helpers.frames import assert_same_rows

HALF, THIRD, WHOLE = Decimal("0.500000"), Decimal("0.333333"), Decimal("1.000000")


@pytest.fixture
def dim_title(rows):
    """Makes a dimension of titles: these, and the unknown one."""
    return lambda *titles: rows(DIM_TITLE, *[(title,) for title in titles], (-1,), columns="title_key")


@pytest.fixture
def dimension(spark):
    """Makes a dimension of names: its key, and the unknown member."""

    def make(key, *names):
        members = spark.createDataFrame([*[(name,) for name in names], (None,)], "name STRING")
        return members.select(key_or_unknown(F.col("name")).alias(key))

    return make


@pytest.fixture
def expected(spark):
    """Makes a bridge's rows from rows with a name (None: unknown) in place of the key."""

    def make(table, *members):
        key = table.columns[1].name
        named = spark.createDataFrame(list(members), table.rows_schema.replace(f"{key} BIGINT", f"{key} STRING"))
        return named.withColumn(key, key_or_unknown(F.col(key)))

    return make


def test_bridge_title_genre_bridges_a_title_without_genres_to_the_unknown_member(rows, dim_title, dimension, expected):
    titles = rows(TITLES, (1, ["A", "B"]), (2, []), (3, None), columns="title_key genres")
    bridge = bridges.bridge_title_genre(titles, dim_title(1, 2, 3), dimension("genre_key", "A", "B"))
    members = [(1, "A", HALF), (1, "B", HALF), (2, None, WHOLE), (3, None, WHOLE), (-1, None, WHOLE)]
    assert_same_rows(bridge, expected(bridges.BRIDGE_TITLE_GENRE, *members))


def test_bridge_title_genre_points_only_to_genres_and_titles_that_exist(rows, dim_title, dimension, expected):
    titles = rows(TITLES, (1, ["A", "gone"]), (9, ["A"]), columns="title_key genres")
    bridge = bridges.bridge_title_genre(titles, dim_title(1), dimension("genre_key", "A"))
    members = [(1, "A", HALF), (1, None, HALF), (-1, None, WHOLE)]
    assert_same_rows(bridge, expected(bridges.BRIDGE_TITLE_GENRE, *members))


def test_bridge_title_country_bridges_a_title_without_countries_to_the_unknown_member(
    rows, dim_title, dimension, expected
):
    titles = rows(TITLES, (1, ["France"]), (2, []), (3, None), columns="title_key countries")
    bridge = bridges.bridge_title_country(titles, dim_title(1, 2, 3), dimension("country_key", "France"))
    members = [(1, "France", WHOLE), (2, None, WHOLE), (3, None, WHOLE), (-1, None, WHOLE)]
    assert_same_rows(bridge, expected(bridges.BRIDGE_TITLE_COUNTRY, *members))


def test_bridge_title_country_points_only_to_countries_and_titles_that_exist(rows, dim_title, dimension, expected):
    titles = rows(TITLES, (1, ["gone"]), (9, ["France"]), columns="title_key countries")
    bridge = bridges.bridge_title_country(titles, dim_title(1), dimension("country_key", "France"))
    assert_same_rows(bridge, expected(bridges.BRIDGE_TITLE_COUNTRY, (1, None, WHOLE), (-1, None, WHOLE)))


CREDITS = "title_key directors cast"


def test_bridge_title_person_keeps_the_billing_and_weighs_1_per_role(rows, dim_title, dimension, expected):
    titles = rows(TITLES, (1, ["X"], ["X", "Y", "Z"]), (2, [], None), columns=CREDITS)
    bridge = bridges.bridge_title_person(titles, dim_title(1, 2), dimension("person_key", "X", "Y", "Z"))
    members = [
        (1, "X", "director", 1, WHOLE),
        (1, "X", "cast", 1, Decimal("0.333334")),
        (1, "Y", "cast", 2, THIRD),
        (1, "Z", "cast", 3, THIRD),
        *[(title, None, role, 1, WHOLE) for title in (2, -1) for role in ("director", "cast")],
    ]
    assert_same_rows(bridge, expected(bridges.BRIDGE_TITLE_PERSON, *members))


def test_bridge_title_person_points_only_to_persons_and_titles_that_exist(rows, dim_title, dimension, expected):
    titles = rows(TITLES, (1, ["gone"], ["X"]), (9, ["X"], ["X"]), columns=CREDITS)
    bridge = bridges.bridge_title_person(titles, dim_title(1), dimension("person_key", "X"))
    members = [(1, None, "director", 1, WHOLE), (1, "X", "cast", 1, WHOLE)]
    members += [(-1, None, role, 1, WHOLE) for role in ("director", "cast")]
    assert_same_rows(bridge, expected(bridges.BRIDGE_TITLE_PERSON, *members))
