"""IMDb's snapshots: the newest valid one counts, its rows are typed, what fails a rule is in quarantine."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from silver.imdb import cleansing as snapshots
from silver.imdb.cleansing import quarantined_rows
from silver.imdb.files import NAME_BASICS, SNAPSHOTS, TITLE_BASICS, TITLE_PRINCIPALS, TITLE_RATINGS
from silver.releases.report import release_report
from tests.helpers.frames import assert_same_rows

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
# By snapshot and rule: what a row that fails it has in a column.
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


def name(snapshot):
    return snapshot.table.name


@pytest.fixture
def bronze(spark):
    """Bronze rows of a snapshot: the good one, each with changes to columns."""

    def make(snapshot, *changes, file="a.tsv", modified=LANDED):
        lineage = {"_source_file": f"file:///{file}", "_source_modified_at": modified, "_ingested_at": LANDED}
        good = {**dict(zip(snapshot.feed.columns, GOOD[snapshot], strict=True)), **lineage}
        columns = snapshot.feed.table.column_names
        rows = [tuple({**good, **change}.get(column) for column in columns) for change in changes]
        return spark.createDataFrame(rows, snapshot.feed.table.rows_schema)

    return make


@pytest.fixture
def of_table(spark):
    """A frame of a snapshot's table."""
    return lambda snapshot, *rows: spark.createDataFrame(list(rows), snapshot.table.rows_schema)


def newest_rows(rows, snapshot, used=None):
    releases = release_report(rows, quarantined_rows(rows, snapshot, used), snapshot.feed)
    return snapshots.newest_rows(rows, releases, snapshot, used)


def failed(rows, snapshot, used=None):
    return sorted(tuple(row.failed_rules) for row in quarantined_rows(rows, snapshot, used).collect())


@pytest.mark.parametrize("snapshot", SNAPSHOTS, ids=name)
def test_rows_are_typed_and_their_nulls_are_nulls(bronze, of_table, snapshot):
    assert_same_rows(newest_rows(bronze(snapshot, {}), snapshot), of_table(snapshot, TYPED[snapshot]))


def test_every_rule_has_bad_values_here():
    assert {snapshot: {*snapshot.rules} for snapshot in SNAPSHOTS} == {it: {*BAD[it]} for it in SNAPSHOTS}


@pytest.mark.parametrize("snapshot", SNAPSHOTS, ids=name)
def test_what_fails_a_rule_is_in_quarantine_as_it_came(bronze, of_table, snapshot):
    changes = {(rule, text): {column: text} for rule, (column, texts) in BAD[snapshot].items() for text in texts}
    key = snapshot.feed.columns[0]
    broken = {"_corrupt_record": "a\tb", **dict.fromkeys(snapshot.feed.columns)}
    rows = bronze(snapshot, {}, *changes.values(), broken)
    records = [row for row in quarantined_rows(rows, snapshot).collect() if row["_corrupt_record"] is None]
    found = {(tuple(row.failed_rules), *row[: len(snapshot.feed.columns)]) for row in records}
    good = dict(zip(snapshot.feed.columns, GOOD[snapshot], strict=True))
    assert found == {((rule,), *{**good, **change}.values()) for (rule, _), change in changes.items()}
    assert any("well_formed_record" in rules for rules in failed(rows, snapshot))
    assert [row[0] for row in newest_rows(rows, snapshot).collect()] == [good[key]]


@pytest.mark.parametrize("snapshot", SNAPSHOTS, ids=name)
def test_of_a_repeated_key_one_row_stays(bronze, snapshot):
    rows = bronze(snapshot, {}, {}, {snapshot.feed.columns[2]: GOOD[snapshot][2]})
    assert newest_rows(rows, snapshot).count() == 1
    assert failed(rows, snapshot) == [(snapshot.unique,)] * 2


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
    # Without dates in the names the file that was modified last.
    late = bronze(TITLE_RATINGS, {"tconst": "tt3"}, file="b.tsv", modified=datetime(2026, 5, 1, tzinfo=UTC))
    assert [row.tconst for row in newest_rows(late.union(new), TITLE_RATINGS).collect()] == ["tt3"]


@pytest.mark.parametrize("snapshot", SNAPSHOTS, ids=name)
def test_without_rows_there_are_none(bronze, of_table, snapshot):
    nothing = bronze(snapshot)
    assert_same_rows(newest_rows(nothing, snapshot), of_table(snapshot))
    assert failed(nothing, snapshot) == []
