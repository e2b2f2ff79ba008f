"""Titles of the catalogue and people at IMDb: matched where one alone can be meant, never guessed."""

from datetime import datetime

import pytest
from pyspark.sql import functions as F

from silver.imdb.files import NAME_BASICS, TITLE_BASICS, TITLE_PRINCIPALS
from silver.imdb.title_matches import (
    IMDB_MATCHES,
    IMDB_PEOPLE_MATCHES,
    comparable,
    imdb_matches,
    imdb_people_matches,
    matched_people,
    matched_titles,
)
from tests.helpers.frames import assert_same_rows

GONE = datetime(2026, 1, 1)
LATEST = (
    "title_key BIGINT, type STRING, title STRING, release_year INT, __END_AT TIMESTAMP, "
    "directors ARRAY<STRING>, cast ARRAY<STRING>"
)


@pytest.fixture
def latest(spark):
    """Latest versions of titles: name and year, and what else is given."""

    def make(*titles):
        rows = [
            (place, title.get("type", "Movie"), title["title"], title.get("year", 2020), title.get("gone"),
             title.get("directors", []), title.get("cast", []))
            for place, title in enumerate(titles, start=1)
        ]  # fmt: skip
        return spark.createDataFrame(rows, LATEST)

    return make


@pytest.fixture
def basics(spark):
    """IMDb's titles: id, name, year, and what else is given."""

    def make(*titles):
        rows = [
            (tconst, "movie", other.get("type", "Movie"), name, other.get("original", name), False, year, None, 90, [])
            for tconst, name, year, other in titles
        ]
        return spark.createDataFrame(rows, TITLE_BASICS.table.rows_schema)

    return make


def verdicts(matches):
    return sorted((row.title_key, row.tconst, row.verdict) for row in matches.collect())


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
    assert_same_rows(rows.select(comparable(F.col("name")).alias("name")), rows.select(F.col("expected").alias("name")))


def test_a_title_is_matched_by_type_name_and_year(latest, basics, spark):
    mine = latest(
        {"title": "The Best: Ever"}, {"title": "Cafe\u0301"}, {"title": "Nobody"}, {"title": "Far", "year": 2014}
    )
    theirs = basics(
        ("tt1", "The best - EVER", 2020, {}),
        ("tt2", "Coffee", 2020, {"original": "Café"}),
        ("tt3", "Nobody", 2020, {"type": "TV Show"}),
        ("tt4", "Far", 2020, {}),
        ("tt5", "Far", 2010, {}),
    )
    expected = [
        (1, "Movie", "The Best: Ever", 2020, True, "tt1", "The best - EVER", "The best - EVER", 2020, "matched",
         "the only title of that type and name, of that year"),
        (2, "Movie", "Cafe\u0301", 2020, True, "tt2", "Coffee", "Café", 2020, "matched",
         "the only title of that type and name, of that year"),
        (3, "Movie", "Nobody", 2020, True, None, None, None, None, "unmatched",
         "IMDb has no title of that type and name"),
        (4, "Movie", "Far", 2014, True, None, None, None, None, "unmatched",
         "IMDb has titles of that type and name, the nearest in time of 2010"),
    ]  # fmt: skip
    matches = imdb_matches(mine, theirs)
    assert_same_rows(matches, spark.createDataFrame(expected, IMDB_MATCHES.rows_schema))
    assert sorted(map(tuple, matched_titles(matches).collect())) == [(1, "tt1"), (2, "tt2")]


def test_of_two_candidates_of_the_year_none_is_guessed(latest, basics):
    theirs = basics(("tt1", "A", 2020, {}), ("tt2", "A", 2020, {}), ("tt3", "A", 2019, {}))
    assert verdicts(imdb_matches(latest({"title": "A"}), theirs)) == [(1, "tt1", "ambiguous"), (1, "tt2", "ambiguous")]


def test_a_year_more_or_less_is_enough_where_it_is_unambiguous(latest, basics):
    mine = latest({"title": "A"}, {"title": "B"}, {"title": "C"}, {"title": "D"})
    theirs = basics(
        *(("tt1", "A", 2021, {}), ("tt2", "B", 2019, {}), ("tt3", "B", 2021, {})),
        *(("tt4", "C", 2018, {}), ("tt5", "D", None, {})),
    )
    assert verdicts(imdb_matches(mine, theirs)) == [
        *((1, "tt1", "matched"), (2, "tt2", "ambiguous"), (2, "tt3", "ambiguous")),
        *((3, None, "unmatched"), (4, None, "unmatched")),
    ]


