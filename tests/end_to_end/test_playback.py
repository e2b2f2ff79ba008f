"""Playback events from landing to KPIs: the sample's truth, and the faults of FAULTS.md on events."""

import gzip
import json
import random
import shutil
from decimal import Decimal

import pytest

from local_runtime.inspection.query import ask
from sample.catalogue import Sample
from sample.making import make, make_next_day
from sample.playback import TRUTH_FOLDER

EVENTS = Sample(titles=150, sessions=300)


def rows(place, query):
    return ask(place.lake, query).fetchall()


def truth_of(landing):
    return json.loads((landing / TRUTH_FOLDER / "playback.json").read_text())


def viewing(place, kpi, name):
    """plays, hours and subscribers of a KPI by its key."""
    found = rows(place, f"SELECT {name}, plays, hours_viewed, subscribers FROM gold.{kpi} WHERE plays > 0")
    return {key: (plays, hours, subscribers) for key, plays, hours, subscribers in found}


def hours(seconds):
    return (Decimal(seconds) / 3600).quantize(Decimal("0.000001"), rounding="ROUND_HALF_UP")


def check_truth(place):
    """Gold shows what the sample was meant to be."""
    truth = truth_of(place.landing)
    by_date = rows(place, "SELECT event_date::VARCHAR, events FROM gold.kpi_events_by_date")
    assert dict(by_date) == truth["events_by_date"]
    assert dict(rows(place, "SELECT event_type, events FROM gold.kpi_event_type")) == truth["events_by_type"]
    assert rows(place, "SELECT count(*), sum(watched_seconds) FROM gold.fact_playback") == [
        (truth["sessions"], truth["watched_seconds"])
    ]
    assert rows(place, "SELECT sum(plays), sum(watched_seconds) FROM gold.fact_playback_daily") == [
        (truth["sessions"], truth["watched_seconds"])
    ]
    assert viewing(place, "kpi_device", "device") == {
        device: (it["plays"], hours(it["watched_seconds"]), it["subscribers"])
        for device, it in truth["devices"].items()
    }
    assert dict(rows(place, "SELECT device, events FROM gold.kpi_device")) == truth["events_by_device"]
    codes = dict(rows(place, "SELECT iso_code, country FROM gold.dim_country WHERE iso_code IS NOT NULL"))
    assert viewing(place, "kpi_viewing_by_country", "country") == {
        codes[code]: (it["plays"], hours(it["watched_seconds"]), it["subscribers"])
        for code, it in truth["countries"].items()
    }
    titles = rows(
        place,
        """SELECT concat_ws('|', t.type, t.title, t.release_year, array_to_string(t.directors, ', ')), plays,
            hours_viewed, subscribers
        FROM gold.kpi_top_titles JOIN silver.titles AS t USING (title_key) WHERE __END_AT IS NULL""",
    )
    meant = {name.casefold(): it for name, it in truth["titles"].items()}
    for name, plays, viewed, subscribers in titles:
        it = meant[name.casefold()]
        assert (plays, viewed, subscribers) == (it["plays"], hours(it["watched_seconds"]), it["subscribers"]), name
    assert titles
    completion = "SELECT genre, plays, average_completion::TEXT, completed_plays, completed_share::TEXT"
    found = {genre: counts for genre, *counts in rows(place, f"{completion} FROM gold.kpi_genre_completion")}
    assert found == truth["genres"]
    depth = "SELECT type, titles, watched_titles, unwatched_titles, unwatched_share::TEXT FROM gold.kpi_catalogue_depth"
    assert {kind: counts for kind, *counts in rows(place, depth)} == truth["catalogue"]
    files = rows(
        place,
        """SELECT split_part(source_file, '/landing/', 2), sum(rows), sum(quarantined)
        FROM silver.playback_deliveries GROUP BY 1""",
    )
    assert {name: (n, q) for name, n, q in files} == {
        name: (it["rows"], it["quarantined"]) for name, it in truth["files"].items() if it["rows"]
    }
    ((duplicates, valid),) = rows(place, "SELECT sum(duplicates), sum(valid) FROM silver.playback_deliveries")
    assert (duplicates, valid) == (sum(it["duplicates"] for it in truth["files"].values()), truth["events"])


