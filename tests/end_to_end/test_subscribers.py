"""Subscribers from snapshots to months: real files, versions, and people who watch."""

import json
import os
import shutil

import pytest

from tests.end_to_end.test_playback import T, event, land
from tests.helpers.truth import rows

HEADER = "User ID,Subscription Type,Monthly Revenue,Join Date,Last Payment Date,Country,Age,Gender,Device,Plan Duration"


def snapshot(place, name, *rows, header=HEADER):
    folder = place.landing / "subscribers"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join([header, *rows]) + "\n")


USERS = (
    "1,Basic,10,15-01-2022,10-12-2022,United States,28,Male,Smartphone,1 Month",
    "2,Premium,15,05-09-2021,22-12-2022,Spain,35,Female,Tablet,1 Month",
)
FORMS = ("userbase_2500", "userbase_2500_original_headers", "userbase_2500_mixed_dates")


@pytest.fixture(scope="module")
def answers():
    """What gold had to say of the forms so far."""
    return {}


@pytest.mark.parametrize(
    "form", [pytest.param(it, marks=[pytest.mark.large] if it == FORMS[0] else []) for it in FORMS]
)
def test_all_forms_of_the_real_file_give_the_independent_counts(place, real_data, answers, form):
    folder = place.landing / "subscribers"
    folder.mkdir()
    path = shutil.copy(real_data / "subscribers" / f"{form}.csv", folder / "users_2023-08-01.csv")
    os.utime(path, (1_690_000_000, 1_690_000_000))
    place.run()
    expected = json.loads((real_data / "expected" / "expected_netflix_userbase.json").read_text())
    assert rows(place, "SELECT count(*) FROM silver.subscribers_quarantine") == [(0,)]
    kpi = "SELECT {}, sum(subscribers)::INT, sum(monthly_revenue)::INT FROM gold.kpi_subscribers GROUP BY 1"
    by = {name: {key: rest for key, *rest in rows(place, kpi.format(name))} for name in ("plan", "country", "gender")}
    assert {key: count for key, (count, _) in by["plan"].items()} == expected["by_subscription_type"]
    assert {key: money for key, (_, money) in by["plan"].items()} == expected["monthly_revenue_by_subscription"]
    assert {key: count for key, (count, _) in by["country"].items()} == expected["by_country"]
    assert {key: money for key, (_, money) in by["country"].items()} == expected["monthly_revenue_by_country"]
    assert {key: count for key, (count, _) in by["gender"].items()} == expected["by_gender"]
    devices = "SELECT device, count(*) FROM gold.dim_subscriber JOIN gold.dim_device USING (device_key) GROUP BY 1"
    found = {device: count for device, count in rows(place, devices) if device != "Unknown"}
    assert found == {device.lower(): count for device, count in expected["by_device"].items()}
    joins = rows(
        place,
        "SELECT strftime(month, '%Y-%m'), sum(new_subscribers)::INT AS n FROM gold.kpi_monthly_revenue GROUP BY 1",
    )
    assert {month: count for month, count in joins if count} == expected["joins_by_month"]
    months = (
        "SELECT min(month), max(month), sum(revenue)::INT, sum(churned_subscribers)::INT FROM gold.kpi_monthly_revenue"
    )
    answers[form] = rows(place, months), rows(place, "FROM gold.kpi_subscribers ORDER BY ALL")
    assert answers[form] == next(iter(answers.values()))


def test_a_user_in_two_snapshots_with_another_plan_has_two_versions(place):
    person = "{},{},{},2023-01-31,{},Canada,30,Female,Laptop,1 Month"
    snapshot(
        place, "users_2023-03-10.csv", person.format(1, "Basic", 10, "2023-03-05"), person.format(2, "Basic", 10, "")
    )
    place.run()
    later = person.format(1, "Premium", 15, "2023-05-05")
    snapshot(place, "users_2023-05-10.csv", later, person.format(3, "Basic", 10, "2023-05-01"))
    place.run()
    versions = "SELECT plan, valid_to IS NULL FROM gold.dim_subscriber JOIN gold.dim_plan USING (plan_key)"
    assert rows(place, f"{versions} WHERE subscriber_key <> -1 ORDER BY ALL") == [
        *(("Basic", False), ("Basic", False), ("Basic", True), ("Premium", True)),
    ]
    months = "SELECT month(month), plan, active_subscribers, revenue::INT FROM gold.kpi_monthly_revenue"
    assert rows(place, f"{months} WHERE plan = 'Premium'") == [(5, "Premium", 1, 15)]
    assert rows(place, f"{months} WHERE month = DATE'2023-04-01'") == [(4, "Basic", 2, 20)]
    # 2 left with the second snapshot, having paid for January alone.
    assert rows(place, "SELECT month(month) FROM gold.kpi_monthly_revenue WHERE churned_subscribers > 0") == [(2,)]


def test_months_of_who_joined_before_the_calendar_begins_are_each_in_one_row(place):
    snapshot(place, "users_2023-03-10.csv", "1,Basic,10,2005-06-15,2023-03-01,Canada,30,Female,Laptop,1 Month")
    place.run()
    found = "SELECT count(*), count(DISTINCT date_key), min(date_key), max(date_key) FROM gold.fact_subscription_month"
    assert rows(place, found) == [(195, 195, 20070101, 20230301)]
    revenue = "SELECT count(*), sum(revenue)::INT, sum(new_subscribers)::INT FROM gold.kpi_monthly_revenue"
    assert rows(place, revenue) == [(195, 1950, 0)]
    assert rows(place, "SELECT count(*) FROM gold.kpi_cohort_retention") == [(0,)]


def test_an_age_that_cannot_be_read_is_unknown_and_counted_by_its_shape_and_nobody_leaves(place):
    snapshot(place, "users_2023-01-01.csv", *USERS)
    snapshot(place, "users_2023-01-15.csv", USERS[0].replace(",28,", ",abc,"), USERS[1])
    place.run()
    found = rows(place, "SELECT age, count(*), count(__END_AT) FROM silver.subscribers GROUP BY 1 ORDER BY 1")
    assert found == [(35, 1, 0), (None, 1, 0)]
    assert rows(place, "SELECT sum(churned_subscribers) FROM gold.kpi_monthly_revenue") == [(0,)]
    assert rows(place, "SELECT count(*) FROM silver.subscribers_quarantine") == [(0,)]
    unreadable = "SELECT unreadable FROM silver.subscriber_releases WHERE len(unreadable) > 0"
    assert rows(place, unreadable) == [([{"rule": "valid_age", "rows": 1, "example": "aaa"}],)]


def test_who_watched_is_found_when_subscribers_come_later(place):
    land(place, "a.json", event(T, "PLAY_START", user_id="7"), event(T + 200, "PLAY_STOP", user_id="7"))
    place.run()
    assert rows(place, "SELECT subscriber_key FROM gold.fact_playback") == [(-1,)]
    snapshot(place, "users.csv", "7.0,Basic,10,2019-01-31,,Canada,30,Female,Laptop,1 Month")
    place.run()
    found = "SELECT plan FROM gold.fact_playback JOIN gold.dim_subscriber USING (subscriber_key)"
    assert rows(place, f"{found} JOIN gold.dim_plan USING (plan_key)") == [("Basic",)]
