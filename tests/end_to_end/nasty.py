"""Malformed and odd rows of every feed, which both engines must treat alike.

A new feed is an entry of `FEEDS`: its files, each with one good row and odd values for its columns.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.end_to_end.nasty_values import ANY_COLUMN, DATES, DURATIONS, NO_DATES, UNQUOTED, WHITE_SPACE


@dataclass(frozen=True)
class NastyFile:
    """A file: name, a good row (`{}` is the row number), odd values by column, extra lines, modification time.

    The columns `gaps` are empty in every third row, as in real files: a release with few gaps is held as a filled copy.
    """

    name: str
    good: Mapping[str, str]
    odd: Mapping[str, Sequence[str]] = field(default_factory=dict)
    lines: Sequence[Sequence[str]] = ()
    modified: int = 1_632_700_800  # 27 September 2021
    gaps: Sequence[str] = ()

    def rows(self) -> Iterator[list[str]]:
        """The header, the good row, a copy of it for each odd value, and `lines` unchanged."""
        yield list(self.good)
        changes = [("", ""), *((column, value) for column, values in self.odd.items() for value in values)]
        for number, (column, value) in enumerate(changes):
            row = {name: text.replace("{}", str(number)) for name, text in self.good.items()}
            gaps = dict.fromkeys(self.gaps, "") if number % 3 == 1 else {}
            yield list({**row, **gaps, column: value}.values())[: len(row)]
        yield from map(list, self.lines)


TITLE = {
    "show_id": "s1000{}",
    "type": "Movie",
    "title": "Title {}: Reloaded",
    "director": "Ann Lee, Bo Dahl",
    "cast": "Cy Ng, Di Po",
    "country": "France, Japan",
    "date_added": "September 5, 2021",
    "release_year": "2020",
    "rating": "PG-13",
    "duration": "90 min",
    "listed_in": "Dramas, Comedies",
    "description": "x",
}
TOO_MANY_NAMES = ", ".join(f"Actor {n}" for n in range(10_001))
TITLE_VALUES: dict[str, Sequence[str]] = {
    "show_id": ("s10000", "s10000", "S10000"),
    "type": ("movie", "MOVIE", "tv show", "TV\u00a0Show", "Mov\u0131e", "TV  Show", "Podcast"),
    "title": (
        *("Title 0: Reloaded", "TITLE 0:\u00a0RELOADED"),
        *("Cafe\u0301", "Café", "CAFÉ", "İstanbul", "i\u0307stanbul", "Straße"),
    ),
    "director": (TOO_MANY_NAMES, "Rene\u0301", "René", "Bo Dahl, Ann Lee", "Ann Lee,Bo Dahl", "ann lee"),
    "cast": (TOO_MANY_NAMES, ", ".join(f"Actor {n}" for n in range(1_000))),
    "country": (TOO_MANY_NAMES, "Soviet Union", "france", "Kosovo", "France,\u2003France"),
    "date_added": (*DATES, "9/25/2021", *NO_DATES),
    "release_year": ("1887", "1888", "2100", "2101", "2020.0", "2020.", "2020.00", "02020", "20 20", "٢٠٢٠"),
    "rating": ("74 min", "7.8", "8,1", "8.1/10", "16", "18+", "2 Seasons", "nr"),
    "duration": DURATIONS,
    "listed_in": (TOO_MANY_NAMES, "Dramas", "dramas", "DRAMAS, Dramas"),
}
SHOW = {**TITLE, "type": "TV Show", "duration": "2 Seasons", "title": "Show {}"}
EVENT = {
    "event_id": "e{}",
    "user_id": "u{}",
    "profile_id": "p1",
    "title_id": "s1",
    "event_type": "PLAY_START",
    "event_ts": "1632614400",
    "device_type": "tv",
    "country": "US",
    "session_id": "s{}",
    "position_seconds": "0",
}
OTHER_EVENT = {
    "eventId": "o{}",
    "timestamp": "2021-09-26T00:00:00Z",
    "Event": "started",
    "video_id": "s1",
    "data": '{"userId": "u{}", "sessionId": "o{}", "extra": 1}',
    "records": "",
}
USER = {
    "User ID": "{}",
    "Subscription Type": "Basic",
    "Monthly Revenue": "10",
    "Join Date": "15-01-2021",
    "Last Payment Date": "10-09-2021",
    "Country": "Spain",
    "Age": "28",
    "Gender": "Male",
    "Device": "Smartphone",
    "Plan Duration": "1 Month",
}
USER_VALUES: dict[str, Sequence[str]] = {
    "User ID": ("0", "0", "0.0", "007", "1e2", "5 5", "Ann@example.org", "ann@example.org"),
    "Monthly Revenue": ("10.5", "10.555", "10.50000", ".5", "10.", "-10", "$10", "10 €", "1,5", "9999999999", "٢٠"),
    "Age": ("12", "13", "120", "121", "28.0", "28.5", "-28", "99999999999", "٢٨"),
    "Plan Duration": ("12 months", "3MONTHS", "0 Month", "1 Year", "9999 Months"),
}


def unquoted(good: Mapping[str, str], more: Mapping[str, Sequence[str]]) -> tuple[NastyFile, NastyFile]:
    """Two snapshots of an IMDb file; the second has only good rows."""
    odd = {column: (*UNQUOTED, *more.get(column, ())) for column in good}
    lines = (["tt9001", "too few"], ["tt9002", *["x"] * 14])
    return NastyFile("nasty_2021_09.tsv", good, odd, lines=lines), NastyFile("good_2021_10.tsv", good)


FEEDS = {
    "imdb/title_basics": unquoted(
        {
            "tconst": "tt{}",
            "titleType": "movie",
            "primaryTitle": "Title {}: Reloaded",
            "originalTitle": "Title {}",
            "isAdult": "0",
            "startYear": "2020",
            "endYear": "\\N",
            "runtimeMinutes": "90",
            "genres": "Drama,War",
        },
        {"titleType": ("tvSeries", "tvEpisode"), "startYear": ("1869", "2101", "20200"), "tconst": ("tt0", "TT1")},
    ),
    "imdb/title_ratings": unquoted(
        {"tconst": "tt{}", "averageRating": "8.1", "numVotes": "5000"},
        {"averageRating": ("10.0", "10.1", "0.9", "8.15", "8,1"), "numVotes": ("9999999999", "-5"), "tconst": ("tt0",)},
    ),
    "imdb/title_principals": unquoted(
        {
            "tconst": "tt0",
            "ordering": "{}1",
            "nconst": "nm1",
            "category": "actor",
            "job": "\\N",
            "characters": '["Self"]',
        },
        {"ordering": ("01",), "nconst": ("nm2",)},
    ),
    "imdb/name_basics": unquoted(
        {
            "nconst": "nm{}",
            "primaryName": "Cy Ng",
            "birthYear": "1970",
            "deathYear": "\\N",
            "primaryProfession": "actor",
            "knownForTitles": "tt1,tt2",
        },
        {"birthYear": ("0", "2101"), "nconst": ("nm0",)},
    ),
    "titles": (
        NastyFile(
            "nasty_2021_09.csv",
            TITLE,
            {column: (*ANY_COLUMN, *TITLE_VALUES.get(column, ())) for column in TITLE},
            lines=(["s9001", "Movie", "Too few"], ["s9002", *["x"] * 14]),
            gaps=("cast", "country"),
        ),
        NastyFile(
            "day first_2021-10-02.csv",
            SHOW,
            {"date_added": (*DATES, "25/9/2021", *NO_DATES), "duration": DURATIONS, "rating": ("2 Seasons", "74 min")},
        ),
        NastyFile(
            "both orders.csv",
            {
                **{
                    name.replace("_", " ").title().replace("Cast", "Cast Members"): text for name, text in TITLE.items()
                },
                "Actors": TITLE["cast"],
            },
            {"Date Added": (*DATES, "9/25/2021", "25/9/2021", *NO_DATES), "Actors": ("Ed Wu", "", "[Ed, Wu]")},
            modified=1_633_305_600,  # 4 October 2021
        ),
    ),
    "playback": (
        NastyFile(
            "nasty.json",
            EVENT,
            {
                "event_ts": (
                    *("", " ", "null", "NaN", "-1", "1e9", "1.6326144e9", "1632614400.5", "9" * 30, "0x10", "1d"),
                    *("1632614400123", "1632614400123456", "1632614400123456789", "2021-09-26T00:00:00Z"),
                    *("2021-09-26 00:00:00.5", "20210926T020000+0200", "2021-02-30T00:00:00Z", "2021-09-26"),
                ),
                "event_type": ("play", "Ended", "timeupdate", "buffering", "", "unknown", "\u0131nfo"),
                "position_seconds": ("", "1.9", "-5", "NaN", "1e400", "9" * 30, "soon"),
                "title_id": (*(f"{mark}x{mark}" for mark in WHITE_SPACE), '"', "}{", "\\"),
                "session_id": ("", " ", "a\x1fb", "日本"),
                "event_id": ("", " ", "日本", "a b"),
                "country": ("us", "XX", "", " fr ", "us-CA", "UK", "USA", "NA", "ß"),
            },
        ),
        NastyFile(
            "other keys.json",
            OTHER_EVENT,
            {
                "eventId": ("", " ", "{", "[1]"),
                "timestamp": ("soon", "1632614400"),
                "data": (
                    "",
                    "{",
                    "[]",
                    "{}",
                    '{"user": {}}',
                    '{"userId": 12345678901234567890123}',
                    '{"user": "\\ud800"}',
                ),
                "records": ("[]", "[1]", '[{"id": "r", "ts": 1632614400}, {"id": "s", "ts": 1}]', "[" * 2000),
            },
        ),
    ),
    "subscribers": (
        NastyFile(
            "nasty_2021_09.csv",
            USER,
            {name: (*ANY_COLUMN, *USER_VALUES.get(name, ())) for name in USER if not name.endswith("Date")}
            | {"Join Date": (*DATES, "25/9/2020", *NO_DATES), "Last Payment Date": (*DATES, "1-2-2020", *NO_DATES)},
            lines=(["9001", "Basic", "Too few"], ["9002", *["x"] * 14]),
        ),
        NastyFile(
            "both orders_2021-10-02.csv",
            {name.replace(" ", "_").lower(): text for name, text in USER.items()} | {"plan": USER["Subscription Type"]},
            {
                "plan": ("Another",),
                "join_date": (*DATES, "9/25/2020", "25/9/2020", *NO_DATES),
                "last_payment_date": ("13/5/2021", "5/13/2021"),
            },
        ),
    ),
}
