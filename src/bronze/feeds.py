"""What each feed is: its landing folder, its columns and their other names, and how Auto Loader reads it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bronze.lineage import LINEAGE, SOURCE_FILE
from common.specifications import ColumnSpec, TableSpec

RESCUED = "_rescued_data"
CORRUPT = "_corrupt_record"

CSV_OPTIONS = {
    "cloudFiles.format": "csv",
    "header": "true",
    "multiLine": "true",
    "escape": '"',
    "readerCaseSensitive": "false",
    "columnNameOfCorruptRecord": CORRUPT,
    "rescuedDataColumn": RESCUED,
}

# Tab-separated, and a quotation mark is a character.
TSV_OPTIONS = {
    "cloudFiles.format": "csv",
    "header": "true",
    "sep": "\t",
    "quote": "",
    "readerCaseSensitive": "false",
    "columnNameOfCorruptRecord": CORRUPT,
    "rescuedDataColumn": RESCUED,
}
JSON_OPTIONS = {
    "cloudFiles.format": "json",
    "readerCaseSensitive": "false",
    "columnNameOfCorruptRecord": CORRUPT,
    "rescuedDataColumn": RESCUED,
}
TEXT_OPTIONS = {"cloudFiles.format": "text"}


def file_events(setting: str | None) -> dict[str, str]:
    """Auto Loader's option for finding new files by file events, where a target says 'true'.

    Without it Databricks decides: from Runtime 18.1 on, they are used where the storage has them.
    """
    return {"cloudFiles.useManagedFileEvents": "true"} if setting == "true" else {}


@dataclass(frozen=True)
class Field:
    """A column of a source: its name, what it means, and the other names that headers have for it, best first."""

    name: str
    comment: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """A source that lands as files: one folder, one bronze table (`name`), every column as text.

    `qualifiers` are words that may stand before a column's name in a header and change nothing (`show_type`). A row is
    one of the `items` of a `whole`. `is_personal`: what it holds of people stays in bronze. `example` ends a
    query of the bronze table that is suggested after a run.
    """

    name: str
    folder: str
    comment: str
    fields: tuple[Field, ...]
    options: Mapping[str, str]
    qualifiers: tuple[str, ...] = ()
    items: str = "rows"
    whole: str = "the table"
    is_personal: bool = False
    example: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the source's columns, in order."""
        return tuple(field.name for field in self.fields)

    @property
    def read_columns(self) -> tuple[str, ...]:
        """The names of the columns that Auto Loader gives: the source's, and what didn't fit them."""
        return (*self.columns, CORRUPT, RESCUED)

    @property
    def schema(self) -> str:
        """DDL of what is read: the feed's columns and the text of a record that can't be parsed."""
        return ", ".join(f"`{name}` STRING" for name in (*self.columns, CORRUPT))

    @property
    def table(self) -> TableSpec:
        """The bronze table: the source's columns as text, what didn't fit them, and where a row came from."""
        return TableSpec(
            name=self.name,
            comment=self.comment,
            columns=(
                *[ColumnSpec(field.name, "STRING", field.comment) for field in self.fields],
                ColumnSpec(CORRUPT, "STRING", "the line, where it is no record"),
                ColumnSpec(RESCUED, "STRING", "JSON: the values under other names, and _file_path"),
                *LINEAGE,
            ),
            properties={"lakehouse.example": self.example} if self.example else {},
            rules={"well_formed_record": f"{CORRUPT} IS NULL", "file_is_known": f"{SOURCE_FILE} IS NOT NULL"},
        )


TITLES = Feed(
    name="titles",
    folder="titles",
    comment="One row per row of a catalogue release (Kaggle 'Netflix Movies and TV Shows'), as it came.",
    fields=(
        Field("show_id", "id of the row in its release; another release numbers anew", ("id",)),
        Field("type", "Movie or TV Show", ("content type",)),
        Field("title", "its name", ("name", "movie title")),
        Field("director", "names, separated by commas", ("directors",)),
        Field("cast", "names, separated by commas", ("cast members", "cast people", "actors", "actor")),
        Field("country", "countries of production, separated by commas", ("countries", "production country")),
        Field("date_added", "when the title was added to the catalogue", ("added", "added date")),
        Field("release_year", "when the title was first shown", ("year", "released")),
        Field("rating", "maturity rating", ("age rating", "maturity rating")),
        Field("duration", "minutes of a movie (90 min), seasons of a TV show (2 Seasons)", ("runtime", "length")),
        Field("listed_in", "genres, separated by commas", ("genres", "genre", "categories", "category")),
        Field("description", "one or two sentences", ("movie description", "summary", "synopsis", "overview")),
    ),
    options=CSV_OPTIONS,
    qualifiers=(
        *("show", "movie", "film", "series", "tv", "netflix", "title", "content", "video", "program", "programme"),
        *("catalogue", "catalog", "viewer"),
    ),
    items="titles",
    whole="the catalogue",
    example="ORDER BY release_year DESC LIMIT 5",
)

