"""The release that history applies next, as AUTO CDC from snapshots asks for it: the verdicts say which."""

from dataclasses import dataclass
from datetime import UTC, datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cleanse.releases.rows import valid_rows
from cleanse.releases.verdicts import APPLIED

# The version of the empty snapshot before the first release.
NO_RELEASE = datetime(1900, 1, 1)

Snapshot = tuple[DataFrame, datetime]
"""What a snapshot function returns: the rows of a snapshot, and its version."""


@dataclass(frozen=True, kw_only=True)
class NextRelease:
    """A release to apply: its checked rows, and its version."""

    rows: DataFrame
    version: datetime


def next_release(rows: DataFrame, verdicts: DataFrame, latest: datetime | None) -> NextRelease | None:
    """The first applied release after version `latest`; None if there is none.

    `rows` are the checked rows of all releases, `verdicts` one row per release. Before the first release the answer is
    an empty one, because Databricks takes no None for a first snapshot.

    Versions of one millisecond are one release, before and after late part files joined it: history that has either is
    made again in full. Raises ValueError where the rows aren't those that were judged: what they lack
    would be closed.
    """
    applied = verdicts.filter(F.col("verdict") == APPLIED).select("_release", "release", "version", "rows")
    after = [
        row for row in applied.collect() if latest is None or _milliseconds(row["version"]) > _milliseconds(latest)
    ]
    if not after:
        return NextRelease(rows=rows.limit(0), version=NO_RELEASE) if latest is None else None
    release = min(after, key=lambda row: row["version"])
    # The partition too, so that no other is read.
    is_of_release = (F.col("_release") == release["_release"]) & (F.col("release") == release["release"])
    of_release = rows.filter(is_of_release)
    if (found := of_release.count()) != release["rows"]:
        raise ValueError(
            f"{release['release']} has {release['rows']:,} rows in its verdict, and {found:,} in the table of checked "
            "rows: another update of the pipeline cleanse is changing them. Nothing was applied. Run the job again "
            "when no other update is running."
        )
    return NextRelease(rows=of_release, version=release["version"])


def next_valid_rows(rows: DataFrame, verdicts: DataFrame, latest: datetime | None, *columns: str) -> Snapshot | None:
    """The valid rows of the next release, with these columns, and its version; None if there is none."""
    release = next_release(rows, verdicts, latest)
    return None if release is None else (valid_rows(release.rows).select(*columns), release.version)


def _milliseconds(version: datetime) -> datetime:
    """The version in UTC, cut to milliseconds."""
    in_utc = version if version.tzinfo is None else version.astimezone(UTC).replace(tzinfo=None)
    return in_utc.replace(microsecond=in_utc.microsecond // 1000 * 1000)
