"""How fresh each feed is, and how late its events come."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from local_runtime.delta.lake import Lake
from local_runtime.inspection.query import run_query
from local_runtime.inspection.status import LakeState
from local_runtime.quoting import quoted_table

FEEDS_SCHEMA = "bronze"
SHOWN_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A feed: its table, files and rows, when something new came last, and what the newest data are of.

    `delivered_at` is when the newest file was modified, `loaded_at` when it was loaded (UTC); `newest` is the date of
    the newest release or event. Each is None where that isn't known.
    """

    table: str
    files: int
    rows: int
    delivered_at: datetime | None = None
    loaded_at: datetime | None = None
    newest: date | None = None


@dataclass(frozen=True)
class Day:
    """The events of a day: rows that came, of them valid, of them late (more than a day), the longest delay (hours)."""

    day: date
    rows: int
    valid: int
    late: int
    longest_delay_hours: int


@dataclass(frozen=True)
class Lateness:
    """The newest days with events of a table of deliveries, newest first, and the totals of all days."""

    table: str
    rows: int
    late: int
    longest_delay_hours: int
    days: list[Day] = field(default_factory=list)


def feeds_in(lake: Lake, state: LakeState) -> list[Feed]:
    """The feeds of the lake, by name. Raises LakehouseError for a table that can't be read."""
    newest = _newest_by_feed(state)
    found = []
    for table in [table for table in state.tables if table.name.startswith(f"{FEEDS_SCHEMA}.")]:
        times = _times(lake, table.name)
        delivered, loaded = (None if time is None else datetime.fromtimestamp(time / 1e6, UTC) for time in times)
        feed = Feed(
            table=table.name,
            files=table.files,
            rows=table.rows,
            delivered_at=delivered,
            loaded_at=loaded,
            newest=newest.get(table.name),
        )
        found.append(feed)
    return found


def _times(lake: Lake, table: str) -> Iterable[int | None]:
    """When the newest file of a table was modified and loaded, in microseconds; None for other columns."""
    columns = {*run_query(lake, f"FROM {quoted_table(table)} LIMIT 0").columns}
    if not {"_source_modified_at", "_ingested_at"} <= columns:
        return None, None
    times = f"SELECT max(epoch_us(_source_modified_at)), max(epoch_us(_ingested_at)) FROM {quoted_table(table)}"
    (found,) = run_query(lake, times).fetchall()
    return tuple(found)


def _newest_by_feed(state: LakeState) -> dict[str, date]:
    """The date of the newest release that is applied, or of the newest event, by the bronze table that it came from."""
    reads = {table.name: table.reads for table in state.tables}
    dates: dict[str, date] = {}
    for name, releases in state.releases.items():
        applied = [release["released_at"] for release in releases if release["is_applied"] and release["released_at"]]
        if applied:
            dates |= {source: _day(max(applied)) for source in _feeds_of(name, reads)}
    for name, delivered in state.deliveries.items():
        if delivered.days:
            dates |= {source: date.fromisoformat(max(delivered.days)) for source in _feeds_of(name, reads)}
    return dates


def _feeds_of(table: str, reads: dict[str, Any]) -> list[str]:
    return [source for source in reads.get(table, {}) if source.startswith(f"{FEEDS_SCHEMA}.")]


def _day(moment: Any) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def lateness_in(lake: Lake, table: str) -> Lateness:
    """How late the events in a table of deliveries came. Raises LakehouseError where it can't be read."""
    rows = run_query(
        lake,
        f"""SELECT event_date, sum(rows)::BIGINT, sum(valid)::BIGINT, sum(late)::BIGINT,
            max(longest_delay_hours)::BIGINT
        FROM {quoted_table(table)} WHERE event_date IS NOT NULL GROUP BY event_date ORDER BY event_date DESC""",
    ).fetchall()
    days = [Day(*row) for row in rows]
    return Lateness(
        table,
        sum(day.rows for day in days),
        sum(day.late for day in days),
        max((day.longest_delay_hours or 0 for day in days), default=0),
        days[:SHOWN_DAYS],
    )
