"""Random files in the forms that are read, compared with the titles that they were written from."""

import json
import random
from datetime import datetime

import pytest

from bronze import feeds
from cleanse.catalogue.cleansing import LISTS, title_cells
from cleanse.catalogue.rows import title_rows

FILES, TITLES = 60, 12
WORDS = ("N/A", "nan", "NULL", "None", "Not Given", "unknown", "-", "Missing Data", "#N/A", "not available", "")
NAMES = ("Ann Lee", "Bo O'Neil", "Cy Poe", "René Dahl", "Di", "Ed Wu-Ross", "Flo St. John")
# What a file calls each country.
COUNTRIES = {
    "France": ("France",),
    "United States": ("United States", "USA", "U.S."),
    "Ivory Coast": ("Côte d'Ivoire", "Ivory Coast"),
    "Chad": ("Chad", "CHAD"),
}
GENRES = ("Dramas", "Sci-Fi & Fantasy", "Kids' TV", "Comedies")
ITEMS = {"director": NAMES, "cast": NAMES, "country": (*COUNTRIES,), "listed_in": GENRES}

TYPES = {
    "Movie": ("Movie", "movies", "FILM", "tvMovie"),
    "TV Show": ("TV Show", "tv shows", "Show", "Series", "TV SERIES", "tvSeries", "TV", "Mini-Series"),
}
MINUTES = (
    *("{m} min", "{m}min", "{m} minutes", "{m} mins", "{m}.0 min", "{h}h {r}m", "{h} h {r} min", "{h:02}:{r:02}:00"),
    *("PT{m}M", "PT{h}H{r}M", "{m}", "{m}.0"),
)
SEASONS = ("{s} Seasons", "{s} seasons", "{s} season", "{s}", "{s}.0")
YEARS = ("{y}", "{y}.0", "{k},{rest}")
HEADERS = {
    "show_id": ("show_id", "ID", "Show Id", "title-id"),
    "title": ("title", "Movie Title", "NAME", "showTitle"),
    "director": ("director", "Directors", "Directed By"),
    "cast": ("cast", "Cast Members", "actors"),
    "country": ("country", "Production Countries", "COUNTRY "),
    "listed_in": ("listed_in", "Genres", "Listed In", "genre"),
    "release_year": ("release_year", "Year", "releaseYear"),
    "rating": ("rating", "Age Certification", "Rating"),
    "duration": ("duration", "DURATION", "_duration"),
}


def quoted(items):
    return [f'"{item}"' if "'" in item else f"'{item}'" for item in items]


# How a column of lists is written.
LIST_FORMS = {
    "commas": ", ".join,
    "bars": "|".join,
    "semicolons": "; ".join,
    "slashes": "/".join,
    "brackets": lambda items: f"[{', '.join(items)}]",
    "Python": lambda items: f"[{', '.join(quoted(items))}]",
    "JSON": json.dumps,
    "objects": lambda items: json.dumps([{"id": place, "name": item} for place, item in enumerate(items)]),
}


class Writer:
    """Writes one file: it chooses a form for each column, and knows what each title is."""

    def __init__(self, seed):
        self.choose = random.Random(seed)
        self.file = f"file:///l/titles/{seed:03}.csv"
        self.lists = {name: LIST_FORMS[self.choose.choice([*LIST_FORMS])] for name in LISTS}
        self.headers = {name: self.choose.choice(names) for name, names in HEADERS.items()}
        self.lengths = self.choose.choice(("duration", "two columns", "by unit"))
        self.swaps_type = self.choose.random() < 0.2

    def title(self, place):
        kind = self.choose.choice([*TYPES])
        length = self.choose.randint(61, 300) if kind == "Movie" else self.choose.randint(1, 30)
        lists = {
            name: self.choose.sample(items, self.choose.randint(0, min(3, len(items)))) for name, items in ITEMS.items()
        }
        return {
            **{
                "show_id": f"s{place}",
                "title": self.choose.choice(("Unknown", "N/A", "0", "Heat, Part")) + f" {place}",
            },
            **{
                "type": kind,
                "release_year": self.choose.randint(1900, 2020),
                "rating": "PG",
                "length": length,
                **lists,
            },
        }

    def word(self):
        return self.choose.choice(WORDS)

    def spelled(self, items):
        return [self.choose.choice(COUNTRIES.get(item, (item,))) for item in items]

    def length_cells(self, title):
        length, is_movie = title["length"], title["type"] == "Movie"
        form = self.choose.choice(MINUTES if is_movie else SEASONS)
        text = form.format(m=length, h=length // 60, r=length % 60, s=length)
        if self.lengths == "duration":
            return {self.headers["duration"]: text}
        if self.lengths == "two columns":
            return {"duration_int": f"{length}", "Duration Type": "min" if is_movie else "Season"}
        return {"Runtime": f"{length}.0", "seasons": self.word()} if is_movie else {"Runtime": "45", "seasons": text}

    def cells(self, title):
        year = f"{title['release_year']}"
        written = {
            "show_id": title["show_id"],
            "title": title["title"],
            "release_year": self.choose.choice(YEARS).format(y=year, k=year[0], rest=year[1:]),
            "rating": title["rating"],
            **{name: self.lists[name](self.spelled(title[name])) if title[name] else self.word() for name in LISTS},
        }
        cells = {self.headers[name]: cell for name, cell in written.items()}
        if self.swaps_type:
            cells["type"] = cells.pop(self.headers["listed_in"])
        spelled = self.choose.choice(TYPES[title["type"]])
        return {**cells, "Category" if self.swaps_type else "type": spelled, **self.length_cells(title)}

    def row(self, title):
        cells = {name: cell or None for name, cell in self.cells(title).items()}
        own = {name: cell for name, cell in cells.items() if name.lower() in feeds.TITLES_FEED.column_names}
        rescued = {name: cell for name, cell in cells.items() if name not in own and cell is not None}
        return {
            **{name.lower(): cell for name, cell in own.items()},
            "_rescued_data": json.dumps({**rescued, "_file_path": self.file}) if rescued else None,
            "_source_file": self.file,
            "_release": self.file.removeprefix("file:///l/"),
            "_source_modified_at": datetime(2021, 9, 25),
            "_ingested_at": datetime(2021, 9, 26),
        }


def meant(title):
    is_movie = title["type"] == "Movie"
    return {
        **{name: title[name] for name in ("show_id", "title", "type", "release_year", "rating")},
        **{column: title[name] for name, column in LISTS.items()},
        "duration_minutes": title["length"] if is_movie else None,
        "seasons": None if is_movie else title["length"],
        "failed_rules": [],
        "unreadable": [],
    }


@pytest.fixture
def random_files():
    """The writer of each file, with its titles."""
    writers = [Writer(seed) for seed in range(FILES)]
    return [(writer, [writer.title(place) for place in range(TITLES)]) for writer in writers]


def test_random_files_in_known_forms_are_read_as_they_were_meant(rows, random_files):
    written = [writer.row(title) for writer, titles in random_files for title in titles]
    cells = title_cells(rows(feeds.TITLES_FEED.table, *written))
    found = {(row["_release"], row["show_id"]): row for row in title_rows(cells).collect()}
    assert len(found) == FILES * TITLES
    for writer, titles in random_files:
        for title in titles:
            row = found[writer.file.removeprefix("file:///l/"), title["show_id"]]
            expected = meant(title)
            assert {name: row[name] for name in expected} == expected, (writer.file, writer.cells(title))
