"""When a release is from, what it can tell of, and part files that come late."""

from datetime import date, datetime

import pytest

from cleanse.releases.order import with_release
from tests.helpers.frames import assert_same_rows

FILES = "_release STRING, _source_file STRING, modified_at TIMESTAMP, ingested_at TIMESTAMP"
KNOWN = (
    "release STRING, released_at TIMESTAMP, ordered_by STRING, undecided_date STRING, release_ingested_at TIMESTAMP, "
    "last_day DATE"
)
INGESTED, LATER = datetime(2021, 10, 1, 10), datetime(2021, 11, 1, 10)
SEPTEMBER = datetime(2021, 9, 1, 12)


def released(spark, *files):
    """What is known of each file's release: files are (release, modified at, ingested at)."""
    rows = [(release, f"f{place}", *times) for place, (release, *times) in enumerate(files)]
    known = with_release(spark.createDataFrame(rows, FILES))
    assert known.columns[:4] == ["_release", "_source_file", "modified_at", "ingested_at"]
    return known.sort("_source_file").select(*[column.split()[0] for column in KNOWN.split(", ")])


def assert_released(spark, files, expected):
    assert_same_rows(released(spark, *files), spark.createDataFrame(expected, KNOWN))


def test_with_release_takes_the_date_in_the_name_then_the_modification_then_the_ingestion(spark):
    assert_released(
        spark,
        [
            ("titles/2021-09-25.csv", SEPTEMBER, INGESTED),
            ("titles/2021-09.csv", SEPTEMBER, INGESTED),
            ("titles/05-09-2021.csv", SEPTEMBER, INGESTED),
            ("titles/undated.csv", None, INGESTED),
        ],
        [
            (
                *("titles/2021-09-25.csv", datetime(2021, 9, 25), "name", None),
                *(INGESTED, date(2021, 9, 25)),
            ),
            # The first day orders it; it can tell of the month's last day.
            ("titles/2021-09.csv", datetime(2021, 9, 1), "name", None, INGESTED, date(2021, 9, 30)),
            ("titles/05-09-2021.csv", SEPTEMBER, "modification time", "05-09-2021", INGESTED, date(2021, 9, 1)),
            ("titles/undated.csv", INGESTED, "ingestion", None, INGESTED, date(2021, 10, 1)),
        ],
    )


@pytest.mark.parametrize(
    ("modified", "is_plausible"),
    [
        (datetime(1980, 1, 1), False),
        (datetime(2007, 1, 15, 23, 59, 59), False),
        (datetime(2007, 1, 16), True),
        (INGESTED, True),
        (datetime(2021, 10, 1, 10, 0, 1), False),
        (datetime(2300, 1, 1), False),
    ],
)
def test_29_with_release_takes_the_ingestion_where_the_modification_time_cannot_be(spark, modified, is_plausible):
    known, by = (modified, "modification time") if is_plausible else (INGESTED, "ingestion")
    assert_released(
        spark, [("titles/a.csv", modified, INGESTED)], [("titles/a.csv", known, by, None, INGESTED, known.date())]
    )


def test_27_part_files_of_one_update_are_one_release_of_the_oldest_plausible_time(spark):
    files = [
        ("titles/a/x", datetime(1980, 1, 1), INGESTED),
        ("titles/a/x", datetime(2021, 9, 3), INGESTED),
        ("titles/a/x", SEPTEMBER, INGESTED),
        ("titles/a/y", datetime(2021, 9, 4), INGESTED),
    ]
    x = ("titles/a/x", SEPTEMBER, "modification time", None, INGESTED, SEPTEMBER.date())
    y = ("titles/a/y", datetime(2021, 9, 4), "modification time", None, INGESTED, date(2021, 9, 4))
    assert_released(spark, files, [x, x, x, y])


def test_27_part_files_that_come_in_a_later_update_are_a_release_of_their_own(spark):
    dated, undated = "titles/netflix_2021-09-25/x", "titles/b/x"
    files = [
        (dated, SEPTEMBER, INGESTED),
        (dated, SEPTEMBER, LATER),
        (dated, SEPTEMBER, LATER),
        (undated, SEPTEMBER, INGESTED),
        (undated, datetime(2021, 9, 20), LATER),
    ]
    late = " of 2021-11-01 10:00:00"
    day = datetime(2021, 9, 25)
    first_dated = (dated, day, "name", None, INGESTED, day.date())
    late_dated = (dated + late, day, "name", None, LATER, day.date())
    first = (undated, SEPTEMBER, "modification time", None, INGESTED, SEPTEMBER.date())
    late_undated = (undated + late, datetime(2021, 9, 20), "modification time", None, LATER, date(2021, 9, 20))
    assert_released(spark, files, [first_dated, late_dated, late_dated, first, late_undated])
