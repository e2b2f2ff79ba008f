"""Typed columns of subscribers, with pseudonyms."""

import json
from datetime import date
from decimal import Decimal

from pyspark.sql import functions as F

from cleanse.subscribers.cleansing import cleanse_subscribers
from common.pseudonyms import pseudonym
from common.text import blank_to_null

KEY = "k" * 64


def test_a_row_is_typed_and_its_user_is_a_pseudonym(spark, bronze):
    (who,) = spark.range(1).select(pseudonym(blank_to_null(F.lit(" 1")), KEY)).collect()[0]
    expected = {
        "subscriber_id": who,
        "plan": "Basic",
        "monthly_revenue": Decimal("10.00"),
        "join_date": date(2022, 1, 15),
        "last_payment_date": date(2023, 6, 10),
        "country": "United States",
        "age": 28,
        "gender": "Male",
        "device_type": "smart tv",
        "plan_months": 1,
    }
    (row,) = cleanse_subscribers(bronze({}), KEY).select(*expected).collect()
    assert row.asDict() == expected


def test_a_row_of_which_nothing_is_known_is_there(bronze):
    names = ("plan", "monthly_revenue", "join_date", "last_payment_date", "country", "age", "gender", "device_type")
    source = ("subscription_type", *names[1:7], "device", "user_id", "plan_duration")
    (row,) = cleanse_subscribers(bronze(dict.fromkeys(source)), KEY).select("subscriber_id", *names).collect()
    assert tuple(row) == (None,) * (len(names) + 1)


def test_the_id_of_a_user_is_in_no_other_column(bronze):
    names = ("plan", "country", "gender", "device_type")
    texts = dict.fromkeys(("subscription_type", "country", "gender", "device"), "Jane42's  TV")
    rows = [{**texts, "user_id": "JANE42"}, {**texts, "user_id": "x"}, {**texts, "user_id": None}]
    found = [tuple(row) for row in cleanse_subscribers(bronze(*rows), KEY).select(*names).collect()]
    there = ("Jane42's TV", "Jane42's TV", "Jane42's TV", "jane42's tv")
    assert sorted(found, key=repr) == [there, there, (None, None, None, None)]


def test_a_user_id_of_a_data_frame_with_gaps_is_the_same_user(bronze):
    rows = cleanse_subscribers(bronze({}, {"user_id": "1.0", "_source_file": "file:///b.csv"}), KEY)
    assert rows.select("subscriber_id").distinct().count() == 1


def test_the_order_of_day_and_month_is_that_of_the_whole_release(bronze):
    rows = [
        {"join_date": "6/8/2022"},
        {"join_date": "28-05-22"},
        {"join_date": "6/8/2022", "last_payment_date": "7/31/2023", "_source_file": "file:///b.csv"},
        {"join_date": "2022-08-06", "last_payment_date": "45107", "_source_file": "file:///c.csv"},
        # The second of two part files proves the order of the first.
        {"join_date": "6/9/2022", "_source_file": "file:///d/part-00000.csv", "_release": "subscribers/d"},
        {"join_date": "28-05-22", "_source_file": "file:///d/part-00001.csv", "_release": "subscribers/d"},
    ]
    found = cleanse_subscribers(bronze(*rows), KEY).select("join_date", "last_payment_date").collect()
    paid = date(2023, 6, 10)
    assert sorted(map(tuple, found)) == sorted(
        [
            (date(2022, 8, 6), paid),
            (date(2022, 5, 28), paid),
            (date(2022, 6, 8), date(2023, 7, 31)),
            (date(2022, 8, 6), date(2023, 6, 30)),
            (date(2022, 9, 6), paid),
            (date(2022, 5, 28), paid),
        ]
    )


def test_without_evidence_dates_with_dashes_have_the_day_first_and_others_the_month(bronze):
    joined = {"05-09-2021": date(2021, 9, 5), "05-09-21": date(2021, 9, 5), "5/9/2021": date(2021, 5, 9)}
    rows = [
        {"join_date": text, "last_payment_date": None, "country": text, "_source_file": f"file:///{place}.csv"}
        for place, text in enumerate(joined)
    ]
    found = cleanse_subscribers(bronze(*rows), KEY).collect()
    assert {row.country: row.join_date for row in found} == joined


def test_columns_are_found_by_name(bronze):
    headers = {"User ID": "7", "Subscription Type": "Premium", "Monthly Revenue": "$15.00", "Join Date": "2022-01-15"}
    own = ("user_id", "subscription_type", "monthly_revenue", "join_date")
    row = {
        **dict.fromkeys((*own, "last_payment_date")),
        "_rescued_data": json.dumps({**headers, "Unnamed: 0": "0", "_file_path": "a"}),
    }
    (found,) = cleanse_subscribers(bronze(row), KEY).collect()
    assert (found.plan, found.monthly_revenue, found.join_date) == ("Premium", 15, date(2022, 1, 15))
    assert found.subscriber_id is not None
