"""The release that history applies next, as AUTO CDC from snapshots asks for it.

Rules and reasons: docs/decisions/0002-releases-as-snapshots.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from bronze.provenance import SOURCE_FILE
from silver.releases.file_names import MAX_FILES
from silver.releases.order import EPOCH, Release, release_keys

# The version of the empty snapshot before the first release.
NO_RELEASE = datetime(1900, 1, 1)

Snapshot = tuple[DataFrame, datetime]
"""What a snapshot function returns: the rows of a snapshot, and its version."""


@dataclass(frozen=True, kw_only=True)
class NextRelease:
    """A release to apply: its bronze rows, its version, the rows of all earlier releases, and whether any row fails."""

    rows: DataFrame
    version: datetime
    earlier_rows: DataFrame
    has_failures: bool = False


def next_release_rows(
    bronze: DataFrame, latest: datetime | None, with_row_failures: Callable[[DataFrame], DataFrame]
) -> NextRelease | None:
    """The first release after version `latest` that has a valid row; None if there is none.

    `with_row_failures` checks bronze rows: it adds `row_failures`, the names of the rules that a row fails. Before the
    first release the answer is an empty one, because Databricks takes no None for a first snapshot.
    """
    failures: dict[Release, Row] = {}

    def rows_of(release: Release) -> DataFrame:
        return bronze.filter(F.col(SOURCE_FILE) == release.file)

    def has_valid_rows(release: Release) -> bool:
        (failures[release],) = failure_counts(with_row_failures(rows_of(release))).collect()
        return bool(failures[release]["fewest"] == 0)

    releases = [Release(**row.asDict()) for row in release_keys(bronze).collect()]
    applicable = next_release(releases, latest, has_valid_rows)
    if applicable is None:
        nothing = bronze.limit(0)
        return NextRelease(rows=nothing, version=NO_RELEASE, earlier_rows=nothing) if latest is None else None
    release, version = applicable
    earlier = [other.file for other in releases[: releases.index(release)]]
    return NextRelease(
        rows=rows_of(release),
        version=version,
        earlier_rows=bronze.filter(F.col(SOURCE_FILE).isin(earlier) if earlier else "FALSE"),
        has_failures=failures[release]["most"] > 0,
    )


def failure_counts(checked: DataFrame) -> DataFrame:
    """One row: how many rules the best row fails (`fewest`: 0 if any row is valid), and the worst row (`most`).

    An aggregate rather than a filter, because engines push a filter down and compute what it tests a second time.
    """
    failures = F.size("row_failures")
    return checked.agg(F.min(failures).alias("fewest"), F.max(failures).alias("most"))


def next_release(
    releases: Sequence[Release], latest: datetime | None, has_valid_rows: Callable[[Release], bool]
) -> tuple[Release, datetime] | None:
    """The first release with valid rows after the latest one applied, and its version, which is later than `latest`.

    `releases` are all releases of a feed, in order; `latest` is the version applied last, or None or NO_RELEASE.
    Raises ValueError for a release with valid rows that arrived late, after a newer one was applied: history can't take
    it in without being rebuilt.
    """
    latest = None if latest is None else _in_utc(latest)
    applied, late = _applied(releases, latest)
    missed = [release.name for release in late if has_valid_rows(release)]
    if missed:
        raise ValueError(
            f"A release has arrived that is older than the latest one applied ({releases[applied - 1].name}): "
            f"{', '.join(missed)}. History is built in the order of the dates in the files' names, or else of their "
            "modification times: refresh this table in full to rebuild it."
        )
    for position, release in enumerate(releases[applied:], start=applied + 1):
        if has_valid_rows(release):
            return release, _later(release, position, latest)
    return None


def _in_utc(version: datetime) -> datetime:
    return version if version.tzinfo is None else version.astimezone(UTC).replace(tzinfo=None)


def _applied(releases: Sequence[Release], latest: datetime | None) -> tuple[int, list[Release]]:
    """How many releases, from the oldest, have been dealt with, and those among them that arrived later.

    A version contains the position that its release had. A higher position now means that older releases have arrived
    since, which are the ones ingested last; a lower one, that older files have left bronze. The versions decide if the
    latest release itself has left bronze.
    """
    if latest is None:
        return 0, []
    seconds, thousandths = (latest - EPOCH) // timedelta(seconds=1), latest.microsecond // 1000
    candidates = [
        (position, seconds - release.released)
        for position, release in enumerate(releases, start=1)
        if release.fingerprint == thousandths and 0 < seconds - release.released <= MAX_FILES
    ]
    if not candidates:
        return sum(release.version(position) <= latest for position, release in enumerate(releases, start=1)), []
    # If two may be the latest one, the later: an error is better than a release that is left out.
    now, then = min(candidates, key=lambda candidate: (abs(candidate[0] - candidate[1]), -candidate[0]))
    older = sorted(releases[: now - 1], key=lambda release: release.ingested, reverse=True)
    return now, older[: max(now - then, 0)]


def _later(release: Release, position: int, latest: datetime | None) -> datetime:
    """The release's version; one second after `latest` if positions have fallen since that was applied."""
    version = release.version(position)
    if latest is None or version > latest:
        return version
    return latest.replace(microsecond=release.fingerprint * 1000) + timedelta(seconds=1)
