"""Verdicts on releases, as MODEL's text says them, in plain Python: what the fold is compared with."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class Release:
    """A release: its path, date, arrival, members, and what is counted of its rows.

    Late part files are a release of their own, which names the `first_parts`.
    """

    path: str
    released_at: datetime
    ingested_at: datetime
    members: frozenset[str] = frozenset()
    rows: int = 0
    left_out: int = 0
    unknown: tuple[int | None, ...] = ()
    has_identity: bool = True
    in_future: bool = False
    first_parts: str = ""


@dataclass
class Oracle:
    """Judges releases one after the other; percent of the members that may be closed, and how many at least."""

    closed_percent: int
    at_least: int
    decisions: dict[str, str] = field(default_factory=dict)

    def verdicts(self, releases: list[Release]) -> dict[str, str]:
        """The verdict on each release, by its path."""
        applied: list[Release] = []
        readable: set[str] = set()
        verdicts = {}
        for release in sorted(releases, key=lambda one: (one.ingested_at, *self._by_date(one))):
            comes_late = release.first_parts in readable
            verdicts[release.path] = self._verdict(release, applied, comes_late)
            readable |= {release.first_parts or release.path} if release.members else set()
            if verdicts[release.path] == "applied":
                applied.append(release)
        return verdicts

    @staticmethod
    def _by_date(release: Release) -> tuple[datetime, datetime, datetime, str]:
        second = release.released_at.replace(microsecond=0)
        return second, release.ingested_at, release.released_at, release.path

    def _verdict(self, release: Release, applied: list[Release], comes_late: bool) -> str:
        decision = self.decisions.get(release.path)
        if not release.members:
            return "unreadable"
        if decision == "reject":
            return "rejected"
        if comes_late:
            return "late"
        if decision == "accept" or not applied:
            return "applied"
        newest = max(applied, key=self._by_date)
        if self._by_date(release) < self._by_date(newest):
            return "late"
        return "held" if self._looks_wrong(release, newest) else "applied"

    def _looks_wrong(self, release: Release, before: Release) -> bool:
        closed = len(before.members - release.members)
        if closed >= self.at_least and closed / len(before.members) > self.closed_percent / 100:
            return True
        if release.left_out >= self.at_least and release.left_out / release.rows > 0.3:
            return True
        filled = 0
        for was, now in zip(before.unknown, release.unknown, strict=True):
            if was is None or now is None:
                continue
            share = was / before.rows
            filled += 0.05 <= share <= 0.5 and now / release.rows < share / 5
        if filled >= 2 and release.rows >= self.at_least:
            return True
        return (before.has_identity and not release.has_identity) or release.in_future


def day(number: int) -> datetime:
    """Midnight of a day of 2021."""
    return datetime.combine(date.fromordinal(date(2021, 1, 1).toordinal() + number), datetime.min.time())
