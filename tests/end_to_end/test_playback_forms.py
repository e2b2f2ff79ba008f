"""Files of events as their producers write them, from landing to watched time."""

import json

from local_runtime.inspection.status import inspect
from tests.end_to_end.test_playback import T, land
from tests.helpers.truth import rows

# A start and a stop 20 minutes later by each producer.
FORMS = {
    "camel case": [
        {"eventId": f"c{at}", "userId": "u1", "titleId": "s1", "eventType": word, "eventTs": T + at}
        for at, word in ((0, "PLAY_START"), (1200, "PLAY_STOP"))
    ],
    "a collector": [
        {"timestamp": at, "video_id": "s1", "event": word, "user": "u2"}
        for at, word in (("2026-01-26T03:01:56Z", "play"), ("2026-01-26T03:21:56.000+00:00", "stop"))
    ],
    "a gaming stream": [
        {"EventTimestamp": (T + at) * 10**9, "UserId": "u3", "Action": word}
        for at, word in ((0, "START"), (1200, "END"))
    ],
    "a player": [
        {"event": word, "sessionId": "s4", "timestamp": (T + at) * 1000, "playhead": at}
        for at, word in ((0, "playing"), (1200, "ended"))
    ],
    "a batch": [
        {
            "records": [
                {"uuid": f"b{at}", "account_id": "u5", "ts": (T + at) * 10**6, "action": word, "session": "s5"}
                for at, word in ((0, "started"), (1200, "completed"))
            ]
        }
    ],
    "CloudEvents": [
        {"specversion": "1.0", "id": f"e{at}", "time": T + at, "data": {"user": "u6", "event": word, "session": "s6"}}
        for at, word in ((0, "Play"), (1200, "Complete"))
    ],
}


def test_events_of_every_producer_are_read(place):
    for producer, records in FORMS.items():
        land(place, f"{producer}.json", *records)
    (place.landing / "playback_csv").mkdir(exist_ok=True)
    (place.landing / "playback_csv" / "a.csv").write_text(
        f"Event ID,userId,Event Name,Time\nx1,u7,play,{T}\nx2,u7,stop,{T + 1200}\n"
    )
    place.run()
    assert rows(place, "SELECT watched_seconds, count(*) FROM gold.fact_playback GROUP BY ALL") == [(1200, 7)]
    assert rows(place, "SELECT count(*) FROM gold.fact_playback WHERE subscriber_id IS NULL") == [(1,)]
    assert rows(place, "SELECT starts FROM gold.kpi_top_titles") == [(7,)]
    # The batch is one row of bronze, and two events.
    assert rows(place, "SELECT count(*) FROM bronze.playback_events") == [(13,)]
    assert rows(place, "SELECT sum(rows), sum(valid), sum(quarantined) FROM silver.playback_deliveries") == [
        (14, 14, 0)
    ]
    assert inspect(place.lake).deliveries["silver.playback_deliveries"].adds_up


def test_events_of_one_day_in_two_forms_are_counted_once(place):
    agreed = {"event_id": "a", "user_id": "u", "event_type": "PLAY_START", "event_ts": T, "title_id": "s1"}
    other = {"records": [{"id": "a", "user": "u", "event": "play", "time": f"{T}000", "data": {"media_id": "s1"}}]}
    land(place, "a.json", json.dumps(agreed) + json.dumps(other))
    place.run()
    assert rows(place, "SELECT sum(rows), sum(valid), sum(duplicates) FROM silver.playback_deliveries") == [(2, 1, 1)]
