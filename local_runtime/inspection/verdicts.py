"""Verdicts on releases, from tables of the role `verdicts` (state/roles.py), and whether history agrees with them."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from local_runtime.delta.lake import Lake
from local_runtime.inspection.releases import LATE_AT
from local_runtime.inspection.table_rows import kept_for_rows, rows_of_table
from local_runtime.printable import on_one_line
from local_runtime.state.last_run import run_command
from local_runtime.state.progress import SnapshotVersion, progress_of
from local_runtime.state.release_decisions import Decision, decisions_of

# The columns of a table with the role `verdicts`.
VERDICT_COLUMNS = ("_release", "release", "verdict", "reason", "release_order", "version")
APPLIED, LATE, REJECTED, UNREADABLE = "applied", "late", "rejected", "unreadable"
MISSING = "missing"  # a decision that names no release
NEAREST = 3  # releases in a message


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
        return self.is_past(release) and release.is_applied != self.has(release)

    def is_past(self, release: Verdict) -> bool:
        """Whether the table is past a release, which the microseconds of part files that joined it make no later."""
        return _milliseconds(release.version) <= self.newest

    def has_other_parts_of(self, release: Verdict) -> bool:
        """Whether the table has taken in a release with other part files than it has now."""
        others = {*(self.applied or ())} - {release.version}
        return _milliseconds(release.version) in map(_milliseconds, others)


@kept_for_rows
def verdicts_in(lake: Lake, table: str) -> list[Verdict]:
    """The verdicts on releases in a table, by the order of their dates; [] for a table of other columns."""
    rows = rows_of_table(lake, table)
    if not {*VERDICT_COLUMNS} <= {*rows.columns}:
        return []
    in_order = rows.filter(f"verdict != '{MISSING}'").select(*VERDICT_COLUMNS).order("release_order").fetchall()
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


def problems_with_decisions(lake: Lake, verdict_table: str) -> list[str]:
    """Decisions that name no release, with the releases whose names are nearest."""
    missing = _missing_in(lake, verdict_table, "release", "decision")
    known = [verdict.release for verdict in verdicts_in(lake, verdict_table)] if missing else []
    return [
        f"{verdict_table}: a decision ({decision}) names {on_one_line(release)}, which is no release so far. "
        f"The nearest: {_nearest(release, known)}. "
        "Correct it, or take it out: in release_decisions.json of the lake, or in the bundle's variable of that name."
        for release, decision in missing
    ]


def _nearest(release: str, known: list[str]) -> str:
    return on_one_line(", ".join(difflib.get_close_matches(release, known, NEAREST, cutoff=0)) or "none yet")


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
    changes = "; ".join(on_one_line(_change(release, stale)) for release, stale in differing)
    return [
        f"{', '.join(names)}: limits, code or decisions have changed the verdict on what was taken in: {changes}. "
        f"Refresh in full: {run_command(lake, names)}"
    ]


@dataclass(frozen=True)
class PendingDecision:
    """A decision about a release that no run has taken into account yet, and the command that does."""

    decision: Decision
    command: str


def is_already(release: Verdict, decision: Decision) -> bool:
    """Whether a release has the verdict that a decision gives it."""
    return release.verdict == (APPLIED if decision is Decision.ACCEPT else REJECTED)


def histories_to_refresh(
    lake: Lake,
    verdict_table: str,
    release: Verdict,
    verdicts: Iterable[Verdict],
    decision: Decision,
    tables: Iterable[str],
) -> list[str]:
    """The tables that have to be made again for a decision: they are past the release, or have what it is to join."""
    histories, is_accepted = histories_of(lake, verdict_table, tables), decision is Decision.ACCEPT
    if is_accepted and release.verdict == LATE and release.release != release.whole:
        firsts = [one for one in verdicts if one.whole == release.whole and one.is_applied]
        return [history.table for history in histories if any(map(history.has, firsts))]
    return [it.table for it in histories if it.is_past(release) and it.has(release) is not is_accepted]


def pending_decisions(lake: Lake, verdict_table: str, tables: Iterable[str]) -> dict[str, PendingDecision]:
    """The decisions about releases of a verdict table that were made since the last run, by release."""
    decisions, names = decisions_of(lake), [*tables]
    if not decisions:
        return {}
    verdicts, pending = verdicts_in(lake, verdict_table), {}
    joined = joined_parts(decisions, verdicts)
    # Acceptance has joined them. What is rejected and names no release is not theirs.
    missing = {release for (release,) in _missing_in(lake, verdict_table, "release")}
    taken_out = [part for part in joined if decisions[part.release] is Decision.REJECT and part.release not in missing]
    for release in (*verdicts, *taken_out):
        decision = decisions.get(release.release)
        if decision is None or is_already(release, decision) or release.verdict == UNREADABLE:
            continue
        to_refresh = histories_to_refresh(lake, verdict_table, release, verdicts, decision, names)
        pending[release.release] = PendingDecision(decision, run_command(lake, to_refresh))
    return pending


def joined_parts(decisions: Iterable[str], verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """Late part files that were accepted, with the verdict on the release that they joined: they have none any more.

    `decisions` are the names of what was decided, `verdicts` all those of a table.
    """
    known = {verdict.release: verdict for verdict in verdicts}
    for name in decisions:
        whole = name.rpartition(LATE_AT)[0]
        if name not in known and whole in known:
            yield replace(known[whole], release=name)


@kept_for_rows
def _missing_in(lake: Lake, verdict_table: str, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of the decisions that name no release, in their order; [] for a table of other columns."""
    rows = rows_of_table(lake, verdict_table)
    if not {"verdict", *columns} <= {*rows.columns}:
        return []
    return rows.filter(f"verdict = '{MISSING}'").select(*columns).order(columns[0]).fetchall()


def _change(release: Verdict, histories: Iterable[History]) -> str:
    if release.is_applied and any(history.has_other_parts_of(release) for history in histories):
        return f"{release.release} has other part files now"
    if release.is_applied:
        return f"{release.release} is applied now, and was passed over"
    reason = f" ({release.reason})" if release.reason else ""
    return f"{release.release} was taken in, and is {release.verdict} now{reason}"


def _milliseconds(version: datetime) -> datetime:
    return version.replace(microsecond=version.microsecond // 1000 * 1000)


def _times(versions: tuple[SnapshotVersion, ...]) -> frozenset[datetime] | None:
    return frozenset(_in_utc(version) for version in versions if isinstance(version, datetime)) if versions else None


def _in_utc(moment: datetime) -> datetime:
    """The moment with a time zone; one without is UTC, the zone of every session here."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
