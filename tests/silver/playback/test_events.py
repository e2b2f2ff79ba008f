"""Playback events are typed and checked, and hold pseudonyms instead of ids."""

import hmac
from datetime import UTC, datetime

import pytest
from pyspark.sql import functions as F

from common.pseudonyms import pseudonym
from silver.playback.events import (
    PLAYBACK_EVENTS,
    PLAYBACK_EVENTS_QUARANTINE,
    quarantined_events,
    valid_events,
)
from silver.playback.rows import playback_rows
from tests.helpers.frames import assert_same_rows
from tests.silver.playback.conftest import LANDED

KEY = "key"
T = 1_709_251_200  # 2024-03-01


def test_valid_events_are_typed_and_hold_no_raw_ids(spark, rows, bronze):
    row = {
        "event_id": "e1",
        "user_id": "u1",
        "profile_id": "p1",
        "content_id": " s7\u00a0",
        "event_type": "play_start",
        "event_ts": str(T),
        "device_type": "TV",
        "country": "us",
        "position_seconds": "12.9",
        "raw_payload": "u1",
    }
    ids = spark.range(1).select(pseudonym(F.lit("u1"), KEY), pseudonym(F.lit("u1\x1fp1"), KEY)).collect()[0]
    expected = {
        "event_timestamp": datetime(2024, 3, 1, tzinfo=UTC),
        "event_type": "PLAY_START",
        "subscriber_id": ids[0],
        "profile_id": ids[1],
        "title_id": "s7",
        "device_type": "tv",
        "country": "US",
        "position_seconds": 12,
        "_source_file": "playback/a.json",
    }
    found = valid_events(playback_rows(bronze(row), KEY)).drop("event_date", "event_key")
    assert_same_rows(found, rows(PLAYBACK_EVENTS, expected).drop("event_date", "event_key"))


def test_what_is_null_stays_null(bronze):
    (row,) = valid_events(playback_rows(bronze({"event_ts": str(T), "event_id": "e"}), KEY)).collect()
    given = {"event_date", "event_key", "event_timestamp", "_source_file"}
    assert {name for name, value in row.asDict().items() if value is not None} == given


def test_times_are_valid_from_the_beginning_of_streaming_until_a_day_after_landing(bronze):
    first, last = 1_168_905_600, int(LANDED.timestamp()) + 86_400
    rows = [{"event_id": "e", "event_ts": str(it)} for it in (first - 1, first, last, last + 1)]
    assert valid_events(playback_rows(bronze(*rows), KEY)).count() == 2
    assert [row.failed_rules for row in quarantined_events(playback_rows(bronze(*rows), KEY)).collect()] == [
        ["valid_event_ts"]
    ] * 2


def test_a_file_of_an_impossible_time_has_that_of_its_ingestion(bronze):
    last = int(LANDED.timestamp()) + 86_400
    for year in (1980, 2007, 2100):
        file = {"event_id": "e", "_source_modified_at": datetime(year, 1, 1, tzinfo=UTC)}
        rows = bronze({"event_ts": f"{last}", **file}, {"event_ts": f"{last + 1}", **file})
        assert (
            valid_events(playback_rows(rows, KEY)).count(),
            quarantined_events(playback_rows(rows, KEY)).count(),
        ) == (1, 1)


def test_deliveries_of_an_event_have_one_key_with_an_id_and_without(bronze):
    alike = {"user_id": "u", "event_type": "PAUSE", "event_ts": str(T), "session_id": "s"}
    rows = [alike, {**alike, "event_ts": f"{T}000", "content_id": None}, {**alike, "session_id": "t"}]
    rows += [{**alike, "event_id": "e"}, {"event_id": "e", "event_ts": str(T)}]
    keys = [row.event_key for row in valid_events(playback_rows(bronze(*rows), KEY)).select("event_key").collect()]
    assert keys[0] == keys[1]
    assert keys[3] == keys[4]
    assert len(set(keys)) == 3


def test_a_session_key_tells_users_and_sessions_apart_and_is_null_without_a_session(bronze):
    rows = [{"user_id": user, "session_id": session, "event_ts": str(T)} for user, session in ("as", "at", "bs")]
    rows.append({"user_id": "a", "session_id": " ", "event_ts": str(T)})
    rows += [{"user_id": u, "session_id": s, "event_ts": str(T)} for u, s in (("a\x1fb", "c"), ("a", "b\x1fc"))]
    rows.append({"user_id": "a", "session_id": "s ", "event_ts": str(T)})
    keys = [row.session_key for row in valid_events(playback_rows(bronze(*rows), KEY)).select("session_key").collect()]
    assert len(set(keys)) == 6
    assert keys.count(None) == 1
    assert keys[0] == keys[-1]
    other = valid_events(playback_rows(bronze(rows[0], {**rows[0], "session_id": None}), "x" * 64)).collect()
    assert not {it for row in other for it in (row.session_key, row.event_key)} & {*keys} - {None}


