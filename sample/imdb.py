"""Sample files of IMDb that fit the catalogue in part, and what the lakehouse must find out from them.

Each title of the catalogue is meant to be matched, ambiguous or unmatched before there is a row of it; the truth is
counted from that.
"""

import gzip
import io
import json
import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from sample.catalogue import Sample, released_by_name
from sample.imdb_plans import CREDITED, Credit, People, Plan, Title, plans_of
from sample.truth import TRUTH_FOLDER, write_truth
from sample.works import identity_of

IMDB_TRUTH = f"{TRUTH_FOLDER}/imdb.json"
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
NONE = "\\N"
CREDITS = 8  # of a title that the catalogue doesn't have


def imdb_files(sample: Sample) -> list[str]:
    """The paths of the files below the landing folder."""
    return [f"imdb/{feed}/{name}" for feed, name in FILES.items()] if sample.imdb else []


def make_imdb(landing: Path, sample: Sample) -> list[Path]:
    """Writes the four files and the truth; returns the files' paths. They appear once all of them are whole."""
    if not sample.imdb:
        return []
    dice = random.Random(f"imdb {sample.seed}")
    people = People(dice)
    plans = list(plans_of(sample, dice, people))
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
    write_truth(landing / IMDB_TRUTH, truth_of(plans, people))
    return paths


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


def _write(files: dict[str, _Rows], plans: Iterable[Plan], people: People, sample: Sample, dice: random.Random) -> None:
    number = 0
    for meant in plans:
        for title in meant.found:
            number += 1
            minutes = dice.randrange(40, 180)
            for _ in range(2 if "duplicates" in sample.dirt and dice.random() < 0.02 else 1):
                _add_title(files["title_basics"], title, minutes)
            is_meant = title is meant.is_at_imdb
            _add_credits(files["title_principals"], title, meant.credited if is_meant else meant.strays)
            # What is not the title is rated too, and nobody may take that for the title's rating.
            rating = meant.rating if is_meant else ("9.8", 12345)
            if rating:
                files["title_ratings"].add(title.tconst, *rating)
    for other in range(1, sample.imdb + 1):
        title = Title(f"tt{number + other:07}", "movie", f"Elsewhere {other}", f"Elsewhere {other}", 1950 + other % 75)
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


def _add_title(rows: _Rows, title: Title, minutes: int) -> None:
    genres = "Comedy,Drama" if minutes % 2 else None
    rows.add(title.tconst, title.kind, title.primary, title.original, 0, title.year, None, minutes, genres)


def _add_credits(rows: _Rows, title: Title, credits: Iterable[Credit]) -> None:
    for place, (role, _, nconst) in enumerate(credits, start=1):
        category = CREDITED[role][int(nconst[2:]) % len(CREDITED[role])]
        characters = None if role == "director" else json.dumps([f'The "{place}"'])
        rows.add(title.tconst, place, nconst, category, None, characters)


def truth_of(plans: Sequence[Plan], people: People) -> dict[str, object]:
    """What silver and gold must say of titles, ratings and people, counted from what was meant."""
    verdicts = {identity_of(meant.row): meant.verdict for meant in plans}
    titles: dict[str, str] = {}
    ratings: dict[str, list[object]] = {}
    credited: dict[str, set[str]] = defaultdict(set)
    for meant in plans:
        if not meant.is_at_imdb:
            continue
        tconst = meant.is_at_imdb.tconst
        titles[tconst] = identity_of(meant.row)
        if meant.rating:
            ratings[tconst] = [*meant.rating]
        for role in CREDITED:
            for name in filter(None, meant.row[role].split(", ")):
                credited[name].update(nconst for _, known, nconst in meant.credited if known == name)
    of_people = {name: sorted(ids) for name, ids in sorted(credited.items())}
    counts = [("matched" if len(ids) == 1 else "ambiguous" if ids else "unmatched") for ids in of_people.values()]
    return {
        "verdicts": dict(Counter(verdicts.values())),
        "title_verdicts": verdicts,
        "titles": titles,
        "ratings": ratings,
        "people_verdicts": {verdict: counts.count(verdict) for verdict in sorted(set(counts))},
        "people": {name: [ids[0], people.born[ids[0]]] for name, ids in of_people.items() if len(ids) == 1},
    }
