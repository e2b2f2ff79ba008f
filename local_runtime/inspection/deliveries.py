"""What a feed of events delivered: by day, and what became of it: a table of the role `deliveries` (state/roles.py)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from local_runtime.delta.lake import Lake
from local_runtime.inspection.table_rows import kept_for_rows, rows_of_table

DELIVERY_COLUMNS = (
    "source_file",
    "event_date",
    "rows",
    "valid",
    "duplicates",
    "quarantined",
    "late",
    "longest_delay_hours",
)
SHOWN_DAYS = 7


@dataclass(frozen=True)
class Deliveries:
    """A feed's files and rows, what became of them, and its newest days.

    `days` are the newest with events, `valid` by day; `usual` is the mean of as many days before them (None: there are
    none). `late` came more than a day after their event. `wrong` are files whose rows don't add up.
    """

    files: int
    rows: int
    valid: int
    duplicates: int
    quarantined: int
    late: int
    longest_delay_hours: int
    days: Mapping[str, int] = field(default_factory=dict)
    usual: float | None = None
    wrong: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether nothing was lost: rows = valid + duplicates + quarantined, in every file and on every day."""
        return not self.wrong


@kept_for_rows
def deliveries_in(lake: Lake, name: str) -> Deliveries | None:
    """The deliveries in the table `name`; None for a table with other columns."""
    rows = rows_of_table(lake, name)
    if not {*DELIVERY_COLUMNS} <= {*rows.columns}:
        return None
    (totals,) = rows.aggregate(
        """count(DISTINCT source_file), coalesce(sum(rows), 0)::BIGINT, coalesce(sum(valid), 0)::BIGINT,
            coalesce(sum(duplicates), 0)::BIGINT, coalesce(sum(quarantined), 0)::BIGINT,
            coalesce(sum(late), 0)::BIGINT, coalesce(max(longest_delay_hours), 0)::BIGINT"""
    ).fetchall()
    dated = rows.filter("event_date IS NOT NULL").project("event_date::VARCHAR AS event_date, valid")
    valid_by_day = dated.aggregate("event_date, sum(valid)::BIGINT AS valid", "event_date")
    by_day = valid_by_day.order("event_date DESC").limit(2 * SHOWN_DAYS).fetchall()
    before = [count for _, count in by_day[SHOWN_DAYS:]]
    adds_up = "rows = valid + duplicates + quarantined AND least(valid, duplicates, quarantined) >= 0"
    ((wrong,),) = rows.filter(f"NOT ({adds_up})").aggregate("count(*)").fetchall()
    usual = sum(before) / len(before) if before else None
    days = dict(reversed(by_day[:SHOWN_DAYS]))
    files, total, valid, duplicates, quarantined, late, longest = totals
    return Deliveries(files, total, valid, duplicates, quarantined, late, longest, days, usual, wrong)
