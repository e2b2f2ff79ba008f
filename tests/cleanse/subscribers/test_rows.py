"""Rows of snapshots of subscribers: what leaves a row out, which cells become unknown, and ties."""

import json
from datetime import date
from itertools import product

import pytest

from cleanse.subscribers.rows import MAX_REVENUE, OLDEST, SUBSCRIBER_COLUMNS, SUBSCRIBER_ROWS, YOUNGEST, subscriber_rows
from tests.helpers.frames import assert_same_rows

KEY, OTHER_KEY = "k" * 64, "another key" * 6


def unreadable(row):
    return [(cell.rule, cell.value) for cell in row.unreadable]


@pytest.fixture
def checked(cells):
    """The checked rows of changes to a good row, in the order of the changes; each is a snapshot of its own."""

    def check(changes):
        files = [f"subscribers/{place:03}/{change.get('file', 'a.csv')}" for place, change in enumerate(changes)]
        given = [{name: cell for name, cell in change.items() if name != "file"} for change in changes]
        rows = cells(*[{**change, "_release": file} for file, change in zip(files, given, strict=True)])
        return sorted(subscriber_rows(rows, KEY).collect(), key=lambda row: row["_release"])

    return check


def test_subscriber_rows_have_the_columns_of_the_table(cells, rows):
    assert_same_rows(subscriber_rows(cells(), KEY), rows(SUBSCRIBER_ROWS))


LEFT_OUT = [
    ({"_corrupt_record": "1,Basic"}, "well_formed_record"),
    ({"user_id": " "}, "valid_user_id"),
    ({"user_id": None}, "valid_user_id"),
]


def test_subscriber_rows_are_left_out_for_who_they_are(checked):
    good, *rows = checked([{}, *[change for change, _ in LEFT_OUT]])
    assert (good.failed_rules, good.unreadable) == ([], [])
    assert [row.failed_rules for row in rows] == [[rule] for _, rule in LEFT_OUT]


# Changes to cells, the rules that they fail with the shapes of their texts, and what is known afterwards.
AGE, REVENUE, JOINED, PAID = "age", "monthly_revenue", "join_date", "last_payment_date"
UNREADABLE = [
    ({AGE: str(YOUNGEST - 1)}, [("valid_age", "99")], {AGE: None}),
    ({AGE: str(OLDEST + 1)}, [("valid_age", "999")], {AGE: None}),
    ({AGE: "old"}, [("valid_age", "aaa")], {AGE: None}),
    ({REVENUE: "-1"}, [("valid_monthly_revenue", "-9")], {REVENUE: None}),
    ({REVENUE: f"{MAX_REVENUE}.01"}, [("valid_monthly_revenue", "99999.99")], {REVENUE: None}),
    ({REVENUE: "nine"}, [("valid_monthly_revenue", "aaaa")], {REVENUE: None}),
    ({"plan_duration": "a year"}, [("valid_plan_months", "a aaaa")], {"plan_months": None}),
    ({JOINED: "yesterday"}, [("valid_join_date", "aaaaaaaaa")], {JOINED: None, PAID: date(2023, 6, 10)}),
    ({PAID: "31-31-23"}, [("valid_last_payment_date", "99-99-99")], {JOINED: date(2022, 1, 15), PAID: None}),
    # Bronze ingested it on 1 August 2023, and no date is in its name.
    ({JOINED: "03-08-23", PAID: None}, [("plausible_join_date", "99-99-99")], {JOINED: None}),
    ({JOINED: "28-08-1997"}, [("plausible_join_date", "99-99-9999")], {JOINED: None, PAID: date(2023, 6, 10)}),
    # A joining that can't be says nothing about the payment.
    ({JOINED: "03-08-23"}, [("plausible_join_date", "99-99-99")], {JOINED: None, PAID: date(2023, 6, 10)}),
    ({PAID: "14-01-22"}, [("payment_after_joining", "99-99-99")], {JOINED: date(2022, 1, 15), PAID: None}),
    (
        {PAID: "02-07-23", "file": "2023-07-01.csv"},
        [("plausible_last_payment_date", "99-99-99")],
        {JOINED: date(2022, 1, 15), PAID: None},
    ),
    ({PAID: "01-08-23", "file": "2023-07.csv"}, [("plausible_last_payment_date", "99-99-99")], {PAID: None}),
]
READABLE = [
    ({AGE: None}, {AGE: None}),
    ({AGE: str(YOUNGEST)}, {AGE: YOUNGEST}),
    ({AGE: f"{OLDEST}.0"}, {AGE: OLDEST}),
    ({REVENUE: None}, {REVENUE: None}),
    ({REVENUE: "0"}, {REVENUE: 0}),
    ({REVENUE: str(MAX_REVENUE)}, {REVENUE: MAX_REVENUE}),
    ({"plan_duration": None}, {"plan_months": None}),
    ({"gender": None}, {"gender": None}),
    ({JOINED: None}, {JOINED: None}),
    ({JOINED: "29-08-1997"}, {JOINED: date(1997, 8, 29)}),
    ({JOINED: "02-08-23", PAID: None}, {JOINED: date(2023, 8, 2), PAID: None}),
    ({PAID: "15-01-22"}, {PAID: date(2022, 1, 15)}),
    ({PAID: "01-07-23", "file": "2023-07-01.csv"}, {PAID: date(2023, 7, 1)}),
    ({PAID: "31-07-23", "file": "2023-07.csv"}, {PAID: date(2023, 7, 31)}),
    # A snapshot without a date in its name is from the day of its latest payment.
    ({PAID: "05-03-25"}, {PAID: date(2025, 3, 5)}),
]


