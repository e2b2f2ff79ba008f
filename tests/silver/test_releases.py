from datetime import datetime, timedelta

import pytest
from chispa import assert_df_equality

from silver.releases import files_of, in_order, pending

JUNE, JULY = datetime(2021, 6, 1, 12, 0, 0, 123456), datetime(2021, 7, 1)


def test_files_of_is_one_row_per_file(spark):
    bronze = spark.createDataFrame(
        [("a", JUNE), ("a", JUNE), ("b", None)], "_source_file STRING, _source_modified_at TIMESTAMP"
    )
    expected = spark.createDataFrame([("a", JUNE), ("b", None)], "file STRING, modified_at TIMESTAMP")
    assert_df_equality(files_of(bronze), expected, ignore_nullable=True, ignore_row_order=True)


def test_releases_are_ordered_by_time_then_name_and_no_two_share_a_version():
    releases = in_order([("c", JULY), ("b", JUNE), ("a", JUNE)])
    assert [release.file for release in releases] == ["a", "b", "c"]
    assert len({release.version for release in releases}) == 3
    assert releases[0].version == JUNE.replace(microsecond=123000) + timedelta(microseconds=1)


def test_pending_gives_what_comes_after_the_latest_one_applied():
    releases = in_order([("a", JUNE), ("b", JULY)])
    assert [release.file for release in pending(releases, None)] == ["a", "b"]
    assert [release.file for release in pending(releases, releases[0].version)] == ["b"]
    assert list(pending(releases, releases[1].version)) == []


def test_a_release_that_arrives_late_is_refused_with_what_to_do():
    applied = in_order([("b", JULY)])[0].version
    with pytest.raises(ValueError, match=r"older than the latest one applied.*refresh this table in full"):
        pending(in_order([("a", JUNE), ("b", JULY)]), applied)
