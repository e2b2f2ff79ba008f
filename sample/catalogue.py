"""A sample catalogue: seeded (the same seed makes the same bytes), realistic, and as dirty as found in the wild."""

import csv
import io
import itertools
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sample.dirt import EVENT_DIRT, KEPT_DIRT

TITLES_FOLDER = "titles"
HEADER = [
    "show_id",
    "type",
    "title",
    "director",
    "cast",
    "country",
    "date_added",
    "release_year",
    "rating",
    "duration",
    "listed_in",
    "description",
]
RENAMED = {"cast": "Cast Members", "listed_in": "genres", "date_added": "Date Added", "description": "Summary"}

# The releases' dates lie before those of the real ones, so that a real file that is added becomes the newest.
FIRST_RELEASE = datetime(2019, 6, 30, 12, tzinfo=UTC)
BETWEEN_RELEASES = timedelta(days=180)

ADJECTIVES = [
    "Silent",
    "Broken",
    "Golden",
    "Hidden",
    "Last",
    "Crimson",
    "Endless",
    "Wild",
    "Paper",
    "Distant",
    "Burning",
    "Quiet",
    "Electric",
    "Lost",
    "Little",
]
NOUNS = [
    "River",
    "Kingdom",
    "Letters",
    "Garden",
    "Winter",
    "Code",
    "Harbor",
    "Dynasty",
    "Orchard",
    "Signal",
    "Mirror",
    "Summer",
    "Road",
    "Empire",
    "Stars",
]
TAILS = ["", "", "", ": The Beginning", ": Part Two", " of the North", " & Sons", " Returns", ", Again", ' "Live"']
GIVEN = [
    "Ana",
    "Bruno",
    "Chen",
    "Divya",
    "Émile",
    "Fatima",
    "Goran",
    "Hana",
    "Ingrid",
    "José",
    "Kemi",
    "Luca",
    "Mei",
    "Noor",
    "Olga",
    "Priya",
    "Quentin",
    "Rosa",
]
FAMILY = [
    "Almeida",
    "Becker",
    "Castro",
    "Dubois",
    "Eriksen",
    "Fernández",
    "García",
    "Haddad",
    "Ito",
    "Jensen",
    "Kaya",
    "Lee",
    "Müller",
    "Nguyen",
    "Okafor",
]
TITLE_COUNTRIES = (
    ["United States"] * 8 + ["India"] * 4 + ["United Kingdom"] * 3 + ["Japan", "South Korea", "France", "Spain"]
    + ["Nigeria", "Mexico", "Germany", "Brazil", "Egypt", "Turkey", "Soviet Union"]
)  # fmt: skip
MOVIE_GENRES = ["Dramas", "Comedies", "International Movies", "Documentaries", "Action & Adventure", "Thrillers"]
TV_GENRES = ["International TV Shows", "TV Dramas", "TV Comedies", "Crime TV Shows", "Kids' TV", "Docuseries"]
RATINGS = (
    ["TV-MA"] * 6 + ["TV-14"] * 4 + ["TV-PG", "TV-PG", "R", "R", "PG-13", "PG", "TV-Y7", "TV-Y", "TV-G", "NR", "G"]
)

BROKEN_ROWS = 2

Row = dict[str, str]


@dataclass(frozen=True)
class Sample:
    """What to make: titles in the first release (each later one has a tenth more), releases, and kinds of dirt.

    And viewing sessions over `first_days` days (0: none); `days` are those and the ones that were added later. And
    people who subscribe at some time, in a snapshot with each release. And so many titles at IMDb that the catalogue
    doesn't have, beside those that it has (0: no files of IMDb).
    """

    seed: int = 7
    titles: int = 600
    releases: int = 2
    dirt: frozenset[str] = frozenset(KEPT_DIRT)
    sessions: int = 400
    days: int = 7
    first_days: int = 7
    event_dirt: frozenset[str] = frozenset(EVENT_DIRT)
    subscribers: int = 2000
    imdb: int = 200


