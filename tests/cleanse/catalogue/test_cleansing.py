"""Typed and repaired columns of titles, and what identifies a title."""

from datetime import date

import pytest
from pyspark.sql import functions as F

from cleanse.catalogue.cleansing import cleanse_titles, release_year, with_identity
from tests.helpers.frames import assert_column, assert_same_rows

# Of a title with letters outside ASCII, and of one without a name: what version 0.2 made of them.
KEYS_OF_0_2 = [7970997470325675876, -7457125861129581179]


YEARS = {
    ("2020", None): 2020,
    (" 2020 ", None): 2020,
    ("2020.0", None): 2020,
    ("2020.", None): 2020,
    ("2,020", None): 2020,
    ("20,20", None): None,
    ("2020.5", None): None,
    ("20200", None): None,
    ("soon", None): None,
    (None, "August 14, 2020"): 2020,
    (None, "2020-08-14"): 2020,
    (None, "14/8/2020"): 2020,
    (None, "14/8/20"): None,
    (None, "20201"): None,
    ("2019", "2020-08-14"): 2019,
    (None, None): None,
}


def test_release_year_reads_a_year_or_that_of_the_date_of_release(spark):
    rows = [(*texts, year) for texts, year in YEARS.items()]
    texts = spark.createDataFrame(rows, "year STRING, release_date STRING, expected INT")
    assert_column(texts, release_year(F.col("year"), F.col("release_date")))


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


@pytest.mark.costly_on_spark
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


@pytest.mark.costly_on_spark
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
