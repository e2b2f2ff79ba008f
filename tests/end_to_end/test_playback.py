"""Playback events from landing to KPIs, for the sample and for single events."""

import gzip
import json
import random
import shutil
from decimal import Decimal

import pytest

from sample.catalogue import Sample
from sample.making import make, make_next_day
from tests.end_to_end.conftest import Place
from tests.helpers.truth import check_kpis, check_playback, rows

EVENTS = Sample(titles=150, sessions=300, subscribers=100)


def hours(seconds):
    return (Decimal(seconds) / 3600).quantize(Decimal("0.000001"), rounding="ROUND_HALF_UP")


@pytest.fixture
def played(place):
    """A place where a sample with every kind of error has landed."""
    make(place.landing, EVENTS)
    return place


def test_days_that_come_one_after_the_other_give_what_all_at_once_give(place):
    make(place.landing, EVENTS)
    place.run()
    make_next_day(place.landing, EVENTS)
    place.run()
    check_kpis(place)
    check_playback(place)
    in_parts = place.digests()
    shutil.rmtree(place.lake.root)
    place.run()
    assert place.digests() == in_parts


def test_files_in_any_order_give_the_same_gold(played, beginnings):
    played.run()
    expected = played.digests()
    place = beginnings.after(Place.run)
    made = place.landing.parent / "made"
    make(made, EVENTS)
    files = sorted(path for path in (made / "playback").rglob("*") if path.is_file())
    random.Random(0).shuffle(files)
    others = [path for path in made.rglob("*") if path.is_file() and path not in files]
    for batch in ([*others, *files[:3]], files[3:]):
        for path in batch:
            landed = place.landing / path.relative_to(made)
            landed.parent.mkdir(parents=True, exist_ok=True)
            path.rename(landed)
        place.run()
    assert place.digests() == expected


def land(place, name, *events):
    path = place.landing / "playback" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(event) if isinstance(event, dict) else event for event in events))
    return path


def event(moment, kind, **other):
    return {
        "event_id": f"{moment}{kind}",
        "user_id": "u",
        "event_type": kind,
        "event_ts": moment,
        "session_id": "s",
        **other,
    }


T = 1_700_000_000


def test_a_late_event_of_a_day_long_done_mends_its_session(place):
    midnight = T - T % 86_400
    land(place, "a.json", event(midnight - 60, "PLAY_START"), event(midnight + 600, "HEARTBEAT"))
    place.run()
    assert rows(place, "SELECT watched_seconds, date_key FROM gold.fact_playback") == [(660, 20231113)]
    land(place, "b.json", event(midnight + 60, "PAUSE"))
    place.run()
    assert rows(place, "SELECT watched_seconds, pauses, events, date_key FROM gold.fact_playback") == [
        (120, 1, 3, 20231113)
    ]


def test_the_same_file_under_another_name_counts_as_duplicates(place):
    path = land(place, "a.json", event(T, "PLAY_START"), event(T + 130, "PLAY_STOP"))
    place.run()
    before = place.digests()
    shutil.copy2(path, path.with_name("b.json"))
    place.run()
    assert place.digests() == before
    assert rows(place, "SELECT sum(rows), sum(valid), sum(duplicates) FROM silver.playback_deliveries") == [(4, 2, 2)]


def test_of_deliveries_that_differ_the_same_one_stays_in_any_order(place):
    one, other = event(T, "PLAY_START", device_type="tv"), event(T, "PLAY_START", device_type="web")
    found = []
    for first, second in ((one, other), (other, one)):
        shutil.rmtree(place.landing / "playback", ignore_errors=True)
        shutil.rmtree(place.lake.root, ignore_errors=True)
        land(place, "a.json", first)
        place.run()
        land(place, "b.json", second)
        place.run()
        found.append(rows(place, "SELECT device_type FROM silver.playback_events"))
    assert found == [[("web",)]] * 2


def test_bad_lines_and_files_cost_themselves_alone(place):
    good = json.dumps(event(T, "PLAY_START"))
    land(place, "a.json", good, good[:40], "[]", '{"event_ts": 1, "user_id": "u"}', '{"user_id": "u"}')
    land(place, "b.json", good.replace("u", "v") + good.replace("u", "w"))
    (place.landing / "playback" / "c.json.gz").write_bytes(gzip.compress(good.encode() * 100)[:-9])
    outcome = place.update()
    assert not outcome.failures
    (rejected,) = [result.rejected for result in outcome.results if result.flow == "playback_events_json"]
    assert {name: record.reason for name, record in rejected.items()} == {"c.json.gz": "corrupt_gzip"}
    assert rows(
        place,
        "SELECT failed_rules[1], count(*) FROM silver.playback_events_quarantine GROUP BY 1 ORDER BY 1",
    ) == [("valid_event_ts", 2), ("well_formed_record", 2)]
    assert rows(place, "SELECT count(*) FROM silver.playback_events") == [(1,)]


def test_hours_by_genre_person_type_and_region_add_up(played):
    played.run()
    ((every,),) = rows(played, "SELECT sum(watched_seconds)::INT FROM gold.fact_playback")
    kpis = ("watched_genre", "watched_director", "watched_actor", "type_preference", "regional_performance")
    for kpi in kpis:
        ((found, lines),) = rows(played, f"SELECT sum(hours_viewed), count(*) FROM gold.kpi_{kpi}")
        assert abs(found - hours(every)) <= lines * Decimal("0.000001"), kpi
    assert rows(played, "SELECT count(*) FROM gold.kpi_type_preference WHERE age_band <> 'Unknown'")[0][0] > 0
