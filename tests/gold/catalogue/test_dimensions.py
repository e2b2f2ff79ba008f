from datetime import date, datetime

import pytest
from pyspark.sql import functions as F

from common.keys import surrogate_key
from gold.catalogue import dimensions
from gold.catalogue.dimensions import DIM_GENRE, DIM_PERSON, DIM_RATING, DIM_TITLE, KNOWN_RATING_SCHEMA
from silver.catalogue.titles import TITLES
from silver.imdb.people_matches import IMDB_PEOPLE_MATCHES
from silver.imdb.title_matches import IMDB_MATCHES
from tests.helpers.frames import assert_column, assert_same_rows, keyed

FEB = datetime(2021, 2, 1)
LATEST = (
    "title_key show_id title short_title type type_flag release_year date_added rating duration_minutes seasons "
    "description __END_AT"
)
UNKNOWN_TITLE = {
    **dict.fromkeys(("title", "short_title", "type", "content_age_category"), "Unknown"),
    **dict.fromkeys(("title_key", "type_flag", "rating_key"), -1),
    "in_catalogue": False,
}
MEMBER = (
    "title_key show_id title short_title type type_flag release_year date_added rating_key duration_minutes seasons "
    "content_age_category description imdb_id in_catalogue"
)
UNKNOWN_RATING = (-1, "Unknown", "Unknown", None)


@pytest.fixture
def known_ratings(spark):
    return spark.createDataFrame([("PG-13", "Teens", 13), ("NR", "Not Rated", None)], KNOWN_RATING_SCHEMA)


@pytest.fixture
def imdb_matches(rows):
    matches = [(1, "tt1", "matched"), (2, "tt2", "ambiguous"), (2, None, "unmatched"), (9, "tt9", "matched")]
    return rows(IMDB_MATCHES, *matches, columns="title_key tconst verdict")


@pytest.fixture
def dim_rating(rows):
    return keyed(rows(DIM_RATING, (None, "PG-13", "Teens", 13), UNKNOWN_RATING), "rating_key", "rating")


def test_content_age_category(spark):
    years = [(2020, "Recent"), (2019, "Modern"), (2010, "Modern"), (2009, "Classic"), (None, "Unknown")]
    rows = spark.createDataFrame(years, "year INT, expected STRING")
    assert_column(rows, dimensions.content_age_category(F.col("year")))


def test_dim_title_keeps_a_title_that_left_and_says_so(rows, imdb_matches, dim_rating, one_row):
    added = date(2021, 9, 25)
    latest = [
        (1, "s1", "A: B", "A", "Movie", 1, 2020, added, "PG-13", 90, None, "text", None),
        (2, "s2", "C", "C", "TV Show", 2, 1999, None, None, None, 3, None, FEB),
    ]
    members = [
        (1, "s1", "A: B", "A", "Movie", 1, 2020, added, None, 90, None, "Recent", "text", "tt1", True),
        (2, "s2", "C", "C", "TV Show", 2, 1999, None, -1, None, 3, "Classic", None, None, False),
    ]
    expected = rows(DIM_TITLE, *[dict(zip(MEMBER.split(), member, strict=True)) for member in members], UNKNOWN_TITLE)
    pg_13 = expected.withColumn("rating_key", F.coalesce("rating_key", surrogate_key(F.lit("PG-13"))))
    assert_same_rows(
        dimensions.dim_title(rows(TITLES, *latest, columns=LATEST), imdb_matches, dim_rating, one_row), pg_13
    )


def test_dim_title_points_to_the_unknown_rating_where_dim_rating_has_none(rows, imdb_matches, dim_rating, one_row):
    latest = [(1, "s1", "A", "A", "Movie", 1, 2020, None, "gone", None, None, None, None)]
    titles = dimensions.dim_title(rows(TITLES, *latest, columns=LATEST), imdb_matches, dim_rating, one_row)
    assert sorted(map(tuple, titles.select("title_key", "rating_key").collect())) == [(-1, -1), (1, -1)]


def test_dim_rating_has_audience_and_age_where_they_are_known(rows, known_ratings, one_row):
    titles = rows(TITLES, ("PG-13",), ("PG-13",), ("NR",), ("X",), (None,), columns="rating")
    expected = rows(
        DIM_RATING,
        (None, "PG-13", "Teens", 13),
        (None, "NR", "Not Rated", None),
        (None, "X", "Unknown", None),
        UNKNOWN_RATING,
    )
    assert_same_rows(dimensions.dim_rating(titles, known_ratings, one_row), keyed(expected, "rating_key", "rating"))


def test_dim_genre_has_each_genre_once(rows, one_row):
    titles = rows(TITLES, (["A", "B"],), (["B"],), ([],), (None,), columns="genres")
    expected = keyed(rows(DIM_GENRE, (None, "A"), (None, "B"), (-1, "Unknown")), "genre_key", "genre")
    assert_same_rows(dimensions.dim_genre(titles, one_row), expected)


def test_dim_person_has_each_director_and_actor_once(rows, one_row):
    credits = [(["X"], ["X", "Y"]), ([], ["Y"]), (["Z"], []), (None, None)]
    titles = rows(TITLES, *credits, columns="directors cast")
    known = [("X", "nm1", 1970, "matched"), ("Y", "nm2", None, "matched"), ("W", "nm3", 1980, "matched")]
    others = [("Z", "nm4", 1980, "ambiguous"), ("Z", "nm5", 1990, "ambiguous")]
    matches = rows(IMDB_PEOPLE_MATCHES, *known, *others, columns="person nconst birth_year verdict")
    expected = rows(
        DIM_PERSON,
        (None, "X", "nm1", 1970),
        (None, "Y", "nm2", None),
        (None, "Z", None, None),
        (-1, "Unknown", None, None),
    )
    assert_same_rows(dimensions.dim_person(titles, matches, one_row), keyed(expected, "person_key", "person"))


def test_without_titles_dim_title_is_the_unknown_member(rows, imdb_matches, dim_rating, one_row):
    nothing = rows(TITLES)
    assert_same_rows(dimensions.dim_title(nothing, imdb_matches, dim_rating, one_row), rows(DIM_TITLE, UNKNOWN_TITLE))


def test_without_titles_dim_rating_is_the_unknown_member(rows, known_ratings, one_row):
    assert_same_rows(dimensions.dim_rating(rows(TITLES), known_ratings, one_row), rows(DIM_RATING, UNKNOWN_RATING))


def test_a_known_rating_is_known_once_with_an_audience():
    ratings = dimensions.known_ratings()
    assert len({rating for rating, _, _ in ratings}) == len(ratings) == 14
    assert {audience for _, audience, _ in ratings} == {"Kids", "Older Kids", "Teens", "Adults", "Not Rated"}
    assert {rating for rating, _, age in ratings if age is None} == {"NR", "UR"}
