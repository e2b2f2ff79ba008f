"""What the sample's sessions mean for genres and for the catalogue: how far each was watched, and what nobody watched.

Counted by title while the events are made, from what a session was meant to be.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from sample.catalogue import Row, Sample, catalogues
from sample.fractions import fraction

if TYPE_CHECKING:
    import duckdb

WHOLE = 1_000_000  # completion is in millionths, rounded half up
VIEW_SECONDS, COMPLETED = 120, 900_000


def identity_of(row: Row) -> str:
    """Who a title is: its type, title, release year and directors."""
    return "|".join((row["type"], row["title"], row["release_year"], row["director"]))


def minutes_of(row: Row) -> int:
    """The minutes of a movie; 0 for a TV show."""
    return int(row["duration"].split()[0]) if row["type"] == "Movie" else 0


def works_of(releases: Iterable[list[Row]]) -> dict[str, Row]:
    """The titles of all releases by their identity, each as the latest release has it that has it.

    Of several rows with one identity the one added last counts, then the one with the smallest show_id.
    """
    found = {}
    for rows in releases:
        by_id = sorted(rows, key=lambda row: row["show_id"], reverse=True)
        found.update({identity_of(row): row for row in sorted(by_id, key=_added)})
    return found


def _added(row: Row) -> datetime:
    return datetime.strptime(row["date_added"], "%B %d, %Y")


def begin(duck: "duckdb.DuckDBPyConnection", sample: Sample) -> None:
    """Makes the tables in which `count` counts."""
    import pyarrow as pa

    works = works_of(catalogues(sample))
    made = pa.table({"identity": list(works), "minutes": list(map(minutes_of, works.values()))})  # noqa: F841
    duck.execute(
        """CREATE TABLE works AS SELECT identity, minutes * 60 AS runtime FROM made;
        CREATE TABLE watched (identity VARCHAR, views BIGINT, plays BIGINT, completion BIGINT, completed BIGINT)"""
    )


def count(duck: "duckdb.DuckDBPyConnection") -> None:
    """Counts the sessions of the day's `events`: those that are a view, and how far the movies were watched."""
    duck.execute(
        f"""INSERT INTO watched
        SELECT identity, count(*) FILTER (watched >= {VIEW_SECONDS}), count(completion), coalesce(sum(completion), 0),
            count(*) FILTER (completion >= {COMPLETED})
        FROM (SELECT identity, watched, CASE WHEN runtime > 0
                THEN least({WHOLE}, (2 * {WHOLE} * watched + runtime) // (2 * runtime)) END AS completion
            FROM (SELECT any_value(identity) AS identity, any_value(watched)::BIGINT AS watched FROM events GROUP BY j)
            JOIN works USING (identity))
        GROUP BY identity ORDER BY identity"""
    )


def truth_of(duck: "duckdb.DuckDBPyConnection", sample: Sample) -> dict[str, object]:
    """What gold must show: completion by genre, and of the catalogue's titles by type how many were watched."""
    sums = "SELECT identity, sum(views), sum(plays), sum(completion), sum(completed) FROM watched GROUP BY identity"
    watched = {identity: tuple(map(int, counts)) for identity, *counts in duck.execute(sums).fetchall()}
    releases = list(catalogues(sample))
    works, in_catalogue = works_of(releases), {identity_of(row) for row in releases[-1]}
    genres: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for identity, (_, *counts) in watched.items():
        for genre in works[identity]["listed_in"].split(", ") if counts[0] else ():
            genres[genre] = [sum(pair) for pair in zip(genres[genre], counts, strict=True)]
    titles = Counter(works[identity]["type"] for identity in in_catalogue)
    viewed = Counter(
        works[identity]["type"] for identity, (views, *_) in watched.items() if views and identity in in_catalogue
    )
    return {
        "genres": {
            genre: [plays, fraction(parts, plays * WHOLE), completed, fraction(completed, plays)]
            for genre, (plays, parts, completed) in sorted(genres.items())
        },
        "catalogue": {
            kind: [count, viewed[kind], count - viewed[kind], fraction(count - viewed[kind], count)]
            for kind, count in sorted(titles.items())
        },
    }
