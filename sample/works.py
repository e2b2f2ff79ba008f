"""Who a title of the sample is, and what its row says."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache

from sample.catalogue import Row
from sample.truth import UNKNOWN


def identity_of(row: Row) -> str:
    """Who a title is: its type, title, release year and directors."""
    return "|".join((row["type"], row["title"], row["release_year"], row["director"]))


def minutes_of(row: Row) -> int:
    """The minutes of a movie; 0 for a TV show."""
    return int(row["duration"].split()[0]) if row["type"] == "Movie" else 0


def items_of(row: Row | None, column: str) -> list[str]:
    """What a row has in a column of lists; Unknown alone where it has nothing, and of no row (an unknown title)."""
    return row[column].split(", ") if row and row[column] else [UNKNOWN]


def added_on(row: Row) -> date:
    """The day on which a title was added."""
    return _read(row["date_added"])


@cache
def _read(text: str) -> date:
    return datetime.strptime(text, "%B %d, %Y").date()


def works_of(releases: Iterable[list[Row]]) -> dict[str, Row]:
    """The titles of all releases by their identity, each as the latest release has it that has it.

    Of several rows with one identity the one added last counts, then the one with the smallest show_id.
    """
    found = {}
    for rows in releases:
        by_id = sorted(rows, key=lambda row: row["show_id"], reverse=True)
        found.update({identity_of(row): row for row in sorted(by_id, key=added_on)})
    return found