def test_a_cell_that_cannot_be_read_is_unknown_and_counted_and_its_row_stays(checked):
    rows = checked([change for change, _, _ in UNREADABLE])
    for row, (change, failures, known) in zip(rows, UNREADABLE, strict=True):
        assert unreadable(row) == failures, change
        assert {name: row[name] for name in known} == known, change
        assert (row.failed_rules, row.plan) == ([], "Basic"), change


@pytest.mark.costly_on_spark
def test_a_cell_that_can_be_read_or_is_missing_is_not_counted(checked):
    rows = checked([change for change, _ in READABLE])
    for row, (change, known) in zip(rows, READABLE, strict=True):
        assert (row.failed_rules, unreadable(row)) == ([], []), change
        assert {name: row[name] for name in known} == known, change


def test_a_release_that_writes_both_orders_has_unknown_dates(cells):
    rows = cells(
        {"user_id": "1", JOINED: "28/05/2022", PAID: None},
        {"user_id": "2", JOINED: "05/28/2022", PAID: None},
        {"user_id": "3", JOINED: "6/8/2022", PAID: None},
        {"user_id": "4", JOINED: "28/05/2022", PAID: "6/10/2022"},
    )
    found = sorted(subscriber_rows(rows, KEY).select(JOINED, PAID, "unreadable", "failed_rules").collect(), key=repr)
    assert [row.failed_rules for row in found] == [[]] * 4
    ambiguous = [(row[JOINED], row[PAID], unreadable(row)) for row in found if row.unreadable]
    assert sorted(ambiguous, key=repr) == [
        (None, None, [("ambiguous_date_order", "9/9/9999")]),
        (date(2022, 5, 28), None, [("ambiguous_date_order", "9/99/9999")]),
    ]


@pytest.mark.costly_on_spark
def test_a_row_with_two_values_for_a_column_has_the_first_and_is_counted_by_its_name(checked):
    same, differing = checked([{"_rescued_data": f'{{"Plan": "{plan}"}}'} for plan in (" Basic ", "Premium")])
    assert [(row.plan, unreadable(row)) for row in (same, differing)] == [
        ("Basic", []),
        ("Basic", [("one_value_per_column", "subscription_type")]),
    ]


def test_no_letter_or_digit_of_a_person_is_in_what_is_unreadable(checked):
    """Whatever the cell is: in a shifted row, it may be an id or an address."""
    cells = (AGE, REVENUE, "plan_duration", JOINED, PAID)
    texts = ["Änne-2.O'Neil@exämple.org", "1234 5678 Ωmega", "user_0042", "日本語 Ⅷ ٤٢"]
    rows = checked([{**dict.fromkeys(cells, text)} for text in texts])
    for row, text in zip(rows, texts, strict=True):
        assert [cell.rule for cell in row.unreadable] == [f"valid_{name}" for name in (AGE, REVENUE)] + [
            "valid_plan_months",
            *[f"valid_{name}" for name in (JOINED, PAID)],
        ]
        for cell in row.unreadable:
            assert {*cell.value} <= {*"a9 .-_"}, text
    assert rows[0].unreadable[0].value == "aaaa-9.aaaaaaaaaaaaaa.aaa"


