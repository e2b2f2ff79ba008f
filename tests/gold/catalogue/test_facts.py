from datetime import date
from decimal import Decimal

import pytest
from pyspark.sql import functions as F

from gold.catalogue.facts import FACT_TITLE_ADDITION, FACT_TITLE_RATING, fact_title_addition, fact_title_rating
from gold.conformed.members import key_or_unknown, surrogate_key
from tests.gold.frames import assert_same

LATEST = "title_key BIGINT, date_added DATE, rating STRING"
ADDED = date(2021, 9, 25)


@pytest.fixture
def star(spark):
    """dim_title, dim_date and dim_rating: titles 1 and 2, the day ADDED, the rating PG, and unknown members."""
    ratings = spark.createDataFrame([("PG",), (None,)], "rating STRING")
    return (
        spark.createDataFrame([(1,), (2,), (-1,)], "title_key BIGINT"),
        spark.createDataFrame([(20210925,), (-1,)], "date_key INT"),
        ratings.select(key_or_unknown(F.col("rating")).alias("rating_key")),
    )


def test_fact_title_addition_points_to_the_unknown_members_where_a_title_lacks_values(spark, star, rows):
    latest = spark.createDataFrame([(1, ADDED, "PG"), (2, None, None)], LATEST)
    expected = rows(FACT_TITLE_ADDITION, (1, 20210925, None), (2, -1, -1))
    pg = expected.withColumn("rating_key", F.coalesce("rating_key", surrogate_key(F.lit("PG"))))
    assert_same(fact_title_addition(latest, *star), pg)


def test_fact_title_addition_points_only_to_members_that_exist(spark, star, rows):
    latest = spark.createDataFrame([(1, date(1999, 1, 1), "gone"), (9, ADDED, "PG")], LATEST)
    assert_same(fact_title_addition(latest, *star), rows(FACT_TITLE_ADDITION, (1, -1, -1)))


def test_fact_title_rating_has_the_titles_that_are_rated_at_imdb(spark, rows):
    titles = [(1, "tt1"), (2, "tt2"), (3, None), (-1, None)]
    ratings = [("tt1", Decimal("8.1"), 5000), ("tt9", Decimal("7.0"), 10), (None, Decimal("1.0"), 1)]
    rated = fact_title_rating(
        spark.createDataFrame(titles, "title_key BIGINT, imdb_id STRING"),
        spark.createDataFrame(ratings, "tconst STRING, average_rating DECIMAL(3,1), votes BIGINT"),
    )
    assert_same(rated, rows(FACT_TITLE_RATING, (1, Decimal("8.1"), 5000)))
