"""Sample files of IMDb that fit the catalogue in part, and what the lakehouse must find out from them.

Each title of the catalogue is meant to be matched, ambiguous or unmatched before there is a row of it; the truth is
counted from that.
"""

import gzip
import io
import json
import os
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from sample.catalogue import Row, Sample, catalogues, released_by_name
from sample.completion import identity_of

TRUTH = ".truth/imdb.json"
HEADERS = {
    "title_basics": (
        *("tconst", "titleType", "primaryTitle", "originalTitle", "isAdult", "startYear", "endYear"),
        *("runtimeMinutes", "genres"),
    ),
    "title_ratings": ("tconst", "averageRating", "numVotes"),
    "title_principals": ("tconst", "ordering", "nconst", "category", "job", "characters"),
    "name_basics": ("nconst", "primaryName", "birthYear", "deathYear", "primaryProfession", "knownForTitles"),
}
FILES = {
    "title_basics": "title.basics.tsv",
    "title_ratings": "title.ratings.tsv",
    "title_principals": "title.principals.tsv",
    "name_basics": "name.basics.tsv.gz",
}
KINDS = {"Movie": ("movie", "movie", "tvMovie", "tvSpecial", "short", "video"), "TV Show": ("tvSeries", "tvMiniSeries")}
# What becomes of a title whose name no other title of the catalogue has, of a hundred.
PLANS = {
    "same": 40,
    "other signs": 12,
    "original": 8,
    "a year apart": 8,
    "two of the year": 8,
    "a year before and after": 6,
    "other type": 4,
    "years apart": 6,
    "episode": 3,
    "nothing": 5,
}
MATCHED = ("same", "other signs", "original", "a year apart")
AMBIGUOUS = ("two of the year", "a year before and after")
ROLES = {"director": ("director",), "cast": ("actor", "actress", "self")}
NONE = "\\N"
CREDITS = 8  # of a title that the catalogue doesn't have


@dataclass
class _Title:
    """A title at IMDb."""

    tconst: str
    kind: str
    primary: str
    original: str
    year: int | None


@dataclass
class _Plan:
    """What is meant for a title of the catalogue: its titles at IMDb, and who is credited in the one that it is."""

    row: Row
    plan: str
    found: list[_Title] = field(default_factory=list)
    credited: list[tuple[str, str, str]] = field(default_factory=list)
    rating: tuple[str, int] | None = None


def imdb_files(sample: Sample) -> list[str]:
    """The paths of the files below the landing folder."""
    return [f"imdb/{feed}/{name}" for feed, name in FILES.items()] if sample.imdb else []