@pytest.fixture
def played(place):
    """A place where a sample with every kind of dirt has landed."""
    make(place.landing, EVENTS)
    return place


def test_gold_shows_what_the_dirty_sample_was_meant_to_be(played):
    played.run()
    check_truth(played)
    # The sample has what tells a completed play from another, and a view from a play.
    ((completed,),) = rows(played, "SELECT sum(completed_plays) FROM gold.kpi_genre_completion")
    ((views,),) = rows(played, "SELECT sum(watched_titles) FROM gold.kpi_catalogue_depth")
    in_catalogue = "SELECT count(*) FROM gold.kpi_top_titles JOIN gold.dim_title USING (title_key) WHERE in_catalogue"
    assert completed > 0
    assert rows(played, in_catalogue)[0][0] > views


def test_days_that_come_one_after_the_other_give_what_all_at_once_give(place):
    make(place.landing, EVENTS)
    place.run()
    make_next_day(place.landing, EVENTS)
    place.run()
    check_truth(place)
    in_parts = place.digests()
    shutil.rmtree(place.lake.root)
    place.run()
    assert place.digests() == in_parts


def test_files_in_any_order_give_the_same_gold(played):
    played.run()
    expected = played.digests()
    files = sorted(path for path in (played.landing / "playback").rglob("*") if path.is_file())
    waiting = played.landing.parent / "waiting"
    for seed in range(1):
        shutil.rmtree(played.lake.root)
        moved = [(path, waiting / path.relative_to(played.landing)) for path in files]
        for path, aside in moved:
            aside.parent.mkdir(parents=True, exist_ok=True)
            path.rename(aside)
        random.Random(seed).shuffle(moved)
        for batch in (moved[:3], moved[3:]):
            for path, aside in batch:
                aside.rename(path)
            played.run()
        assert played.digests() == expected


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


def test_a_user_id_is_found_nowhere_outside_bronze(place):
    canary = "canary-4711-user"
    land(
        place,
        "a.json",
        event(
            T, "PLAY_START", user_id=canary, profile_id=f"{canary}-p", session_id=f"{canary}-s", event_id=f"{canary}-e"
        ),
        event(T, "PAUSE", user_id=canary, raw_payload={"user": canary}, unknown=canary),
        event(T, canary, user_id=canary, title_id=f"x{canary}", device_type=canary, country=canary),
        {"user_id": canary, "event_ts": "never", "unknown": canary},
        f'{{"user_id": "{canary}", "event_ts": 17',
    )
    place.run()
    assert rows(place, "SELECT count(*) FROM silver.playback_events_quarantine") == [(2,)]
    for table in place.lake.tables():
        if table.startswith("bronze.playback"):
            continue
        text = ask(place.lake, f"FROM {table}").to_arrow_table().to_pandas().to_csv()
        assert canary not in text.casefold(), table
    for path in place.lake.root.rglob("*.json"):
        assert canary not in path.read_text(), path


def test_hours_by_genre_person_type_and_region_add_up(played):
    played.run()
    ((every,),) = rows(played, "SELECT sum(watched_seconds)::INT FROM gold.fact_playback")
    kpis = ("watched_genre", "watched_director", "watched_actor", "type_preference", "regional_performance")
    for kpi in kpis:
        ((found, lines),) = rows(played, f"SELECT sum(hours_viewed), count(*) FROM gold.kpi_{kpi}")
        assert abs(found - hours(every)) <= lines * Decimal("0.000001"), kpi
    assert rows(played, "SELECT count(*) FROM gold.kpi_type_preference WHERE age_band <> 'Unknown'")[0][0] > 0
