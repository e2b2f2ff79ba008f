"""Every delivered row is valid, a duplicate, or quarantined."""

from datetime import date

from pyspark.sql import functions as F

from silver.playback.deliveries import playback_deliveries
from silver.playback.events import valid_events

KEY = "key"
T = 1_709_251_200  # 2024-03-01


def test_deliveries_add_up_by_file_and_day(bronze):
    rows = [{"event_id": str(it), "event_ts": str(T)} for it in (1, 1, 2)] + [{"event_ts": "never"}]
    table = bronze(*rows)
    events = valid_events(table, KEY).dropDuplicates(["event_key"])
    expected = [
        ("file:///a.json", None, 1, 0, 0, 1, 0, 0),
        ("file:///a.json", date(2024, 3, 1), 3, 2, 1, 0, 0, 24),
    ]
    found = playback_deliveries(table, events).orderBy(F.col("event_date").asc_nulls_first()).collect()
    assert [
        tuple(0 if value is None and place == 7 else value for place, value in enumerate(row)) for row in found
    ] == (expected)
