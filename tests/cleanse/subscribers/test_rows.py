"""Subscribers are checked by rules; no personal data leave bronze."""

from datetime import date

import pytest

from silver.releases.next_release import failure_counts
from silver.subscribers.snapshots import (
    OLDEST,
    SUBSCRIBERS_QUARANTINE,
    YOUNGEST,
    check_subscribers,
    quarantined_subscribers,
    valid_subscribers,
    with_subscriber_failures,
)

KEY = "k" * 64


def failures(rows):
    return sorted((row.failed_rules for row in check_subscribers(rows, KEY).collect()), key=repr)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"_corrupt_record": "1,Basic"}, "well_formed_record"),
        ({"user_id": " "}, "valid_user_id"),
        ({"age": str(YOUNGEST - 1)}, "valid_age"),
        ({"age": str(OLDEST + 1)}, "valid_age"),
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
    [
        {"age": None},
        {"age": str(YOUNGEST)},
        {"age": f"{OLDEST}.0"},
        {"last_payment_date": None},
        {"plan_duration": "a year"},
        {"gender": None},
    ],
)
def test_what_may_be_missing_fails_none(bronze, change):
    assert failures(bronze(change)) == [[]]


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


def test_quarantined_rows_hold_no_text_of_a_person(spark, bronze):
    rows = bronze({"user_id": "canary", "age": "x"}, {"_corrupt_record": "canary;1"}, {})
    found = quarantined_subscribers(rows, KEY)
    assert found.columns == list(SUBSCRIBERS_QUARANTINE.column_names)
    assert "canary" not in repr(found.collect())
    assert found.count() == 2
    assert len({row.row_hash for row in found.collect()}) == 2


def test_a_snapshot_without_a_valid_row_is_told_apart(bronze):
    counts = [
        failure_counts(with_subscriber_failures(bronze({"age": "1"}, other), KEY)) for other in ({"age": "2"}, {})
    ]
    assert [count.collect()[0].fewest for count in counts] == [1, 0]