SUBSCRIBERS = Feed(
    name="subscribers",
    folder="subscribers",
    comment="One row per row of a snapshot of subscribers (Kaggle 'Netflix Userbase'), as it came.",
    fields=(
        Field("user_id", "who subscribes", ("id", "customer id", "subscriber id", "account id", "user")),
        Field("subscription_type", "the plan", ("plan", "subscription", "subscription plan", "plan type", "plan name")),
        Field(
            "monthly_revenue", "what the plan brings in a month", ("revenue", "monthly fee", "monthly price", "price")
        ),
        Field(
            "join_date", "when the user joined", ("joined", "date joined", "signup date", "start date", "joining date")
        ),
        Field("last_payment_date", "when the user paid last", ("last payment", "payment date", "last paid")),
        Field("country", "where the user lives, by its name", ("location", "nation")),
        Field("age", "years"),
        Field("gender", "as the source says it", ("sex",)),
        Field("device", "what the user watches on", ("device type", "main device")),
        Field("plan_duration", "for how long the plan is paid", ("duration", "plan months", "plan period")),
    ),
    options=CSV_OPTIONS,
    qualifiers=("user", "customer", "subscriber", "account", "member", "netflix"),
    items="subscribers",
    whole="those who subscribe",
    is_personal=True,
)

PLAYBACK = Feed(
    name="playback_events",
    folder="playback",
    comment="One row per event of the players, as often as it was delivered, as it came.",
    fields=(
        Field("event_id", "id of the event; may be missing"),
        Field("user_id", "who watches"),
        Field("profile_id", "which profile of the user"),
        Field("title_id", "show_id of the title, in the release that was current at the time of the event"),
        Field("content_id", "the same, from players that call it so"),
        Field("event_type", "PLAY_START, PAUSE, RESUME, SEEK, HEARTBEAT, PLAY_STOP, or another one"),
        Field("event_ts", "when it happened: seconds since 1970 (UTC), from some players milliseconds"),
        Field("device_type", "what it was watched on"),
        Field("country", "where it was watched: ISO 3166-1 alpha-2"),
        Field("session_id", "id of the viewing session; may be missing"),
        Field("position_seconds", "how far into the title; may be missing"),
        Field("raw_payload", "what the player adds; may be missing"),
    ),
    options=JSON_OPTIONS,
)
# Batches of the same events as CSV with a header; nothing but its folder tells a file's format.
PLAYBACK_CSV_FOLDER = "playback_csv"

# https://developer.imdb.com/non-commercial-datasets/: snapshots, with \N for a null.
IMDB_TITLE_BASICS = Feed(
    name="imdb_title_basics",
    folder="imdb/title_basics",
    comment="One row per row of IMDb's title.basics, a snapshot of all titles, as it came.",
    fields=(
        Field("tconst", "id of the title at IMDb: tt and digits"),
        Field("titleType", "movie, short, tvSeries, tvEpisode, video, …"),
        Field("primaryTitle", "the name that it is known by"),
        Field("originalTitle", "the name in the original language"),
        Field("isAdult", "0, or 1 for adult titles"),
        Field("startYear", "when it was released; of a series, when it began"),
        Field("endYear", "of a series, when it ended"),
        Field("runtimeMinutes", "how long it is, in minutes"),
        Field("genres", "up to three, separated by commas"),
    ),
    options=TSV_OPTIONS,
    items="titles",
    whole="what is known from IMDb",
)
IMDB_TITLE_RATINGS = Feed(
    name="imdb_title_ratings",
    folder="imdb/title_ratings",
    comment="One row per row of IMDb's title.ratings, a snapshot of all ratings, as it came.",
    fields=(
        Field("tconst", "id of the title at IMDb"),
        Field("averageRating", "weighted average of what users gave it, 1 to 10"),
        Field("numVotes", "how many rated it"),
    ),
    options=TSV_OPTIONS,
    items="ratings",
    whole="what is known from IMDb",
)
IMDB_TITLE_PRINCIPALS = Feed(
    name="imdb_title_principals",
    folder="imdb/title_principals",
    comment="One row per row of IMDb's title.principals, a snapshot of who took part in what, as it came.",
    fields=(
        Field("tconst", "id of the title at IMDb"),
        Field("ordering", "place of the person in the title, from 1"),
        Field("nconst", "id of the person at IMDb: nm and digits"),
        Field("category", "director, actor, actress, self, writer, …"),
        Field("job", "what they did, more exactly"),
        Field("characters", "whom they played: a list in JSON"),
    ),
    options=TSV_OPTIONS,
    items="credits",
    whole="what is known from IMDb",
)
IMDB_NAME_BASICS = Feed(
    name="imdb_name_basics",
    folder="imdb/name_basics",
    comment="One row per row of IMDb's name.basics, a snapshot of all people, as it came.",
    fields=(
        Field("nconst", "id of the person at IMDb"),
        Field("primaryName", "the name that they are credited by"),
        Field("birthYear", "when they were born"),
        Field("deathYear", "when they died"),
        Field("primaryProfession", "up to three, separated by commas"),
        Field("knownForTitles", "ids of titles, separated by commas"),
    ),
    options=TSV_OPTIONS,
    items="people",
    whole="what is known from IMDb",
)

FEEDS = (
    TITLES,
    SUBSCRIBERS,
    PLAYBACK,
    IMDB_TITLE_BASICS,
    IMDB_TITLE_RATINGS,
    IMDB_TITLE_PRINCIPALS,
    IMDB_NAME_BASICS,
)
FOLDERS = (*(feed.folder for feed in FEEDS), PLAYBACK_CSV_FOLDER)
"""The folders of the landing volume that bronze streams from."""
