from decimal import Decimal

from gold import bridges
from silver.keys import UNKNOWN_KEY

SCHEMA = "title_key BIGINT, genres ARRAY<STRING>, countries ARRAY<STRING>, directors ARRAY<STRING>, cast ARRAY<STRING>"


def test_a_title_without_genres_is_bridged_to_the_unknown_member(spark):
    titles = spark.createDataFrame(
        [(1, ["A", "B"], [], [], []), (2, [], [], [], []), (3, None, None, None, None)], SCHEMA
    )
    rows = bridges.bridge_title_genre(titles).collect()
    assert sorted((row.title_key, row.weight, row.genre_key == UNKNOWN_KEY) for row in rows) == [
        (1, Decimal("0.500000"), False),
        (1, Decimal("0.500000"), False),
        (2, Decimal("1.000000"), True),
        (3, Decimal("1.000000"), True),
    ]


def test_a_title_without_countries_is_bridged_to_the_unknown_member(spark):
    titles = spark.createDataFrame([(1, [], ["France"], [], []), (2, [], [], [], [])], SCHEMA)
    rows = bridges.bridge_title_country(titles).collect()
    assert sorted((row.title_key, row.country_key == UNKNOWN_KEY) for row in rows) == [(1, False), (2, True)]


def test_persons_keep_their_billing_and_weigh_1_per_role(spark):
    titles = spark.createDataFrame([(1, [], [], ["D"], ["X", "Y", "Z"])], SCHEMA)
    rows = bridges.bridge_title_person(titles).collect()
    assert sorted((row.role, row.billing_order, row.weight) for row in rows) == [
        ("cast", 1, Decimal("0.333334")),
        ("cast", 2, Decimal("0.333333")),
        ("cast", 3, Decimal("0.333333")),
        ("director", 1, Decimal("1.000000")),
    ]
