from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from pyspark.sql import functions as F

from bronze import feeds
from silver.releases.next_release import NO_RELEASE, failure_counts, next_release, next_release_rows
from silver.releases.order import EPOCH, Release
from tests.helpers.frames import assert_same_rows

JUNE, JULY = datetime(2021, 6, 1, 12, 0, 0, 123456), datetime(2021, 7, 1)


def seconds(moment):
    return (moment - EPOCH) // timedelta(seconds=1)


def release(name, moment=JUNE, ingested=1):
    return Release(f"file:///{name}", name, seconds(moment), ingested)


def apply_all(releases, latest=None, has_rows=lambda release: True):
    """Asks for the next release until there is none; returns names and versions."""
    applied = []
    while found := next_release(releases, latest, has_rows):
        applied.append((found[0].name, found[1]))
        latest = found[1]
    return applied


def test_next_release_goes_through_all_of_them_in_order():
    releases = [release("a"), release("b", JULY), release("c", JULY)]
    assert [name for name, _ in apply_all(releases)] == ["a", "b", "c"]
    assert [name for name, _ in apply_all(releases, NO_RELEASE)] == ["a", "b", "c"]


def test_a_version_is_the_releases_time_its_place_in_seconds_and_whole_milliseconds():
    ((_, first), (_, second)) = apply_all([release("a"), release("b")])
    assert first.replace(microsecond=0) == datetime(2021, 6, 1, 12, 0, 1)
    assert second.replace(microsecond=0) == datetime(2021, 6, 1, 12, 0, 2)
    assert first.microsecond % 1000 == second.microsecond % 1000 == 0


@pytest.mark.parametrize(
    "rendered",
    [
        lambda version: version,
        lambda version: version.replace(tzinfo=UTC),
        lambda version: version.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=-8))),
        lambda version: datetime.fromisoformat(version.isoformat(timespec="milliseconds")),
    ],
    ids=["as it was", "UTC", "Pacific", "text of milliseconds"],
)
def test_a_version_is_known_again_however_it_comes_back(rendered):
    releases = [release("a"), release("b"), release("c", JULY)]
    latest, applied = None, []
    while found := next_release(releases, latest, lambda release: True):
        applied.append(found[0].name)
        latest = rendered(found[1])
    assert applied == ["a", "b", "c"]


@pytest.mark.parametrize("between", [timedelta(0), timedelta(milliseconds=10), timedelta(days=30)])
def test_versions_of_a_thousand_and_one_releases_rise_strictly(between):
    releases = [release(f"{place}.csv", JUNE + place * between) for place in range(1001)]
    versions = [version for _, version in apply_all(releases)]
    assert len(versions) == 1001
    assert all(one < other for one, other in pairwise(versions))
    assert next_release(releases, versions[998], lambda release: True) == (releases[999], versions[999])


def test_releases_one_by_one_get_the_versions_of_all_at_once():
    releases = [release("a"), release("b"), release("c", JULY)]
    latest, one_by_one = None, []
    for there in range(1, 4):
        one_by_one += apply_all(releases[:there], latest)
        latest = one_by_one[-1][1]
    assert one_by_one == apply_all(releases)


def test_a_release_without_a_valid_row_is_passed_over_and_asked_for_again():
    releases = [release("a"), release("bad", JULY), release("c", JULY)]
    with_rows = lambda release: release.name != "bad"  # noqa: E731
    assert [name for name, _ in apply_all(releases, has_rows=with_rows)] == ["a", "c"]
    assert next_release(releases[1:2], None, with_rows) is None
    (_, latest) = apply_all(releases[:1])[-1]
    assert next_release(releases[:2], latest, with_rows) is None


LATE = [
    ("older", release("late", datetime(2021, 5, 1), ingested=2)),
    ("of the same time", release("aa", JULY, ingested=2)),
    ("between", release("late", JULY - timedelta(seconds=1), ingested=2)),
]


@pytest.mark.parametrize("late", [late for _, late in LATE], ids=[what for what, _ in LATE])
def test_a_release_that_arrives_late_is_refused_with_what_to_do(late):
    before = [release("a"), release("b", JULY)]
    (*_, (_, latest)) = apply_all(before)
    releases = sorted([*before, late], key=lambda release: (release.released, release.name))
    with pytest.raises(ValueError, match=rf"older than the latest one applied \(b\): {late.name}.*refresh .* in full"):
        next_release(releases, latest, lambda release: True)


