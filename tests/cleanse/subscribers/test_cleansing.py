"""Typed columns of subscribers, with pseudonyms."""

import json
from datetime import date
from decimal import Decimal

import pytest
from pyspark.sql import functions as F

from common.pseudonyms import pseudonym
from common.text import blank_to_null
from silver.subscribers.cleansing import money
from silver.subscribers.snapshots import SUBSCRIBER_COLUMNS, SUBSCRIBERS, check_subscribers, valid_subscribers
from tests.helpers.frames import assert_column, assert_same_rows

KEY = "k" * 64


def test_a_row_is_typed_and_its_user_is_a_pseudonym(spark, rows, bronze):
    (who,) = spark.range(1).select(pseudonym(blank_to_null(F.lit(" 1")), KEY)).collect()[0]
    day, paid = date(2022, 1, 15), date(2023, 6, 10)
    expected = (who, "Basic", Decimal("10.00"), day, paid, "United States", 28, "Male", "smart tv", 1)
    expected_row = rows(SUBSCRIBERS, expected, columns=" ".join(SUBSCRIBER_COLUMNS)).select(*SUBSCRIBER_COLUMNS)
    assert_same_rows(valid_subscribers(bronze({}), KEY), expected_row)


def test_the_id_of_a_user_is_in_no_other_column(bronze):
    names = ("plan", "country", "gender", "device_type")
    texts = dict.fromkeys(("subscription_type", "country", "gender", "device"), "Jane42's  TV")
    rows = [{**texts, "user_id": "JANE42"}, {**texts, "user_id": "x"}, {**texts, "user_id": None}]
    found = [tuple(row[name] for name in names) for row in check_subscribers(bronze(*rows), KEY).collect()]
    there = ("Jane42's TV", "Jane42's TV", "Jane42's TV", "jane42's tv")
    assert sorted(found, key=repr) == [there, there, (None, None, None, None)]


def test_a_user_id_of_a_data_frame_with_gaps_is_the_same_user(bronze):
    rows = valid_subscribers(bronze({}, {"user_id": "1.0", "_source_file": "file:///b.csv"}), KEY).collect()
    assert len({row.subscriber_id for row in rows}) == 1


def test_the_order_of_day_and_month_is_that_of_the_whole_file(bronze):
    rows = [
        {"user_id": "1", "join_date": "6/8/2022"},
        {"user_id": "2", "join_date": "28-05-22"},
        {"user_id": "3", "join_date": "6/8/2022", "last_payment_date": "7/31/2023", "_source_file": "file:///b.csv"},
        {"user_id": "4", "join_date": "2022-08-06", "last_payment_date": "45107", "_source_file": "file:///c.csv"},
    ]
    found = valid_subscribers(bronze(*rows), KEY).select("join_date", "last_payment_date").collect()
    assert sorted(found)[:1] == [(date(2022, 5, 28), date(2023, 6, 10))]
    assert {tuple(row) for row in found} == {
        (date(2022, 8, 6), date(2023, 6, 10)),
        (date(2022, 5, 28), date(2023, 6, 10)),
        (date(2022, 6, 8), date(2023, 7, 31)),
        (date(2022, 8, 6), date(2023, 6, 30)),
    }


@pytest.mark.parametrize(
    ("text", "joined"),
    [("05-09-2021", date(2021, 9, 5)), ("05-09-21", date(2021, 9, 5)), ("5/9/2021", date(2021, 5, 9))],
)
def test_without_evidence_dates_with_dashes_have_the_day_first_and_others_the_month(bronze, text, joined):
    found = valid_subscribers(bronze({"join_date": text, "last_payment_date": None}), KEY)
    assert [row.join_date for row in found.collect()] == [joined]


def test_columns_are_found_by_name(bronze):
    headers = {"User ID": "7", "Subscription Type": "Premium", "Monthly Revenue": "$15.00", "Join Date": "2022-01-15"}
    own = ("user_id", "subscription_type", "monthly_revenue", "join_date")
    row = {
        **dict.fromkeys((*own, "last_payment_date")),
        "_rescued_data": json.dumps({**headers, "Unnamed: 0": "0", "_file_path": "a"}),
    }
    (found,) = valid_subscribers(bronze(row), KEY).collect()
    assert (found.plan, found.monthly_revenue, found.join_date) == ("Premium", 15, date(2022, 1, 15))


def test_money(spark):
    texts = [("10", 10), ("10.5", "10.5"), ("€ 7.99", "7.99"), ("1,5", None), ("-1", None), ("ten", None), (None, None)]
    rows = spark.createDataFrame(
        [(text, None if amount is None else Decimal(amount)) for text, amount in texts],
        "text STRING, expected DECIMAL(12,2)",
    )
    assert_column(rows, money(F.col("text")))
