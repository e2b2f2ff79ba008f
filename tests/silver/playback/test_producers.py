"""Events are found by their keys' names in every form that producers write."""

import json
import random
from datetime import datetime

import pytest

from bronze.feeds import CORRUPT, PLAYBACK_FEED, RESCUED
from silver.playback.events import EVENT_COLUMNS, PLAYBACK_EVENTS_QUARANTINE, quarantined_events, valid_events
from silver.playback.producers import events_by_name, found_by_name
from silver.playback.rows import playback_rows

KEY = "key"
T = 1_709_251_200  # 2024-03-01
# The contract's keys, by column.
KEYS = {
    "event_id": "event_id eventId id uuid",
    "user_id": "user_id userId user account_id subscriber_id",
    "profile_id": "profile_id profileId profile",
    "title_id": "title_id titleId content_id contentId video_id videoId show_id media_id",
    "event_type": "event_type eventType event event_name action",
    "event_ts": "event_ts eventTs event_time eventTime event_timestamp EventTimestamp timestamp time ts",
    "device_type": "device_type deviceType device platform",
    "country": "country country_code countryCode geo",
    "session_id": "session_id sessionId session",
    "position_seconds": "position_seconds position playhead playhead_seconds",
}
COLUMNS = PLAYBACK_FEED.column_names


def as_read(record, nested=json.dumps):
    """A record as Auto Loader reads it: the agreed keys are columns, others are rescued, nested values as `nested`."""
    cells = {key.lower(): value for key, value in record.items() if key.lower() in COLUMNS}
    others = {key: value for key, value in record.items() if key.lower() not in COLUMNS}
    texts = {key: nested(value) if isinstance(value, dict | list) else value for key, value in others.items()}
    rescued = {RESCUED: json.dumps({**texts, "_file_path": "file:///a.json"})} if texts else {}
    return {**{key: None if value is None else str(value) for key, value in cells.items()}, **rescued}


@pytest.fixture
def found(bronze):
    """The events of records, by event id: their columns with a value."""

    def found_in(*records, nested=json.dumps):
        events = events_by_name(bronze(*[as_read(record, nested) for record in records])).collect()
        columns = [{name: row[name] for name in COLUMNS if row[name] is not None} for row in events]
        for row in columns:
            row |= {"title_id": row.pop("content_id")} if "content_id" in row else {}
        return {row.get("event_id"): row for row in columns}

    return found_in


def spellings(key):
    """A key as producers spell it."""
    words = key.split("_")
    return {key, key.upper(), "-".join(words).title(), " ".join(words), words[0] + "".join(map(str.title, words[1:]))}


def test_events_by_name_reads_every_key_in_any_case_and_envelope(found):
    forms = [(column, key) for column, keys in KEYS.items() for name in keys.split() for key in spellings(name)]
    records, expected = [], {}
    for number, (column, key) in enumerate((column, key) for column, key in forms if column != "event_id"):
        at_top, inside = f"t{number}", f"i{number}"
        records += [{"id": at_top, key: "x"}, {"id": inside, ("data", "Payload", "detail")[number % 3]: {key: "x"}}]
        expected |= {event_id: {"event_id": event_id, column: "x"} for event_id in (at_top, inside)}
    assert found(*records) == expected
    ids = [key for column, key in forms if column == "event_id"]
    assert {*found(*[{key: f"e{number}"} for number, key in enumerate(ids)])} == {f"e{n}" for n in range(len(ids))}


def test_the_agreed_key_comes_first_then_the_order_of_names_then_the_outer_key(found):
    records = [
        {"event_id": "1", "user_id": "a", "userId": "b", "user": "c"},
        {"event_id": "2", "user": "b", "userId": "a"},
        {"event_id": "3", "subscriber_id": "c", "account-id": "a"},
        {"event_id": "4", "user": "a", "data": {"user": "b", "account_id": "c"}},
        {"event_id": "5", "user": "b", "data": {"user_id": "a"}},
        {"event_id": "6", "detail": {"user": "c"}, "payload": {"user": "b"}, "data": {"user": "a"}},
        {"event_id": "7", "user_id": " ", "user": "", "account_id": None, "subscriber_id": "a"},
        {"event_id": "8", "user_id": None, "user": {"name": "x"}, "account_id": [1], "subscriber_id": "a"},
    ]
    assert {event_id: row["user_id"] for event_id, row in found(*records).items()} == dict.fromkeys("12345678", "a")


