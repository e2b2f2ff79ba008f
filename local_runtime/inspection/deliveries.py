"""What a feed of events delivered: by day, and what became of it: a table of the role `deliveries` (state/roles.py)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from local_runtime.delta.lake import Lake
from local_runtime.inspection.query import run_query
from local_runtime.quoting import quoted_table

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


def deliveries_in(lake: Lake, name: str) -> Deliveries | None:
    """The deliveries in the table `name`; None for a table with other columns."""
    rows = run_query(lake, f"FROM {quoted_table(name)}")
    if not {*DELIVERY_COLUMNS} <= {*rows.columns}:
        return None
    (totals,) = run_query(
        lake,
        f"""SELECT count(DISTINCT source_file), coalesce(sum(rows), 0)::BIGINT, coalesce(sum(valid), 0)::BIGINT,
            coalesce(sum(duplicates), 0)::BIGINT, coalesce(sum(quarantined), 0)::BIGINT,
            coalesce(sum(late), 0)::BIGINT, coalesce(max(longest_delay_hours), 0)::BIGINT FROM {quoted_table(name)}""",
    ).fetchall()
    by_day = run_query(
        lake,
        f"""SELECT event_date::VARCHAR AS event_date, sum(valid)::BIGINT FROM {quoted_table(name)}
            WHERE event_date IS NOT NULL GROUP BY ALL ORDER BY event_date DESC LIMIT {2 * SHOWN_DAYS}""",
    ).fetchall()
    before = [count for _, count in by_day[SHOWN_DAYS:]]
    ((wrong,),) = run_query(
        lake,
        f"""SELECT count(*) FROM {quoted_table(name)} WHERE rows <> valid + duplicates + quarantined
            OR least(valid, duplicates, quarantined) < 0""",
    ).fetchall()
    usual = sum(before) / len(before) if before else None
    days = dict(reversed(by_day[:SHOWN_DAYS]))
    files, total, valid, duplicates, quarantined, late, longest = totals
    return Deliveries(files, total, valid, duplicates, quarantined, late, longest, days, usual, wrong)
