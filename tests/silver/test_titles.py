from datetime import date, datetime

import pytest

from silver.titles import BRONZE_COLUMNS, judge, quarantined_titles, valid_titles

COLUMNS = ", ".join(f"`{name}` {'TIMESTAMP' if name.endswith('_at') else 'STRING'}" for name in BRONZE_COLUMNS)
GOOD = {
    "show_id": "s1",
    "type": "Movie",
    "title": "Heat: Reloaded",
    "director": "Ann Lee, Bo Dahl",
    "country": "France, , Japan",
    "date_added": " September 25, 2021",
    "release_year": "2020",
    "rating": "PG-13",
    "duration": "90 min",
    "listed_in": "Dramas, Comedies, Dramas",
    "description": "x",
    "_source_file": "a.csv",
    "_source_modified_at": datetime(2021, 9, 25),
    "_ingested_at": datetime(2021, 9, 26),
}


@pytest.fixture
def bronze(spark):
    def make(*changes):
        rows = [tuple({**GOOD, **change}.get(name) for name in BRONZE_COLUMNS) for change in changes]
        return spark.createDataFrame(rows, COLUMNS)

    return make


def failed(judged):
    return {row.show_id: row.failed_rules for row in judged.collect()}


def test_a_valid_title_is_typed_and_split(bronze):
    (title,) = valid_titles(bronze({})).collect()
    assert (title.type_flag, title.short_title, title.directors) == (1, "Heat", ["Ann Lee", "Bo Dahl"])
    assert (title.countries, title.genres, title.cast) == (["France", "Japan"], ["Dramas", "Comedies"], [])
    assert (title.date_added, title.release_year) == (date(2021, 9, 25), 2020)
    assert (title.duration_minutes, title.seasons) == (90, None)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"show_id": " "}, "valid_show_id"),
        ({"title": "\u200b\u00a0"}, "valid_title"),
        ({"title": None}, "valid_title"),
        ({"type": "Podcast"}, "valid_type"),
        ({"type": None}, "valid_type"),
        ({"release_year": "soon"}, "valid_release_year"),
        ({"release_year": None}, "valid_release_year"),
        ({"release_year": "1492"}, "valid_release_year"),
        ({"date_added": "one fine day"}, "valid_date_added"),
        ({"duration": "long"}, "valid_duration"),
        ({"_corrupt_record": "s1,Movie"}, "well_formed_record"),
    ],
)
def test_a_row_that_breaks_a_rule_is_quarantined_as_it_came_under_that_rule(bronze, change, rule):
    rows = bronze(change, {"show_id": "s2", "title": "Another"})
    (row,) = quarantined_titles(rows).collect()
    assert row.failed_rules == [rule]
    assert row.date_added == {**GOOD, **change}["date_added"]
    assert row._source_file == "a.csv"
    assert valid_titles(rows).count() == 1


@pytest.mark.parametrize(
    ("change", "column", "expected"),
    [
        ({"rating": "74 min", "duration": None}, "duration_minutes", 74),
        ({"rating": "74 min", "duration": None}, "rating", None),
        ({"rating": "74 min", "duration": "90 min"}, "duration_minutes", 90),
        ({"type": "tv show", "duration": "2 Seasons"}, "type", "TV Show"),
        ({"type": "tv show", "duration": "2 Seasons"}, "seasons", 2),
        ({"duration": None}, "duration_minutes", None),
        ({"date_added": None}, "date_added", None),
        ({"director": "Not Given"}, "directors", []),
        ({"release_year": "2020.0"}, "release_year", 2020),
        ({"cast": None, "_rescued_data": '{"cast_members": "Cy Ng"}'}, "cast", ["Cy Ng"]),
    ],
)
def test_repairs(bronze, change, column, expected):
    (title,) = valid_titles(bronze(change)).collect()
    assert title[column] == expected


def test_a_title_is_its_type_title_year_and_directors_not_its_show_id(bronze):
    rows = bronze(
        {"show_id": "s1", "_source_file": "a.csv"},
        {"show_id": "s7", "_source_file": "b.csv", "title": " heat:\u00a0 RELOADED \u200b"},
        {"show_id": "s2", "release_year": "2021"},
        {"show_id": "s3", "director": None},
        {"show_id": "s4", "type": "TV Show"},
    )
    keys = {row.show_id: row.title_key for row in valid_titles(rows).collect()}
    assert keys["s1"] == keys["s7"]
    assert len(set(keys.values())) == 4


def test_of_a_releases_rows_with_one_identity_the_one_added_last_wins_then_the_smallest_show_id(bronze):
    same = [
        {"show_id": "s9", "date_added": "2021-01-02"},
        {"show_id": "s10", "date_added": "2021-01-02"},
        {"show_id": "s1", "date_added": "2021-01-01"},
        {"show_id": "s0", "date_added": None},
        {"show_id": "s2", "_source_file": "another release"},
        {"show_id": "s3", "release_year": None, "date_added": "2022-01-01"},
    ]
    assert failed(judge(bronze(*same))) == {
        "s10": [],
        "s9": ["unique_title"],
        "s1": ["unique_title"],
        "s0": ["unique_title"],
        "s2": [],
        "s3": ["valid_release_year"],
    }


def test_every_row_is_valid_or_quarantined_and_none_both(bronze):
    rows = bronze(
        {}, {"title": None}, {"type": None}, {"show_id": None}, {"show_id": "s5", "title": "B"}, {"show_id": "s6"}
    )
    assert valid_titles(rows).count() + quarantined_titles(rows).count() == 6