def test_a_release_that_arrives_late_without_a_valid_row_stops_nothing():
    before = [release("a"), release("b", JULY)]
    (*_, (_, latest)) = apply_all(before)
    releases = [release("bad", datetime(2021, 5, 1), ingested=2), *before]
    with_rows = lambda release: release.name != "bad"  # noqa: E731
    assert next_release(releases, latest, with_rows) is None
    assert next_release([*releases, release("c", JULY)], latest, with_rows)[0].name == "c"


def test_older_releases_that_came_in_later_before_any_was_applied_are_not_late():
    """Bronze ran twice before silver did; nothing was missed."""
    releases = [release("a", ingested=2), release("b", JULY, ingested=1)]
    (*_, (_, latest)) = apply_all(releases)
    assert next_release(releases, latest, lambda release: True) is None


def test_after_a_full_refresh_a_late_release_is_one_like_any_other():
    releases = [release("late", datetime(2021, 5, 1), ingested=2), release("a"), release("b", JULY)]
    assert [name for name, _ in apply_all(releases)] == ["late", "a", "b"]


def test_older_files_that_are_no_more_in_bronze_stop_nothing_and_versions_go_on_rising():
    releases = [release(f"{place}", JUNE) for place in range(10)]
    (*_, (_, latest)) = apply_all(releases)
    left = releases[-1:]
    assert next_release(left, latest, lambda release: True) is None
    new = [release("new 1", JUNE), release("new 2", JUNE)]
    applied = apply_all([*left, *new], latest)
    assert [name for name, _ in applied] == ["new 1", "new 2"]
    assert latest < applied[0][1] < applied[1][1]
    assert next_release([*left, *new], applied[0][1], lambda release: True)[0].name == "new 2"


def test_where_the_latest_release_is_no_more_in_bronze_later_ones_are_applied():
    (*_, (_, latest)) = apply_all([release("a"), release("b", JULY)])
    releases = [release("a"), release("c", datetime(2021, 8, 1))]
    assert [name for name, _ in apply_all(releases, latest)] == ["c"]
    assert next_release([], latest, lambda release: True) is None


def test_a_late_release_of_the_same_file_name_in_another_folder_is_refused_too():
    def at(folder, second):
        return Release(f"file:///{folder}/t.csv", "t.csv", second, ingested=second)

    applied = apply_all([at("b", 100), at("c", 101)])
    assert len({version for _, version in applied}) == 2
    with pytest.raises(ValueError, match="older than the latest one applied"):
        next_release([at("a", 50), at("b", 100), at("c", 101)], applied[-1][1], lambda release: True)


@pytest.fixture
def bronze(rows):
    """Bronze rows of (file, title); one without a title is not valid."""

    def make(*cells):
        table = [{"_source_file": file, "title": title, "_ingested_at": JULY} for file, title in cells]
        return rows(feeds.TITLES_FEED.table, *table)

    return make


def checked(rows):
    """The rows, with the names of the rules that they fail."""
    failure = F.when(F.col("title").isNull(), F.lit("valid_title"))
    return rows.withColumn("row_failures", F.array_compact(F.array(failure)))


def titles(rows):
    return sorted(row.title or "" for row in rows.collect())


def test_next_release_rows_are_those_of_the_first_release_with_a_valid_row(bronze):
    table = bronze(("2021-03.csv", "c"), ("2021-03.csv", None), ("2021-02.csv", None), ("2021-01.csv", "a"))
    first = next_release_rows(table, None, checked)
    assert (titles(first.rows), titles(first.earlier_rows), first.has_failures) == (["a"], [], False)
    then = next_release_rows(table, first.version, checked)
    assert (titles(then.rows), titles(then.earlier_rows), then.has_failures) == (["", "c"], ["", "a"], True)
    assert then.version > first.version
    assert next_release_rows(table, then.version, checked) is None


@pytest.mark.parametrize("cells", [[], [("2021-01.csv", None)]])
def test_before_the_first_release_next_release_rows_are_empty_and_then_none(bronze, cells):
    table = bronze(*cells)
    release = next_release_rows(table, None, checked)
    assert (release.version, titles(release.rows), titles(release.earlier_rows)) == (NO_RELEASE, [], [])
    assert not release.has_failures
    assert next_release_rows(table, NO_RELEASE, checked) is None


def test_failure_counts_are_those_of_the_best_and_the_worst_row(spark, bronze):
    failures = [(["a", "b"],), ([],), (["a"],)]
    rows = spark.createDataFrame(failures, "row_failures ARRAY<STRING>")
    assert_same_rows(failure_counts(rows), spark.createDataFrame([(0, 2)], "fewest INT, most INT"))
    nothing = spark.createDataFrame([(None, None)], "fewest INT, most INT")
    assert_same_rows(failure_counts(rows.limit(0)), nothing)
