"""A few plays and events."""

from datetime import date

import pytest
from pyspark.sql import functions as F

from gold.catalogue.dimensions import DIM_TITLE
from gold.conformed.dimensions import DIM_COUNTRY, DIM_DEVICE
from gold.conformed.events import PLAYBACK_EVENT_DAYS
from gold.playback.facts import FACT_PLAYBACK, FACT_PLAYBACK_DAILY

MONDAY, TUESDAY = date(2024, 1, 1), date(2024, 1, 2)


@pytest.fixture
def star(rows):
    """Three plays by two subscribers and an unknown one: an hour-long movie on TV in France, and a show on the web."""
    keys = "title_key device_key country_key"
    starts = rows(FACT_PLAYBACK_DAILY, (1, 3), (3, 1), (99, 2), columns="title_key plays").select(
        "title_key", F.col("plays").alias("starts")
    )
    return {
        "fact_playback_daily": rows(
            FACT_PLAYBACK_DAILY, (1, 40, 30, 2, 5400), (2, 41, -1, 1, 3600), columns=f"{keys} plays watched_seconds"
        ),
        "fact_playback": rows(
            FACT_PLAYBACK, (1, 40, 30, "u"), (1, 40, 30, "v"), (2, 41, -1, None), columns=f"{keys} subscriber_id"
        ),
        "dim_title": rows(
            DIM_TITLE,
            (1, "Movie", 60),
            (2, "Show", None),
            (3, "Never", 90),
            (-1, "Unknown", None),
            columns="title_key title duration_minutes",
        ),
        "dim_device": rows(DIM_DEVICE, (40, "tv"), (41, "web"), (-1, "Unknown"), columns="device_key device"),
        "dim_country": rows(
            DIM_COUNTRY,
            *((30, "France", "FR"), (31, "Japan", "JP"), (-1, "Unknown", None)),
            columns="country_key country iso_code",
        ),
        "playback_title_starts": starts,
        "playback_event_days": rows(
            PLAYBACK_EVENT_DAYS,
            (MONDAY, "PLAY_START", "tv", "FR", 3),
            (MONDAY, "PAUSE", "tv", "JP", 1),
            (TUESDAY, None, None, "XX", 2),
            columns="event_date event_type device_type country events",
        ),
    }
