from datetime import datetime, timedelta
from functools import partial

import pytest

from bronze.feeds import TITLES_FEED
from bronze.provenance import PROVENANCE_COLUMNS
from silver.releases.order import EPOCH, Release, release_keys, release_order
from tests.helpers.frames import assert_same_rows

JUNE, JULY = datetime(2021, 6, 1, 12, 0, 0, 123456), datetime(2021, 7, 1)
INGESTED = datetime(2022, 1, 1)


@pytest.fixture
def bronze(rows):
    """Bronze rows of (file, when it was modified, when it was read)."""
    return partial(rows, TITLES_FEED.table, columns=" ".join(PROVENANCE_COLUMNS))


def seconds(moment):
    return (moment - EPOCH) // timedelta(seconds=1)


def test_release_order_takes_the_date_in_the_name_then_the_modification_time_then_the_name(spark, bronze):
    files = bronze(
        ("x/2021-07-15.csv", JUNE, INGESTED),
        ("x/2021_06.csv", INGESTED, INGESTED),
        ("x/2021_06.csv", INGESTED, INGESTED),
        ("x/b.csv", JUNE, INGESTED),
        ("x/a.csv", JUNE, INGESTED),
        ("x/v2.csv", JULY, INGESTED),
    )
    expected = spark.createDataFrame(
        [
            ("x/2021_06.csv", "2021_06.csv", 1, datetime(2021, 6, 1), "file name", 2, INGESTED),
            ("x/a.csv", "a.csv", 2, JUNE, "modification time", 1, INGESTED),
            ("x/b.csv", "b.csv", 3, JUNE, "modification time", 1, INGESTED),
            ("x/v2.csv", "v2.csv", 4, JULY, "modification time", 1, INGESTED),
            ("x/2021-07-15.csv", "2021-07-15.csv", 5, datetime(2021, 7, 15), "file name", 1, INGESTED),
        ],
        "_source_file STRING, file_name STRING, release_order INT, released_at TIMESTAMP, ordered_by STRING, "
        "rows BIGINT, ingested_at TIMESTAMP",
    )
    assert_same_rows(release_order(files), expected)


def test_release_keys_are_the_fields_of_a_release_in_order(bronze):
    files = bronze(("x/b.csv", JULY, INGESTED), ("x/a.csv", JUNE, INGESTED))
    found = [Release(**row.asDict()) for row in release_keys(files).collect()]
    ingested = seconds(INGESTED) * 1_000_000
    assert found == [
        Release("x/a.csv", "a.csv", seconds(JUNE), ingested),
        Release("x/b.csv", "b.csv", seconds(JULY), ingested),
    ]


def test_a_file_of_the_same_date_comes_after_the_one_whose_name_it_extends(bronze):
    files = bronze(("x/2021-09-25 (1).csv", JUNE, INGESTED), ("x/2021-09-25.csv", JULY, INGESTED))
    names = [row.file for row in release_keys(files).collect()]
    assert names == ["x/2021-09-25.csv", "x/2021-09-25 (1).csv"]
