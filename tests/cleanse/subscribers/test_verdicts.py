"""Verdicts on snapshots of subscribers, from bronze rows."""

from cleanse.releases.verdicts import Limits
from cleanse.subscribers.rows import SUBSCRIBER_ROWS, subscriber_rows
from cleanse.subscribers.verdicts import SUBSCRIBER_VERDICTS, subscriber_verdicts
from tests.helpers.frames import assert_same_rows, stored

KEY = "k" * 64
LIMITS = Limits(closed_percent=30, left_out_percent=30, at_least=2)
EMPTY = dict.fromkeys(
    (
        *("user_id", "subscription_type", "monthly_revenue", "join_date", "last_payment_date", "country", "age"),
        *("gender", "device", "plan_duration"),
    )
)


def judged(cells, snapshots):
    rows = [{"_release": f"subscribers/{name}", **row} for name, rows in snapshots.items() for row in rows]
    found = subscriber_verdicts(stored(subscriber_rows(cells(*rows), KEY), SUBSCRIBER_ROWS), LIMITS, {})
    return {row["release"].rpartition("/")[2]: row for row in found.collect()}


def users(*ids, **change):
    return [{"user_id": user, **change} for user in ids]


def test_subscriber_verdicts_of_an_empty_table_are_none(cells, rows):
    assert_same_rows(
        subscriber_verdicts(stored(subscriber_rows(cells(), KEY), SUBSCRIBER_ROWS), LIMITS, {}),
        rows(SUBSCRIBER_VERDICTS),
    )


def test_subscriber_verdicts_hold_a_snapshot_that_is_cut_short(cells):
    snapshots = {"2023-05.csv": users(*"12345"), "2023-06.csv": users("1"), "2023-07.csv": users(*"1234", age="x")}
    found = judged(cells, snapshots)
    names = ("verdict", "reason", "compared_with", "rows", "left_out", "members", "closes")
    first = "subscribers/2023-05.csv"
    assert {name: tuple(row[column] for column in names) for name, row in found.items()} == {
        "2023-05.csv": ("applied", None, None, 5, 0, 5, None),
        "2023-06.csv": ("held", "closes too many", first, 1, 0, 1, 4),
        "2023-07.csv": ("applied", None, first, 4, 0, 4, 1),
    }


def test_subscriber_verdicts_count_as_left_out_neither_repeats_nor_rows_without_any_value(cells):
    without_id = {"user_id": None}
    rows = [*users("1", "1", "2"), EMPTY, without_id, {**EMPTY, "age": "x"}, {**EMPTY, "_corrupt_record": "1,Basic"}]
    (row,) = judged(cells, {"2023-05.csv": rows}).values()
    assert (row.rows, row.members, row.left_out) == (7, 2, 3)


def test_25_a_snapshot_without_user_ids_is_unreadable_and_closes_nobody(cells):
    found = judged(cells, {"2023-05.csv": users("1"), "2023-06.csv": users(None, None), "2023-07.csv": users("1")})
    assert {name: row.verdict for name, row in found.items()} == {
        "2023-05.csv": "applied",
        "2023-06.csv": "unreadable",
        "2023-07.csv": "applied",
    }
