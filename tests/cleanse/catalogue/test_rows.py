"""Rows of catalogue releases: what leaves a row out, and which cells become unknown."""

from datetime import UTC, date, datetime

import pytest

from cleanse.catalogue.rows import (
    FIRST_YEAR,
    LAST_YEAR,
    LISTS,
    LONGEST_LIST,
    LONGEST_MOVIE,
    MAX_SEASONS,
    TITLE_ROWS,
    title_rows,
)
from cleanse.releases.cells import LONGEST_VALUE
from tests.helpers.frames import assert_same_rows

COLUMNS = {column.name: column.type for column in TITLE_ROWS.columns}
SHOW = {"type": "TV Show", "duration": "2 Seasons"}
MANY = ",".join(map(str, range(1, LONGEST_LIST + 2)))


def typed(spark, rows, *columns):
    """Rows of columns as the specification types them."""
    return spark.createDataFrame(rows, ", ".join(f"`{name}` {COLUMNS[name]}" for name in columns))


def unreadable(row):
    return [(cell.rule, cell.value) for cell in row.unreadable]


@pytest.fixture
def checked(cells):
    """The checked rows of changes to a good row, in the order of the changes; each is a release of its own."""

    def check(changes):
        files = [f"titles/{place:03}/{change.get('_source_file', 'a.csv')}" for place, change in enumerate(changes)]
        rows = cells(*[{**change, "_release": file} for file, change in zip(files, changes, strict=True)])
        return sorted(title_rows(rows).collect(), key=lambda row: row["_release"])

    return check


def test_title_rows_are_typed_split_and_folded(spark, cells):
    expected = {
        "_release": "titles/a.csv",
        "release": "titles/a.csv",
        "released_at": datetime(2021, 9, 25),
        "ordered_by": "modification time",
        "undecided_date": None,
        "release_ingested_at": datetime(2021, 9, 26),
        "last_day": date(2021, 9, 25),
        "_source_file": "a.csv",
        "show_id": "s1",
        "type": "Movie",
        "type_flag": 1,
        "title": "Heat: Reloaded",
        "short_title": "Heat",
        "directors": ["Ann Lee", "Bo Dahl"],
        "cast": [],
        "countries": ["France", "Japan"],
        "genres": ["Dramas", "Comedies"],
        "date_added": date(2021, 9, 25),
        "release_year": 2020,
        "rating": "PG-13",
        "duration_minutes": 90,
        "seasons": None,
        "description": "x",
        "failed_rules": [],
        "unreadable": [],
        "bronze_row": None,
    }
    rows = title_rows(cells({}))
    assert set(expected) == {*TITLE_ROWS.column_names} - {"title_key"}
    assert_same_rows(rows.select(*expected), typed(spark, [tuple(expected.values())], *expected))


def test_title_rows_have_the_columns_of_the_table(cells, rows):
    assert_same_rows(title_rows(cells()), rows(TITLE_ROWS))


CATEGORY = '{"Category": "Movie"}'
REPAIRED = [
    ({"type": "tv show", "duration": "2 Seasons"}, "type", "TV Show"),
    ({"type": "tv show", "duration": "2 Seasons"}, "seasons", 2),
    ({"rating": "74 min", "duration": None}, "duration_minutes", 74),
    ({"duration": None}, "duration_minutes", None),
    ({"duration": f"{LONGEST_MOVIE} min"}, "duration_minutes", LONGEST_MOVIE),
    ({**SHOW, "duration": f"{MAX_SEASONS} Seasons"}, "seasons", MAX_SEASONS),
    ({**SHOW, "duration": None}, "seasons", None),
    ({"date_added": None}, "date_added", None),
    ({"date_added": "2021-9-5 00:00:00"}, "date_added", date(2021, 9, 5)),
    ({"date_added": "Sep 25, 2021"}, "date_added", date(2021, 9, 25)),
    ({"director": "Not Given"}, "directors", []),
    ({"release_year": "2020.0"}, "release_year", 2020),
    ({"release_year": str(FIRST_YEAR)}, "release_year", FIRST_YEAR),
    ({"release_year": str(LAST_YEAR)}, "release_year", LAST_YEAR),
    ({"release_year": "2,020"}, "release_year", 2020),
    ({"duration": None, "_rescued_data": '{"runtime": "51.0"}'}, "duration_minutes", 51),
    ({"duration": None, "type": "SHOW", "_rescued_data": '{"runtime": "51", "seasons": "2.0"}'}, "seasons", 2),
    ({"type": "Series", "duration": "3"}, "type", "TV Show"),
    ({"type": "Dramas, War", "listed_in": None, "_rescued_data": CATEGORY}, "genres", ["Dramas", "War"]),
    ({"type": "Dramas, War", "listed_in": None, "_rescued_data": CATEGORY}, "type", "Movie"),
    ({"release_year": None, "_rescued_data": '{"Release_Date": "August 14, 2020"}'}, "release_year", 2020),
    ({"country": "France/Japan"}, "countries", ["France", "Japan"]),
    *[({name: "0"}, column, []) for name, column in LISTS.items()],
    *[({name: "Missing Data"}, column, []) for name, column in LISTS.items()],
    ({"cast": "Ann, NaN, unknown"}, "cast", ["Ann"]),
    ({"rating": "nan"}, "rating", None),
    ({"date_added": "NaN"}, "date_added", None),
    ({"date_added": "1970-01-01"}, "date_added", None),
    ({"duration": "N/A"}, "duration_minutes", None),
    ({"description": "not available"}, "description", None),
    *[({"title": word}, "title", word) for word in ("NA", "Unknown", "0", "None")],
    ({"show_id": "None"}, "show_id", "None"),
    ({"cast": None, "_rescued_data": '{"cast_members": "Cy Ng"}'}, "cast", ["Cy Ng"]),
    ({"title": None, "_rescued_data": '{"movie_title": "Heat"}'}, "title", "Heat"),
]


