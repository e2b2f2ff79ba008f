"""The snapshots of subscribers that history applies."""

from silver.subscribers.history import last_known, next_subscribers, unreadable_subscribers
from silver.subscribers.snapshots import SUBSCRIBER_COLUMNS

KEY = "k" * 64


def test_who_has_no_valid_row_is_as_known_last(bronze):
    now = bronze({"age": "abc"}, {"user_id": "2"}, {"user_id": "2", "age": "7"}, {"user_id": "3", "age": ""})
    before = [
        {"user_id": "1", "age": "30", "_source_file": "file:///2023-01.csv"},
        {"user_id": "1", "age": "31", "_source_file": "file:///2023-02.csv"},
        {"user_id": "1", "age": "x", "_source_file": "file:///2023-03.csv"},
        {"user_id": "4", "_source_file": "file:///2023-02.csv"},
    ]
    unreadable = unreadable_subscribers(now, KEY)
    assert unreadable.count() == 1
    found = last_known(unreadable, bronze(*before), KEY)
    assert [(row.age, row.subscriber_id) for row in found.collect()] == [(31, unreadable.first().subscriber_id)]
    assert found.columns == list(SUBSCRIBER_COLUMNS)


def test_next_subscribers_are_those_of_the_next_snapshot_with_the_last_values_of_unreadable_ones(bronze):
    january, february = "file:///2023-01.csv", "file:///2023-02.csv"
    table = bronze(
        {"user_id": "1", "age": "30", "_source_file": january},
        {"user_id": "2", "age": "40", "_source_file": january},
        {"user_id": "3", "age": "50", "_source_file": january},
        {"user_id": "1", "age": "abc", "_source_file": february},
        {"user_id": "2", "age": "41", "_source_file": february},
        {"user_id": "9", "age": "abc", "_source_file": february},
        {"user_id": "1", "age": "abc", "_source_file": "file:///2023-03.csv"},
    )
    first, version = next_subscribers(table, None, KEY)
    assert sorted(row.age for row in first.collect()) == [30, 40, 50]
    second, later = next_subscribers(table, version, KEY)
    assert sorted(row.age for row in second.collect()) == [30, 41]
    assert (second.columns, later > version) == (list(SUBSCRIBER_COLUMNS), True)
    assert next_subscribers(table, later, KEY) is None
