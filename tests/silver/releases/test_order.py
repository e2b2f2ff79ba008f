"""The order of the files of a feed whose newest file replaces the others."""

from datetime import datetime
from functools import partial

import pytest

from bronze.feeds import IMDB_TITLE_RATINGS_FEED
from bronze.provenance import PROVENANCE_COLUMNS
from silver.releases.order import release_order
from tests.helpers.frames import assert_same_rows

JUNE, JULY = datetime(2021, 6, 1, 12, 0, 0, 123456), datetime(2021, 7, 1)
INGESTED = datetime(2022, 1, 1)


@pytest.fixture
def bronze(rows):
    """Bronze rows of (file, when it was modified, when it was ingested)."""
    return partial(rows, IMDB_TITLE_RATINGS_FEED.table, columns=" ".join(PROVENANCE_COLUMNS))


def test_release_order_takes_the_date_in_the_name_then_the_modification_time_then_the_name(spark, bronze):
    files = bronze(
        ("x/2021-07-15.tsv", JUNE, INGESTED),
        ("x/2021_06.tsv", INGESTED, INGESTED),
        ("x/2021_06.tsv", INGESTED, INGESTED),
        ("x/b.tsv", JUNE, INGESTED),
        ("x/a.tsv", JUNE, INGESTED),
        ("x/v2.tsv", JULY, INGESTED),
    )
    expected = spark.createDataFrame(
        [
            ("x/2021_06.tsv", "2021_06.tsv", 1, datetime(2021, 6, 1), "name", 2, INGESTED),
            ("x/a.tsv", "a.tsv", 2, JUNE, "modification time", 1, INGESTED),
            ("x/b.tsv", "b.tsv", 3, JUNE, "modification time", 1, INGESTED),
            ("x/v2.tsv", "v2.tsv", 4, JULY, "modification time", 1, INGESTED),
            ("x/2021-07-15.tsv", "2021-07-15.tsv", 5, datetime(2021, 7, 15), "name", 1, INGESTED),
        ],
        "_source_file STRING, file_name STRING, release_order INT, released_at TIMESTAMP, ordered_by STRING, "
        "rows BIGINT, ingested_at TIMESTAMP",
    )
    assert_same_rows(release_order(files), expected)


def test_a_file_of_the_same_date_comes_after_the_one_whose_name_it_extends(bronze):
    files = bronze(("x/2021-09-25 (1).tsv", JUNE, INGESTED), ("x/2021-09-25.tsv", JULY, INGESTED))
    order = {row.release_order: row.file_name for row in release_order(files).collect()}
    assert order == {1: "2021-09-25.tsv", 2: "2021-09-25 (1).tsv"}
