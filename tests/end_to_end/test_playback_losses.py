"""No event and no hour gets lost without a word: odd records are read, and what can't be counted is reported."""

import json

import pytest
from deltalake import DeltaTable

from local_runtime.inspection.status import inspect
from sample.catalogue import Sample
from sample.making import make
from tests.end_to_end.test_playback import T, event, land
from tests.helpers.truth import rows

HEADER = "show_id,type,title,director,cast,country,date_added,release_year,rating,duration,listed_in,description"
SEPTEMBER_30, OCTOBER_3 = 1_632_960_000, 1_633_219_200


def warnings(place):
    """The warning rules that rows failed, and how many."""
    expectations = [it for table in inspect(place.lake).tables for it in table.expectations]
    return {(it.dataset, it.name): it.failed_records for it in expectations if it.failed_records}


def test_a_span_of_more_than_24_hours_counts_0_and_is_reported(place):
    land(place, "a.json", event(SEPTEMBER_30, "PLAY_START"), event(OCTOBER_3, "PLAY_STOP"))
    place.run()
    assert rows(place, "SELECT watched_seconds, overlong_spans, date_key FROM gold.fact_playback") == [(0, 1, 20210930)]
    # The day of the stop alone has no start.
    assert warnings(place) == {
        ("gold.fact_playback", "no_span_over_24_hours"): 1,
        ("silver.playback_deliveries", "a_day_has_starts"): 1,
    }


def test_an_id_on_two_days_is_two_events_and_reported(place):
    midnight = OCTOBER_3
    start, stop = {"event_id": "a1"}, event(midnight + 600, "PLAY_STOP", event_id="a2")
    first, again = (event(moment, "PLAY_START", **start) for moment in (midnight - 0.3, midnight))
    land(place, "a.json", first, again, stop, stop)
    place.run()
    assert rows(place, "SELECT events, watched_seconds FROM gold.fact_playback") == [(3, 600)]
    deliveries = "SELECT rows, valid, duplicates, ids_of_earlier_days FROM silver.playback_deliveries ORDER BY rows"
    assert rows(place, deliveries) == [(1, 1, 0, 0), (3, 2, 1, 1)]
    assert warnings(place) == {("silver.playback_deliveries", "one_day_per_event_id"): 1}


def test_a_title_id_with_a_decimal_point_is_the_title(place):
    (place.landing / "titles" / "netflix_2021-09-25.csv").write_text(
        f'{HEADER}\n81193313,Movie,A,X,Y,France,"September 1, 2021",2020,PG,90 min,Dramas,x\n'
    )
    land(place, "a.json", '{"event_id":"e","user_id":"u","event_ts":1700000000,"title_id": 81193313.0}')
    place.run()
    assert rows(place, "SELECT title FROM gold.fact_playback JOIN gold.dim_title USING (title_key)") == [("A",)]


def test_numbers_of_many_digits_are_the_same_user_in_every_record_of_a_line(place):
    record = '{{"event_id":"{}","user_id": 12345678901234567890123,"event_ts":1700000000}}'
    land(place, "a.json", record.format("a") + record.format("b"))
    place.run()
    assert rows(place, "SELECT count(*), count(DISTINCT subscriber_id) FROM silver.playback_events") == [(2, 1)]


@pytest.mark.parametrize("line", ["{}{};", "{} ; {},"])
def test_the_last_record_of_a_line_may_end_with_a_separator(place, line):
    first, second = (json.dumps(event(T, kind)) for kind in ("PLAY_START", "PLAY_STOP"))
    land(place, "a.json", line.replace("{}", first, 1).replace("{}", second, 1))
    place.run()
    assert rows(place, "SELECT count(*) FROM silver.playback_events") == [(2,)]
    assert rows(place, "SELECT count(*) FROM silver.playback_events_quarantine") == [(0,)]


def test_a_plain_join_with_a_bridge_loses_no_play_and_no_second(place):
    make(place.landing, Sample(titles=150, sessions=300, subscribers=100))
    place.run()
    ((plays, seconds, unknown),) = rows(
        place, "SELECT count(*), sum(watched_seconds)::INT, count_if(title_key = -1) FROM gold.fact_playback"
    )
    assert unknown > 0
    for bridge in ("genre", "country", "person WHERE role = 'director'", "person WHERE role = 'cast'"):
        joined = f"""SELECT count(DISTINCT session_key), round(sum(watched_seconds * weight))::INT
            FROM gold.fact_playback JOIN (FROM gold.bridge_title_{bridge}) USING (title_key)"""
        assert rows(place, joined) == [(plays, seconds)], bridge


