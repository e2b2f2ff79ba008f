"""Releases: snapshots of a feed, one a file, in the order in which their files were last modified, then by name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pyspark.sql import DataFrame


@dataclass(frozen=True)
class Release:
    """A snapshot of a feed: its file, and its version, by which releases are ordered."""

    file: str
    version: datetime


def files_of(bronze: DataFrame) -> DataFrame:
    """One row per file in a bronze table: file, modified_at (TIMESTAMP)."""
    return bronze.selectExpr("_source_file AS file", "_source_modified_at AS modified_at").distinct()


def in_order(files: Sequence[tuple[str, datetime]]) -> list[Release]:
    """The releases of `files` (path and modification time), oldest first.

    A version is the file's modification time, cut to milliseconds, plus the release's place in the order in
    microseconds: unique where two files share a time, and telling when an older release arrives late.
    """
    whole = [
        (modified_at.replace(microsecond=modified_at.microsecond // 1000 * 1000), file) for file, modified_at in files
    ]
    return [
        Release(file, modified_at + timedelta(microseconds=place % 1000))
        for place, (modified_at, file) in enumerate(sorted(whole), start=1)
    ]


def pending(releases: Sequence[Release], latest: datetime | None) -> Iterator[Release]:
    """The releases that come after the latest one applied (None: no release was applied yet), oldest first.

    Raises ValueError where `latest` is not among them: a release has arrived that is older than it, and
    history can't take it in without being rebuilt.
    """
    if latest is not None and latest not in {release.version for release in releases}:
        newest = max((release.version for release in releases), default=None)
        raise ValueError(
            f"A release has arrived that is older than the latest one applied ({latest}; newest file: {newest}). "
            "History is built in the order of the files' modification times: refresh this table in full to rebuild it."
        )
    return (release for release in releases if latest is None or release.version > latest)
