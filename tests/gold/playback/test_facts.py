"""Facts of viewing: each session's title, time and share watched."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pyspark.sql import functions as F

from common.keys import surrogate_key
from gold.catalogue.dimensions import DIM_TITLE
from gold.conformed.dimensions import DIM_COUNTRY, DIM_DATE, DIM_DEVICE
from gold.conformed.members import date_key
from gold.playback.facts import (
    FACT_PLAYBACK,
    FACT_PLAYBACK_DAILY,
    fact_playback,
    fact_playback_daily,
    playback_title_starts,
    with_subscriber_key,
    with_title_key,
)
from gold.subscribers.dimensions import DIM_SUBSCRIBER
from silver.catalogue.title_ids import TITLE_IDS
from silver.playback.events import PLAYBACK_EVENTS
from tests.helpers.frames import assert_same_rows

COUNTRY = "country_key country iso_code"
SESSIONS = """session_key BIGINT, subscriber_id STRING, first_ms BIGINT, last_ms BIGINT, events BIGINT, pauses BIGINT,
    seeks BIGINT, watched_ms BIGINT, overlong_spans BIGINT, title_id STRING, device_type STRING, country STRING"""
PERIOD = "show_id title_key __START_AT __END_AT"
JUNE, DECEMBER = datetime(2019, 6, 30, tzinfo=UTC), datetime(2019, 12, 31, tzinfo=UTC)
VERSION = "subscriber_key subscriber_id valid_from"
# u changes in December; v comes then.
VERSIONS = [(20, "u", JUNE), (21, "u", DECEMBER), (22, "v", DECEMBER), (-1, "Unknown", None)]


def ms(moment):
    return int(moment.timestamp() * 1000)


def session(key, moment=JUNE, watched=600, title="s1", device="tv", country="US"):
    first = ms(moment)
    return (key, "u", first, first + 900_000, 4, 1, 0, watched * 1000, 2, title, device, country)


@pytest.fixture
def titled(spark, rows):
    """Sessions with their title_key: s1 was title 10 until December and is title 11 since."""
    ids = [("s1", 10, JUNE, DECEMBER), ("s1", 11, DECEMBER, None), ("s2", 12, DECEMBER, None)]

    def make(*sessions):
        return with_title_key(spark.createDataFrame(list(sessions), SESSIONS), rows(TITLE_IDS, *ids, columns=PERIOD))

    return make


@pytest.fixture
def made(spark, rows, titled):
    """The fact of sessions: title 10 is a movie of 20 minutes, 11 one of unknown length; tv and the US are known."""

    def make(*sessions):
        return fact_playback(
            with_subscriber_key(titled(*sessions), rows(DIM_SUBSCRIBER, *VERSIONS, columns=VERSION)),
            rows(DIM_TITLE, (10, 20), (11, None), (-1, None), columns="title_key duration_minutes"),
            rows(DIM_DEVICE, (tv(spark), "tv"), (-1, "Unknown"), columns="device_key device"),
            rows(DIM_COUNTRY, (30, "United States", "US"), (-1, "Unknown", None), columns=COUNTRY),
            rows(DIM_DATE, (20190630,), (20191231,), (-1,), columns="date_key"),
            120,
            "0.9",
        )

    return make


def tv(spark):
    """The key of the device tv."""
    return spark.range(1).select(surrogate_key(F.lit("tv"))).collect()[0][0]


def test_a_title_id_means_the_title_of_the_time_when_the_session_began(titled):
    before, between = datetime(2018, 1, 1, tzinfo=UTC), datetime(2019, 12, 30, tzinfo=UTC)
    found = titled(
        session(1, before),
        session(2, between),
        session(3, DECEMBER),
        session(4, JUNE, title="s2"),
        session(5, DECEMBER, title="s2"),
        session(6, title="s9"),
        session(7, title=None),
    )
    assert {row.session_key: row.title_key for row in found.collect()} == {
        **{1: 10, 2: 10, 3: 11, 4: -1, 5: 12, 6: -1, 7: -1}
    }


def test_fact_playback(spark, made, rows):
    key = tv(spark)
    end = datetime(2019, 6, 30, 0, 15, tzinfo=UTC)
    expected = rows(
        FACT_PLAYBACK,
        (1, 20, "u", 10, key, 30, 20190630, JUNE, end, 600, Decimal("0.5"), True, False, 1, 0, 4, 2),
        (2, 20, "u", 10, key, 30, 20190630, JUNE, end, 5000, Decimal("1"), True, True, 1, 0, 4, 2),
        (3, 20, "u", -1, -1, -1, 20190630, JUNE, end, 119, None, False, False, 1, 0, 4, 2),
    )
    found = made(
        session(1), session(2, watched=5000), session(3, watched=119, title="s9", device="fridge", country="ZZ")
    )
    assert_same_rows(found, expected)


def test_a_session_is_of_the_version_of_its_subscriber_that_held_when_it_began(spark, rows):
    before, moments = datetime(2018, 1, 1, tzinfo=UTC), []
    for who, moment in (("u", before), ("u", JUNE), ("u", DECEMBER), ("v", before), ("w", JUNE), (None, JUNE)):
        moments.append((len(moments), who, ms(moment)))
    sessions = spark.createDataFrame(moments, "session_key BIGINT, subscriber_id STRING, first_ms BIGINT")
    found = with_subscriber_key(sessions, rows(DIM_SUBSCRIBER, *VERSIONS, columns=VERSION))
    expected = [(*session, key) for session, key in zip(moments, (20, 20, 21, 22, -1, -1), strict=True)]
    schema = "session_key BIGINT, subscriber_id STRING, first_ms BIGINT, subscriber_key BIGINT"
    keyed = found.select("session_key", "subscriber_id", "first_ms", "subscriber_key")
    assert_same_rows(keyed, spark.createDataFrame(expected, schema))


def test_without_a_runtime_nothing_is_completed(made):
    (row,) = made(session(1, DECEMBER, watched=100_000)).collect()
    assert (row.title_key, row.completion, row.is_completed, row.is_view) == (11, None, False, True)


def test_what_a_player_leaves_out_is_unknown_and_the_session_stays(made):
    (row,) = made(session(1, title=None, device=None, country=None)).collect()
    assert (row.title_key, row.device_key, row.country_key, row.watched_seconds) == (-1, -1, -1, 600)


def test_a_share_of_completion_is_exact(made):
    found = {
        row.session_key: row.is_completed for row in made(session(1, watched=1080), session(2, watched=1079)).collect()
    }
    assert found == {1: True, 2: False}


def test_fact_playback_daily_adds_up(made, rows):
    daily = fact_playback_daily(made(session(1), session(2, watched=1100), session(3, DECEMBER)))
    found = {(row.date_key, row.title_key): row for row in daily.collect()}
    assert found[20190630, 10].asDict() | {"device_key": 0} == dict(
        zip(FACT_PLAYBACK_DAILY.column_names, (20190630, 10, 0, 30, 2, 1700, 2, 1, 2, 0), strict=True)
    )
    assert found[20191231, 11].plays == 1
    assert [it.dataType for it in daily.schema] == [it.dataType for it in rows(FACT_PLAYBACK_DAILY).schema]


def test_the_day_of_a_session_is_that_of_its_first_event(spark):
    at = spark.createDataFrame([(datetime(2019, 12, 31, 23, 59, 59, tzinfo=UTC),)], "at TIMESTAMP")
    assert at.select(date_key(at["at"])).collect()[0][0] == 20191231


def test_playback_title_starts_counts_the_starts_of_the_title_that_an_id_had_at_that_time(rows):
    ids = [("s1", 10, JUNE, DECEMBER), ("s1", 11, DECEMBER, None)]
    started = [("s1", JUNE), ("s1", JUNE), ("s1", DECEMBER), ("s9", JUNE), (None, JUNE)]
    events = [*(("PLAY_START", *event) for event in started), ("RESUME", "s1", JUNE), (None, "s1", JUNE)]
    found = playback_title_starts(
        rows(PLAYBACK_EVENTS, *events, columns="event_type title_id event_timestamp"),
        rows(TITLE_IDS, *ids, columns=PERIOD),
    )
    assert {row.title_key: row.starts for row in found.collect()} == {10: 2, 11: 1, -1: 2}
