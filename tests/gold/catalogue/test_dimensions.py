from datetime import date, datetime

import pytest
from chispa import assert_column_equality
from pyspark.sql import functions as F

from gold.catalogue import dimensions
from gold.catalogue.dimensions import DIM_GENRE, DIM_PERSON, DIM_RATING, DIM_TITLE, KNOWN_RATING_SCHEMA
from gold.conformed.members import surrogate_key
from silver.catalogue.titles import latest_titles
from tests.gold.frames import assert_same, keyed

HISTORY = "title_key BIGINT, rating STRING, __START_AT TIMESTAMP, __END_AT TIMESTAMP"
LATEST = """title_key BIGINT, show_id STRING, title STRING, short_title STRING, type STRING, type_flag INT,
    release_year INT, date_added DATE, rating STRING, duration_minutes INT, seasons INT, description STRING,
    __END_AT TIMESTAMP"""
JAN, FEB = datetime(2021, 1, 1), datetime(2021, 2, 1)
UNKNOWN_TITLE = (
    -1, None, "Unknown", "Unknown", "Unknown", -1, None, None, -1, None, None, "Unknown", None, None, False
)  # fmt: skip
UNKNOWN_RATING = (-1, "Unknown", "Unknown", None)


@pytest.fixture
def known_ratings(spark):
    return spark.createDataFrame([("PG-13", "Teens", 13), ("NR", "Not Rated", None)], KNOWN_RATING_SCHEMA)


@pytest.fixture
def imdb_titles(spark):
    return spark.createDataFrame([(1, "tt1"), (9, "tt9")], "title_key BIGINT, tconst STRING")


@pytest.fixture
def dim_rating(rows):
    return keyed(rows(DIM_RATING, (None, "PG-13", "Teens", 13), UNKNOWN_RATING), "rating_key", "rating")


def test_latest_titles_is_one_row_per_title_with_its_newest_version(spark):
    history = [(1, "PG", JAN, FEB), (1, "R", FEB, None), (2, None, JAN, FEB)]
    expected = [(1, "R", FEB, None), (2, None, JAN, FEB)]
    assert_same(latest_titles(spark.createDataFrame(history, HISTORY)), spark.createDataFrame(expected, HISTORY))


def test_content_age_category(spark):
    years = [(2020, "Recent"), (2019, "Modern"), (2010, "Modern"), (2009, "Classic"), (None, "Unknown")]
    rows = spark.createDataFrame(years, "year INT, expected STRING")
    assert_column_equality(
        rows.withColumn("actual", dimensions.content_age_category(F.col("year"))), "actual", "expected"
    )


def test_dim_title_keeps_a_title_that_left_and_says_so(spark, rows, imdb_titles, dim_rating, one_row):
    added = date(2021, 9, 25)
    latest = [
        (1, "s1", "A: B", "A", "Movie", 1, 2020, added, "PG-13", 90, None, "text", None),
        (2, "s2", "C", "C", "TV Show", 2, 1999, None, None, None, 3, None, FEB),
    ]
    members = [
        (1, "s1", "A: B", "A", "Movie", 1, 2020, added, None, 90, None, "Recent", "text", "tt1", True),
        (2, "s2", "C", "C", "TV Show", 2, 1999, None, -1, None, 3, "Classic", None, None, False),
    ]
    expected = rows(DIM_TITLE, *members, UNKNOWN_TITLE)
    pg_13 = expected.withColumn("rating_key", F.coalesce("rating_key", surrogate_key(F.lit("PG-13"))))
    assert_same(dimensions.dim_title(spark.createDataFrame(latest, LATEST), imdb_titles, dim_rating, one_row), pg_13)


def test_dim_title_points_to_the_unknown_rating_where_dim_rating_has_none(spark, imdb_titles, dim_rating, one_row):
    latest = [(1, "s1", "A", "A", "Movie", 1, 2020, None, "gone", None, None, None, None)]
    titles = dimensions.dim_title(spark.createDataFrame(latest, LATEST), imdb_titles, dim_rating, one_row)
    expected = spark.createDataFrame([(1, -1), (-1, -1)], "title_key BIGINT, rating_key BIGINT")
    assert_same(titles.select("title_key", "rating_key"), expected)


def test_dim_rating_has_audience_and_age_where_they_are_known(spark, rows, known_ratings, one_row):
    latest = spark.createDataFrame([("PG-13",), ("PG-13",), ("NR",), ("X",), (None,)], "rating STRING")
    expected = rows(
        DIM_RATING,
        (None, "PG-13", "Teens", 13),
        (None, "NR", "Not Rated", None),
        (None, "X", "Unknown", None),
        UNKNOWN_RATING,
    )
    assert_same(dimensions.dim_rating(latest, known_ratings, one_row), keyed(expected, "rating_key", "rating"))


def test_dim_genre_has_each_genre_once(spark, rows, one_row):
    latest = spark.createDataFrame([(["A", "B"],), (["B"],), ([],), (None,)], "genres ARRAY<STRING>")
    expected = keyed(rows(DIM_GENRE, (None, "A"), (None, "B"), (-1, "Unknown")), "genre_key", "genre")
    assert_same(dimensions.dim_genre(latest, one_row), expected)


def test_dim_person_has_each_director_and_actor_once(spark, rows, one_row):
    credits = [(["X"], ["X", "Y"]), ([], ["Y"]), (["Z"], []), (None, None)]
    latest = spark.createDataFrame(credits, "directors ARRAY<STRING>, cast ARRAY<STRING>")
    known = [("X", "nm1", 1970), ("Y", "nm2", None), ("W", "nm3", 1980)]
    imdb_people = spark.createDataFrame(known, "person STRING, nconst STRING, birth_year INT")
    expected = rows(
        DIM_PERSON,
        (None, "X", "nm1", 1970),
        (None, "Y", "nm2", None),
        (None, "Z", None, None),
        (-1, "Unknown", None, None),
    )
    assert_same(dimensions.dim_person(latest, imdb_people, one_row), keyed(expected, "person_key", "person"))


def test_without_titles_dim_title_is_the_unknown_member(spark, rows, imdb_titles, dim_rating, one_row):
    nothing = spark.createDataFrame([], LATEST)
    assert_same(dimensions.dim_title(nothing, imdb_titles, dim_rating, one_row), rows(DIM_TITLE, UNKNOWN_TITLE))


def test_without_titles_dim_rating_is_the_unknown_member(spark, rows, known_ratings, one_row):
    nothing = spark.createDataFrame([], "rating STRING")
    assert_same(dimensions.dim_rating(nothing, known_ratings, one_row), rows(DIM_RATING, UNKNOWN_RATING))


def test_a_known_rating_is_known_once_with_an_audience():
    ratings = dimensions.known_ratings()
    assert len({rating for rating, _, _ in ratings}) == len(ratings) == 14
    assert {audience for _, audience, _ in ratings} == {"Kids", "Older Kids", "Teens", "Adults", "Not Rated"}
    assert {rating for rating, _, age in ratings if age is None} == {"NR", "UR"}