def test_title_rows_repair(checked):
    rows = checked([change for change, _, _ in REPAIRED])
    found = [(change, column, row[column]) for (change, column, _), row in zip(REPAIRED, rows, strict=True)]
    assert found == REPAIRED
    assert [(row.failed_rules, row.unreadable) for row in rows] == [([], [])] * len(rows)


LEFT_OUT = [
    ({"show_id": " "}, "valid_show_id"),
    ({"show_id": "\\N"}, "valid_show_id"),
    ({"title": "\u200b\u00a0"}, "valid_title"),
    ({"title": None}, "valid_title"),
    ({"type": "Podcast"}, "valid_type"),
    ({"type": None}, "valid_type"),
    ({"release_year": "soon"}, "valid_release_year"),
    ({"release_year": None}, "valid_release_year"),
    ({"release_year": str(FIRST_YEAR - 1)}, "valid_release_year"),
    ({"release_year": str(LAST_YEAR + 1)}, "valid_release_year"),
    ({"_corrupt_record": "s1,Movie"}, "well_formed_record"),
]


def test_title_rows_are_left_out_for_who_they_are_and_keep_the_unchanged_row(bronze, checked):
    changes = [change for change, _ in LEFT_OUT]
    good, *rows = checked([{}, *changes])
    assert (good.failed_rules, good.bronze_row) == ([], None)
    assert [row.failed_rules for row in rows] == [[rule] for _, rule in LEFT_OUT]
    unchanged = bronze(*[{**change, "_release": row["_release"]} for change, row in zip(changes, rows, strict=True)])
    assert [row.bronze_row for row in rows] == sorted(unchanged.collect(), key=lambda row: row["_release"])


UNREADABLE = [
    ({"date_added": "one fine day"}, ["valid_date_added"], {"date_added": None}),
    ({"date_added": "1/1/9999"}, ["plausible_date_added"], {"date_added": None}),
    ({"rating": "7.8"}, ["valid_rating"], {"rating": None}),
    ({"duration": "long"}, ["valid_duration"], {"duration_minutes": None, "seasons": None}),
    ({"duration": "0 min"}, ["plausible_duration"], {"duration_minutes": None}),
    ({"duration": f"{LONGEST_MOVIE + 1} min"}, ["plausible_duration"], {"duration_minutes": None}),
    ({**SHOW, "duration": f"{MAX_SEASONS + 1} Seasons"}, ["plausible_duration"], {"seasons": None}),
    ({"duration": "2 Seasons"}, ["length_fits_type"], {"duration_minutes": None, "seasons": None}),
    ({**SHOW, "duration": "90 min"}, ["length_fits_type"], {"duration_minutes": None, "seasons": None}),
    (
        {"rating": "2 Seasons", "duration": None},
        ["length_fits_type"],
        {"duration_minutes": None, "seasons": None, "rating": None},
    ),
    (
        {"duration": "0 Seasons"},
        ["plausible_duration", "length_fits_type"],
        {"duration_minutes": None, "seasons": None},
    ),
]


def test_a_cell_that_cannot_be_read_is_unknown_and_counted_and_its_row_stays(checked):
    rows = checked([change for change, _, _ in UNREADABLE])
    for row, (change, rules, columns) in zip(rows, UNREADABLE, strict=True):
        text = change.get("date_added") or change.get("duration") or change["rating"]
        assert unreadable(row) == [(rule, text) for rule in rules], change
        assert {name: row[name] for name in columns} == columns, change
        assert (row.failed_rules, row.title, row.directors) == ([], "Heat: Reloaded", ["Ann Lee", "Bo Dahl"])


LIST_RULES = ("plausible_directors", "plausible_cast", "plausible_countries", "plausible_genres")


@pytest.mark.costly_on_spark
def test_a_cell_with_too_many_names_is_an_empty_list_and_its_text_is_cut(checked):
    row, most = checked([dict.fromkeys(LISTS, MANY), {"cast": MANY.partition(",")[2]}])
    assert unreadable(row) == [(rule, MANY[:LONGEST_VALUE]) for rule in LIST_RULES]
    assert {name: row[name] for name in LISTS.values()} == {name: [] for name in LISTS.values()}
    assert row.failed_rules == []
    assert (len(most["cast"]), most.unreadable) == (LONGEST_LIST, [])


