"""Releases: snapshots of a feed, one a file, in order; and the versions by which history knows them.

Rules and reasons: docs/decisions/0002-releases-as-snapshots.md.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze.lineage import SOURCE_FILE
from silver.releases.file_names import MOST_FILES, date_in_name, file_name

EPOCH = datetime(1970, 1, 1)
# Of the empty snapshot that comes before the first release.
NO_RELEASE = datetime(1900, 1, 1)


@dataclass(frozen=True)
class Release:
    """A snapshot of a feed: its file, when it was released (seconds since 1970, UTC), and when it was ingested (µs).

    `modified` is when its file was last modified (ms).
    """

    file: str
    name: str
    released: int
    ingested: int
    modified: int = 0

    @property
    def fingerprint(self) -> int:
        """0 to 999, from the file's URL: tells releases of about one time apart."""
        return zlib.crc32(self.file.encode()) % 1000

    def version(self, place: int) -> datetime:
        """The version of the release at `place` (from 1): its time, a second for each place, its fingerprint."""
        return EPOCH + timedelta(seconds=self.released + place, milliseconds=self.fingerprint)


def release_order(bronze: DataFrame, **measures: Column) -> DataFrame:
    """One row per file in a bronze table: its rows, when it was released and how that is known, its place in the order.

    A release is of the date in its file's name (midnight UTC), else of the file's modification time; of several of one
    time the file's name decides. `measures` are aggregates of a file's rows that are wanted too.
    """
    files = bronze.groupBy(SOURCE_FILE).agg(
        F.count(F.lit(1)).alias("rows"),
        F.min("_source_modified_at").alias("modified_at"),
        F.min("_ingested_at").alias("ingested_at"),
        *[measure.alias(name) for name, measure in measures.items()],
    )
    named = files.withColumn("file_name", file_name(F.col(SOURCE_FILE)))
    dated = named.withColumn("date", date_in_name(F.col("file_name")))
    released = dated.withColumn("released_at", F.coalesce(F.col("date").cast("timestamp"), "modified_at"))
    # Without its ending: `x (1).csv` comes after `x.csv`.
    stem = F.regexp_replace("file_name", "[.][^.]*$", "")
    in_order = Window.partitionBy(F.lit(0)).orderBy("released_at", stem, "file_name", SOURCE_FILE)
    return released.select(
        SOURCE_FILE,
        "file_name",
        F.row_number().over(in_order).alias("release_order"),
        "released_at",
        F.when(F.col("date").isNull(), "modification time").otherwise("file name").alias("ordered_by"),
        "rows",
        "ingested_at",
        "modified_at",
        *measures,
    )


def release_keys(bronze: DataFrame) -> DataFrame:
    """One row per file, oldest release first: the fields of `Release`, in numbers that no time zone changes."""
    return (
        release_order(bronze)
        .orderBy("release_order")
        .select(
            F.col(SOURCE_FILE).alias("file"),
            F.col("file_name").alias("name"),
            F.unix_seconds("released_at").alias("released"),
            F.unix_micros("ingested_at").alias("ingested"),
            F.unix_millis("modified_at").alias("modified"),
        )
    )


def next_release(
    releases: Sequence[Release], latest: datetime | None, has_rows: Callable[[Release], bool]
) -> tuple[Release, datetime] | None:
    """The first release after the latest one applied that has valid rows, and its version: later than `latest`.

    `releases` are all of a feed, in order; `latest` is the version applied last, None or NO_RELEASE before any.
    Raises ValueError where a release with valid rows has arrived that is older than the latest one applied: history
    can't take it in without being rebuilt.
    """
    latest = None if latest is None else _in_utc(latest)
    place, late = _applied(releases, latest)
    missed = [release.name for release in late if has_rows(release)]
    if missed:
        raise ValueError(
            f"A release has arrived that is older than the latest one applied ({releases[place - 1].name}): "
            f"{', '.join(missed)}. History is built in the order of the dates in the files' names, else of their "
            "modification times: refresh this table in full to rebuild it."
        )
    for number, release in enumerate(releases[place:], start=place + 1):
        if has_rows(release):
            return release, _later(release, number, latest)
    return None


def _in_utc(version: datetime) -> datetime:
    return version if version.tzinfo is None else version.astimezone(UTC).replace(tzinfo=None)


def _applied(releases: Sequence[Release], latest: datetime | None) -> tuple[int, list[Release]]:
    """How many releases, from the oldest, are done with, and those among them that weren't there then.

    A version holds the place that its release had. A higher place now means that older releases have arrived since,
    and they are the ones ingested last; a lower one, that older files have left bronze. Where the latest release itself
    has left bronze, versions decide.
    """
    if latest is None:
        return 0, []
    if latest.microsecond % 1000:
        return _applied_by_0_1(releases, latest)
    seconds, thousandths = (latest - EPOCH) // timedelta(seconds=1), latest.microsecond // 1000
    candidates = [
        (place, seconds - release.released)
        for place, release in enumerate(releases, start=1)
        if release.fingerprint == thousandths and 0 < seconds - release.released <= MOST_FILES
    ]
    if not candidates:
        return sum(release.version(place) <= latest for place, release in enumerate(releases, start=1)), []
    # Of two that may be the one, the later: rather an error than a release that is left out.
    now, then = min(candidates, key=lambda candidate: (abs(candidate[0] - candidate[1]), -candidate[0]))
    older = sorted(releases[: now - 1], key=lambda release: release.ingested, reverse=True)
    return now, older[: max(now - then, 0)]


def _applied_by_0_1(releases: Sequence[Release], latest: datetime) -> tuple[int, list[Release]]:
    """`_applied` where version 0.1 applied the latest one: its versions are modification times, in their order."""
    at = (latest - EPOCH) // timedelta(milliseconds=1)
    done = [number for number, release in enumerate(releases, start=1) if release.modified <= at]
    place = max([number for number, r in enumerate(releases, start=1) if r.version(number) <= latest] + done, default=0)
    return place, [release for release in releases[:place] if release.modified > at]


def _later(release: Release, place: int, latest: datetime | None) -> datetime:
    """The release's version; one second after `latest` where places have fallen since that was applied."""
    version = release.version(place)
    if latest is None or version > latest:
        return version
    return latest.replace(microsecond=release.fingerprint * 1000) + timedelta(seconds=1)