def failures(rows):
    return sorted((row.failed_rules for row in rows.collect()), key=repr)


def test_of_a_user_who_is_twice_in_a_snapshot_the_last_payment_counts(cells):
    rows = cells({REVENUE: "11"}, {PAID: "11-06-23"}, {PAID: "30-06-2099", "_release": "subscribers/2023-08-01.csv"})
    found = subscriber_rows(rows, KEY)
    assert failures(found) == [["unique_subscriber"], [], []]
    valid = [(row[REVENUE], row[PAID]) for row in found.filter("size(failed_rules) = 0").collect()]
    # In the other snapshot the payment can't be.
    assert sorted(valid, key=repr) == [(10, None), (10, date(2023, 6, 11))]


# In the order in which they count: what is compared before what comes later here.
TIES = [
    {PAID: "11-06-23"},
    {PAID: "10-06-23", JOINED: "16-01-22"},
    {"subscription_type": "Advanced"},
    {"subscription_type": "Basic", "country": "Chile", "age": "13"},
    {"country": "France", "device": "Laptop", "age": "20"},
    {"country": "France", "device": "Tablet", "gender": "Female"},
    {"country": "France", "device": "Tablet", "gender": "Male", "age": "100", "monthly_revenue": "7"},
    {"country": "France", "device": "Tablet", "gender": "Male", "age": "9"},  # too young, so unknown
    {"country": "France", "device": "Tablet", "gender": None, "age": "13"},
    {"country": "France", "device": None, "gender": "Male", "age": "13"},
    {"country": None, "device": "Laptop", "age": "13"},
    {"subscription_type": None, "age": "13"},
    {JOINED: "14-01-22"},
    {JOINED: None},
    {PAID: None},
]


def test_of_equal_payments_typed_columns_decide_smallest_first_and_nulls_last(cells):
    """Each is compared with the next one, in a snapshot of their own."""
    pairs = [
        {**row, "user_id": "1", "_release": f"subscribers/{place:03}.csv"}
        for place in range(len(TIES) - 1)
        for row in TIES[place : place + 2]
    ]
    names = (PAID, JOINED, "plan", "country", "device_type", "gender", AGE)
    found = subscriber_rows(cells(*pairs), KEY).collect()
    better = sorted((row for row in found if not row.failed_rules), key=lambda row: row["_release"])
    worse = sorted((row for row in found if row.failed_rules), key=lambda row: row["_release"])
    assert len(better) == len(worse) == len(TIES) - 1
    for winner, before in zip(better[1:], worse, strict=False):
        # The one that lost before is the one that wins now.
        assert [winner[name] for name in names] == [before[name] for name in names], winner["_release"]


def test_ties_are_the_same_under_every_key_in_every_folder_and_in_any_order(cells):
    """Eight users with a Basic and a Premium row each, else equal; the headers are Kaggle's, so they are rescued."""
    users = list(product("12345678", ("Basic", "Premium")))
    headers = {"User ID": "user_id", "Subscription Type": "subscription_type"}
    plans = set()
    for folder, key, order in (("a", KEY, users), ("b", OTHER_KEY, users[::-1])):
        path = f"file:///{folder}/subscribers/s.csv"
        rescued = [json.dumps({**dict(zip(headers, user, strict=True)), "_file_path": path}) for user in order]
        rows = cells(
            *[{**dict.fromkeys(headers.values()), "_source_file": path, "_rescued_data": text} for text in rescued]
        )
        valid = subscriber_rows(rows, key).filter("size(failed_rules) = 0").collect()
        plans.add(tuple(row.plan for row in valid))
    assert plans == {("Basic",) * 8}


@pytest.mark.costly_on_spark
def test_rows_equal_in_all_typed_columns_are_one_subscriber(cells):
    assert failures(subscriber_rows(cells({}, {}, {}), KEY)) == [["unique_subscriber"], ["unique_subscriber"], []]


def test_rows_hold_no_text_of_a_person(cells):
    found = subscriber_rows(cells({"user_id": "canary", AGE: "canary"}, {"_corrupt_record": "canary;1"}, {}), KEY)
    rows = found.collect()
    assert "canary" not in repr(rows)
    assert len({row.row_hash for row in rows}) == 3
    assert {column.name for column in SUBSCRIBER_COLUMNS} <= {*found.columns}
