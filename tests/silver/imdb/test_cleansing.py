"""IMDb's snapshots: the newest valid one is used, its rows are typed, and those that fail a rule are quarantined."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from silver.imdb import cleansing, datasets
from silver.imdb.cleansing import quarantined_rows
from silver.imdb.datasets import IMDB_DATASETS, NAME_BASICS, TITLE_BASICS, TITLE_PRINCIPALS, TITLE_RATINGS
from silver.releases.report import file_report
from tests.helpers.frames import assert_column, assert_same_rows

LANDED = datetime(2026, 1, 1, 12, tzinfo=UTC)
GOOD = {
    TITLE_BASICS: ("tt1", "movie", 'The "Best"', "Le Meilleur", "0", "2020", "\\N", "90", "Drama,War"),
    TITLE_RATINGS: ("tt1", "8.1", "5000"),
    TITLE_PRINCIPALS: ("tt1", "1", "nm1", "actor", "\\N", '["Self"]'),
    NAME_BASICS: ("nm1", "Ann Lee", "1970", "\\N", "actress,producer", "tt1,tt2"),
}
TYPED = {
    TITLE_BASICS: (
        *("tt1", "movie", "Movie", 'The "Best"', "Le Meilleur", False, 2020, None, 90),
        ["Drama", "War"],
    ),
    TITLE_RATINGS: ("tt1", Decimal("8.1"), 5000),
    TITLE_PRINCIPALS: ("tt1", 1, "nm1", "actor", None, '["Self"]'),
    NAME_BASICS: ("nm1", "Ann Lee", 1970, None, ["actress", "producer"], ["tt1", "tt2"]),
}
# By dataset and rule: what a row that fails it has in a column.
BAD = {
    TITLE_BASICS: {
        "valid_tconst": ("tconst", ("nm1", "tt", "\\N", None)),
        "valid_title": ("primaryTitle", ("\\N", " ", None)),
        "valid_title_type": ("titleType", ("\\N", None)),
        "valid_start_year": ("startYear", ("20 20", "1869", "2101", "soon", "٢٠٢٠")),
        "valid_end_year": ("endYear", ("x", "99999999999")),
        "valid_runtime": ("runtimeMinutes", ("Reality-TV", "-1", "1.5")),
    },
    TITLE_RATINGS: {
        "valid_tconst": ("tconst", ("1",)),
        "valid_average_rating": ("averageRating", ("10.1", "0.9", "8,1", "\\N", "nan")),
        "valid_votes": ("numVotes", ("-1", "many", "\\N")),
    },
    TITLE_PRINCIPALS: {
        "valid_tconst": ("tconst", ("1",)),
        "valid_nconst": ("nconst", ("\\N", "tt1")),
        "valid_ordering": ("ordering", ("0", "\\N", "first")),
        "valid_category": ("category", ("\\N",)),
    },
    NAME_BASICS: {
        "valid_nconst": ("nconst", ("1",)),
        "valid_name": ("primaryName", ("\\N",)),
        "valid_birth_year": ("birthYear", ("0", "2101", "c. 1970")),
        "valid_death_year": ("deathYear", ("x",)),
    },
}


def name(dataset):
    return dataset.table.name


@pytest.fixture
def bronze(rows):
    """Bronze rows of a dataset: the good one, each with changes to columns."""

    def make(dataset, *changes, file="a.tsv", modified=LANDED):
        lineage = {"_source_file": f"file:///{file}", "_source_modified_at": modified, "_ingested_at": LANDED}
        good = {**dict(zip(dataset.feed.column_names, GOOD[dataset], strict=True)), **lineage}
        return rows(dataset.feed.table, *[{**good, **change} for change in changes])

    return make


def newest_rows(rows, dataset, used=None):
    releases = file_report(rows, quarantined_rows(rows, dataset, used), dataset.feed)
    return cleansing.newest_rows(rows, releases, dataset, used)


def failed(rows, dataset, used=None):
    return sorted(tuple(row.failed_rules) for row in quarantined_rows(rows, dataset, used).collect())


@pytest.mark.parametrize("dataset", IMDB_DATASETS, ids=name)
def test_rows_are_typed_and_their_nulls_are_nulls(bronze, rows, dataset):
    assert_same_rows(newest_rows(bronze(dataset, {}), dataset), rows(dataset.table, TYPED[dataset]))


def test_every_rule_has_bad_values_here():
    assert {dataset: {*dataset.rules} for dataset in IMDB_DATASETS} == {it: {*BAD[it]} for it in IMDB_DATASETS}


@pytest.mark.parametrize("dataset", IMDB_DATASETS, ids=name)
def test_what_fails_a_rule_is_in_quarantine_as_it_came(bronze, dataset):
    changes = {(rule, text): {column: text} for rule, (column, texts) in BAD[dataset].items() for text in texts}
    key = dataset.feed.column_names[0]
    broken = {"_corrupt_record": "a\tb", **dict.fromkeys(dataset.feed.column_names)}
    rows = bronze(dataset, {}, *changes.values(), broken)
    records = [row for row in quarantined_rows(rows, dataset).collect() if row["_corrupt_record"] is None]
    found = {(tuple(row.failed_rules), *row[: len(dataset.feed.column_names)]) for row in records}
    good = dict(zip(dataset.feed.column_names, GOOD[dataset], strict=True))
    assert found == {((rule,), *{**good, **change}.values()) for (rule, _), change in changes.items()}
    assert any("well_formed_record" in rules for rules in failed(rows, dataset))
    assert [row[0] for row in newest_rows(rows, dataset).collect()] == [good[key]]


@pytest.mark.costly_on_spark
@pytest.mark.parametrize("dataset", IMDB_DATASETS, ids=name)
def test_of_a_repeated_key_one_row_stays(bronze, dataset):
    rows = bronze(dataset, {}, {}, {dataset.feed.column_names[2]: GOOD[dataset][2]})
    assert newest_rows(rows, dataset).count() == 1
    assert failed(rows, dataset) == [(dataset.unique_rule,)] * 2


def test_episodes_and_games_are_left_out_and_are_no_failures(bronze):
    kinds = ("tvEpisode", "videoGame", "tvPilot", "tvSeries", "tvMiniSeries", "short", "tvSpecial", "tvMovie", "video")
    changes = [{"tconst": f"tt{place}", "titleType": kind} for place, kind in enumerate(kinds)]
    rows = bronze(TITLE_BASICS, *changes)
    found = {row.title_type: row.type for row in newest_rows(rows, TITLE_BASICS).collect()}
    movies = dict.fromkeys(("short", "tvSpecial", "tvMovie", "video"), "Movie")
    assert found == {"tvSeries": "TV Show", "tvMiniSeries": "TV Show", **movies}
    assert failed(rows, TITLE_BASICS) == []


def test_only_what_is_used_is_kept_and_its_repeats_alone_are_told(spark, bronze):
    rows = bronze(TITLE_RATINGS, {}, {}, {"tconst": "tt2"}, {"tconst": "tt2"}, {"tconst": "x"})
    used = spark.createDataFrame([("tt1",), ("tt1",), ("tt3",), (None,)], "tconst STRING")
    assert [row.tconst for row in newest_rows(rows, TITLE_RATINGS, used).collect()] == ["tt1"]
    assert failed(rows, TITLE_RATINGS, used) == [("unique_tconst",), ("valid_tconst",)]


def test_the_newest_snapshot_counts_that_has_a_valid_row(bronze):
    old = bronze(TITLE_RATINGS, {"tconst": "tt1"}, file="2026-01-01.tsv")
    new = bronze(TITLE_RATINGS, {"tconst": "tt2"}, file="2026-02-01.tsv")
    cut = bronze(TITLE_RATINGS, {"averageRating": None}, file="2026-03-01.tsv")
    assert [row.tconst for row in newest_rows(old.union(cut).union(new), TITLE_RATINGS).collect()] == ["tt2"]
    # Without dates in the names the dataset that was modified last.
    late = bronze(TITLE_RATINGS, {"tconst": "tt3"}, file="b.tsv", modified=datetime(2026, 5, 1, tzinfo=UTC))
    assert [row.tconst for row in newest_rows(late.union(new), TITLE_RATINGS).collect()] == ["tt3"]


@pytest.mark.costly_on_spark
@pytest.mark.parametrize("dataset", IMDB_DATASETS, ids=name)
def test_without_rows_there_are_none(bronze, rows, dataset):
    nothing = bronze(dataset)
    assert_same_rows(newest_rows(nothing, dataset), rows(dataset.table))
    assert failed(nothing, dataset) == []


def test_numbers_of_data_frames_are_read_and_only_the_mark_is_null(spark):
    rows = [
        ("1994", 1994, None),
        ("1994.0", 1994, None),
        ("2500000.0", 2500000, None),
        ("1994.", 1994, None),
        ("1994.5", None, None),
        ("8.1", None, Decimal("8.1")),
        ("8.10", None, Decimal("8.1")),
        ("8.15", None, None),
        ("8", 8, Decimal("8.0")),
        ("1,994", None, None),
        ("\\N", None, None),
        ("N/A", None, None),
        (None, None, None),
    ]
    expected = spark.createDataFrame(rows, "text STRING, whole INT, score DECIMAL(3,1)")
    actual = expected.select(
        "text", cleansing.whole_number("text").alias("whole"), datasets.score("text").alias("score")
    )
    assert_same_rows(actual, expected)
    names = spark.createDataFrame([("N/A", "N/A"), ("None", "None"), ("\\N", None)], "text STRING, expected STRING")
    assert_column(names, cleansing.value("text"))
