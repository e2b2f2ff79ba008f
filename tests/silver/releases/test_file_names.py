from datetime import date

import pytest
from pyspark.sql import functions as F

from silver.releases.file_names import date_in_name, file_name
from tests.helpers.frames import assert_same_rows

DAY, MONTH = date(2021, 9, 25), date(2021, 9, 1)
NAMES = {
    "a day": [
        ("2021-09-25.csv", DAY),
        ("titles 2021_09_25 (1).csv.gz", DAY),
        ("netflix20210925.csv", DAY),
        ("v2_20210925T101500Z.csv", DAY),
        ("titles_2021-09-25_8807.csv", DAY),
        ("2020-02-29.csv", date(2020, 2, 29)),
    ],
    "a month": [
        ("netflix_titles_2021_09.csv", MONTH),
        ("2021-09", MONTH),
        ("2021-09_v2.csv", MONTH),
        ("2021-09_8807.csv", MONTH),
        ("2021-09-.csv", MONTH),
    ],
    "a day that there isn't, which is no month either": [
        ("2021-09-31.csv", None),
        ("2021-09-45.csv", None),
        ("2021-09-5.csv", None),
        ("20210931.csv", None),
        ("2021-02-29.csv", None),
        ("2021-00-01.csv", None),
        ("2021-13.csv", None),
    ],
    "years in which nothing was streamed": [
        ("2006-12-31.csv", None),
        ("2007-01-01.csv", date(2007, 1, 1)),
        ("2100-12.csv", date(2100, 12, 1)),
        ("2101-01.csv", None),
    ],
    "a longer run of digits": [
        ("v2021_8807.csv", None),
        ("202109251.csv", None),
        ("120210925.csv", None),
        ("20210925101500.csv", None),
        ("12021-09-25.csv", None),
    ],
    "two dates": [
        ("2021-09-25_to_2021-10-02.csv", None),
        ("2021-09_20210925.csv", None),
        ("2021-09-25_20210925.csv", DAY),
    ],
    "nothing that is guessed at": [
        ("v2.csv", None),
        ("final(1).csv", None),
        ("2021.csv", None),
        ("202109.csv", None),
        ("25-09-2021.csv", None),
        ("sep 2021.csv", None),
        ("", None),
        (None, None),
    ],
}


@pytest.mark.parametrize("rows", NAMES.values(), ids=NAMES.keys())
def test_date_in_name_finds(spark, rows):
    expected = spark.createDataFrame(rows, "name STRING, date DATE")
    assert_same_rows(expected.select("name", date_in_name(F.col("name")).alias("date")), expected)


def test_file_name_is_without_folders_and_decoded(spark):
    rows = [
        ("file:///landing/titles/a%20b%23%2Bc+d.csv", "a b#+c+d.csv"),
        ("dbfs:/Volumes/x/2021%C3%A9.csv", "2021é.csv"),
        ("file:///100%zz.csv", "100%zz.csv"),
        ("plain.csv", "plain.csv"),
        (None, None),
    ]
    expected = spark.createDataFrame(rows, "url STRING, name STRING")
    assert_same_rows(expected.select("url", file_name(F.col("url")).alias("name")), expected)
