"""Files of which most rows say nothing are named, with the rules that they fail and the keys that nothing reads."""

import json

import pytest

from bronze.feeds import CORRUPT, RESCUED
from silver.playback.deliveries import playback_deliveries, playback_delivery_days
from silver.playback.events import quarantined_events, valid_events
from silver.playback.flawed_files import playback_flawed_files
from silver.playback.rows import playback_rows

KEY = "key"
T = 1_709_251_200  # 2024-03-01


def row(number, file="playback/a.json", at=T, **other):
    return {
        "event_id": None if number is None else str(number),
        "event_ts": str(at),
        "_shown_file": file,
        **other,
    }


def unread(**values):
    return {RESCUED: json.dumps({**values, "_file_path": "file:///a.json"})}


@pytest.fixture
def flawed(bronze):
    """Makes the table of bronze rows: its rows by file."""

    def make(*rows):
        table = bronze(*rows)
        delivered = playback_rows(table, KEY)
        events = valid_events(delivered).dropDuplicates(["event_date", "event_key"])
        deliveries = playback_deliveries(playback_delivery_days(delivered, events), events, table)
        found = playback_flawed_files(deliveries, quarantined_events(delivered), table)
        return {row.file: row for row in found.collect()}

    return make


@pytest.mark.parametrize(("invalid", "is_flawed"), [(5, False), (6, True)])
def test_a_file_is_flawed_where_fewer_than_half_of_its_rows_are_valid(flawed, invalid, is_flawed):
    rows = [row(number, at="never" if number < invalid else T) for number in range(10)]
    assert bool(flawed(*rows)) == is_flawed


@pytest.mark.costly_on_spark
@pytest.mark.parametrize(("distinct", "is_flawed"), [(5, False), (4, True)])
def test_a_file_is_flawed_where_more_than_half_of_its_rows_repeat_others(flawed, distinct, is_flawed):
    assert bool(flawed(*[row(number % distinct) for number in range(10)])) == is_flawed


@pytest.mark.costly_on_spark
def test_a_file_of_fewer_than_ten_rows_is_never_flawed(flawed):
    assert flawed(*[row(number, at="never") for number in range(9)]) == {}


@pytest.mark.costly_on_spark
def test_events_that_another_file_has_already_are_no_flaw(flawed):
    rows = [row(number, file) for number in range(10) for file in ("playback/a.json", "playback/b.json")]
    assert flawed(*rows) == {}


def test_a_flawed_file_is_described(flawed):
    other = [row(0, "playback/x/other keys.json", **unread(nr=number, data={"Who": "u"})) for number in range(2000)]
    bad = [row(number, "playback/bad.json", "never") for number in range(10)] + [
        row(None, "playback/bad.json", **{CORRUPT: "{"})
    ]
    found = flawed(*other, *bad, *[row(number) for number in range(10)])
    assert {file: (it.rows, it.valid_rows, it.repeats) for file, it in found.items()} == {
        "playback/x/other keys.json": (2000, 2000, 1999),
        "playback/bad.json": (11, 0, 0),
    }
    assert {it.problem for it in found.values()} == {
        "playback/x/other keys.json: 2,000 of its 2,000 rows are valid, and 1,999 repeat others of the file. Keys that "
        "match no column: Who, nr.",
        "playback/bad.json: 0 of its 11 rows are valid. Failed rules: valid_event_ts: 10 rows, well_formed_record: 1 "
        "row.",
    }
    assert found["playback/bad.json"].leftover_keys == []


@pytest.mark.costly_on_spark
def test_keys_that_may_name_a_person_are_hidden(flawed):
    keys = {"u4711": 1, "ann@example.com": 2, "x" * 65: 3, "plan": 4}
    (found,) = flawed(*[row(0, **unread(**keys)) for _ in range(10)]).values()
    assert found.leftover_keys == ["plan", "…"]


def test_of_a_csv_file_without_a_header_every_key_is_hidden(flawed):
    nothing = {"event_id": None, "event_ts": None}
    rows = [row(None, "playback_csv/a.csv") | nothing | unread(ann="bob", tv="web") for _ in range(10)]
    (found,) = flawed(*rows).values()
    assert found.leftover_keys == ["…"]
