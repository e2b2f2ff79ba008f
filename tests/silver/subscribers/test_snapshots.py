"""Subscribers: typed, with pseudonyms, judged by rules; without personal data outside bronze."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pyspark.sql import functions as F

from bronze.feeds import SUBSCRIBERS
from common.pseudonyms import pseudonym
from common.text import folded
from silver.subscribers.snapshots import (
    HISTORY,
    QUARANTINE,
    SUBSCRIBER_COLUMNS,
    fewest_failures,
    judge,
    last_known,
    money,
    quarantined_subscribers,
    unreadable_users,
    valid_subscribers,
)
from tests.helpers.frames import assert_same_rows

KEY = "k" * 64
LANDED = datetime(2023, 8, 1, 12, tzinfo=UTC)
GOOD = {
    "user_id": "1",
    "subscription_type": " Basic ",
    "monthly_revenue": "10",
    "join_date": "15-01-22",
    "last_payment_date": "10-06-23",
    "country": "United  States",
    "age": "28",
    "gender": "Male",
    "device": "Smart TV",
    "plan_duration": "1 Month",
    "_source_file": "file:///a.csv",
    "_source_modified_at": LANDED,
    "_ingested_at": LANDED,
}


@pytest.fixture
def bronze(spark):
    """Bronze rows: GOOD, each with changes."""

    def make(*changes):
        rows = [tuple({**GOOD, **change}.get(name) for name in SUBSCRIBERS.table.column_names) for change in changes]
        return spark.createDataFrame(rows, SUBSCRIBERS.table.rows_schema)

    return make


def failures(rows):
    return sorted((row.failed_rules for row in judge(rows, KEY).collect()), key=repr)


def test_a_row_is_typed_and_its_user_is_a_pseudonym(spark, bronze):
    types = {column.name: column.type for column in HISTORY.columns}
    schema = ", ".join(f"{name} {types[name]}" for name in SUBSCRIBER_COLUMNS)
    (who,) = spark.range(1).select(pseudonym(folded(F.lit(" 1")), KEY)).collect()[0]
    day, paid = date(2022, 1, 15), date(2023, 6, 10)
    expected = (who, "Basic", Decimal("10.00"), day, paid, "United States", 28, "Male", "smart tv", 1)
    assert_same_rows(valid_subscribers(bronze({}), KEY), spark.createDataFrame([expected], schema))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"user_id": " "}, "valid_user_id"),
        ({"age": "12"}, "valid_age"),
        ({"age": "121"}, "valid_age"),
        ({"age": "old"}, "valid_age"),
        ({"monthly_revenue": "-1"}, "valid_monthly_revenue"),
        ({"monthly_revenue": None}, "valid_monthly_revenue"),
        ({"join_date": "yesterday", "last_payment_date": None}, "valid_join_date"),
        ({"last_payment_date": "31-31-23"}, "valid_last_payment_date"),
        ({"join_date": "15-01-24", "last_payment_date": None}, "plausible_dates"),
        ({"join_date": "15-01-1990"}, "plausible_dates"),
        ({"last_payment_date": "14-01-22"}, "payment_after_joining"),
    ],
)
def test_what_is_not_valid_fails_a_rule_by_name(bronze, change, rule):
    assert failures(bronze(change)) == [[rule]]


@pytest.mark.parametrize(
    "change",
    [{"age": None}, {"age": "28.0"}, {"last_payment_date": None}, {"plan_duration": "a year"}, {"gender": None}],
)
def test_what_may_be_missing_fails_none(bronze, change):
    assert failures(bronze(change)) == [[]]


def test_the_id_of_a_user_is_in_no_other_column(bronze):
    names = ("plan", "country", "gender", "device_type")
    texts = dict.fromkeys(("subscription_type", "country", "gender", "device"), "Jane42's  TV")
    rows = [{**texts, "user_id": "JANE42"}, {**texts, "user_id": "x"}, {**texts, "user_id": None}]
    found = [tuple(row[name] for name in names) for row in judge(bronze(*rows), KEY).collect()]
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


def test_who_has_no_valid_row_is_as_known_last(bronze):
    now = bronze({"age": "abc"}, {"user_id": "2"}, {"user_id": "2", "age": "7"}, {"user_id": "3", "age": ""})
    before = [
        {"user_id": "1", "age": "30", "_source_file": "file:///2023-01.csv"},
        {"user_id": "1", "age": "31", "_source_file": "file:///2023-02.csv"},
        {"user_id": "1", "age": "x", "_source_file": "file:///2023-03.csv"},
        {"user_id": "4", "_source_file": "file:///2023-02.csv"},
    ]
    unreadable = unreadable_users(now, KEY)
    assert unreadable.count() == 1
    found = last_known(unreadable, bronze(*before), KEY)
    assert [(row.age, row.subscriber_id) for row in found.collect()] == [(31, unreadable.first().subscriber_id)]
    assert found.columns == list(SUBSCRIBER_COLUMNS)


def test_a_file_that_writes_both_orders_has_ambiguous_dates(bronze):
    rows = [
        {"user_id": "1", "join_date": "28/05/2022"},
        {"user_id": "2", "join_date": "05/28/2022"},
        {"user_id": "3", "join_date": "6/8/2022"},
    ]
    found = failures(bronze(*[{"last_payment_date": None, **row} for row in rows]))
    assert found == [["ambiguous_date_order"], [], []]


def test_of_a_user_who_stands_twice_in_a_snapshot_the_last_payment_counts(bronze):
    rows = bronze({"monthly_revenue": "11"}, {"last_payment_date": "11-06-23"}, {"age": "x"})
    assert failures(rows) == [["unique_subscriber"], ["valid_age"], []]
    (row,) = valid_subscribers(rows, KEY).collect()
    assert (row.monthly_revenue, row.last_payment_date) == (10, date(2023, 6, 11))


def test_columns_are_found_by_name(bronze):
    headers = {"User ID": "7", "Subscription Type": "Premium", "Monthly Revenue": "$15.00", "Join Date": "2022-01-15"}
    own = ("user_id", "subscription_type", "monthly_revenue", "join_date")
    row = {
        **dict.fromkeys((*own, "last_payment_date")),
        "_rescued_data": json.dumps({**headers, "Unnamed: 0": "0", "_file_path": "a"}),
    }
    (found,) = valid_subscribers(bronze(row), KEY).collect()
    assert (found.plan, found.monthly_revenue, found.join_date) == ("Premium", 15, date(2022, 1, 15))


def test_quarantined_rows_hold_no_text_of_a_person(spark, bronze):
    rows = bronze({"user_id": "canary", "age": "x"}, {"_corrupt_record": "canary;1"}, {})
    found = quarantined_subscribers(rows, KEY)
    assert found.columns == list(QUARANTINE.column_names)
    assert "canary" not in repr(found.collect())
    assert found.count() == 2
    assert len({row.row_hash for row in found.collect()}) == 2


def test_a_snapshot_without_a_valid_row_is_told_apart(bronze):
    assert fewest_failures(bronze({"age": "1"}, {"age": "2"}), KEY).collect()[0][0] == 1
    assert fewest_failures(bronze({"age": "1"}, {}), KEY).collect()[0][0] == 0


def test_money(spark):
    texts = [("10", 10), ("10.5", "10.5"), ("€ 7.99", "7.99"), ("1,5", None), ("-1", None), ("ten", None), (None, None)]
    rows = spark.createDataFrame(
        [(text, None if amount is None else Decimal(amount)) for text, amount in texts],
        "text STRING, amount DECIMAL(12,2)",
    )
    assert rows.filter(~money(F.col("text")).eqNullSafe(F.col("amount"))).collect() == []
