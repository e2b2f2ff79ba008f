"""The rows of snapshots of subscribers that are left out."""

from cleanse.subscribers.rows import SUBSCRIBER_ROWS
from silver.subscribers.snapshots import SUBSCRIBERS_QUARANTINE, quarantined_subscribers
from tests.helpers.frames import assert_same_rows


def test_quarantined_subscribers_are_the_typed_rows_that_failed_a_rule(rows):
    left_out = {"subscriber_id": "p1", "plan": "Basic", "age": 30, "row_hash": "h1", "_source_file": "a.csv"}
    failed = {"failed_rules": ["unique_subscriber"]}
    checked = rows(
        SUBSCRIBER_ROWS,
        {**left_out, **failed, "unreadable": [("valid_age", "aaa")]},
        {"subscriber_id": "p2", "failed_rules": [], "unreadable": [("valid_age", "aaa")]},
    )
    assert_same_rows(quarantined_subscribers(checked), rows(SUBSCRIBERS_QUARANTINE, {**left_out, **failed}))