@pytest.mark.parametrize("nested", [json.dumps, lambda value: value], ids=["text", "json"])
def test_events_of_a_list_are_events_of_their_own(found, nested):
    items = [{"eventId": "a", "userId": "u"}, {"id": "b", "data": {"user": 12345678901234567890123}}]
    batch = {"event_id": "x", "timestamp": 1, "user_id": "nobody", "Records": items}
    assert found(batch, nested=nested) == {
        "a": {"event_id": "a", "user_id": "u"},
        "b": {"event_id": "b", "user_id": "12345678901234567890123"},
    }


@pytest.mark.parametrize("no_list", [[], "x", {}, None, 1, "[", "[" * 5000])
def test_a_record_without_a_list_of_events_is_an_event(found, no_list):
    assert found({"id": "a", "records": no_list}) == {"a": {"event_id": "a"}}


def test_an_item_that_is_no_object_is_quarantined(bronze):
    rows = bronze(as_read({"event_id": "x", "event_ts": T, "records": [5, "a", None, [], {"id": "a", "ts": T}]}))
    assert valid_events(playback_rows(rows, KEY)).count() == 1
    failed = quarantined_events(playback_rows(rows, KEY)).collect()
    assert [row.failed_rules for row in failed] == [["valid_event_ts", "identifiable_event"]] * 4
    # They are one row of bronze.
    assert len({row.row_hash for row in failed}) == 1


def test_values_are_taken_as_they_are_written(found):
    written = (
        '{"id": "a", "data": {"user": 81193313.0, "position": -0.10, "device": true, "geo": "\\ud800", "ts": 1E+2}}'
    )
    record = json.loads(written, parse_float=str)
    row = {"event_id": "a", "user_id": "81193313.0", "position_seconds": "-0.10", "device_type": "true", "country": "�"}
    assert found(record) == {"a": {**row, "event_ts": "1E+2"}}


def test_leftover_keys_are_those_that_no_column_has(bronze):
    records = [
        {"eventId": "a", "plan": "x", "data": {"userId": "u", "Who": "v"}, "payload": "text", "user": {"id": 1}},
        {"records": [{"id": "b", "extra": 1}]},
    ]
    events = found_by_name(bronze(*map(as_read, records))).collect()
    assert {row.event_id: row.leftover_keys for row in events} == {"a": ["Who", "payload", "plan"], "b": ["extra"]}


def test_a_complete_event_that_lists_something_is_one_event(found):
    event = {"event_id": "a", "event_type": "PAUSE", "event_ts": T, "records": [{"bitrate": 1}, {"bitrate": 2}]}
    assert list(found(event, {**event, "event_id": "b", "event_type": None, "action": "pause"})) == ["a", "b"]


def test_what_stands_beside_a_list_is_of_each_event_in_it(found):
    batch = {"userId": "u", "device": "tv", "id": "batch", "timestamp": T}
    events = found({**batch, "records": [{"id": "a", "ts": T}, {"id": "b", "ts": T, "user": "v"}]})
    assert {name: (row["user_id"], row["device_type"]) for name, row in events.items()} == {
        "a": ("u", "tv"),
        "b": ("v", "tv"),
    }


def test_broken_records_and_rows_without_values_stay(bronze):
    rows = bronze({CORRUPT: "{"}, {}, {RESCUED: "{"}, {RESCUED: '{"id"'}, {RESCUED: None, CORRUPT: '"id":'})
    assert events_by_name(rows).count() == 5
    assert valid_events(playback_rows(rows, KEY)).count() == 0
    assert quarantined_events(playback_rows(rows, KEY)).count() == 5