@pytest.mark.costly_on_spark
def test_a_row_with_two_values_for_a_column_has_the_first_and_is_counted(checked):
    (row,) = checked([{"cast": "Ann", "_rescued_data": '{"Actors": "Bo"}'}])
    assert (row.cast, unreadable(row)) == (["Ann"], [("one_value_per_column", "cast")])


@pytest.mark.costly_on_spark
def test_a_row_that_is_left_out_also_counts_its_cells(checked):
    (row,) = checked([{"title": None, "duration": "long", "rating": "7.8"}])
    assert row.failed_rules == ["valid_title"]
    assert unreadable(row) == [("valid_rating", "7.8"), ("valid_duration", "long")]


@pytest.mark.costly_on_spark
def test_104_a_file_with_evidence_for_both_orders_is_not_decided(cells):
    dates = {
        "9/25/2021": [],
        "25/9/2020": [],
        "9/5/2021": ["ambiguous_date_order"],
        "5/5/2021": [],
        "2021-09-05": [],
        "September 5, 2021": [],
        "31/31/2021": ["valid_date_added"],
    }
    rows = title_rows(cells(*[{"title": text, "date_added": text} for text in dates])).collect()
    assert {row.title: unreadable(row) for row in rows} == {
        text: [(rule, text) for rule in rules] for text, rules in dates.items()
    }
    assert {row.title for row in rows if row.date_added is None} == {text for text, rules in dates.items() if rules}
    assert [row.failed_rules for row in rows] == [[]] * len(dates)


@pytest.mark.costly_on_spark
def test_late_part_files_turn_no_date_of_the_first_ones_around(cells):
    """History has taken these in, and a full refresh has to give the same."""
    first, late = (
        {
            "title": text,
            "date_added": text,
            "_release": "titles/p",
            "_source_file": f"file:///l/titles/p/part-0000{number}.csv",
            "_ingested_at": datetime(2021, 12, 1 + number, tzinfo=UTC),
        }
        for number, text in enumerate(("9/5/2021", "25/9/2021"))
    )
    rows = title_rows(cells(first, late)).filter("title = '9/5/2021'").collect()
    assert [row.date_added for row in rows] == [date(2021, 9, 5)]


@pytest.mark.costly_on_spark
def test_104_one_bad_date_does_not_turn_a_files_dates_around(spark, cells):
    dates = {"9/5/2021": date(2021, 9, 5), "9/25/2021": date(2021, 9, 25), "12/1/2020": date(2020, 12, 1)}
    rows = title_rows(cells(*[{"title": text, "date_added": text} for text in (*dates, "31/31/2021")]))
    expected = [*dates.items(), ("31/31/2021", None)]
    assert_same_rows(rows.select("title", "date_added"), typed(spark, expected, "title", "date_added"))


# A date, the name of the file, when it was modified, and whether the date is plausible.
ADDED = [
    ("2007-01-15", "a.csv", datetime(2021, 9, 25), False),
    ("2007-01-16", "a.csv", datetime(2021, 9, 25), True),
    ("2021-09-26", "a.csv", datetime(2021, 9, 25), True),
    ("2021-09-27", "a.csv", datetime(2021, 9, 25), False),
    ("2021-09-27", "a_2021_09.csv", datetime(2000, 1, 1), True),
    ("2021-10-01", "a_2021_09.csv", datetime(2022, 1, 1), True),
    ("2021-10-02", "a_2021_09.csv", datetime(2022, 1, 1), False),
    # Bronze ingested it on 26 September.
    ("2021-09-27", "a.csv", datetime(1980, 1, 1), True),
    ("2021-09-28", "a.csv", datetime(1980, 1, 1), False),
    ("2021-09-28", "a.csv", datetime(2300, 1, 1), False),
    ("25-Sep-99", "a.csv", datetime(2021, 9, 25), False),
    ("September 25, 0021", "a.csv", datetime(2021, 9, 25), False),
    ("1/1/9999", "a.csv", datetime(2021, 9, 25), False),
    ("2101-01-01", "a_2100-12-31.csv", datetime(2021, 9, 25), False),
    (None, "a.csv", datetime(2021, 9, 25), True),
]


def test_113_a_title_is_added_after_streaming_began_and_before_its_release(checked):
    rows = checked(
        [{"date_added": day, "_source_file": file, "_source_modified_at": modified} for day, file, modified, _ in ADDED]
    )
    for row, (day, *release, is_plausible) in zip(rows, ADDED, strict=True):
        assert unreadable(row) == ([] if is_plausible else [("plausible_date_added", day)]), (day, release)
        assert (row.date_added is None, row.failed_rules) == (day is None or not is_plausible, [])


@pytest.mark.costly_on_spark
def test_every_row_is_there_once(cells):
    rows = cells(
        {}, {"title": None}, {"type": None}, {"show_id": None}, {"show_id": "s5", "title": "B"}, {"show_id": "s6"}
    )
    failed = [bool(row.failed_rules) for row in title_rows(rows).collect()]
    assert (failed.count(True), failed.count(False)) == (4, 2)
