"""What became of each release of a feed: a table of the role `releases` (state/roles.py)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from local_runtime.delta.lake import Lake
from local_runtime.inspection.table_rows import kept_for_rows, rows_of_table
from local_runtime.printable import on_one_line, shell_word

# The columns of a table with the role `releases`.
RELEASE_COLUMNS = (
    *("file_name", "release_order", "released_at", "ordered_by", "is_applied", "is_superseded", "problem"),
    *("missing_columns", "leftover_headers", "release", "verdict", "rows", "quarantined_rows", "failures"),
    *("unreadable", "undecided_date"),
)
NAME, INGESTION = "name", "ingestion"  # what a release is ordered by, beside its modification time
LATE_AT = " of "  # before the time at which late part files came, in the name of their release
# Verdicts that wait for a decision.
WAITING = ("held", "late")

Release = Mapping[str, Any]


@kept_for_rows
def releases_in(lake: Lake, name: str, version: int | None = None) -> list[Release]:
    """The releases that the table `name` lists, in their order; [] for a table of other columns."""
    rows = rows_of_table(lake, name, version)
    if not {*RELEASE_COLUMNS} <= {*rows.columns}:
        return []
    in_order = rows.select(*RELEASE_COLUMNS).order("release_order").fetchall()
    return [dict(zip(RELEASE_COLUMNS, row, strict=True)) for row in in_order]


def shown_name(release: Release) -> str:
    """What messages call a release: its path below the landing folder, or its file's name."""
    return str(release["release"] or release["file_name"])


def notes_on_order(release: Release) -> Iterator[str]:
    """Why a release may not be where its date would put it."""
    name = on_one_line(shown_name(release))
    if release["ordered_by"] == INGESTION:
        yield (
            f"{name}: its file can't have been modified when it says, so the release is ordered by when it was "
            "ingested. Give its name a date (2021-09-25)."
        )
    if release["undecided_date"]:
        date = on_one_line(release["undecided_date"])
        yield (
            f"{name}: {date} in its name may be a date, and was not read as one. The release is ordered by its "
            f"{release['ordered_by']}."
        )


def note_on_mixed_order(table: str, releases: Iterable[Release]) -> Iterator[str]:
    """That only some names of a feed's releases have a date; nothing where all or none have one."""
    by = {release["ordered_by"] for release in releases}
    if NAME in by and (others := sorted(by - {NAME})):
        yield (
            f"{table}: some releases are ordered by the date in their name, and others by {' or '.join(others)}. "
            "Give each name its date (2021-09-25)."
        )


def problem_of(release: Release, where: str) -> str:
    """What is wrong with a release, and what to type; `where` are the options that name the folders. Empty for none."""
    if not release["problem"]:
        return ""
    words = ("accept", "reject") if release["verdict"] in WAITING else ("rejected",)
    commands = [f"./lakehouse {word} {shell_word(shown_name(release))}{where}" for word in words]
    return "\n".join([on_one_line(release["problem"]), *commands])
