"""The faults of events in docs/faults.md, by number."""

import json
import shutil

import pytest
from deltalake import DeltaTable

from local_runtime.inspection.status import inspect
from sample.catalogue import Sample
from sample.making import make, make_next_day
from tests.end_to_end.conftest import Place
from tests.end_to_end.test_playback import T, event, land
from tests.helpers.truth import rows

SMALL = Sample(titles=60, sessions=60, days=3, subscribers=100)
STREAMED = (
    *("bronze.playback_events", "silver.playback_rows"),
    *("silver.playback_events", "silver.playback_events_quarantine"),
)
OF_EVENTS = (
    *("silver.playback_events", "silver.playback_events_quarantine", "silver.title_ids", "silver.playback_deliveries"),
    *("gold.playback_session_days", "gold.playback_event_days", "gold.fact_playback"),
)
# One of each kind: a streaming table, an aggregation by day, and a table that joins unions.
A_FEW = ("silver.playback_events", "gold.playback_session_days", "gold.fact_playback")


@pytest.fixture(scope="module")
def all_at_once(tmp_path_factory, sail):
    """Gold's digests after one clean run over three days of events and a fourth."""
    place = Place.at(tmp_path_factory.mktemp("at-once"), sail)
    make(place.landing, SMALL)
    make_next_day(place.landing, SMALL)
    place.run()
    return place.digests()


def load_three_days(place):
    make(place.landing, SMALL)
    place.run()


def load_day_by_day(place):
    load_three_days(place)
    make_next_day(place.landing, SMALL)
    place.run()


@pytest.fixture
def three_days(beginnings):
    """A place that was run after three days of events."""
    return beginnings.after(load_three_days)


@pytest.fixture
def two_runs(beginnings):
    """A place that was run after three days of events, and after the fourth."""
    return beginnings.after(load_day_by_day)


@pytest.mark.parametrize(
    "table", [pytest.param(it, marks=[] if it in A_FEW else [pytest.mark.large]) for it in OF_EVENTS]
)
def test_4_a_restored_table_of_events_takes_up_from_what_it_says_itself(two_runs, all_at_once, table):
    assert two_runs.digests() == all_at_once
    DeltaTable(str(two_runs.lake.path(table))).restore(0)
    two_runs.run()
    assert two_runs.digests() == all_at_once


def test_4_bronze_and_its_readers_restored_to_one_moment_go_on(three_days, all_at_once):
    versions = {table: three_days.lake.log(table).newest_version() for table in STREAMED}
    make_next_day(three_days.landing, SMALL)
    three_days.run()
    for table, version in versions.items():
        DeltaTable(str(three_days.lake.path(table))).restore(version)
    three_days.run()
    assert three_days.digests() == all_at_once


def test_4_bronze_restored_alone_is_an_error_to_its_readers(two_runs):
    DeltaTable(str(two_runs.lake.path("bronze.playback_events"))).restore(0)
    failures = two_runs.update().failures
    assert "lost rows in version" in failures["silver.playback_rows"]


def test_22_after_a_clean_up_of_the_log_events_are_loaded_once(three_days, all_at_once):
    for table in {*OF_EVENTS, *STREAMED}:
        log = three_days.lake.log(table)
        DeltaTable(str(log.path)).create_checkpoint()
        newest = max(log.versions())
        for version in log.versions():
            (log.folder / f"{version:020}.json").unlink()
        assert (log.folder / f"{newest:020}.checkpoint.parquet").exists()
    assert all(result.rows_in == 0 for result in three_days.run().results if result.dataset.startswith("bronze."))
    make_next_day(three_days.landing, SMALL)
    three_days.run()
    assert three_days.digests() == all_at_once


def test_7_a_file_of_events_that_changes_is_refused(place):
    path = land(place, "a.json", event(T, "PLAY_START"), event(T + 130, "PLAY_STOP"))
    place.run()
    before = place.digests()
    path.write_text(path.read_text() + "\n" + json.dumps(event(T + 400, "RESUME")))
    (result,) = [it for it in place.run().results if it.flow == "playback_events_json"]
    assert result.rejected["a.json"].reason == "changed_after_load"
    assert place.digests() == before


