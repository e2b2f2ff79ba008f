from datetime import date

import pytest
from pyspark.sql import functions as F

from silver.columns.dates import is_day_first, parse_date
from tests.frames import assert_same_rows

DAY = date(2021, 9, 25)
FORMS = {
    "the catalogue's forms": [
        ("September 25, 2021", DAY),
        ("25-Sep-21", DAY),
        ("2021-09-25", DAY),
        ("9/25/2021", DAY),
        ("9/5/21", date(2021, 9, 5)),
    ],
    "months by name or first letters, in any case": [
        ("Sep 25, 2021", DAY),
        ("Sept. 25, 2021", DAY),
        ("SEPTEMBER 25 2021", DAY),
        ("25-Sep-2021", DAY),
        ("25 september 2021", DAY),
        ("May 1, 2020", date(2020, 5, 1)),
    ],
    "one digit or two": [
        ("2021-9-5", date(2021, 9, 5)),
        ("September 05, 2021", date(2021, 9, 5)),
        ("5-Sep-21", date(2021, 9, 5)),
        ("09/05/2021", date(2021, 9, 5)),
    ],
    "a time of day": [
        ("2021-09-25 00:00:00", DAY),
        ("2021-09-25T00:00:00", DAY),
        ("2021-09-25T23:59:59.999Z", DAY),
        ("9/25/2021 0:00", DAY),
    ],
    "days that there are, and days that there aren't": [
        ("February 29, 2020", date(2020, 2, 29)),
        ("February 29, 2021", None),
        ("2021-02-30", None),
        ("31-Sep-21", None),
        ("13/13/2021", None),
        ("2021-00-10", None),
    ],
    "what is no date": [
        ("soon", None),
        ("", None),
        ("Octember 5, 2021", None),
        ("Sep 2021", None),
        ("2021", None),
        ("2021-09", None),
        ("x 2021-09-25", None),
        ("2021-09-25 and more", None),
        ("٢٠٢١-٠٩-٢٥", None),
        (None, None),
    ],
}


@pytest.mark.parametrize("rows", FORMS.values(), ids=FORMS.keys())
def test_parse_date_reads(spark, rows):
    expected = spark.createDataFrame(rows, "text STRING, date DATE")
    actual = expected.select("text", parse_date(F.col("text"), F.lit(False)).alias("date"))
    assert_same_rows(actual, expected)


def test_is_day_first_is_decided_for_a_whole_file(spark):
    rows = [
        ("day first", "25/9/2021", True),
        ("day first", "5/9/2021", True),
        ("day first", "25-Sep-21", True),
        ("month first", "9/25/2021", False),
        ("month first", "9/5/2021", False),
        ("month first", None, False),
        ("other forms", "25-Sep-21", False),
        ("no dates", None, False),
    ]
    expected = spark.createDataFrame(rows, "file STRING, text STRING, day_first BOOLEAN")
    actual = expected.select("file", "text", is_day_first(F.col("text"), F.col("file")).alias("day_first"))
    assert_same_rows(actual, expected)


def test_parse_date_takes_numeric_dates_in_the_order_of_their_file(spark):
    rows = [
        ("5/9/2021", True, date(2021, 9, 5)),
        ("5/9/2021", False, date(2021, 5, 9)),
        ("2021-09-05", True, date(2021, 9, 5)),
        (None, True, None),
    ]
    expected = spark.createDataFrame(rows, "text STRING, day_first BOOLEAN, date DATE")
    actual = expected.select("text", "day_first", parse_date(F.col("text"), F.col("day_first")).alias("date"))
    assert_same_rows(actual, expected)
