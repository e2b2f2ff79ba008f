"""Typed and repaired columns of titles, and what identifies a title."""

from datetime import date

from cleanse.catalogue.cleansing import cleanse_titles, with_identity, with_lengths, with_repaired_duration, with_type
from tests.helpers.frames import assert_same_rows

# Of a title with letters outside ASCII, and of one without a name: what version 0.2 made of them.
KEYS_OF_0_2 = [7970997470325675876, -7457125861129581179]


def test_with_repaired_duration_moves_a_duration_out_of_the_rating(spark):
    pairs = {
        ("74 min", None): (None, "74 min"),
        ("74 min", "90 min"): (None, "90 min"),
        ("PG-13", "90 min"): ("PG-13", "90 min"),
        ("PG-13", None): ("PG-13", None),
        (None, "90 min"): (None, "90 min"),
        (None, None): (None, None),
    }
    schema = "rating STRING, duration_text STRING"
    actual = with_repaired_duration(spark.createDataFrame(list(pairs), schema))
    assert_same_rows(actual, spark.createDataFrame(list(pairs.values()), schema))


def test_with_lengths_reads_minutes_and_seasons(spark):
    rows = [
        ("90 min", 90, None),
        ("1 Season", None, 1),
        ("12 Seasons", None, 12),
        ("long", None, None),
        ("90", None, None),
        ("99999999999 min", None, None),
        ("٩٠ min", None, None),
        (None, None, None),
    ]
    expected = spark.createDataFrame(rows, "duration_text STRING, duration_minutes INT, seasons INT")
    assert_same_rows(with_lengths(expected.select("duration_text")), expected)


def test_with_type_spells_a_type_as_the_catalogue_does(spark):
    titles = spark.createDataFrame([("movie",), ("TV SHOW",), ("Podcast",), (None,)], "type STRING")
    expected = spark.createDataFrame(
        [("Movie", 1), ("TV Show", 2), ("Podcast", None), (None, None)], "type STRING, type_flag INT"
    )
    assert_same_rows(with_type(titles), expected)


def test_cleanse_titles_decides_the_order_of_day_and_month_for_a_whole_file(spark, cells):
    rows = cells(
        {"_source_file": "a.csv", "date_added": "5/9/2021"},
        {"_source_file": "a.csv", "date_added": "25/9/2021"},
        {"_source_file": "b.csv", "date_added": "5/9/2021"},
        {"_source_file": "b.csv", "date_added": None},
    )
    expected = spark.createDataFrame(
        [
            ("a.csv", date(2021, 9, 5)),
            ("a.csv", date(2021, 9, 25)),
            ("b.csv", date(2021, 5, 9)),
            ("b.csv", None),
        ],
        "_source_file STRING, date_added DATE",
    )
    assert_same_rows(cleanse_titles(rows).select("_source_file", "date_added"), expected)


def test_with_identity_takes_type_title_year_and_directors_and_nothing_else(cells):
    rows = cells(
        {"show_id": "s1"},
        {"show_id": "s2", "title": " heat:\u00a0 RELOADED \u200b", "rating": None, "description": "y"},
        {"show_id": "s3", "release_year": "2021"},
        {"show_id": "s4", "director": None},
        {"show_id": "s5", "type": "TV Show"},
        {"show_id": "s6", "title": "Heat"},
    )
    keys = {row["show_id"]: row["title_key"] for row in with_identity(cleanse_titles(rows)).collect()}
    assert keys["s1"] == keys["s2"]
    assert len(set(keys.values())) == 5


def test_128_a_title_is_told_by_its_letters_however_they_are_written(cells):
    rows = cells(
        {"show_id": "composed", "title": "Caf\u00e9", "director": "Ren\u00e9"},
        {"show_id": "decomposed", "title": "CAFE\u0301", "director": "Rene\u0301"},
        {"show_id": "separator", "title": "a\x1f2020", "release_year": "2021", "director": None},
        {"show_id": "another", "title": "a", "release_year": "2020", "director": "2021\x1f"},
    )
    keys = {row["show_id"]: row["title_key"] for row in with_identity(cleanse_titles(rows)).collect()}
    assert keys["composed"] == keys["decomposed"]
    assert len(set(keys.values())) == 3


def test_128_the_keys_of_lakes_that_are_there_stay(cells):
    rows = cells({"title": "Caf\u00e9: Reloaded"}, {"title": None, "director": None})
    assert [row["title_key"] for row in with_identity(cleanse_titles(rows)).collect()] == KEYS_OF_0_2