def test_13_a_line_of_two_megabytes_is_read_and_one_over_the_limit_costs_its_file(place):
    land(place, "a.json", event(T, "PLAY_START", raw_payload="x" * 2_000_000), event(T + 130, "PLAY_STOP"))
    land(place, "b.json", event(T, "PLAY_START", user_id="v", raw_payload="x" * 20_000_000))
    results = place.run().results
    (result,) = [it for it in results if it.flow == "playback_events_json"]
    assert {name: record.reason for name, record in result.rejected.items()} == {"b.json": "line_too_long"}
    assert rows(place, "SELECT watched_seconds FROM gold.fact_playback") == [(130,)]


def test_14_an_empty_file_of_events_counts_with_no_rows(place):
    land(place, "a.json")
    land(place, "b.json", "", " ", "")
    results = place.run().results
    (result,) = [it for it in results if it.flow == "playback_events_json"]
    assert (result.rows_in, len(result.files), result.rejected) == (0, 2, {})
    assert rows(place, "SELECT count(*) FROM gold.fact_playback") == [(0,)]


def test_26_odd_json_is_read_rescued_or_quarantined_and_the_run_goes_on(place):
    nested = '{"a":' * 3000 + "1" + "}" * 3000
    land(
        place,
        "a.json",
        {"EVENT_ID": "1", "User_Id": "u", "event_type": "play_start", "event_ts": str(T), "session_id": 7},
        f'{{"event_id":"2","user_id":"u","event_type":"PAUSE","event_ts":1,"event_ts":{T + 60},"session_id":7}}',
        {"event_id": "3", "user_id": "u", "event_type": "PLAY_STOP", "event_ts": T + 90, "session_id": 7},
        f'[{{"event_id":"4","user_id":"u","event_ts":{T},"device_type":{{"os":"x"}}}}]',
        f'{{"event_id":"5","user_id":"u","event_ts":{T},"raw_payload":{nested}}}',
        '"a text"',
    )
    place.run()
    assert rows(place, "SELECT session_key IS NULL, count(*) FROM silver.playback_events GROUP BY 1 ORDER BY 1") == [
        (False, 3),
        (True, 2),
    ]
    assert rows(place, "SELECT watched_seconds FROM gold.fact_playback WHERE events = 3") == [(60,)]
    assert rows(place, "SELECT device_type FROM silver.playback_events WHERE device_type IS NOT NULL") == [
        ('{"os":"x"}',)
    ]
    assert rows(place, "SELECT failed_rules FROM silver.playback_events_quarantine") == [(["well_formed_record"],)]


def test_events_of_which_none_is_valid_leave_the_lake_unhealthy(place):
    land(place, "dotted.json", event("01.10.2021 10:00", "PLAY_START"), event("soon", "PAUSE"))
    place.run(layers=("bronze", "silver"))
    told = [it for it in inspect(place.lake).problems if "playback_deliveries" in it]
    assert len(told) == 1
    assert "none of its 2 rows is valid" in told[0]
    land(place, "good.json", event(T, "PLAY_START"))
    place.run(layers=("bronze", "silver"))
    assert not [it for it in inspect(place.lake).problems if "playback_deliveries" in it]


def test_27_a_clock_that_is_set_back_gives_no_negative_time(place):
    """By its clock the player stops before it starts: on the night when summer time ends, and on 29 February."""
    leap_day = 1_709_164_800
    for number, moment in enumerate((T, 1_698_541_200, leap_day)):
        about = {"session_id": f"s{number}", "user_id": f"u{number}"}
        land(
            place,
            f"{number}.json",
            event(moment, "PLAY_START", **about),
            event(moment - 3600, "PAUSE", **about),
            event(moment - 3500, "RESUME", **about),
            event(moment - 3400, "PLAY_STOP", **about),
        )
    place.run()
    found = rows(place, "SELECT watched_seconds, date_key FROM gold.fact_playback ORDER BY date_key")
    assert found == [(100, 20231029), (100, 20231114), (100, 20240228)]
    assert rows(place, "SELECT count(*) FROM silver.playback_events WHERE event_date = DATE '2024-02-29'") == [(1,)]


def test_the_same_day_again_after_its_lake_is_gone_gives_the_same(two_runs, all_at_once):
    shutil.rmtree(two_runs.lake.root)
    two_runs.run()
    assert two_runs.digests() == all_at_once