def test_events_that_another_program_deleted_in_silver_do_not_add_up(place):
    land(place, "a.json", *[event(T + 60 * n, "PAUSE", event_id=str(n)) for n in (1, 2, 3, 3)])
    place.run()
    ((first,),) = rows(place, "SELECT min(event_key) FROM silver.playback_events")
    DeltaTable(str(place.lake.path("silver.playback_events"))).delete(f"event_key = {first}")
    assert rows(place, "SELECT count(*) FROM silver.playback_events") == [(2,)]
    place.run()
    place.run()
    state = inspect(place.lake)
    assert state.deliveries["silver.playback_deliveries"].duplicates == 1
    assert [problem for problem in state.problems if "rows were lost or doubled" in problem]
    place.run("silver.playback_events")
    assert inspect(place.lake).healthy


def test_rows_that_another_program_deleted_before_events_were_made_of_them_do_not_add_up(place):
    land(place, "a.json", *[event(T + 60 * n, "PLAY_START", event_id=str(n)) for n in (1, 2, 3, 3)])
    place.run()
    expected = place.digests("silver"), place.digests()
    ((first,),) = rows(place, "SELECT min(event_key) FROM silver.playback_rows")
    DeltaTable(str(place.lake.path("silver.playback_rows"))).delete(f"event_key = {first}")
    place.update()
    assert "a streaming read needs a source that only grows" in " ".join(inspect(place.lake).problems)
    # As that says, and so without the event.
    readers = ["silver.playback_events", "silver.playback_events_quarantine"]
    place.run(*readers)
    (problem,) = [it for it in inspect(place.lake).problems if "rows were lost or doubled" in it]
    for table in (named := [*readers, "silver.playback_rows"]):
        assert table in problem
    place.run(*named)
    assert inspect(place.lake).healthy
    assert (place.digests("silver"), place.digests()) == expected


def unread(number):
    """An event with keys that nothing reads, except for its type and time."""
    ours = {"event_type": "PLAY_START", "event_ts": T + number % 2}
    return {"nr": f"c{number}", "who": f"u{number}", "data": {"Film": "s1"}, **ours}


def test_a_file_of_other_keys_is_reported_by_every_command_until_it_is_accepted(place, launch):
    good = [event(T + n, "PAUSE", event_id=str(n)) for n in range(20)]
    land(place, "good.json", *good)
    land(place, "x/other.json", *map(unread, range(2000)))
    sentence = (
        "playback/x/other.json: 0 of its 2,000 rows are valid. Failed rules: identifiable_event: 2,000 rows. "
        "Keys that match no column: Film, nr, who."
    )
    run = launch("run", *place.options)
    assert sentence in " ".join((run.stdout + run.stderr).split())
    status = launch("status", "--lake", str(place.lake.root))
    assert sentence in " ".join(status.stdout.split())
    assert status.returncode == 1
    accepted = launch("accept", "playback/x/other.json", "--lake", str(place.lake.root))
    assert accepted.stdout == "playback/x/other.json is accepted as it is, and no longer reported.\n"
    again = launch("accept", "playback/x/other.json", "--lake", str(place.lake.root))
    assert again.stdout == "playback/x/other.json is accepted as it is, as before, and not reported.\n"
    assert launch("run", *place.options).returncode == 0
    assert launch("status", "--lake", str(place.lake.root)).returncode == 0


def test_a_file_of_which_few_rows_are_valid_is_reported_beside_good_ones(place):
    land(place, "good.json", *[event(T + n, "PAUSE", event_id=str(n)) for n in range(20)])
    land(place, "half.json", *[event(T + n if n < 5 else "soon", "SEEK", event_id=f"h{n}") for n in range(10)])
    land(place, "bad.json", *[event(T + n if n < 4 else "soon", "SEEK", event_id=f"b{n}") for n in range(10)])
    place.run()
    (problem,) = inspect(place.lake).problems
    assert problem.startswith("playback/bad.json: 4 of its 10 rows are valid. Failed rules: valid_event_ts: 6 rows. ")
