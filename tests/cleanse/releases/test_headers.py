import json
from collections import Counter

import pytest
from pyspark.sql import functions as F

from bronze.feeds import FEEDS, Feed, SourceColumn
from cleanse.releases.headers import CLASHING, files_of, matched_headers, spaced, with_columns_by_name
from tests.helpers.frames import assert_same_rows

FEED = Feed(
    name="films",
    folder="films",
    comment="",
    columns=(
        SourceColumn("title", "", ("name",)),
        SourceColumn("cast", "", ("cast members", "actors")),
        SourceColumn("rating", "", ("age rating",)),
        SourceColumn("release_year", "", ("year",)),
    ),
    options={},
    alternatives=(SourceColumn("minutes", "", ("runtime",), replaces=("rating",)),),
    qualifiers=("show", "movie", "viewer"),
)
BY = FEED.file_columns


@pytest.fixture
def bronze(rows):
    """Bronze rows of (file, own columns, rescued columns)."""

    def row(file, own, rescued):
        text = json.dumps({**rescued, "_file_path": file}) if rescued else None
        return {**own, "_rescued_data": text, "_source_file": file}

    return lambda *cells: rows(FEED.table, *[row(*given) for given in cells])


def files(rows):
    """One row per file, as `matched_headers` takes it."""
    return files_of(rows, FEED).withColumn("rescued_headers", F.array_sort("rescued_headers"))


@pytest.fixture
def matched(bronze):
    """What each header of one file's rescued columns is matched to, and how."""

    def match(*headers, own=()):
        rows = matched_headers(files(bronze(("a", dict.fromkeys(own, "x"), dict.fromkeys(headers, "x")))), FEED, BY)
        return {row["header"]: (row["column"], row["how"]) for row in rows.collect()}

    return match


LEFT = (None, None)


def test_spaced_cuts_a_header_at_white_space_capitals_and_meaningless_signs(spark):
    rows = [
        ("release_year", "release year"),
        (" Release\u00a0 Year ", "release year"),
        ("releaseYear", "release year"),
        ("RELEASE_YEAR", "release year"),
        ("cast", "cast"),
        ("_c12", "c12"),
        ("__", ""),
        ('title"', "title"),
        ("'Release-Year'", "release year"),
        ("listed.in:", "listed in"),
        ("\x07show_id\x1a", "show id"),
        ("\u202atitle\u202c", "title"),
        ("ï»¿show_id", "show id"),
        (f"a{' ' * 10_000}b", "a b"),
        (None, None),
    ]
    expected = spark.createDataFrame(rows, "header STRING, words STRING")
    assert_same_rows(expected.select("header", spaced(F.col("header")).alias("words")), expected)


def test_found_columns_are_those_with_a_value_anywhere_in_the_file(spark, bronze):
    rows = bronze(("a", {"title": "x"}, {}), ("a", {"rating": "x"}, {}), ("b", {}, {"name": "x"}))
    expected = spark.createDataFrame(
        [("a", ["title", "rating"]), ("b", [])], "_source_file STRING, filled_columns ARRAY<STRING>"
    )
    assert_same_rows(files(rows).select("_source_file", "filled_columns"), expected)


def test_rescued_headers_are_those_of_any_row_of_the_file(spark, bronze):
    rows = bronze(("a", {}, {"x": "1", "y": "2"}), ("a", {}, {"y": "3"}), ("a", {"title": "x"}, {}), ("b", {}, {}))
    expected = spark.createDataFrame(
        [("a", ["x", "y"]), ("b", [])], "_source_file STRING, rescued_headers ARRAY<STRING>"
    )
    assert_same_rows(files(rows).select("_source_file", "rescued_headers"), expected)


def test_matched_headers_is_one_row_per_file_and_header(spark, bronze):
    rows = bronze(
        ("a", {"title": "x"}, {"stars": "x", "ACTORS": "y"}),
        ("a", {"title": "x"}, {"stars": "z"}),
        ("b", {}, {"movie title": "x"}),
        ("c", {"title": "x"}, {}),
    )
    expected = spark.createDataFrame(
        [
            ("a", "stars", None, None, None),
            ("a", "ACTORS", "cast", "synonym", 5),
            ("b", "movie title", "title", "last word", 0),
        ],
        "_source_file STRING, header STRING, column STRING, how STRING, rank INT",
    )
    assert_same_rows(matched_headers(files(rows), FEED, BY), expected)