def test_a_number_as_a_data_frame_writes_it_is_the_same_id(bronze):
    row = {"event_ts": str(T), "user_id": "7", "profile_id": "1", "session_id": "12"}
    other = {"event_ts": str(T), "user_id": "7.0", "profile_id": "1.0", "session_id": "12.0"}
    one, same = valid_events(playback_rows(bronze(row, other), KEY)).collect()
    assert one == same
    assert one.subscriber_id == hmac.digest(KEY.encode(), b"7", "sha256").hex()


def test_a_device_that_says_unknown_is_unknown(bronze):
    rows = [{"event_id": "e", "event_ts": str(T), "device_type": device} for device in ("Unknown", "tv")]
    assert [row.device_type for row in valid_events(playback_rows(bronze(*rows), KEY)).collect()] == [None, "tv"]


@pytest.mark.parametrize("own", ["user_id", "profile_id", "session_id", "event_id"])
def test_an_id_of_the_event_is_in_no_other_column(bronze, own):
    names = ("title_id", "event_type", "device_type", "country")
    event = {"user_id": "u", "event_ts": str(T)}
    rows = [
        {**event, **dict.fromkeys(names, "q7"), own: "Q7"},
        {**event, **dict.fromkeys(names, "jane doe"), own: "Jane  Doe"},
        {**event, "title_id": "81234567", "content_id": "c", "country": " de", own: "123456"},
    ]
    found = [tuple(row[name] for name in names) for row in valid_events(playback_rows(bronze(*rows), KEY)).collect()]
    # An event's id may be a title's.
    titles = (None, None) if own != "event_id" else ("jane doe", "q7")
    assert sorted(found, key=repr) == sorted(
        [("81234567", None, None, "DE"), *((title, None, None, None) for title in titles)], key=repr
    )


def test_a_text_that_looks_like_an_id_is_unknown_and_a_titles_id_has_any_shape(bronze):
    names = ("title_id", "event_type", "device_type", "country")
    texts = ("81193313", "tt0111161x9q4z", "deadbeef-dead-beef-dead-beefdeadbeef", "jane@example.org", "x" * 65)
    rows = [{"event_id": "e", "event_ts": str(T), **dict.fromkeys(names, text)} for text in texts]
    found = [tuple(row[name] for name in names) for row in valid_events(playback_rows(bronze(*rows), KEY)).collect()]
    assert [row[1:] for row in found] == [(None, None, None)] * 5
    assert [row[0] for row in found] == [*texts[:3], None, None]


def test_the_key_of_an_event_with_an_id_depends_on_the_secret(bronze):
    row = {"event_id": "e", "event_ts": str(T)}
    keys = {valid_events(playback_rows(bronze(row), key)).collect()[0].event_key for key in (KEY, "x" * 64)}
    assert len(keys) == 2


def test_quarantined_rows_hold_no_text_of_a_broken_record(spark, bronze):
    rows = [{"_corrupt_record": '{"user_id": "u1"'}, {"user_id": "u1", "event_ts": "x", "_rescued_data": "u1"}]
    found = quarantined_events(playback_rows(bronze(*rows), KEY))
    assert found.columns == list(PLAYBACK_EVENTS_QUARANTINE.column_names)
    first, second = sorted(found.collect(), key=lambda row: row.failed_rules)[::-1]
    assert (first.failed_rules, first.subscriber_id) == (["well_formed_record"], None)
    assert (second.failed_rules, len(second.subscriber_id)) == (["valid_event_ts"], 64)
    assert len({first.row_hash, second.row_hash}) == 2


def test_a_row_without_event_id_user_and_session_cannot_be_told_from_others(bronze):
    others = {"profile_id": "p", "title_id": "s1", "event_type": "PAUSE"}
    anonymous = [dict.fromkeys(("event_id", "user_id", "session_id"), it) for it in (None, "", " \u00a0", "\\N")]
    rows = [{**others, **ids, "event_ts": str(T)} for ids in anonymous]
    rows += [{name: "1", "event_ts": str(T)} for name in ("event_id", "user_id", "session_id")]
    rows.append({**others, "event_ts": "soon"})
    assert valid_events(playback_rows(bronze(*rows), KEY)).count() == 3
    found = [
        (row.failed_rules, row.event_timestamp)
        for row in quarantined_events(playback_rows(bronze(*rows), KEY)).collect()
    ]
    identifiable = (["identifiable_event"], datetime(2024, 3, 1))
    assert sorted(found, key=str) == [identifiable] * 4 + [(["valid_event_ts", "identifiable_event"], None)]
