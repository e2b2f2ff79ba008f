"""The feeds: the landing folder of each, its columns and their other names, and how Auto Loader reads it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bronze import catalogue_headers, subscriber_headers
from bronze.provenance import PROVENANCE, RELEASE, SHOWN_FILE, SOURCE_FILE
from common.file_names import MAY_NAME_A_PERSON
from common.pseudonyms import PSEUDONYM_SECRET
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
# All files that an update finds get one time of ingestion, by which part files that arrive later are recognized.
# By default a micro-batch, which has its own time, ends after 1,000 files (locally also after 1 GiB).
SNAPSHOT_OPTIONS = {
    **CSV_OPTIONS,
    "cloudFiles.maxFilesPerTrigger": "1000000",
    "cloudFiles.maxBytesPerTrigger": "1t",
}
# Tab-separated; a quotation mark is an ordinary character.
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
    """Auto Loader's option for finding new files by file events; empty unless the setting is 'true'.

    Without the option, Databricks decides: from Runtime 18.1 on, it uses file events where the storage supports them.
    """
    return {"cloudFiles.useManagedFileEvents": "true"} if setting == "true" else {}


@dataclass(frozen=True)
class SourceColumn:
    """A column of a source: its name, meaning, and the other names that headers use for it, in order of preference.

    One that only some files have `replaces` columns of the feed: what it has can be read as theirs.
    """

    name: str
    comment: str
    synonyms: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A source that lands as files: one folder and one bronze table (`name`), with every column as text.

    `qualifiers` are words that a header may put before a column's name without changing its meaning (`show_type`).
    `alternatives` are columns that some files have in place of the feed's own; bronze has them in `_rescued_data`.
    Reports on releases call the feed's rows `row_noun`, and all of them together `collection`; if the feed
    `is_personal`, they hide headers and parts of file names that may contain personal data. `example` ends the query of
    the bronze table that is suggested after a run.
    """

    name: str
    folder: str
    comment: str
    columns: tuple[SourceColumn, ...]
    options: Mapping[str, str]
    alternatives: tuple[SourceColumn, ...] = ()
    qualifiers: tuple[str, ...] = ()
    row_noun: str = "rows"
    collection: str = "the table"
    is_personal: bool = False
    has_releases: bool = False
    example: str = ""

    @property
    def file_columns(self) -> tuple[str, ...]:
        """The columns of the bronze table by which a file is known."""
        return (RELEASE.name, SOURCE_FILE) if self.has_releases else (SOURCE_FILE,)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the source's columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def known_columns(self) -> tuple[SourceColumn, ...]:
        """The source's columns and their alternatives: all that headers may name."""
        return (*self.columns, *self.alternatives)

    @property
    def read_columns(self) -> tuple[str, ...]:
        """The names of the columns that Auto Loader returns: the source's, and those for data that didn't fit them."""
        return (*self.column_names, CORRUPT, RESCUED)

    @property
    def schema(self) -> str:
        """DDL of what Auto Loader reads: the source's columns, and the text of a record that can't be parsed."""
        return ", ".join(f"`{name}` STRING" for name in (*self.column_names, CORRUPT))

    @property
    def table(self) -> TableSpec:
        """The bronze table: the source's columns as text, data that didn't fit them, and the provenance of each row."""
        return TableSpec(
            name=self.name,
            comment=self.comment,
            columns=(
                *[ColumnSpec(column.name, "STRING", column.comment) for column in self.columns],
                ColumnSpec(CORRUPT, "STRING", "text of a line that is not a valid record; else null"),
                ColumnSpec(RESCUED, "STRING", "JSON: values under unknown headers or keys, and _file_path; else null"),
                *PROVENANCE,
                *((SHOWN_FILE,) if self.is_personal else ()),
                *((RELEASE,) if self.has_releases else ()),
            ),
            partition_cols=(RELEASE.name,) if self.has_releases else (),
            properties=self._properties,
            rules={"well_formed_record": f"{CORRUPT} IS NULL", "file_is_known": f"{SOURCE_FILE} IS NOT NULL"},
        )

    @property
    def _properties(self) -> dict[str, str]:
        """What the reports on a run and a lake need: an example to suggest, and which parts of file names to hide."""
        hidden = {"lakehouse.hidden_file_names": MAY_NAME_A_PERSON, "lakehouse.file_name_key": PSEUDONYM_SECRET}
        example = {"lakehouse.example": self.example} if self.example else {}
        return example | (hidden if self.is_personal else {})


TITLES_FEED = Feed(
    name="titles",
    folder="titles",
    comment="One row per row of a catalogue release (Kaggle 'Netflix Movies and TV Shows'), unchanged.",
    columns=tuple(SourceColumn(*column) for column in catalogue_headers.COLUMNS),
    alternatives=tuple(SourceColumn(*column) for column in catalogue_headers.ALTERNATIVES),
    options=SNAPSHOT_OPTIONS,
    qualifiers=(
        *("show", "movie", "film", "series", "tv", "netflix", "title", "content", "video", "program", "programme"),
        *("catalogue", "catalog", "viewer"),
    ),
    row_noun="titles",
    collection="the catalogue",
    has_releases=True,
    example="ORDER BY release_year DESC LIMIT 5",
)

SUBSCRIBERS_FEED = Feed(
    name="subscribers",
    folder="subscribers",
    comment="One row per row of a snapshot of subscribers (Kaggle 'Netflix Userbase'), unchanged.",
    columns=tuple(SourceColumn(*column) for column in subscriber_headers.COLUMNS),
    options=SNAPSHOT_OPTIONS,
    qualifiers=("user", "customer", "subscriber", "account", "member", "netflix"),
    row_noun="subscribers",
    collection="the list of subscribers",
    is_personal=True,
    has_releases=True,
)