@pytest.mark.parametrize(
    "header", ["Release Year", "RELEASE_YEAR", " release_year", "releaseYear", "release\u00a0year"]
)
def test_matched_headers_match_a_name_without_case_spaces_and_underscores(matched, header):
    assert matched(header) == {header: ("release_year", "name")}


def test_matched_headers_match_synonyms(matched):
    assert matched("Cast_Members", "Year") == {
        "Cast_Members": ("cast", "synonym"),
        "Year": ("release_year", "synonym"),
    }


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("movie_title", "title"),
        ("movieTitle", "title"),
        ("Show Name", "title"),
        ("viewer_rating", "rating"),
        ("viewer age rating", "rating"),
        ("show_release_year", "release_year"),
        ("movie_show_year", "release_year"),
    ],
)
def test_matched_headers_match_a_last_word_behind_neutral_words(matched, header, column):
    assert matched(header) == {header: (column, "last word")}


@pytest.mark.parametrize(
    "header", ["imdb_rating", "imdb_viewer_rating", "subtitle", "rating_source", "rating2", "show"]
)
def test_matched_headers_leave_a_foreign_header_over(matched, header):
    assert matched(header) == {header: LEFT}


def test_matched_headers_take_no_last_word_where_the_column_is_found_by_its_own_name(matched):
    assert matched("viewer_rating", own=["rating"]) == {"viewer_rating": LEFT}


def test_matched_headers_take_no_last_word_where_the_column_is_found_by_a_synonym(matched):
    assert matched("viewer_rating", "age rating") == {"viewer_rating": LEFT, "age rating": ("rating", "synonym")}


def test_matched_headers_take_no_last_word_of_which_there_are_two(matched):
    assert matched("movie_title", "show_name") == {"movie_title": LEFT, "show_name": LEFT}
    assert matched("viewer_rating", "imdb_rating") == {"viewer_rating": LEFT, "imdb_rating": LEFT}


def test_matched_headers_take_no_last_word_of_a_header_that_is_a_name_itself(matched):
    assert matched("age rating") == {"age rating": ("rating", "synonym")}


def test_matched_headers_match_a_column_that_the_feed_knows_and_bronze_lacks(matched):
    assert matched("Minutes", "movie_runtime") == {"Minutes": ("minutes", "name"), "movie_runtime": LEFT}
    assert matched("movie_runtime") == {"movie_runtime": ("minutes", "last word")}


def test_matched_headers_match_a_name_that_the_file_has_several_times(matched):
    """Spark puts its place behind such a name, and an underscore where that is a name of the file."""
    assert matched("Release Year2", "Release Year10_", "year3") == {
        "Release Year2": ("release_year", "name"),
        "Release Year10_": ("release_year", "name"),
        "year3": LEFT,
    }
    assert matched("ACTORS3", "actors7") == {"ACTORS3": ("cast", "synonym"), "actors7": ("cast", "synonym")}
    assert matched("rating 1", "rating 2") == {"rating 1": LEFT, "rating 2": LEFT}
    assert matched("movie_title3", "movie_title4") == {"movie_title3": LEFT, "movie_title4": LEFT}


@pytest.mark.parametrize("feed", [feed for feed in FEEDS if feed.alternatives or feed.has_releases])
def test_each_name_of_a_feed_is_of_one_column(feed):
    names = [
        name.lower().replace("_", " ") for column in feed.known_columns for name in (column.name, *column.synonyms)
    ]
    assert [name for name, times in Counter(names).items() if times > 1] == []


def values(spark, rows):
    return spark.createDataFrame(rows, "_source_file STRING, title STRING, cast STRING")


def found(bronze_rows):
    return with_columns_by_name(bronze_rows, files(bronze_rows), FEED).select("_source_file", "title", "cast")


