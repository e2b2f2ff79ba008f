"""What is meant for each title of the sample's catalogue at IMDb, before there is a row of it; the truth is of that."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sample.catalogue import Row, Sample, catalogues
from sample.works import identity_of, works_of

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
    "years apart": 5,
    "of no year": 2,
    "episode": 3,
    "nothing": 4,
}
# Two titles of the catalogue for one at IMDb: of the same year, or one a year before it and one a year after it.
SHARED_NAME = "one for two"
MATCHED = ("same", "other signs", "original", "a year apart")
AMBIGUOUS = ("two of the year", "a year before and after", SHARED_NAME)
CREDITED = {"director": ("director",), "cast": ("actor", "actress", "self")}


@dataclass
class Title:
    """A title at IMDb."""

    tconst: str
    kind: str
    primary: str
    original: str
    year: int | None


Credit = tuple[str, str, str]
"""A role of the catalogue, a name, and the id at IMDb."""


@dataclass
class Plan:
    """What is meant for a title of the catalogue: its titles at IMDb, and who is credited in the one that it is.

    `found` are titles of its name, the one that it is first; `strays` are who is credited in each of the others.
    """

    row: Row
    plan: str
    found: list[Title] = field(default_factory=list)
    credited: list[Credit] = field(default_factory=list)
    rating: tuple[str, int] | None = None
    strays: list[Credit] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """What must be found out: matched, ambiguous or unmatched."""
        return "matched" if self.plan in MATCHED else "ambiguous" if self.plan in AMBIGUOUS else "unmatched"

    @property
    def is_at_imdb(self) -> Title | None:
        """The title at IMDb that it is, where that can be found out."""
        return self.found[0] if self.plan in MATCHED else None


class People:
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


def plans_of(sample: Sample, dice: random.Random, people: People) -> Iterator[Plan]:
    """What is meant for each title that any release has."""
    releases = list(catalogues(sample))
    titles = works_of(releases)
    now = {identity_of(row) for row in releases[-1]}
    # Whatever its type: what IMDb has of one type only must be no title of the catalogue either.
    named: dict[str, list[str]] = defaultdict(list)
    for identity, row in titles.items():
        named[_words(row["title"])].append(identity)
    number = 0
    for identity, row in titles.items():
        namesakes = named[_words(row["title"])]
        if len(namesakes) == 1:
            (plan,) = dice.choices(list(PLANS), list(PLANS.values()))
        else:
            plan = SHARED_NAME if _may_share([titles[it] for it in namesakes], now) else "nothing"
        meant = Plan(row, plan)
        # Of two titles for one at IMDb, the first has its row.
        if plan != SHARED_NAME or identity == namesakes[0]:
            meant.found = list(_at_imdb(row, plan, dice, [titles[it] for it in namesakes]))
        for title in meant.found:
            number += 1
            title.tconst = f"tt{number:07}"
        _credit(meant, dice, people)
        yield meant


def _words(title: str) -> str:
    return " ".join(title.lower().split())


def _may_share(rows: list[Row], now: set[str]) -> bool:
    """Whether one title at IMDb fits these namesakes equally: two of a type and of now, as far in time from it."""
    years = [int(row["release_year"]) for row in rows]
    is_alike = len(rows) == 2 and rows[0]["type"] == rows[1]["type"] and all(identity_of(row) in now for row in rows)
    return is_alike and abs(years[0] - years[1]) in (0, 2)


def _credit(meant: Plan, dice: random.Random, people: People) -> None:
    """Most of the catalogue's people are credited in the title that it is, others of their names in those it isn't."""
    named = [(role, name) for role in CREDITED for name in filter(None, meant.row[role].split(", "))]
    if meant.is_at_imdb:
        meant.credited = [(role, name, people.called(name)) for role, name in named if dice.random() < 0.85]
        if dice.random() < 0.9:
            meant.rating = f"{dice.uniform(4, 9.9):.1f}", int(10 * dice.paretovariate(0.3)) % 2_000_000
    if len(meant.found) > bool(meant.is_at_imdb):
        meant.strays = [(role, name, people.new(name)) for role, name in named]


def _at_imdb(row: Row, plan: str, dice: random.Random, namesakes: Sequence[Row]) -> Iterator[Title]:
    """The titles at IMDb by which a plan comes about; for one in ten an episode and a game of the same name too."""
    name, year, kinds = row["title"], int(row["release_year"]), KINDS[row["type"]]
    other = KINDS["TV Show" if row["type"] == "Movie" else "Movie"]

    def title(year: int | None, name: str = name, original: str = name, kinds: Sequence[str] = kinds) -> Title:
        return Title("", dice.choice(kinds), name, original, year)

    match plan:
        case "same":
            yield title(year)
        case "other signs":
            changed = _in_other_signs(name, dice)
            yield title(year, changed, changed)
        case "original":
            yield title(year, f"Known as Number {dice.randrange(10**9)}", name)
        case "a year apart":
            yield title(year + dice.choice([-1, 1]))
        case "two of the year":
            yield from (title(year), title(year))
        case "a year before and after":
            yield from (title(year - 1), title(year + 1))
        case "one for two":
            yield title(sum(int(it["release_year"]) for it in namesakes) // 2)
        case "other type":
            yield title(year, kinds=other)
        case "years apart":
            yield title(year + dice.choice([-8, -5, -3, -2, 2, 3, 5]))
        case "of no year":
            yield title(None)
    if plan == "episode" or (plan != "nothing" and dice.random() < 0.1):
        yield from (title(year, kinds=("tvEpisode",)), title(year, kinds=("videoGame",)))


def _in_other_signs(name: str, dice: random.Random) -> str:
    """The name in other case, with other punctuation, and some with other white space or an apostrophe."""
    changed = name.upper().replace(" & ", " AND ").replace(": ", " - ").replace(",", "")
    first, *rest = changed.split(" ")
    return dice.choice(
        [
            changed,
            changed.replace(" ", "  "),
            changed.replace(" ", "\u00a0"),
            " ".join([f"{first[:-1]}'{first[-1]}", *rest]),
        ]
    )
