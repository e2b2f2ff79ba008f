"""How far the sample's sessions watched movies, and which titles were viewed, from what a session was meant to be.

Counted by title while the events are made.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Set
from typing import TYPE_CHECKING

from sample.catalogue import Row, Sample, catalogues
from sample.truth import MILLION, Table, fraction, table
from sample.works import items_of, minutes_of, works_of

if TYPE_CHECKING:
    import duckdb

VIEW_SECONDS, COMPLETED = 120, 900_000  # completion is in millionths, rounded half up


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
                THEN least({MILLION}, (2 * {MILLION} * watched + runtime) // (2 * runtime)) END AS completion
            FROM (SELECT any_value(identity) AS identity, any_value(watched)::BIGINT AS watched FROM events GROUP BY j)
            JOIN works USING (identity))
        GROUP BY identity ORDER BY identity"""
    )


def completion_kpis(
    duck: "duckdb.DuckDBPyConnection", works: Mapping[str, Row], in_catalogue: Set[str]
) -> dict[str, Table]:
    """The KPIs by name: completion by genre, and of the catalogue's titles by type how many were viewed."""
    sums = "SELECT identity, sum(views), sum(plays), sum(completion), sum(completed) FROM watched GROUP BY identity"
    watched = {identity: tuple(map(int, counts)) for identity, *counts in duck.execute(sums).fetchall()}
    genres: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for identity, (_, *counts) in watched.items():
        for genre in items_of(works[identity], "listed_in") if counts[0] else ():
            genres[genre] = [sum(pair) for pair in zip(genres[genre], counts, strict=True)]
    titles = Counter(works[identity]["type"] for identity in in_catalogue)
    viewed = Counter(
        works[identity]["type"] for identity, (views, *_) in watched.items() if views and identity in in_catalogue
    )
    return {
        "kpi_genre_completion": table(
            "genre plays average_completion completed_plays completed_share",
            (
                (genre, plays, fraction(parts, plays * MILLION), completed, fraction(completed, plays))
                for genre, (plays, parts, completed) in genres.items()
            ),
        ),
        "kpi_catalogue_depth": table(
            "type titles watched_titles unwatched_titles unwatched_share",
            (
                (kind, count, viewed[kind], count - viewed[kind], fraction(count - viewed[kind], count))
                for kind, count in titles.items()
            ),
        ),
    }
