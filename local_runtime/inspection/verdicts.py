"""Verdicts on releases, from tables of the role `verdicts` (state/roles.py), and whether history agrees with them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from local_runtime.delta.lake import Lake
from local_runtime.inspection.query import run_query
from local_runtime.quoting import quoted_table
from local_runtime.state.last_run import run_command
from local_runtime.state.progress import SnapshotVersion, progress_of

# The columns of a table with the role `verdicts`.
VERDICT_COLUMNS = ("_release", "release", "verdict", "reason", "release_order", "version")
APPLIED = "applied"


@dataclass(frozen=True)
class Verdict:
    """The verdict on a release: the `reason` where there is one, its order by date, its snapshot version.

    `whole` is the release, or the one that its part files belong to, which came later than the others.
    """

    whole: str
    release: str
    verdict: str
    reason: str | None
    release_order: int
    version: datetime

    @property
    def is_applied(self) -> bool:
        """Whether history applies the release."""
        return self.verdict == APPLIED


@dataclass(frozen=True)
class History:
    """A table made of the releases that a verdict table lists: the newest version that it has, and all of them.

    `applied` is None where an older version of this program wrote the table, which kept no list.
    """

    table: str
    newest: datetime
    applied: frozenset[datetime] | None

    def has(self, release: Verdict) -> bool:
        """Whether the table has taken in a release: without a list, whether its verdict says so."""
        if self.applied is None:
            return release.is_applied and release.version <= self.newest
        return release.version in self.applied

    def differs(self, release: Verdict) -> bool:
        """Whether only a full refresh brings the table to the verdict on a release."""
        return release.version <= self.newest and release.is_applied != self.has(release)


def verdicts_in(lake: Lake, table: str) -> list[Verdict]:
    """The verdicts in a table, by the order of the releases' dates; [] for a table of other columns."""
    rows = run_query(lake, f"FROM {quoted_table(table)}")
    if not {*VERDICT_COLUMNS} <= {*rows.columns}:
        return []
    in_order = rows.select(*VERDICT_COLUMNS).order("release_order").fetchall()
    return [
        Verdict(whole, release, verdict, reason, order, _in_utc(version))
        for whole, release, verdict, reason, order, version in in_order
    ]


def histories_of(lake: Lake, verdict_table: str, tables: Iterable[str]) -> Iterator[History]:
    """The tables whose history is built from the snapshots in a verdict table, if they have applied any."""
    for name in tables:
        progress = progress_of(lake.log(name))
        for flow in progress.flows.values() if progress else ():
            newest = flow.intake.snapshot_version
            if verdict_table in flow.intake.tables and isinstance(newest, datetime):
                yield History(name, _in_utc(newest), _times(flow.intake.applied))


def problems_with_histories(lake: Lake, verdict_table: str, tables: Iterable[str]) -> list[str]:
    """Differences between history and the verdicts, with the full refresh that corrects them."""
    histories = [*histories_of(lake, verdict_table, tables)]
    differing = [
        (release, stale)
        for release in verdicts_in(lake, verdict_table)
        if (stale := [history for history in histories if history.differs(release)])
    ]
    if not differing:
        return []
    names = [history.table for history in histories if any(history in stale for _, stale in differing)]
    changes = "; ".join(_change(release) for release, _ in differing)
    return [
        f"{', '.join(names)}: limits, code or decisions have changed the verdict on what was taken in: {changes}. "
        f"Refresh in full: {run_command(lake, names)}"
    ]


def _change(release: Verdict) -> str:
    if release.is_applied:
        return f"{release.release} is applied now, and was passed over"
    reason = f" ({release.reason})" if release.reason else ""
    return f"{release.release} was taken in, and is {release.verdict} now{reason}"


def _times(versions: tuple[SnapshotVersion, ...]) -> frozenset[datetime] | None:
    return frozenset(_in_utc(version) for version in versions if isinstance(version, datetime)) if versions else None


def _in_utc(moment: datetime) -> datetime:
    """The moment with a time zone; one without is UTC, the zone of every session here."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