PLAYBACK_FEED = Feed(
    name="playback_events",
    folder="playback",
    comment="One row per delivery of a playback event, unchanged; an event may be delivered several times.",
    columns=(
        SourceColumn("event_id", "id of the event; may be missing", ("id", "uuid")),
        SourceColumn("user_id", "id of the user who watches", ("user", "account_id", "subscriber_id")),
        SourceColumn("profile_id", "id of the profile of the user", ("profile",)),
        SourceColumn("title_id", "show_id of the title, in the release that was current at the time of the event"),
        SourceColumn("content_id", "title_id under another name", ("video_id", "show_id", "media_id")),
        SourceColumn("event_type", "PLAY_START, PAUSE, RESUME, … or another type", ("event", "event_name", "action")),
        SourceColumn(
            "event_ts",
            "time of the event: a number since 1970 (UTC), of seconds to nanoseconds, or ISO 8601",
            ("event_time", "event_timestamp", "timestamp", "time", "ts"),
        ),
        SourceColumn("device_type", "device that the title was watched on", ("device", "platform")),
        SourceColumn("country", "country in which it was watched: ISO 3166-1 alpha-2", ("country_code", "geo")),
        SourceColumn("session_id", "id of the viewing session; may be missing", ("session",)),
        SourceColumn(
            "position_seconds", "position in seconds; may be missing", ("position", "playhead", "playhead_seconds")
        ),
        SourceColumn("raw_payload", "further data from the player; may be missing"),
    ),
    options=JSON_OPTIONS,
    is_personal=True,
)
# The same events as CSV with a header. The folder decides the format, because a file's name need not.
PLAYBACK_CSV_FOLDER = "playback_csv"

# https://developer.imdb.com/non-commercial-datasets/: snapshots in which \N is a null.
IMDB_TITLE_BASICS_FEED = Feed(
    name="imdb_title_basics",
    folder="imdb/title_basics",
    comment="One row per row of IMDb's title.basics, a snapshot of all titles, unchanged.",
    columns=(
        SourceColumn("tconst", "id of the title at IMDb: tt and digits"),
        SourceColumn("titleType", "movie, short, tvSeries, tvEpisode, video, …"),
        SourceColumn("primaryTitle", "name by which the title is known"),
        SourceColumn("originalTitle", "name in the original language"),
        SourceColumn("isAdult", "1 for adult titles, else 0"),
        SourceColumn("startYear", "year of release; of a series, the first year"),
        SourceColumn("endYear", "of a series, the last year"),
        SourceColumn("runtimeMinutes", "length in minutes"),
        SourceColumn("genres", "up to three genres, separated by commas"),
    ),
    options=TSV_OPTIONS,
    row_noun="titles",
    collection="the IMDb data",
)
IMDB_TITLE_RATINGS_FEED = Feed(
    name="imdb_title_ratings",
    folder="imdb/title_ratings",
    comment="One row per row of IMDb's title.ratings, a snapshot of all ratings, unchanged.",
    columns=(
        SourceColumn("tconst", "id of the title at IMDb"),
        SourceColumn("averageRating", "weighted average of user ratings, 1 to 10"),
        SourceColumn("numVotes", "number of user ratings"),
    ),
    options=TSV_OPTIONS,
    row_noun="ratings",
    collection="the IMDb data",
)
IMDB_TITLE_PRINCIPALS_FEED = Feed(
    name="imdb_title_principals",
    folder="imdb/title_principals",
    comment="One row per row of IMDb's title.principals, a snapshot of the credits of all titles, unchanged.",
    columns=(
        SourceColumn("tconst", "id of the title at IMDb"),
        SourceColumn("ordering", "position of the credit in the title, from 1"),
        SourceColumn("nconst", "id of the person at IMDb: nm and digits"),
        SourceColumn("category", "director, actor, actress, self, writer, …"),
        SourceColumn("job", "job of the person, in more detail than category"),
        SourceColumn("characters", "roles that the person played, as a JSON list"),
    ),
    options=TSV_OPTIONS,
    row_noun="credits",
    collection="the IMDb data",
)
IMDB_NAME_BASICS_FEED = Feed(
    name="imdb_name_basics",
    folder="imdb/name_basics",
    comment="One row per row of IMDb's name.basics, a snapshot of all people, unchanged.",
    columns=(
        SourceColumn("nconst", "id of the person at IMDb"),
        SourceColumn("primaryName", "name by which the person is most often credited"),
        SourceColumn("birthYear", "year of birth"),
        SourceColumn("deathYear", "year of death"),
        SourceColumn("primaryProfession", "up to three professions, separated by commas"),
        SourceColumn("knownForTitles", "ids of titles that the person is known for, separated by commas"),
    ),
    options=TSV_OPTIONS,
    row_noun="people",
    collection="the IMDb data",
)

FEEDS = (
    TITLES_FEED,
    SUBSCRIBERS_FEED,
    PLAYBACK_FEED,
    IMDB_TITLE_BASICS_FEED,
    IMDB_TITLE_RATINGS_FEED,
    IMDB_TITLE_PRINCIPALS_FEED,
    IMDB_NAME_BASICS_FEED,
)
LANDING_FOLDERS = (*(feed.folder for feed in FEEDS), PLAYBACK_CSV_FOLDER)
"""The folders of the landing volume from which bronze loads files."""
