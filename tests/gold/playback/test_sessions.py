"""Watched time, by sums where starts and stops alternate and in event order elsewhere; both agree."""

import random
from datetime import UTC, datetime

import pytest

from gold.playback import sessions
from silver.playback.events import PLAYBACK_EVENTS
from tests.helpers.frames import rows_of, stored

EVENTS = (
    "event_date event_key event_timestamp event_type subscriber_id profile_id title_id device_type country session_key"
)
MIDNIGHT = datetime(2024, 3, 1, tzinfo=UTC).timestamp()
ORDER = ("PLAY_START", "PAUSE", "RESUME", "PLAY_STOP")


def event(second, kind, session=1, title="s1", device="tv", user="u"):
    moment = datetime.fromtimestamp(MIDNIGHT + second, tz=UTC)
    key = hash((second, kind, session, title)) % 2**40
    return (moment.date(), key, moment, kind, user, "p", title, device, "US", session)


def viewing(spark, *events):
    """The sessions of events."""
    frame = rows_of(spark, PLAYBACK_EVENTS, *events, columns=EVENTS)
    days = stored(sessions.playback_session_days(frame), sessions.PLAYBACK_SESSION_DAYS)
    ordered = stored(sessions.playback_ordered_days(days, frame), sessions.PLAYBACK_ORDERED_DAYS)
    return sessions.viewing_sessions(days, ordered, sessions.playback_sessions_without_id(frame)).collect()


