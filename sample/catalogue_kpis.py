"""What the KPIs of the catalogue must be, counted from the titles that are meant to be in it now."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from sample.catalogue import Row
from sample.truth import UNKNOWN, Table, fraction, table
from sample.works import added_on, items_of, minutes_of

GroupsOf = Callable[[Row], Iterable[tuple[object, ...]]]
"""The groups that a title belongs to."""


def catalogue_kpis(titles: Sequence[Row]) -> dict[str, Table]:
    """The KPIs by name; `titles` has one row per title."""
    return {
        "kpi_content_type": _shares("type", titles, lambda row: [(row["type"],)]),
        "kpi_genre": _shares("genre", titles, lambda row: _each(row, "listed_in")),
        "kpi_rating": _shares("rating", titles, lambda row: _each(row, "rating")),
        "kpi_release_year": _counts("release_year type", titles, lambda row: [(_released(row), row["type"])]),
        "kpi_year_added": _counts("year_added type", titles, lambda row: [(added_on(row).year, row["type"])]),
        "kpi_genre_trend": _counts(
            "genre year_added",
            titles,
            lambda row: [(genre, added_on(row).year) for (genre,) in _each(row, "listed_in")],
        ),
        "kpi_country": _by_country(titles),
        "kpi_content_age": _by_age(titles),
        "kpi_content_trend": _by_release_year(titles),
        "kpi_country_growth": _growth(titles),
    }


def _each(row: Row, column: str) -> Iterable[tuple[str]]:
    return ((item,) for item in items_of(row, column))


def _released(row: Row) -> int:
    return int(row["release_year"])


def _counted(titles: Iterable[Row], groups_of: GroupsOf) -> Counter[tuple[object, ...]]:
    """How many titles are in each group; one may be in several."""
    return Counter(key for row in titles for key in groups_of(row))


def _counts(columns: str, titles: Iterable[Row], groups_of: GroupsOf) -> Table:
    return table(f"{columns} titles", ((*key, count) for key, count in _counted(titles, groups_of).items()))


def _shares(column: str, titles: Sequence[Row], groups_of: GroupsOf) -> Table:
    """Titles of each group, and their share of all titles."""
    counts = _counted(titles, groups_of).items()
    return table(f"{column} titles share", ((*key, count, fraction(count, len(titles))) for key, count in counts))


def _grouped(titles: Iterable[Row], groups_of: GroupsOf) -> dict[tuple[object, ...], list[Row]]:
    """The titles of each group."""
    groups = defaultdict(list)
    for row in titles:
        for key in groups_of(row):
            groups[key].append(row)
    return groups


def _by_country(titles: Iterable[Row]) -> Table:
    rows = []
    for (country,), made in _grouped(titles, lambda row: _each(row, "country")).items():
        movies = sum(row["type"] == "Movie" for row in made)
        rows.append((country, len(made), movies, len(made) - movies))
    return table("country titles movies tv_shows", rows)


def _average_minutes(titles: Iterable[Row]) -> str | None:
    """The average duration of the movies; None without any."""
    minutes = [minutes_of(row) for row in titles if row["type"] == "Movie"]
    return fraction(sum(minutes), len(minutes))


def _known(titles: Iterable[Row], column: str) -> list[str]:
    """What the titles have in a column of lists, each once, sorted."""
    return sorted({item for row in titles for item in items_of(row, column)} - {UNKNOWN})


def _by_age(titles: Iterable[Row]) -> Table:
    def kinds(row: Row) -> Iterable[tuple[object, ...]]:
        year = _released(row)
        age = "Recent" if year >= 2020 else "Modern" if year >= 2010 else "Classic"
        return ((row["type"], age, country) for country in items_of(row, "country"))

    rows = []
    for key, made in _grouped(titles, kinds).items():
        genres = _known(made, "listed_in")
        rows.append((*key, len(made), _average_minutes(made), len(genres), genres))
    columns = "type content_age_category country content_count average_duration genres genre_names"
    return table(columns, rows)


def _by_release_year(titles: Iterable[Row]) -> Table:
    recent = (row for row in titles if _released(row) >= 2010)
    groups = _grouped(recent, lambda row: [(_released(row), row["type"])])
    rows = [(*key, len(made), _average_minutes(made), len(_known(made, "country"))) for key, made in groups.items()]
    return table("release_year type content_count average_duration countries", rows)


def _growth(titles: Sequence[Row]) -> Table:
    """The five years are those up to the latest in which any title was added, whatever its country."""
    newest = max((added_on(row).year for row in titles), default=0)
    rows = []
    for (country,), made in _grouped(titles, lambda row: _each(row, "country")).items():
        ages = [newest - added_on(row).year for row in made]
        last, previous = sum(age < 5 for age in ages), sum(5 <= age < 10 for age in ages)
        rows.append((country, last, previous, fraction(last - previous, previous)))
    return table("country titles_last_5_years titles_previous_5_years growth", rows)
