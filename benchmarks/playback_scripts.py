"""The DuckDB scripts that stand beside the pipelines for playback events: how they are filled in and compared."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.measuring import Cost
from benchmarks.side_by_side import Pairs, differences, run_script
from local_runtime.delta.lake import Lake
from local_runtime.inspection.query import run_query

# Both sides make pseudonyms with it, so that even the pseudonyms are compared. It guards nothing but made-up people.
KEY = "0123456789abcdef" * 4
ENVIRONMENT = {"LAKEHOUSE_SECRET_LAKEHOUSE_PSEUDONYM_KEY": KEY}
BLOCK = 64  # bytes
# The dimensions are not made of events; the scripts get them from the lake. Times are in milliseconds.
DIMENSIONS = {
    "titles": """
        SELECT ids.show_id, ids.title_key, CASE WHEN ids.__START_AT = min(ids.__START_AT) OVER () THEN -1e15::BIGINT
            ELSE epoch_ms(ids.__START_AT) END AS from_millis,
            coalesce(epoch_ms(ids.__END_AT), 1e15::BIGINT) AS until_millis,
            CASE WHEN duration_minutes > 0 THEN duration_minutes * 60 END::BIGINT AS runtime
        FROM silver.title_ids AS ids JOIN gold.dim_title USING (title_key)""",
    "subscribers": """
        SELECT subscriber_id AS id, subscriber_key, CASE WHEN row_number() OVER versions = 1 THEN -1e15::BIGINT
            ELSE epoch_ms(valid_from) END AS from_millis,
            coalesce(epoch_ms(lead(valid_from) OVER versions), 1e15::BIGINT) AS until_millis
        FROM gold.dim_subscriber WHERE subscriber_key <> -1
        WINDOW versions AS (PARTITION BY subscriber_id ORDER BY valid_from)""",
    "devices": "SELECT device AS device_type, device, device_key FROM gold.dim_device WHERE device_key <> -1",
    "countries": "SELECT iso_code AS country, country_key FROM gold.dim_country WHERE iso_code IS NOT NULL",
}
VIEWING = "plays, subscribers, round(hours_viewed * 3600)::BIGINT"
WATCHED = "plays, subscribers, watched_seconds::BIGINT"
KPIS = {
    "kpi_events_by_date": ("SELECT event_date, events FROM gold.kpi_events_by_date",) * 2,
    "kpi_event_type": ("SELECT event_type, events FROM gold.kpi_event_type",) * 2,
    "kpi_top_titles": (
        f"SELECT title_key, {VIEWING} FROM gold.kpi_top_titles",
        f"SELECT coalesce(title_key, -1), {WATCHED} FROM kpi_top_titles",
    ),
    "kpi_device": (f"SELECT device, {VIEWING} FROM gold.kpi_device", f"SELECT device, {WATCHED} FROM kpi_device"),
    "kpi_viewing_by_country": (
        f"SELECT iso_code, {VIEWING} FROM gold.kpi_viewing_by_country JOIN gold.dim_country USING (country) "
        "WHERE plays > 0",
        f"SELECT iso_code, {WATCHED} FROM kpi_viewing_by_country",
    ),
}
BRONZE = "SELECT count(*), count(event_id), count(country), count(_corrupt_record), count(_rescued_data) FROM "
EVENTS = (
    "SELECT event_date, event_type, count(*), count(title_id), count(device_type), count(country), "
    "sum(position_seconds), count(DISTINCT session_key), count(DISTINCT subscriber_id), min(subscriber_id), "
    "max(profile_id) FROM {} GROUP BY ALL"
)
QUARANTINE = "SELECT failed_rules::VARCHAR, _source_file, count(*), min(subscriber_id) FROM {} GROUP BY ALL"
# Either of two equal deliveries of an event may be kept, so of a file only the sum of both counts is compared.
FILES = (
    "SELECT source_file, event_date, rows, valid + duplicates, quarantined, repeats, ids_of_earlier_days, "
    "starts_of_day, late, longest_delay_hours FROM {}"
)
DAYS = "SELECT event_date, sum(valid), sum(duplicates) FROM {} GROUP BY ALL"
SESSIONS = (
    "SELECT date_key, count(*), count(subscriber_id), sum(watched_seconds), sum(events), sum(pauses), sum(seeks), "
    "count(*) FILTER (is_view), count(*) FILTER (is_completed), sum(overlong_spans), round(sum(completion), 2), "
    "sum(subscriber_key::HUGEINT), sum(title_key::HUGEINT), sum(device_key::HUGEINT), sum(country_key::HUGEINT) "
    "FROM {} GROUP BY ALL"
)
DAILY = (
    "SELECT date_key, count(*), sum(plays), sum(long_plays), sum(completed_plays), sum(watched_seconds) FROM {} "
    "GROUP BY ALL"
)
SAME_WORK = {
    "bronze": (f"{BRONZE} bronze.playback_events", f"{BRONZE} bronze"),
    "events": (EVENTS.format("silver.playback_events"), EVENTS.format("events")),
    "quarantine": (QUARANTINE.format("silver.playback_events_quarantine"), QUARANTINE.format("quarantine")),
    "deliveries by file": (FILES.format("silver.playback_deliveries"), FILES.format("deliveries")),
    "deliveries by day": (DAYS.format("silver.playback_deliveries"), DAYS.format("deliveries")),
    "sessions": (SESSIONS.format("gold.fact_playback"), SESSIONS.format("fact_playback")),
    "daily sums": (DAILY.format("gold.fact_playback_daily"), DAILY.format("fact_playback_daily")),
}


@dataclass(frozen=True)
class Script:
    """A script, by its name in tables, and what of it is compared with the lake.

    `pseudonym` is what it makes of an id `it`, in SQL, where it has a choice. One that `knows_dirt` has the lake's
    answers for every kind of dirty event but CSV.
    """

    name: str
    file: str
    pairs: Pairs
    pseudonym: str = "it"
    knows_dirt: bool = False


def _kpis() -> dict[str, tuple[str, str]]:
    return {name: (ours, theirs.replace("gold.", "")) for name, (ours, theirs) in KPIS.items()}


SCRIPTS = (
    Script("the script with the same work", "playback_same_work.sql", {**_kpis(), **SAME_WORK}, knows_dirt=True),
    Script("the bare script with pseudonyms", "playback.sql", _kpis(), "hmac(it)"),
    Script("the bare script", "playback.sql", _kpis()),
)


def run_playback_script(script: Script, landing: Path, lake: Path, folder: Path, memory: str) -> Cost:
    """What the script costs, which leaves all that it makes in `folder`. The lake has the dimensions."""
    shutil.rmtree(folder, ignore_errors=True)
    dimensions = folder / "dimensions"
    dimensions.mkdir(parents=True)
    for name, query in DIMENSIONS.items():
        found = run_query(Lake(lake), query).to_arrow_table()  # noqa: F841 (DuckDB reads it by its name)
        duckdb.sql(f"COPY (FROM found) TO '{dimensions / name}.parquet' (FORMAT parquet)")
    places = {
        "memory": memory,
        "folder": str(folder),
        "landing": str(landing),
        "dimensions": str(dimensions),
        "titles": str(dimensions / "titles.parquet"),
        "pseudonym": script.pseudonym,
        "secret": KEY,
        "inner": _padded(0x36),
        "outer": _padded(0x5C),
    }
    return run_script(filled_in(Path(__file__).with_name(script.file).read_text(encoding="utf-8"), places), folder)


def differ_from(script: Script, lake: Path, folder: Path) -> list[str]:
    """What the lake and the script don't have alike."""
    return [f"{script.name}: {what}" for what in differences(lake, folder, script.pairs)]


def filled_in(text: str, places: Mapping[str, str]) -> str:
    """The text with each `{name}` of these replaced."""
    return re.sub(rf"\{{({'|'.join(places)})\}}", lambda found: places[found[1]], text)


def _padded(pad: int) -> str:
    """The key in a block of 64 bytes, each XORed with `pad`, in hexadecimal digits (HMAC, RFC 2104)."""
    return bytes(byte ^ pad for byte in KEY.encode().ljust(BLOCK, b"\0")).hex()