def file_names(sample: Sample) -> list[str]:
    """The paths of the sample's files below the landing folder."""
    names = [f"netflix_titles_{_released(number):%Y_%m}.csv" for number in range(sample.releases)]
    broken = ["cut_off.csv.gz", "utf_16.csv"] if "broken_files" in sample.dirt else []
    return [f"{TITLES_FOLDER}/{name}" for name in (*names, *broken)]


def make_sample(landing: Path, sample: Sample) -> list[Path]:
    """Writes the releases to `landing`/titles and returns their paths. The files appear once all of them are whole."""
    (landing / TITLES_FOLDER).mkdir(parents=True, exist_ok=True)
    paths = [landing / name for name in file_names(sample)]
    unfinished = [path.with_name(f".{path.name}.tmp") for path in paths]
    contents = itertools.chain(releases(sample), (b"\x1f\x8b\x08\x00 cut off", ",".join(HEADER).encode("utf-16")))
    for number, (path, content) in enumerate(zip(unfinished, contents, strict=False)):
        path.write_bytes(content)
        modified = _released(min(number, sample.releases)).timestamp()
        os.utime(path, (modified, modified))
    for path, name in zip(unfinished, paths, strict=True):
        path.replace(name)
    return paths


def _released(number: int) -> datetime:
    return FIRST_RELEASE + number * BETWEEN_RELEASES


def released_by_name(number: int) -> date:
    """The day of a release, as its file's name says: the first of the month."""
    return _released(number).date().replace(day=1)


def catalogues(sample: Sample) -> Iterator[list[Row]]:
    """The titles of each release as they are meant to be found out, whatever dirt is on them."""
    return (titles for titles, _ in catalogues_written(sample))


def catalogues_written(sample: Sample) -> Iterator[tuple[list[Row], int]]:
    """`catalogues`, each with how many rows its release has, those included that must be quarantined."""
    return ((titles, count) for titles, count, _ in _releases(sample))


def releases(sample: Sample) -> Iterator[bytes]:
    """The content of each release: the titles of the one before, less some, plus new ones, all numbered again."""
    return (content for _, _, content in _releases(sample))


def _releases(sample: Sample) -> Iterator[tuple[list[Row], int, bytes]]:
    """Of each release the titles as they are meant, how many rows are written, and the file's content."""
    dice = random.Random(sample.seed)
    catalogue: list[Row] = []
    for number in range(sample.releases):
        released = _released(number).date()
        catalogue = [row for row in catalogue if dice.random() > 0.02]
        size = sample.titles + number * sample.titles // 10
        while len(catalogue) < size:
            catalogue.append(_title(dice, released, len(catalogue)))
        numbered = [{**row, "show_id": f"s{place}"} for place, row in enumerate(catalogue, start=1)]
        rows = list(_with_dirt(dice, numbered, sample.dirt))
        meant, written = [row for row, _ in rows if row], [row for _, row in rows]
        count = len(written) + BROKEN_ROWS * ("malformed" in sample.dirt)
        yield meant, count, _as_csv(written, sample.dirt, is_renamed=number % 2 == 1)


