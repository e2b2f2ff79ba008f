from datetime import date

import pytest
from pyspark.sql import functions as F

from common.dates import (
    BOTH,
    DAY_FIRST,
    MONTH_FIRST,
    date_in_order,
    date_order,
    date_readings,
    is_ambiguous,
    is_placeholder,
)
from tests.helpers.frames import assert_column, assert_same_rows

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
        ("9/25/2021 12:00:00 AM", DAY),
        ("9/25/2021 11:59 p.m.", DAY),
        ("25-Sep-2021 23:59", DAY),
    ],
    "a time with its zone: the day as it is written": [
        ("2021-09-25T00:00:00+00:00", DAY),
        ("2021-09-25T23:30:00-05:00", DAY),
        ("2021-09-25T00:00:00.123456Z", DAY),
        ("2021-09-25 00:00:00+0530", DAY),
        ("2021-09-25 00:00:00+00", DAY),
        ("2021-09-25 00:00:00 UTC", DAY),
        ("Sat, 25 Sep 2021 00:00:00 GMT", DAY),
        ("Saturday, September 25, 2021", DAY),
        ("2021-09-25 00:00 somewhere", None),
    ],
    "other signs": [
        ("2021/09/25", DAY),
        ("2021.9.25", DAY),
        ("9.25.21", DAY),
        ("2021-Sep-25", DAY),
        ("25. Sep. 2021", DAY),
        ("25 Sept., 2021", DAY),
        ("25/Sep/2021", DAY),
        ("25..9.2021", None),
    ],
    "ordinal numbers": [
        ("September 25th, 2021", DAY),
        ("Sep 1st 2021", date(2021, 9, 1)),
        ("2nd September 2021", date(2021, 9, 2)),
        ("3rd Sep 21", date(2021, 9, 3)),
        ("1er septembre 2021", date(2021, 9, 1)),
        ("1º de setembro de 2021", date(2021, 9, 1)),
        ("25 de septiembre de 2021", DAY),
        ("25xx September 2021", None),
    ],
    "names in other languages": [
        ("25-Okt-21", date(2021, 10, 25)),
        ("25-Mai-21", date(2021, 5, 25)),
        ("25-dez-20", date(2020, 12, 25)),
        ("mayo 25, 2021", date(2021, 5, 25)),
        # June or July.
        ("25 jui 2021", None),
        ("25 syyskuuta 2021", None),
    ],
    "day numbers of spreadsheets": [
        ("44464", DAY),
        ("44464.0", DAY),
        ("44464.75", DAY),
        ("20000", date(1954, 10, 3)),
        ("60000", date(2064, 4, 8)),
        ("19999", None),
        ("60001", None),
        ("4446", None),
        ("-44464", None),
    ],
    "days that there are, and days that there aren't": [
        ("February 29, 2020", date(2020, 2, 29)),
        ("February 29, 2021", None),
        ("2021-02-30", None),
        ("31-Sep-21", None),
        ("13/13/2021", None),
        ("2021-00-10", None),
        ("2021-09-00", None),
        ("February 29, 2000", date(2000, 2, 29)),
        ("February 29, 2100", None),
        ("0000-01-01", None),
        ("12/31/9999", date(9999, 12, 31)),
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
def test_readings_read(spark, rows):
    expected = spark.createDataFrame(rows, "text STRING, date DATE")
    actual = expected.select("text", date_readings(F.col("text"))[MONTH_FIRST].alias("date"))
    assert_same_rows(actual, expected)


def test_dates_that_stand_for_no_date(spark):
    texts = {
        **dict.fromkeys(("1970-01-01", "1/1/1970", "1 Jan 1900", "1900-01-01 00:00:00", "25569"), True),
        **dict.fromkeys(("1970-01-02", "1899-12-31", "never", None), False),
    }
    rows = spark.createDataFrame([*texts.items()], "text STRING, expected BOOLEAN")
    assert_column(rows, is_placeholder(date_readings(F.col("text"))))


def test_104_the_order_of_a_files_dates_is_decided_by_dates_that_are_possible_in_one_order_only(spark):
    files = {
        ("25/9/2021", "5/9/2021", "25-Sep-21", "31/31/2021"): DAY_FIRST,
        ("9/25/2021", "9/5/2021", "12/1/2020", "31/31/2021", None): MONTH_FIRST,
        ("9/25/2021", "25/9/2021", "9/5/2021"): BOTH,
        # Days that there are in no year, or in another one, prove nothing.
        ("31/31/2021", "30/2/2021", "29/2/2021", "0/13/2021", "99/1/2021", "5/5/2021"): MONTH_FIRST,
        ("29/2/2020",): DAY_FIRST,
        ("25-Sep-21", "2021-09-25", "September 25, 2021", "soon"): MONTH_FIRST,
        (None,): MONTH_FIRST,
    }
    rows = [(str(file), text, order) for file, (texts, order) in enumerate(files.items()) for text in texts]
    expected = spark.createDataFrame(rows, "file STRING, text STRING, date_order STRING")
    read = expected.withColumn("read", date_readings(F.col("text")))
    actual = read.select("file", "text", date_order(["file"], F.col("read")).alias("date_order"))
    assert_same_rows(actual, expected)


def test_104_all_columns_of_dates_of_a_file_are_evidence(spark):
    dates = spark.createDataFrame([("1/2/2021", "1/2/2021"), ("1/2/2021", "25/9/2021")], "joined STRING, paid STRING")
    read = dates.select(date_readings(F.col("joined")).alias("joined"), date_readings(F.col("paid")).alias("paid"))
    order = date_order([F.lit("the file")], F.col("joined"), F.col("paid"))
    assert {row[0] for row in read.select(order).collect()} == {DAY_FIRST}


def test_104_dates_are_read_in_the_order_of_their_file_and_ambiguous_ones_are_not(spark):
    rows = [
        ("5/9/2021", DAY_FIRST, date(2021, 9, 5), False),
        ("5/9/2021", MONTH_FIRST, date(2021, 5, 9), False),
        ("5/9/2021", BOTH, None, True),
        ("5/5/2021", BOTH, date(2021, 5, 5), False),
        ("25/9/2021", BOTH, DAY, False),
        ("9/25/2021", BOTH, DAY, False),
        ("25-Sep-21", BOTH, DAY, False),
        ("2021-09-05", BOTH, date(2021, 9, 5), False),
        ("2021-09-05", DAY_FIRST, date(2021, 9, 5), False),
        ("31/31/2021", BOTH, None, False),
        (None, BOTH, None, False),
        (None, DAY_FIRST, None, False),
    ]
    expected = spark.createDataFrame(rows, "text STRING, date_order STRING, date DATE, is_ambiguous BOOLEAN")
    read = expected.withColumn("read", date_readings(F.col("text")))
    how = (F.col("read"), F.col("date_order"))
    actual = read.select(
        "text", "date_order", date_in_order(*how).alias("date"), is_ambiguous(*how).alias("is_ambiguous")
    )
    assert_same_rows(actual, expected)


def test_113_dates_of_any_year_are_read_without_an_error(spark):
    rows = [
        ("September 25, 0021", "0021-09-25"),
        ("1/1/9999", "9999-01-01"),
        ("25-Sep-99", "2099-09-25"),
        ("0000-01-01", None),
    ]
    expected = spark.createDataFrame(rows, "text STRING, date STRING")
    actual = expected.select("text", date_readings(F.col("text"))[MONTH_FIRST].cast("string").alias("date"))
    assert_same_rows(actual, expected)
