"""Every delivered row is valid, a duplicate, or quarantined; an event that silver lacks is none of them."""

import json
from datetime import date

import pytest
from pyspark.sql import functions as F

from silver.playback.deliveries import playback_deliveries, playback_delivery_days
from silver.playback.events import valid_events
from silver.playback.rows import playback_rows

KEY = "key"
T = 1_709_251_200  # 2024-03-01
DAY = 24 * 60 * 60
MARCH_1, MARCH_2 = date(2024, 3, 1), date(2024, 3, 2)


def event(number, file="a", at=T):
    return {"event_id": str(number), "event_ts": str(at), "_shown_file": f"playback/{file}.json"}


def deliveries_of(table, events, bronze):
    return playback_deliveries(playback_delivery_days(table, events), events, bronze)


@pytest.fixture
def delivered(bronze):
    """Makes deliveries of bronze rows: those columns, by file and day; `kept` says of which events silver has a row."""

    def make(columns, *rows, kept="true"):
        delivered = bronze(*rows)
        table = playback_rows(delivered, KEY)
        # Of an event's rows the one of the first file is kept.
        events = valid_events(table).orderBy("_source_file").dropDuplicates(["event_date", "event_key"])
        found = deliveries_of(table, events.filter(kept), delivered).collect()
        return {
            (row.source_file.removeprefix("playback/").removesuffix(".json"), row.event_date): tuple(
                row[name] for name in columns.split()
            )
            for row in found
        }

    return make


ALL = "rows valid duplicates quarantined"


def test_deliveries_add_up_by_file_and_day(delivered):
    rows = [event(1), event(1), event(2), event(2, "b"), event(3, "b"), {"event_id": "n", "event_ts": "never"}]
    assert delivered(ALL, *rows) == {
        ("a", None): (1, 0, 0, 1),
        ("a", MARCH_1): (3, 2, 1, 0),
        ("b", MARCH_1): (2, 1, 1, 0),
    }


def test_an_event_that_silver_lost_is_no_duplicate(delivered):
    rows = [event(1), event(1), event(2, "b"), event(3, "b"), event(4, "b", T + DAY)]
    assert delivered(ALL, *rows, kept="event_date > DATE '2024-03-01'") == {
        ("a", MARCH_1): (2, 0, 0, 0),
        ("b", MARCH_1): (2, 0, 1, 0),
        ("b", MARCH_2): (1, 1, 0, 0),
    }


def test_an_event_that_bronze_lacks_does_not_add_up(bronze):
    table, one = playback_rows(bronze(event(1), event(2)), KEY), bronze(event(1))
    found = deliveries_of(playback_rows(one, KEY), valid_events(table), one).collect()
    assert [(row.rows, row.valid + row.duplicates + row.quarantined) for row in found] == [(1, 2)]


LIST = {"_rescued_data": json.dumps({"records": json.dumps([event(n) for n in (7, 8, 9)])})}
NEVER = {"event_id": "n", "event_ts": "never"}


@pytest.mark.parametrize(
    ("made", "of_no_day"),
    [
        ("true", {("a", 1, 1)}),
        ("_source_file NOT LIKE '%b.json'", {("a", 1, 1), ("b", 2, 0)}),
        ("failed_rules IS NULL", {("a", 1, 0)}),
        ("_source_file LIKE '%b.json' OR events_of_record = 1", {("a", 2, 1)}),
        ("events_of_record > 0", {("a", 3, 1)}),
        ("failed_rules IS NULL AND events_of_record > 0", {("a", 1, 0)}),
    ],
)
def test_rows_of_bronze_that_no_row_was_made_of_do_not_add_up(bronze, made, of_no_day):
    delivered = bronze(event(1), event(1), LIST, NEVER, event(1, "b"), event(2, "b"))
    table = playback_rows(delivered, KEY).filter(made)
    found = deliveries_of(table, valid_events(table).dropDuplicates(["event_key"]), delivered).collect()
    files = {(row.source_file[9:-5], row.rows, row.quarantined) for row in found if row.event_date is None}
    assert files == of_no_day
    assert len({(row.source_file, row.event_date) for row in found}) == len(found)


@pytest.mark.costly_on_spark
def test_repeats_are_rows_that_their_own_file_has_already(delivered):
    rows = [event(1), event(1), event(1), event(1, "b"), event(2, "b"), {"event_id": "n", "event_ts": "never"}]
    assert delivered("repeats", *rows) == {("a", None): (0,), ("a", MARCH_1): (2,), ("b", MARCH_1): (0,)}


def test_an_id_on_two_days_is_two_events_and_counted_on_the_later_day(delivered):
    rows = [event(1, "a", T + DAY - 1), event(1, "b", T + DAY), event(2, "b", T + DAY)]
    assert delivered(f"{ALL} ids_of_earlier_days", *rows) == {
        ("a", MARCH_1): (1, 1, 0, 0, 0),
        ("b", MARCH_2): (2, 2, 0, 0, 1),
    }


@pytest.mark.costly_on_spark
def test_starts_are_those_of_the_day_in_all_files(delivered):
    start, pause = {"event_type": "play"}, {"event_type": "PAUSE"}
    rows = [event(1) | start, event(2) | pause, event(3, "b") | pause, event(4, "b", T + DAY) | pause]
    found = delivered("starts_of_day", *rows, {"event_ts": "never", "_shown_file": "playback/a.json"})
    assert found == {("a", None): (0,), ("a", MARCH_1): (1,), ("b", MARCH_1): (1,), ("b", MARCH_2): (0,)}


@pytest.mark.costly_on_spark
def test_late_rows_and_the_longest_delay_are_those_of_the_file(delivered):
    """The files of these rows were modified on 2024-03-02."""
    assert delivered("late longest_delay_hours", event(1), event(2, at=T - 60), event(3, at=T + 2 * DAY - 1)) == {
        ("a", date(2024, 2, 29)): (1, 24),
        ("a", MARCH_1): (0, 24),
        ("a", MARCH_2): (0, 0),
    }


def test_rows_are_counted_by_file_and_day_and_nothing_else(bronze):
    bronze_rows = bronze(event(1), event(2, "b"), event(3, at=T + DAY), {"event_id": "n", "event_ts": "never"})
    table = playback_rows(bronze_rows, KEY)
    found = deliveries_of(table, valid_events(table), bronze_rows)
    assert found.agg(F.sum("rows")).collect()[0][0] == 4
    assert found.count() == found.select("source_file", "event_date").distinct().count() == 4