def make_imdb(landing: Path, sample: Sample) -> list[Path]:
    """Writes the four files and the truth; returns the files' paths. They appear once all of them are whole."""
    if not sample.imdb:
        return []
    dice = random.Random(f"imdb {sample.seed}")
    people = _People(dice)
    plans = list(_plans(sample, dice, people))
    paths = [landing / name for name in imdb_files(sample)]
    unfinished = [path.with_name(f".{path.name}.tmp") for path in paths]
    modified = datetime.combine(released_by_name(sample.releases - 1), datetime.min.time(), UTC).timestamp()
    with ExitStack() as stack:
        files = {}
        for feed, path in zip(FILES, unfinished, strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            files[feed] = _Rows(stack.enter_context(_open(path, feed, sample)), feed)
        _write(files, plans, people, sample, dice)
    for path, name in zip(unfinished, paths, strict=True):
        os.utime(path, (modified, modified))
        path.replace(name)
    truth = landing / TRUTH
    truth.parent.mkdir(parents=True, exist_ok=True)
    truth.write_text(json.dumps(truth_of(plans, people), indent=1, ensure_ascii=False), encoding="utf-8")
    return paths


class _People:
    """Who is at IMDb: most names are one person; one in ten is two, of whom titles have the one or the other."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._known: dict[str, list[str]] = {}
        self.names: dict[str, str] = {}
        self.born: dict[str, int | None] = {}

    def called(self, name: str) -> str:
        """The id of somebody of that name."""
        if name not in self._known:
            self._known[name] = [self.new(name) for _ in range(2 if self._dice.random() < 0.1 else 1)]
        return self._dice.choice(self._known[name])

    def new(self, name: str) -> str:
        """The id of another person of that name."""
        nconst = f"nm{len(self.names) + 1:07}"
        self.names[nconst] = name
        self.born[nconst] = None if self._dice.random() < 0.2 else self._dice.randrange(1930, 2000)
        return nconst


def _words(title: str) -> str:
    return " ".join(title.lower().split())


def _plans(sample: Sample, dice: random.Random, people: _People) -> Iterator[_Plan]:
    """What is meant for each title that any release has. A name that several titles have has none at IMDb."""
    titles: dict[str, Row] = {}
    for rows in catalogues(sample):
        titles.update({identity_of(row): row for row in rows})
    named: dict[tuple[str, str], set[str]] = defaultdict(set)
    for identity, row in titles.items():
        named[row["type"], _words(row["title"])].add(identity)
    number = 0
    for row in titles.values():
        is_alone = len(named[row["type"], _words(row["title"])]) == 1
        (plan,) = dice.choices(list(PLANS), list(PLANS.values())) if is_alone else ("nothing",)
        meant = _Plan(row, plan)
        for title in _at_imdb(row, plan, dice):
            number += 1
            title.tconst = f"tt{number:07}"
            meant.found.append(title)
        if plan in MATCHED:
            meant.credited = [
                (role, name, people.called(name))
                for role in ROLES
                for name in filter(None, row[role].split(", "))
                if dice.random() < 0.85
            ]
            if dice.random() < 0.9:
                meant.rating = f"{dice.uniform(4, 9.9):.1f}", int(10 * dice.paretovariate(0.3)) % 2_000_000
        yield meant


def _at_imdb(row: Row, plan: str, dice: random.Random) -> Iterator[_Title]:
    """The titles at IMDb by which a plan comes about."""
    name, year, kinds = row["title"], int(row["release_year"]), KINDS[row["type"]]
    other = KINDS["TV Show" if row["type"] == "Movie" else "Movie"]

    def title(year: int, name: str = name, original: str = name, kinds: Sequence[str] = kinds) -> _Title:
        return _Title("", dice.choice(kinds), name, original, year)

    match plan:
        case "same":
            yield title(year)
        case "other signs":
            changed = name.upper().replace(" & ", " AND ").replace(": ", " - ").replace(",", "")
            yield title(year, changed, changed)
        case "original":
            yield title(year, f"Known as Number {dice.randrange(10**9)}", name)
        case "a year apart":
            yield title(year + dice.choice([-1, 1]))
        case "two of the year":
            yield from (title(year), title(year))
        case "a year before and after":
            yield from (title(year - 1), title(year + 1))
        case "other type":
            yield title(year, kinds=other)
        case "years apart":
            yield title(year - dice.randrange(2, 9))
        case "episode":
            yield from (title(year, kinds=("tvEpisode",)), title(year, kinds=("videoGame",)))


class _Rows:
    """A file of IMDb's, to which rows are written."""

    def __init__(self, file: TextIO, feed: str) -> None:
        self._file = file
        self.add(*HEADERS[feed])

    def add(self, *cells: object) -> None:
        """Writes a row; None is a null."""
        self._file.write("\t".join(NONE if cell is None else str(cell) for cell in cells) + "\n")


def _open(path: Path, feed: str, sample: Sample) -> TextIO:
    """The file, new. With dirt, titles are as Windows' programs write them: with a byte order mark, and CRLF."""
    is_dirty = feed == "title_basics" and "encodings" in sample.dirt
    raw = path.open("wb")
    if path.name.endswith(".gz.tmp"):
        # Without a time: the same seed makes the same bytes.
        return io.TextIOWrapper(_Zipped(raw), encoding="utf-8", newline="\n")
    encoding, newline = ("utf-8-sig", "\r\n") if is_dirty else ("utf-8", "\n")
    return io.TextIOWrapper(raw, encoding=encoding, newline=newline)


class _Zipped(gzip.GzipFile):
    """A .gz that closes the file that it is in."""

    def __init__(self, raw: io.BufferedWriter) -> None:
        super().__init__(filename="", mode="wb", fileobj=raw, mtime=0)
        self._raw = raw

    def close(self) -> None:
        """Ends both."""
        super().close()
        self._raw.close()


def _write(
    files: dict[str, _Rows], plans: Iterable[_Plan], people: _People, sample: Sample, dice: random.Random
) -> None:
    number = 0
    for meant in plans:
        for title in meant.found:
            number += 1
            minutes = dice.randrange(40, 180)
            for _ in range(2 if "duplicates" in sample.dirt and dice.random() < 0.02 else 1):
                _add_title(files["title_basics"], title, minutes)
            credits = meant.credited if len(meant.found) == 1 else ()
            for place, (role, _, nconst) in enumerate(credits, start=1):
                category = ROLES[role][int(nconst[2:]) % len(ROLES[role])]
                characters = None if role == "director" else json.dumps([f'The "{place}"'])
                files["title_principals"].add(title.tconst, place, nconst, category, None, characters)
        if meant.rating:
            files["title_ratings"].add(meant.found[0].tconst, *meant.rating)
    for other in range(1, sample.imdb + 1):
        title = _Title(f"tt{number + other:07}", "movie", f"Elsewhere {other}", f"Elsewhere {other}", 1950 + other % 75)
        _add_title(files["title_basics"], title, 90)
        if other % 2:
            files["title_ratings"].add(title.tconst, "9.9", other)
        for place in range(1, CREDITS + 1):
            files["title_principals"].add(title.tconst, place, f"nm9{other % 100_000:06}", "actor", None, None)
    for nconst, name in people.names.items():
        files["name_basics"].add(nconst, name, people.born[nconst], None, "actor", None)
    for other in range(min(sample.imdb, 100_000)):
        files["name_basics"].add(f"nm9{other:06}", f"Somebody Else {other}", None, None, None, None)
    if "invalid" in sample.dirt:
        files["title_basics"].add("tt9999001", "movie", "Soon", "Soon", 0, "soon", None, None, None)
        files["title_ratings"].add("tt0000001x", "11.0", -1)
        files["title_principals"].add("tt0000001", "first", None, "actor", None, None)
        files["name_basics"].add("nm9999001", None, "c. 1970", None, None, None)
    if "malformed" in sample.dirt:
        for rows in files.values():
            rows.add("tt9999002", "too few")
            rows.add("tt9999003", *["too many"] * 14)


def _add_title(rows: _Rows, title: _Title, minutes: int) -> None:
    genres = "Comedy,Drama" if minutes % 2 else None
    rows.add(title.tconst, title.kind, title.primary, title.original, 0, title.year, None, minutes, genres)


def truth_of(plans: Iterable[_Plan], people: _People) -> dict[str, object]:
    """What silver and gold must say of titles, ratings and people, counted from what was meant."""
    verdicts: dict[str, int] = defaultdict(int)
    titles: dict[str, str] = {}
    ratings: dict[str, list[object]] = {}
    credited: dict[str, set[str]] = defaultdict(set)
    for meant in plans:
        verdict = "matched" if meant.plan in MATCHED else "ambiguous" if meant.plan in AMBIGUOUS else "unmatched"
        verdicts[verdict] += 1
        if verdict != "matched":
            continue
        tconst = meant.found[0].tconst
        titles[tconst] = identity_of(meant.row)
        if meant.rating:
            ratings[tconst] = [*meant.rating]
        for role in ROLES:
            for name in filter(None, meant.row[role].split(", ")):
                credited[name].update(nconst for _, known, nconst in meant.credited if known == name)
    of_people = {name: sorted(ids) for name, ids in sorted(credited.items())}
    counts = [("matched" if len(ids) == 1 else "ambiguous" if ids else "unmatched") for ids in of_people.values()]
    return {
        "verdicts": dict(verdicts),
        "titles": titles,
        "ratings": ratings,
        "people_verdicts": {verdict: counts.count(verdict) for verdict in sorted(set(counts))},
        "people": {name: [ids[0], people.born[ids[0]]] for name, ids in of_people.items() if len(ids) == 1},
    }
