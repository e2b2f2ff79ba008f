"""Times of events, in each form that players write."""

from pyspark.sql import functions as F

from common.text import blank_to_null
from silver.playback.times import event_millis

T = 1_769_396_516  # 2026-01-26T03:01:56Z
TIMES = {
    str(T): T * 1000,
    f" {T} ": T * 1000,
    f"\u00a0{T}\n": T * 1000,
    "2026-01-26T03:01:56Z\r\n": T * 1000,
    f"{T}.25": T * 1000 + 250,
    "1.769396516e9": T * 1000,
    "99999999999": 99_999_999_999_000,  # the last second
    "100000000000": 100_000_000_000,  # the first millisecond
    f"{T}123": T * 1000 + 123,
    "99999999999999": 99_999_999_999_999,
    "100000000000000": 100_000_000_000,  # the first microsecond
    f"{T}123456": T * 1000 + 123,
    f"{T}123501": T * 1000 + 124,
    "100000000000000000": 100_000_000_000,  # the first nanosecond
    f"{T}123456789": T * 1000 + 123,
    "2026-01-26T03:01:56Z": T * 1000,
    "2026-01-26t03:01:56z": T * 1000,
    "2026-01-26T03:01:56": T * 1000,
    "2026-01-26 03:01:56": T * 1000,
    " 2026-01-26 03:01:56 UTC ": T * 1000,
    "2026-01-26T03:01:56.1Z": T * 1000 + 100,
    "2026-01-26T03:01:56,123456789": T * 1000 + 123,
    "2026-01-26T03:01:56.1236": T * 1000 + 124,
    "2026-01-26T05:01:56+02:00": T * 1000,
    "2026-01-26T05:01:56+0200": T * 1000,
    "2026-01-26T05:01:56.5+02": T * 1000 + 500,
    "2026-01-25T21:31:56-05:30": T * 1000,
    "2026-01-26T03:01Z": T * 1000 - 56_000,
    "2026-01-26T03:01": T * 1000 - 56_000,
    "20260126T030156Z": T * 1000,
    "2024-02-29T00:00:00+14:00": 1_709_114_400_000,
    **dict.fromkeys(("soon", "", " ", "-5", "NaN", "Infinity", "0x10", "1d", "9" * 30), None),
    **dict.fromkeys(("2026-01-26", "2026-02-29T03:01:56Z", "2026-01-26T24:01:56Z", "2026-13-26T03:01:56Z"), None),
    **dict.fromkeys(("2026-01-26T03:01:60Z", "2026-01-26T03:01:56+24:00", "26/01/2026 03:01:56", "03:01:56Z"), None),
}


def test_event_millis_reads_numbers_of_every_unit_and_iso_8601(spark):
    texts = spark.createDataFrame([(text,) for text in (*TIMES, None)], "it STRING")
    found = {
        row.it: row.found
        for row in texts.select("it", event_millis(blank_to_null(F.col("it"))).alias("found")).collect()
    }
    assert found == {**TIMES, None: None}