def test_by_name_fills_a_column_from_the_headers_that_were_matched_to_it(spark, bronze):
    rows = bronze(
        ("a", {"title": "own"}, {"cast_members": "A"}),
        ("b", {}, {"movie_title": "T", "Actors": "B", "stars": "?"}),
        ("c", {}, {"stars": "?"}),
        ("d", {}, {}),
    )
    expected = values(spark, [("a", "own", "A"), ("b", "T", "B"), ("c", None, None), ("d", None, None)])
    assert_same_rows(found(rows), expected)


def test_by_name_takes_the_own_cell_first_then_synonyms_in_their_order(spark, bronze):
    rows = bronze(
        ("a", {"cast": "own"}, {"actors": "2", "cast members": "1"}),
        ("a", {}, {"actors": "2", "cast members": "1"}),
        ("a", {}, {"actors": "2", " cast": "0"}),
        ("a", {}, {"actors": "2"}),
    )
    expected = values(spark, [("a", None, "own"), ("a", None, "1"), ("a", None, "0"), ("a", None, "2")])
    assert_same_rows(found(rows), expected)


def test_by_name_takes_the_first_of_several_columns_of_one_name(spark, bronze):
    rows = bronze(
        ("a", {}, {"Actors10": "2", "Actors9": "1", "title": "t"}),
        ("a", {}, {"Actors10": "2"}),
        ("b", {}, {"Actors10": "2"}),
    )
    assert_same_rows(found(rows), values(spark, [("a", "t", "1"), ("a", None, "2"), ("b", None, None)]))


def test_by_name_reads_an_alternative_beside_the_column(spark, bronze):
    rows = bronze(("a", {"rating": "own"}, {"runtime": "1"}), ("a", {}, {"runtime": "2"}), ("b", {"rating": "own"}, {}))
    expected = spark.createDataFrame(
        [("a", "own", "1"), ("a", None, "2"), ("b", "own", None)], "_source_file STRING, rating STRING, minutes STRING"
    )
    actual = with_columns_by_name(rows, files(rows), FEED).select(expected.columns)
    assert_same_rows(actual, expected)


# What rows of one file have: own cells, other cells, and the columns that have two values.
CLASHES = [
    ({"cast": "A"}, {"actors": "A"}, None),
    ({"cast": "A"}, {"actors": "B"}, "cast"),
    ({"cast": "A"}, {}, None),
    ({}, {"actors": "B"}, None),
    ({}, {"actors": "B", "cast members": "B"}, None),
    ({}, {"actors": "B", "cast members": "A"}, "cast"),
    ({}, {"actors": "B", "cast members": "B", "Cast": "A"}, "cast"),
    ({"rating": "A"}, {"actors": "B", "cast members": "A", "age rating": "B"}, "cast, rating"),
    ({"rating": "A"}, {"actors": "A", "cast members": "A", "age rating": "A", "runtime": "B"}, None),
    ({}, {}, None),
]


def test_by_name_says_which_columns_a_row_has_two_values_for(bronze):
    rows = bronze(*[("a", {"title": str(place), **own}, other) for place, (own, other, _) in enumerate(CLASHES)])
    found = with_columns_by_name(rows, files(rows), FEED).select("bronze_row.title", CLASHING).collect()
    assert {int(row[0]): row[1] for row in found} == {place: clash for place, (*_, clash) in enumerate(CLASHES)}


def test_by_name_decides_for_a_whole_file(spark, bronze):
    """A row without a rating must not take its title from a header that the file has twice."""
    rows = bronze(
        ("a", {}, {"movie_title": "T", "show_title": "U"}),
        ("a", {}, {"movie_title": "T"}),
        ("b", {}, {"movie_title": "T"}),
    )
    expected = values(spark, [("a", None, None), ("a", None, None), ("b", "T", None)])
    assert_same_rows(found(rows), expected)


def test_by_name_keeps_the_row_as_it_came(bronze):
    rows = bronze(("a", {"title": "own"}, {"actors": "A"}), ("b", {}, {}))
    kept = with_columns_by_name(rows, files(rows), FEED).select("bronze_row.*")
    assert_same_rows(kept, rows)
