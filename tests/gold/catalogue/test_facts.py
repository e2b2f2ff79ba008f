from datetime import date
from decimal import Decimal

import pytest
from pyspark.sql import functions as F

from common.keys import surrogate_key
from gold.catalogue.dimensions import DIM_RATING, DIM_TITLE
from gold.catalogue.facts import FACT_TITLE_ADDITION, FACT_TITLE_RATING, fact_title_addition, fact_title_rating
from gold.conformed.dimensions import DIM_DATE
from silver.catalogue.titles import TITLES
from silver.imdb.datasets import TITLE_RATINGS
from tests.helpers.frames import assert_same_rows, keyed

LATEST = "title_key date_added rating"
ADDED = date(2021, 9, 25)


@pytest.fixture
def star(rows):
    """dim_title, dim_date and dim_rating: titles 1 and 2, the day ADDED, the rating PG, and unknown members."""
    return (
        rows(DIM_TITLE, (1,), (2,), (-1,), columns="title_key"),
        rows(DIM_DATE, (20210925,), (-1,), columns="date_key"),
        keyed(rows(DIM_RATING, (None, "PG"), (-1, None), columns="rating_key rating"), "rating_key", "rating"),
    )


def test_fact_title_addition_points_to_the_unknown_members_where_a_title_lacks_values(star, rows):
    titles = rows(TITLES, (1, ADDED, "PG"), (2, None, None), columns=LATEST)
    expected = rows(FACT_TITLE_ADDITION, (1, 20210925, None), (2, -1, -1))
    pg = expected.withColumn("rating_key", F.coalesce("rating_key", surrogate_key(F.lit("PG"))))
    assert_same_rows(fact_title_addition(titles, *star), pg)


def test_fact_title_addition_points_only_to_members_that_exist(star, rows):
    titles = rows(TITLES, (1, date(1999, 1, 1), "gone"), (9, ADDED, "PG"), columns=LATEST)
    assert_same_rows(fact_title_addition(titles, *star), rows(FACT_TITLE_ADDITION, (1, -1, -1)))


def test_fact_title_rating_has_the_titles_that_are_rated_at_imdb(rows):
    titles = rows(DIM_TITLE, (1, "tt1"), (2, "tt2"), (3, None), (-1, None), columns="title_key imdb_id")
    ratings = [("tt1", Decimal("8.1"), 5000), ("tt9", Decimal("7.0"), 10), (None, Decimal("1.0"), 1)]
    rated = fact_title_rating(titles, rows(TITLE_RATINGS.table, *ratings, columns="tconst average_rating votes"))
    assert_same_rows(rated, rows(FACT_TITLE_RATING, (1, Decimal("8.1"), 5000)))