PUBLIC = {
    "a collector": {"timestamp": "2024-03-01T00:00:00Z", "video_id": "s1", "event": "play", "user": "u"},
    "a gaming stream": {"EventTimestamp": T, "UserId": "u", "EventName": "play", "VideoId": "s1"},
    "a player": {"event": "playing", "sessionId": "s", "timestamp": T * 1000, "playhead": 12},
    "a batch": {"records": [{"eventType": "START", "eventTime": f"{T}000000", "accountId": "u", "contentId": "s1"}]},
    "CloudEvents": {
        "specversion": "1.0",
        "id": "e",
        "type": "org.example.play",
        "time": "2024-03-01T01:00:00+01:00",
        "data": {"action": "started", "user": "u", "media_id": "s1"},
    },
    "an event bus": {"detail-type": "x", "detail": {"user": "u", "ts": T * 10**9, "event": "Play", "show_id": "s1"}},
}


def test_public_forms_are_read(bronze):
    for producer, record in PUBLIC.items():
        (row,) = valid_events(playback_rows(bronze(as_read(record)), KEY)).collect()
        assert (row.event_timestamp, row.event_type) == (datetime(2024, 3, 1), "PLAY_START"), producer
        assert (row.title_id, row.subscriber_id is None) == ((None, True) if "playhead" in record else ("s1", False))
        assert row.position_seconds == record.get("playhead"), producer


def written_in_a_random_form(draw, event):
    """A known event as some producer writes it."""
    record = {}
    for column, value in event.items():
        key = draw.choice(sorted({it for name in KEYS[column].split() for it in spellings(name)}))
        record[key] = value
    inner = {key: record.pop(key) for key in list(record) if draw.random() < 0.5}
    wrapped = {**record, **({draw.choice(("data", "payload", "Detail")): inner} if inner else {}), "app": "7"}
    return {"records": [wrapped]} if draw.random() < 0.3 else wrapped


@pytest.mark.parametrize("seed", range(2))
def test_random_forms_give_the_event_that_was_written(bronze, seed):
    draw = random.Random(seed)
    agreed = [
        {
            "event_id": f"e{number}",
            "user_id": f"u{draw.randrange(9)}",
            "profile_id": f"p{draw.randrange(3)}",
            "title_id": f"s{draw.randrange(99)}",
            "event_type": draw.choice(("PLAY_START", "PAUSE", "RESUME", "SEEK", "HEARTBEAT", "PLAY_STOP", "RATED")),
            "event_ts": str(T + draw.randrange(86_400)),
            "device_type": draw.choice(("tv", "web")),
            "country": draw.choice(("US", "NA")),
            "session_id": f"x{draw.randrange(9)}",
            "position_seconds": str(draw.randrange(9_999)),
        }
        for number in range(100)
    ]
    written = [as_read(written_in_a_random_form(draw, event)) for event in agreed]
    expected, actual = (valid_events(playback_rows(bronze(*rows), KEY)).collect() for rows in (agreed, written))
    assert sorted(actual, key=str) == sorted(expected, key=str)


def test_no_raw_id_of_any_key_leaves_bronze(bronze):
    secret = "ann-4711"
    keys = [key for column in ("event_id", "user_id", "profile_id", "session_id") for key in KEYS[column].split()]
    records = [form for key in keys for form in ({key: secret}, {"data": {key: secret}}, {"records": [{key: secret}]})]
    # The last record has the id under a key that nothing reads.
    records = [*records, {"userId": "u", "payload": {"who": secret}}]
    for at in (T, "soon"):
        rows = bronze(
            *[as_read({**record, "time": at, "data": {**record.get("data", {}), "ts": at}}) for record in records]
        )
        found = [
            *valid_events(playback_rows(rows, KEY)).collect(),
            *quarantined_events(playback_rows(rows, KEY)).collect(),
        ]
        assert len(found) == len(records)
        assert secret not in str(found).lower()
    assert {column.name for column in EVENT_COLUMNS} < {*PLAYBACK_EVENTS_QUARANTINE.column_names}
