"""The catalogue's titles by name: which show_id stood for the title of that name at a time.

A name is looked up whole first, as it is of a movie. What is left after cutting an episode off is a show: a movie has
no episodes, and `Mission: Impossible` is not the movie `Mission`.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

# Where releases of the catalogue land.
FOLDER = "titles"
# Rows as TitlePeriod has them.
QUERY = """
SELECT titles.title, titles.type, titles.title_key, ids.show_id, epoch_ms(ids.__START_AT), epoch_ms(ids.__END_AT)
FROM silver.title_ids AS ids JOIN gold.dim_title AS titles USING (title_key)
"""
TABLES = ("silver.title_ids", "gold.dim_title")
MOVIE, SHOW = "Movie", "TV Show"

# What Netflix writes between the names of a show and of an episode, by language of the account: before a number,
SEASONS = {
    "English": ("Season", "Series", "Volume", "Part", "Book", "Chapter", "Collection"),
    "German": ("Staffel", "Teil", "Buch", "Kapitel"),
    "French": ("Saison", "Partie", "Livre", "Chapitre"),
    "Spanish": ("Temporada", "Parte", "Volumen", "Libro"),
    "Portuguese": ("Temporada", "Parte", "Volume", "Livro"),
    "Italian": ("Stagione", "Parte", "Volume", "Libro"),
    "Dutch": ("Seizoen", "Deel", "Boek"),
    "Swedish": ("Säsong", "Del"),
    "Danish": ("Sæson", "Del"),
    "Norwegian": ("Sesong", "Del"),
    "Polish": ("Sezon", "Część"),
}
# and without one.
LIMITED_SERIES = {
    "English": ("Limited Series", "Miniseries"),
    "German": ("Miniserie", "Mini-Serie"),
    "French": ("Mini-série",),
    "Spanish": ("Miniserie",),
    "Portuguese": ("Minissérie",),
    "Italian": ("Miniserie",),
}


class TitlePeriod(NamedTuple):
    """A time, in milliseconds since 1970, in which a show_id stood for a title; `until` is None for the current one."""

    title: str
    type: str
    title_key: int
    show_id: str
    since: int
    until: int | None


class Miss(StrEnum):
    """Why a name has no show_id."""

    UNKNOWN = "not in the catalogue"
    AMBIGUOUS = "several titles of this name"
    OTHER_TIMES = "not in the release of that time"


class Match(NamedTuple):
    """What a name was looked up by, and the show_id, or why there is none; `is_beginning` where no season was named."""

    name: str
    show_id: str = ""
    miss: Miss | None = None
    is_beginning: bool = False


class Titles:
    """The titles of a catalogue. Before the first release, ids stand for its titles, as for every event."""

    def __init__(self, periods: Iterable[TitlePeriod]) -> None:
        everything = [*periods]
        releases = {period.since for period in everything}
        self.release_count = len(releases)
        self._first = min(releases, default=0)
        self._by_name: dict[str, list[TitlePeriod]] = defaultdict(list)
        for period in everything:
            self._by_name[folded(period.title)].append(period)

    def find(self, name: str, millis: int) -> Match:
        """The title that a name of the viewing activity means, at a time in milliseconds since 1970."""
        whole = self._by_name.get(folded(name), [])
        if whole:
            movies = [period for period in whole if period.type == MOVIE]
            return self._at(name, movies or whole, millis)
        shows, has_season = _shows(name)
        for show in shows:
            periods = [period for period in self._by_name.get(folded(show), []) if period.type == SHOW]
            if periods:
                return self._at(show, periods, millis)._replace(is_beginning=not has_season)
        return Match(shows[0] if has_season else name, miss=Miss.UNKNOWN)

    def _at(self, name: str, periods: list[TitlePeriod], millis: int) -> Match:
        current = [period for period in periods if self._is_current(period, millis)]
        # `U-Turn` and `U Turn` are two movies.
        current = [period for period in current if period.title == name] or current
        if len({period.title_key for period in current}) == 1:
            return Match(name, min(period.show_id for period in current))
        return Match(name, miss=Miss.AMBIGUOUS if current else Miss.OTHER_TIMES)

    def _is_current(self, period: TitlePeriod, millis: int) -> bool:
        has_begun = period.since == self._first or period.since <= millis
        return has_begun and (period.until is None or millis < period.until)


def folded(name: str) -> str:
    """A name for comparisons: letters, marks, digits, `+` and `&`, without case; other signs are as good as a space."""
    composed = unicodedata.normalize("NFKC", name).casefold()
    kept = (sign if unicodedata.category(sign)[0] in "LMN" or sign in "+&" else " " for sign in composed)
    return " ".join("".join(kept).split()) or composed.strip()


def _season_pattern() -> re.Pattern[str]:
    numbered, alone = (
        "|".join(sorted({re.escape(folded(word)) for words in forms.values() for word in words}))
        for forms in (SEASONS, LIMITED_SERIES)
    )
    return re.compile(f"(?:{numbered}) [0-9]+|{alone}")


SEASON = _season_pattern()


def _shows(name: str) -> tuple[list[str], bool]:
    """The shows that an episode may be of, the longest name first, and whether its season is named.

    Where it is, the show's name is what stands before it, and nothing shorter: `Star Trek: Discovery: Season 1: …` is
    not an episode of `Star Trek`.
    """
    beginnings = [*_beginnings(name)]
    before_seasons = [show for show, rest in beginnings if SEASON.fullmatch(folded(rest))]
    return before_seasons or [show for show, _ in beginnings], bool(before_seasons)


def _beginnings(name: str) -> Iterator[tuple[str, str]]:
    """The name up to each colon, the longest first, and the part between that colon and the next one."""
    parts = name.split(":")
    for count in range(len(parts) - 1, 0, -1):
        yield ":".join(parts[:count]).strip(), parts[count]
