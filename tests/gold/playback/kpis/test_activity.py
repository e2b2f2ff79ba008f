"""Events by day and type, and events and viewing by device and country."""

from decimal import Decimal

from gold.conformed.events import PLAYBACK_EVENT_DAYS
from gold.playback.kpis import activity
from tests.gold.playback.kpis.conftest import MONDAY, TUESDAY
from tests.helpers.frames import assert_same_rows

ZERO = Decimal("0.000000")


def test_kpi_events_by_date(made, rows):
    assert_same_rows(made(activity.kpi_events_by_date), rows(activity.KPI_EVENTS_BY_DATE, (MONDAY, 4), (TUESDAY, 2)))


def test_kpi_event_type_names_events_without_a_type(made, rows):
    expected = [
        *(("PLAY_START", 3, Decimal("0.500000")), ("PAUSE", 1, Decimal("0.166667"))),
        ("Unknown", 2, Decimal("0.333333")),
    ]
    assert_same_rows(made(activity.kpi_event_type), rows(activity.KPI_EVENT_TYPE, *expected))


def test_kpi_device_has_devices_with_plays_or_events(made, rows):
    expected = rows(
        activity.KPI_DEVICE,
        ("tv", 2, Decimal("1.500000"), 2, 4),
        ("web", 1, Decimal("1.000000"), 0, 0),
        ("Unknown", 0, ZERO, 0, 2),
    )
    assert_same_rows(made(activity.kpi_device), expected)


def test_kpi_device_counts_events_however_players_spell_the_device(made, rows, star):
    events = [(MONDAY, device, 1) for device in ("tv", "TV", "t-v")]
    star["playback_event_days"] = rows(PLAYBACK_EVENT_DAYS, *events, columns="event_date device_type events")
    (row,) = made(activity.kpi_device).filter("device = 'tv'").collect()
    assert (row.plays, row.events) == (2, 3)


def test_kpi_viewing_by_country_has_countries_with_plays_or_events(made, rows):
    expected = rows(
        activity.KPI_VIEWING_BY_COUNTRY,
        ("France", 2, Decimal("1.500000"), 2, 3),
        ("Japan", 0, ZERO, 0, 1),
        ("Unknown", 1, Decimal("1.000000"), 0, 2),
    )
    assert_same_rows(made(activity.kpi_viewing_by_country), expected)
