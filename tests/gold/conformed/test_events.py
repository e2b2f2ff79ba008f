"""Counts of events by day, and the members that dimensions take from them."""

from datetime import date

from gold.conformed.events import PLAYBACK_EVENT_DAYS, PLAYBACK_MEMBERS, playback_event_days, playback_members
from silver.playback.events import PLAYBACK_EVENTS
from tests.helpers.frames import assert_same_rows

MONDAY, TUESDAY = date(2024, 1, 1), date(2024, 1, 2)


def test_members_are_days_devices_and_countries_once_each(rows):
    columns = "event_date event_type device_type country events"
    counts = [(MONDAY, "PLAY_START", "tv", "FR", 3), (MONDAY, "PAUSE", "tv", "JP", 1), (TUESDAY, None, None, "XX", 2)]
    days = rows(PLAYBACK_EVENT_DAYS, *counts, (MONDAY, "PAUSE", "tv", "FR", 7), columns=columns)
    expected = rows(PLAYBACK_MEMBERS, (MONDAY, "tv", "FR"), (MONDAY, "tv", "JP"), (TUESDAY, None, "XX"))
    assert_same_rows(playback_members(days), expected)


def test_event_days_counts_events(rows):
    columns = "event_date event_type device_type country"
    events = rows(PLAYBACK_EVENTS, *[(MONDAY, "PAUSE", "tv", None)] * 2, (MONDAY, None, "tv", None), columns=columns)
    expected = rows(PLAYBACK_EVENT_DAYS, (MONDAY, "PAUSE", "tv", None, 2), (MONDAY, None, "tv", None, 1))
    assert_same_rows(playback_event_days(events), expected)