def _title(dice: random.Random, released: date, serial: int) -> Row:
    is_movie = dice.random() < 0.7
    added = released - timedelta(days=dice.randrange(1, 9 * 365))
    name = f"{dice.choice(ADJECTIVES)} {dice.choice(NOUNS)}{dice.choice(TAILS)}"
    seasons = dice.choice([1, 1, 1, 2, 3, 5])
    return {
        "type": "Movie" if is_movie else "TV Show",
        "title": name if serial % 3 else f"The {name} {serial}",
        "director": ", ".join(_people(dice, dice.choice([0, 1, 1, 1, 2]))),
        "cast": ", ".join(_people(dice, dice.randrange(0, 9))),
        "country": ", ".join(dict.fromkeys(dice.choice(TITLE_COUNTRIES) for _ in range(dice.choice([0, 1, 1, 1, 2])))),
        "date_added": f"{added:%B} {added.day}, {added.year}",
        "release_year": str(added.year - dice.choice([0, 0, 0, 1, 2, 5, 20])),
        "rating": dice.choice(RATINGS),
        "duration": f"{dice.randrange(60, 180)} min" if is_movie else f"{seasons} Season{'s' if seasons > 1 else ''}",
        "listed_in": ", ".join(dice.sample(MOVIE_GENRES if is_movie else TV_GENRES, dice.randrange(1, 4))),
        "description": f"{dice.choice(GIVEN)} finds the {name.lower()}, and nothing is as it was.",
    }


def _people(dice: random.Random, count: int) -> list[str]:
    return list(dict.fromkeys(f"{dice.choice(GIVEN)} {dice.choice(FAMILY)}" for _ in range(count)))


def _as_csv(rows: list[Row], dirt: frozenset[str], is_renamed: bool) -> bytes:
    if "dates" in dirt and is_renamed:
        rows = [{**row, "date_added": _excel_date(row["date_added"])} for row in rows]
    text = io.StringIO()
    is_renamed = is_renamed and "headers" in dirt
    names = sorted(HEADER, reverse=True) if is_renamed else HEADER
    writer = csv.writer(text, lineterminator="\r\n" if is_renamed else "\n")
    writer.writerow([RENAMED.get(name, name) if is_renamed else name for name in names])
    for row in rows:
        writer.writerow([row[name] for name in names])
    lines = text.getvalue()
    if "malformed" in dirt:
        middle = lines.index("\n", len(lines) // 2) + 1
        lines = f'{lines[:middle]}s9001,Movie,"A quote that never closes,,\ns9002,TV Show,Cut off\n{lines[middle:]}'
    content = lines.encode()
    # A file that two programs have written: UTF-8, with a few letters in Windows-1252.
    return content.replace("é".encode(), b"\xe9", 3) if "encodings" in dirt else content


def _with_dirt(dice: random.Random, rows: list[Row], dirt: frozenset[str]) -> Iterator[tuple[Row | None, Row]]:
    """The rows to write, each after what it must be taken for: None for a row that must be quarantined."""
    for meant in rows:
        row = dict(meant)
        if "white_space" in dirt and dice.random() < 0.05:
            row["title"] = f"\u00a0{row['title']} \u200b"
            row["date_added"] = f" {row['date_added']}"
            row["country"] = f"{row['country']}, " if row["country"] else ""
        if "ratings" in dirt and row["duration"].endswith("min") and dice.random() < 0.01:
            # The duration can be found again; what the rating was is lost.
            row["rating"], row["duration"] = row["duration"], ""
            meant = {**meant, "rating": ""}
        yield meant, row
        if "duplicates" in dirt and dice.random() < 0.01:
            yield None, {**row, "show_id": f"{row['show_id']}b", "title": row["title"].upper()}
    if "invalid" in dirt:
        wrong = [
            {"show_id": "s9101", "title": " "},
            {"show_id": "s9102", "type": "Podcast"},
            {"show_id": "s9103", "release_year": "soon"},
            {"show_id": "", "title": "Nobody's Title"},
            # Without a date that can be read, it repeats the title of the row that it is made of.
            {"show_id": "s9105", "date_added": "one fine day"},
        ]
        dirty = [{**row, **changes} for row, changes in zip(itertools.cycle(rows), wrong, strict=False)]
        yield from ((None, row) for row in dirty)


def _excel_date(text: str) -> str:
    """`September 25, 2021` as a spreadsheet saves it: 25-Sep-21."""
    try:
        return f"{datetime.strptime(text.strip(), '%B %d, %Y'):%d-%b-%y}"
    except ValueError:
        return text
