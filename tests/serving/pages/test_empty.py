"""A lake without events or subscribers: its pages say what isn't there, and claim nothing of it."""

import json

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

from serving.pages import charts
from tests.helpers.html import parse
from tests.serving.conftest import client_of


@pytest.fixture(scope="module")
def bare(made_lake):
    """A client to the lake's catalogue alone."""
    from serving.build import build_service

    service = build_service(made_lake)
    cursor = service.generations.current.backend.connection.cursor()
    for (table,) in cursor.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'gold'").fetchall():
        if table.startswith(("fact_playback", "playback_", "fact_subscription", "kpi_", "dim_subscriber")):
            cursor.execute(f'DELETE FROM gold."{table}"')
    with client_of(service) as client:
        yield client


def test_parts_without_rows_say_what_has_not_been_loaded(bare):
    viewing = parse(bare.get("/viewing").text)
    assert "No playback events have been loaded" in viewing.one("section", id="devices").one(name="empty").text
    assert all("disabled" in menu.attributes for menu in viewing.all("select") if menu.attributes["name"] == "device")
    audience = parse(bare.get("/audience").text)
    assert "No subscribers have been loaded" in audience.one("section", id="revenue").one(name="empty").text


def test_without_events_no_title_is_called_unwatched(bare):
    page = parse(bare.get("/catalogue").text)
    cards = {card.one("dt").one("a").attributes["href"].rpartition("/")[2]: card for card in page.all(name="card")}
    card = cards["unwatched_share"]
    assert card.one("data").attributes["value"] == "" and "No playback events" in card.text
    assert "in the catalogue now" in cards["titles"].text


def test_a_single_day_is_a_point_and_counts_have_whole_numbers():
    rows = [{"t": "2021-01-05", "now": 1.0, "when": "5 Jan", "Now": "1"}]
    drawn = json.dumps(charts.line("d", rows, "day", "integer", has_before=False))
    assert '"point": {' in drawn and '"tickCount": 1' in drawn and '"values": ["2021-01-05"]' in drawn
