"""Periods end with the last whole day, so that a day that has only begun looks like no collapse."""

import json
from datetime import date, timedelta

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

import pyarrow as pa

from dashboards.pages.model import Panel
from metrics.query import Query
from metrics.registry import load_registry
from metrics.sql import statement
from serving.answers import Answer
from serving.locales import ENGLISH
from serving.pages import timelines
from serving.pages.asking import Asked
from serving.pages.material import Material
from serving.pages.periods import Days, of_whole_days, with_period_before
from tests.helpers.html import parse

NEWEST = date(2020, 1, 8)
DAYS = Days(first=date(2019, 10, 25), newest=NEWEST)


@pytest.mark.parametrize(
    ("first", "grain", "whole"),
    [
        ("2019-10-25", "day", "2020-01-07"),
        ("2019-10-25", None, "2020-01-07"),
        ("2019-10-25", "month", "2019-12-31"),
        ("2020-01-02", "month", None),
        ("2020-01-08", "day", None),
    ],
)
def test_a_day_or_month_is_whole_once_a_later_one_has_events(first, grain, whole):
    days = Days(first=date.fromisoformat(first), newest=NEWEST)
    assert days.last_whole(grain) == (whole and date.fromisoformat(whole))


def test_months_of_subscriptions_have_no_days_to_leave_out():
    query = Query(metrics=("active_subscribers",), last="1m")
    assert of_whole_days(load_registry(), query, DAYS) == query


def drawn(metric, has_newest=True):
    """The chart of the last three days, with one event a day, and none on the days before."""
    query = with_period_before(Query(metrics=(metric,), grain="day"), "3d", DAYS)
    columns = statement(load_registry(), query).columns
    days = [NEWEST - timedelta(days=back) for back in range(6, -1 if has_newest else 0, -1)]
    table = pa.table({"day": days, metric: [100] * 6 + [4] * has_newest})
    answer = Answer(tag="t", query=query, columns=columns, table=table, complete=True)
    panel = Panel(name="p", kind="line", title="Events", query=query, in_period=True)
    return timelines.line(Material(panel, Asked(query=query, answer=answer, newest=days[-1]), ENGLISH))


def test_the_newest_day_is_drawn_apart_and_compared_with_nothing():
    drawing = drawn("events")
    rows = json.loads(drawing.spec)["data"]["values"]
    assert [row["t"][-2:] for row in rows] == ["05", "06", "07", "08"]
    assert [row.get("now") for row in rows] == [100, 100, 100, None]
    assert [row.get("before") for row in rows] == [100, 100, 100, None]
    assert [row.get("unfinished") for row in rows] == [None, None, 100, 4]
    assert rows[-1]["Now"] == "4, may be incomplete"
    assert ("The newest day, may be incomplete", "unfinished") in drawing.legend


def test_a_metric_without_rows_on_that_day_ends_with_the_whole_one():
    drawing = drawn("plays", has_newest=False)
    rows = json.loads(drawing.spec)["data"]["values"]
    assert [row["t"][-2:] for row in rows] == ["05", "06", "07"]
    assert "unfinished" not in drawing.spec


def test_headlines_and_rankings_leave_the_newest_day_out(client):
    by_day = client.get("/api/v1/query?metrics=events&grain=day").json()["data"]
    whole = by_day[-2]["day"]
    page = parse(client.get("/viewing").text)
    said = date.fromisoformat(whole)
    assert f"Data to the last whole day, {said.day} {said:%b %Y}." in page.one("p", name="lead").text
    card = next(card for card in page.all(name="card") if card.one("dt").text == "Events")
    assert card.one("data").attributes["value"] == str(sum(row["events"] for row in by_day[:-1]))
    types = page.one("section", id="event-types")
    api = next(link.attributes["href"] for link in types.all("a") if link.text.startswith("API"))
    assert f"until={whole}" in api
    assert sum(row["events"] for row in client.get(api).json()["data"]) == sum(row["events"] for row in by_day[:-1])


def test_what_is_counted_over_months_is_called_so(client):
    assert (
        parse(client.get("/viewing?period=12m").text).one("section", id="events").one("h2").text == "Events per month"
    )


def test_numbers_that_are_nearly_the_same_are_explained(client):
    page = parse(client.get("/audience").text)
    cards = {card.one("dt").text: card.text for card in page.all(name="card")}
    for label, metric in (
        ("Current subscribers", "subscribers"),
        ("Active subscribers", "active_subscribers"),
        ("Monthly revenue", "monthly_revenue"),
        ("Revenue", "revenue"),
    ):
        meaning = client.get(f"/api/v1/metrics/{metric}").json()["data"]["description"].partition(";")[0]
        assert meaning[1:] in cards[label]
