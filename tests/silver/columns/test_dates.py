from datetime import date

from chispa import assert_column_equality
from pyspark.sql import functions as F

from silver.columns.dates import is_day_first, parse_date


def test_parse_date_reads_the_four_forms_and_nothing_else(spark):
    rows = [
        ("September 25, 2021", date(2021, 9, 25)),
        ("25-Sep-21", date(2021, 9, 25)),
        ("2021-09-25", date(2021, 9, 25)),
        ("9/25/2021", date(2021, 9, 25)),
        ("9/5/21", date(2021, 9, 5)),
        ("February 29, 2020", date(2020, 2, 29)),
        ("February 29, 2021", None),
        ("13/13/2021", None),
        ("soon", None),
        (None, None),
    ]
    df = spark.createDataFrame(rows, "text STRING, expected DATE")
    assert_column_equality(df.withColumn("actual", parse_date(F.col("text"), F.lit(False))), "actual", "expected")


def test_day_and_month_order_is_decided_for_a_whole_file(spark):
    rows = [
        ("day first", "25/9/2021", date(2021, 9, 25)),
        ("day first", "5/9/2021", date(2021, 9, 5)),
        ("month first", "9/25/2021", date(2021, 9, 25)),
        ("month first", "9/5/2021", date(2021, 9, 5)),
        ("month first", None, None),
        ("no dates", None, None),
    ]
    df = spark.createDataFrame(rows, "file STRING, text STRING, expected DATE")
    decided = df.withColumn("day_first", is_day_first(F.col("text"), F.col("file")))
    assert_column_equality(
        decided.withColumn("actual", parse_date(F.col("text"), F.col("day_first"))), "actual", "expected"
    )