def test_the_year_itself_comes_before_one_apart(latest, basics):
    mine = latest({"title": "A", "year": 2019}, {"title": "A", "year": 2020})
    both = basics(("tt1", "A", 2019, {}), ("tt2", "A", 2020, {}))
    assert verdicts(imdb_matches(mine, both)) == [(1, "tt1", "matched"), (2, "tt2", "matched")]
    # tt1 is the other title: the second has no candidate that is free.
    one = basics(("tt1", "A", 2019, {}))
    assert verdicts(imdb_matches(mine, one)) == [(1, "tt1", "matched"), (2, "tt1", "unmatched")]
    # The first is tt1 for certain, so tt3 is the second alone.
    apart = basics(("tt1", "A", 2019, {}), ("tt3", "A", 2021, {}))
    assert (1, "tt1", "matched") in verdicts(imdb_matches(mine, apart))


def test_a_candidate_of_two_titles_is_ambiguous_but_not_where_one_of_them_has_left(latest, basics):
    theirs = basics(("tt1", "A", 2020, {}))
    twice = latest({"title": "A"}, {"title": "a"})
    assert verdicts(imdb_matches(twice, theirs)) == [(1, "tt1", "ambiguous"), (2, "tt1", "ambiguous")]
    left = latest({"title": "A"}, {"title": "a", "gone": GONE})
    assert verdicts(imdb_matches(left, theirs)) == [(1, "tt1", "matched"), (2, "tt1", "ambiguous")]
    alone = latest({"title": "A", "gone": GONE})
    assert verdicts(imdb_matches(alone, theirs)) == [(1, "tt1", "matched")]


def test_without_imdb_every_title_is_unmatched(latest, basics):
    assert verdicts(imdb_matches(latest({"title": "A"}, {"title": "B"}), basics())) == [
        (1, None, "unmatched"),
        (2, None, "unmatched"),
    ]


@pytest.fixture
def people(spark):
    """Who IMDb credits: pairs of title and person; each person's name and birth year."""

    def make(credits, names):
        principals = [(tconst, place, nconst, "actor", None, None) for place, (tconst, nconst) in enumerate(credits)]
        known = [(nconst, name, born, None, [], []) for nconst, name, born in names]
        return (
            spark.createDataFrame(principals, TITLE_PRINCIPALS.table.rows_schema),
            spark.createDataFrame(known, NAME_BASICS.table.rows_schema),
        )

    return make


def test_people_are_matched_by_name_within_matched_titles(spark, latest, basics, people):
    mine = latest(
        {"title": "A", "directors": ["Ann Lee"], "cast": ["Ann Lee", "Bo Dahl", "Di Po"]},
        {"title": "B", "cast": ["Ann Lee", "bo  dahl", "Cy Ng", "Di Po"]},
        {"title": "Unmatched", "cast": ["Ed Wu"]},
    )
    matches = imdb_matches(mine, basics(("tt1", "A", 2020, {}), ("tt2", "B", 2020, {}), ("tt3", "C", 2020, {})))
    credits = [
        ("tt1", "nm1"),
        ("tt1", "nm1"),
        ("tt1", "nm2"),
        ("tt2", "nm2"),
        ("tt1", "nm4"),
        ("tt2", "nm5"),
        ("tt3", "nm9"),
    ]
    names = [("nm1", "ANN LEE", 1970), ("nm2", "Bo Dahl", None), ("nm4", "Di Po", 1980), ("nm5", "Di Po", 1990)]
    names += [("nm9", "Ed Wu", 1960)]
    found = imdb_people_matches(mine, matches, *people(credits, names))
    only, two = "the only one of that name in the same titles", "2 people of that name in the same titles"
    expected = [
        ("Ann Lee", "nm1", "ANN LEE", 1970, 1, "matched", only),
        ("Bo Dahl", "nm2", "Bo Dahl", None, 1, "matched", only),
        ("bo  dahl", "nm2", "Bo Dahl", None, 1, "matched", only),
        ("Cy Ng", None, None, None, 0, "unmatched", "IMDb credits nobody of that name in the same titles"),
        ("Di Po", "nm4", "Di Po", 1980, 1, "ambiguous", two),
        ("Di Po", "nm5", "Di Po", 1990, 1, "ambiguous", two),
    ]
    assert_same_rows(found, spark.createDataFrame(expected, IMDB_PEOPLE_MATCHES.rows_schema))
    assert sorted(map(tuple, matched_people(found).collect())) == [
        ("Ann Lee", "nm1", 1970),
        ("Bo Dahl", "nm2", None),
        ("bo  dahl", "nm2", None),
    ]