def found(spark, *events):
    """watched seconds, pauses, seeks, events and title by session."""
    rows = viewing(spark, *events)
    return {row.session_key: (row.watched_ms // 1000, row.pauses, row.seeks, row.events, row.title_id) for row in rows}


def test_watched_time_is_from_each_start_to_the_next_stop(spark):
    events = [
        event(0, "PLAY_START"),
        event(60, "PAUSE"),
        event(90, "RESUME"),
        event(95, "SEEK"),
        event(120, "PLAY_STOP"),
    ]
    assert found(spark, *events) == {1: (90, 1, 1, 5, "s1")}


def test_a_session_that_never_stops_ends_with_its_last_event(spark):
    assert found(spark, event(0, "PLAY_START"), event(200, "HEARTBEAT")) == {1: (200, 0, 0, 2, "s1")}


def test_a_second_start_or_stop_changes_nothing(spark):
    events = [event(0, "PLAY_START"), event(10, "PLAY_START"), event(60, "PLAY_STOP"), event(99, "PLAY_STOP")]
    assert found(spark, *events) == {1: (60, 0, 0, 4, "s1")}


DAY = 24 * 60 * 60


def spans(spark, *events):
    """Watched seconds and spans of more than 24 hours by session."""
    rows = viewing(spark, *events)
    return {row.session_key: (row.watched_ms / 1000, row.overlong_spans) for row in rows}


@pytest.mark.costly_on_spark
@pytest.mark.parametrize(("stop", "watched"), [(DAY, (DAY, 0)), (DAY + 0.001, (0, 1)), (3 * DAY, (0, 1))])
def test_a_span_of_more_than_24_hours_counts_0_and_is_counted(spark, stop, watched):
    assert spans(spark, event(0, "PLAY_START"), event(stop, "PLAY_STOP")) == {1: watched}
    assert spans(spark, event(0, "PLAY_START"), event(stop, "HEARTBEAT")) == {1: watched}


def test_the_other_spans_of_its_session_count(spark):
    events = [event(0, "PLAY_START"), event(60, "PAUSE"), event(100, "RESUME"), event(2 * DAY, "PLAY_STOP")]
    again = [event(3 * DAY, "PLAY_START"), event(3 * DAY + 5, "SEEK")]
    assert spans(spark, *events, *again) == {1: (65, 1)}


def test_a_session_of_many_days_without_a_long_span_counts_whole(spark):
    events = [event(day * DAY + at, kind) for day in range(3) for at, kind in ((0, "RESUME"), (60, "PAUSE"))]
    assert spans(spark, *events) == {1: (180, 0)}


def test_unknown_types_and_stops_without_a_start_watch_nothing(spark):
    assert found(spark, event(0, "PAUSE"), event(10, "AD_BREAK"), event(20, None)) == {1: (0, 1, 0, 3, "s1")}


def test_a_session_that_crosses_midnight_is_whole(spark):
    events = [event(-100, "PLAY_START"), event(-50, "PAUSE"), event(40, "RESUME"), event(100, "PLAY_STOP")]
    assert found(spark, *events) == {1: (110, 1, 0, 4, "s1")}


def test_the_first_event_that_names_a_title_says_what_was_watched(spark):
    events = [
        event(90, "HEARTBEAT", title="s3", device="phone"),
        event(50, "HEARTBEAT", title="s2", device="web"),
        event(0, "PLAY_START", title=None),
        event(70, "PLAY_STOP", 2, title=None, device="phone"),
        event(10, "PLAY_START", 2, title=None),
    ]
    rows = viewing(spark, *events)
    said = {row.session_key: (row.title_id, row.device_type, row.first_ms / 1000 - MIDNIGHT) for row in rows}
    assert said == {1: ("s2", "web", 0), 2: (None, "tv", 10)}


def test_events_without_a_session_are_one_until_a_gap_of_thirty_minutes(spark):
    without = [event(0, "PLAY_START", None), event(1800, "HEARTBEAT", None), event(3601, "PLAY_START", None)]
    other = [event(10, "PLAY_START", None, title="s2"), event(70, "PLAY_STOP", None, title="s2")]
    assert sorted(found(spark, *without, *other).values()) == [
        (0, 0, 0, 1, "s1"),
        (60, 0, 0, 2, "s2"),
        (1800, 0, 0, 2, "s1"),
    ]


def simulated(events):
    """MODEL's session, one event after the other."""
    return int(simulated_spans(events)[0])


def simulated_spans(events):
    """Watched seconds, and spans of more than 24 hours, which count as 0."""
    playing, lengths = None, []
    in_order = sorted(events, key=lambda it: (it[2], ORDER.index(it[3]) if it[3] in ORDER else -1))
    for _, _, moment, kind, *_ in in_order:
        if kind in ("PLAY_START", "RESUME") and playing is None:
            playing = moment
        elif kind in ("PAUSE", "PLAY_STOP") and playing is not None:
            lengths.append((moment - playing).total_seconds())
            playing = None
    if playing is not None:
        lengths.append((max(it[2] for it in events) - playing).total_seconds())
    return sum(it for it in lengths if it <= DAY), sum(it > DAY for it in lengths)


@pytest.fixture(scope="module")
def random_sessions():
    dice = random.Random(11)
    kinds = ["PLAY_START", "PAUSE", "RESUME", "PLAY_STOP", "HEARTBEAT", "SEEK"]
    return {
        session: [event(dice.randrange(-200, 200), dice.choice(kinds), session) for _ in range(dice.randrange(1, 9))]
        for session in range(1, 400)
    }


def test_random_sessions_are_watched_as_long_as_a_simulator_says(spark, random_sessions):
    result = found(spark, *[it for events in random_sessions.values() for it in events])
    assert {key: row[0] for key, row in result.items()} == {
        key: simulated(events) for key, events in random_sessions.items()
    }


def test_random_sessions_of_several_days_are_watched_as_long_as_a_simulator_says(spark):
    dice = random.Random(5)
    kinds = ["PLAY_START", "PAUSE", "RESUME", "PLAY_STOP", "HEARTBEAT"]
    hours = 60 * 60
    by_session = {
        session: [
            event(dice.randrange(22) * hours * 3, dice.choice(kinds), session) for _ in range(dice.randrange(1, 9))
        ]
        for session in range(1, 400)
    }
    result = spans(spark, *[it for events in by_session.values() for it in events])
    assert result == {key: simulated_spans(events) for key, events in by_session.items()}


@pytest.mark.parametrize(
    ("kinds", "is_ordered"),
    [
        ("PLAY_START PAUSE", False),
        ("PLAY_START", False),
        ("PLAY_START PAUSE RESUME PLAY_STOP", False),
        ("PLAY_START PAUSE RESUME", False),
        ("PLAY_START PAUSE RESUME PAUSE RESUME PLAY_STOP", False),
        ("PLAY_STOP", False),
        ("PLAY_START RESUME", False),
        ("PAUSE RESUME PAUSE RESUME PLAY_STOP", False),
        ("PLAY_START PAUSE PLAY_STOP", True),
        ("PAUSE PLAY_START PLAY_START PLAY_STOP", True),
        ("PLAY_START PAUSE RESUME PAUSE RESUME PAUSE RESUME", True),
    ],
)
def test_most_days_need_no_ordered_look(spark, kinds, is_ordered):
    events = [event(10 * place, kind) for place, kind in enumerate(kinds.split())]
    days = sessions.playback_session_days(rows_of(spark, PLAYBACK_EVENTS, *events, columns=EVENTS))
    assert [row.watched_ms is None for row in days.collect()] == [is_ordered]
