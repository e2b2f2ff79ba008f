"""IMDb's four datasets: titles, their ratings, the principals of each title, and people.

Source: https://developer.imdb.com/non-commercial-datasets/.
"""

from pyspark.sql import Column
from pyspark.sql import functions as F

from bronze import feeds
from common.specifications import ColumnSpec, TableSpec
from silver.imdb.cleansing import ImdbDataset, items, value, whole_number

# IMDb's types of title by the catalogue's. Episodes and games are never titles of a catalogue.
TITLE_TYPES = {
    "Movie": ("movie", "tvMovie", "video", "tvSpecial", "short", "tvShort"),
    "TV Show": ("tvSeries", "tvMiniSeries"),
}
IS_TCONST = "coalesce(tconst RLIKE '^tt[0-9]+$', FALSE)"
IS_NCONST = "coalesce(nconst RLIKE '^nm[0-9]+$', FALSE)"


def _is_year_or_missing(name: str, first_year: int) -> str:
    return f"{name}_text IS NULL OR coalesce({name} BETWEEN {first_year} AND 2100, FALSE)"


def score(name: str) -> Column:
    """DECIMAL(3,1) of a cell such as 8, 8.1 or 8.100, else null."""
    return F.when(F.col(name).rlike("^[0-9]{1,2}([.][0-9]0*)?$"), F.col(name)).try_cast("decimal(3,1)")


def catalogue_type(title_type: Column) -> Column:
    """STRING: Movie or TV Show, for one of IMDb's types; null for a type that no catalogue has."""
    return F.coalesce(*[F.when(title_type.isin(list(names)), F.lit(name)) for name, names in TITLE_TYPES.items()])


TITLE_BASICS = ImdbDataset(
    feed=feeds.IMDB_TITLE_BASICS_FEED,
    table=TableSpec(
        name="imdb_title_basics",
        comment="One row per title of the newest snapshot of IMDb that a catalogue can have: no episodes, no games.",
        columns=(
            ColumnSpec("tconst", "STRING", "id of the title at IMDb"),
            ColumnSpec("title_type", "STRING", "type of the title at IMDb: movie, short, tvSeries, …"),
            ColumnSpec("type", "STRING", "type of the title in a catalogue: Movie or TV Show"),
            ColumnSpec("primary_title", "STRING", "most popular name"),
            ColumnSpec("original_title", "STRING", "name in the original language"),
            ColumnSpec("is_adult", "BOOLEAN", "whether it is an adult title"),
            ColumnSpec("start_year", "INT", "year of release; for a series, its first year"),
            ColumnSpec("end_year", "INT", "last year of a series"),
            ColumnSpec("runtime_minutes", "INT", "length in minutes"),
            ColumnSpec("genres", "ARRAY<STRING>", "up to three genres, with IMDb names"),
        ),
        primary_key=("tconst",),
    ),
    columns=lambda: {
        "tconst": value("tconst"),
        "title_type": value("titleType"),
        "type": catalogue_type(value("titleType")),
        "primary_title": value("primaryTitle"),
        "original_title": value("originalTitle"),
        "is_adult": F.when(whole_number("isAdult").isin(0, 1), whole_number("isAdult") == 1),
        "start_year": whole_number("startYear"),
        "end_year": whole_number("endYear"),
        "runtime_minutes": whole_number("runtimeMinutes"),
        "genres": items("genres"),
        "start_year_text": value("startYear"),
        "end_year_text": value("endYear"),
        "runtime_minutes_text": value("runtimeMinutes"),
    },
    rules={
        "valid_tconst": IS_TCONST,
        "valid_title": "trim(primary_title) <> ''",
        "valid_title_type": "title_type IS NOT NULL",
        # Roundhay Garden Scene is from 1888, Passage de Venus from 1874.
        "valid_start_year": _is_year_or_missing("start_year", 1870),
        "valid_end_year": _is_year_or_missing("end_year", 1870),
        "valid_runtime": "runtime_minutes_text IS NULL OR runtime_minutes IS NOT NULL",
    },
    is_useful="type IS NOT NULL",
)


TITLE_RATINGS = ImdbDataset(
    feed=feeds.IMDB_TITLE_RATINGS_FEED,
    table=TableSpec(
        name="imdb_title_ratings",
        comment="One row per rated title of the newest snapshot of IMDb, for the titles in imdb_title_basics.",
        columns=(
            ColumnSpec("tconst", "STRING", "id of the title at IMDb"),
            ColumnSpec("average_rating", "DECIMAL(3,1)", "weighted average of user ratings, 1 to 10"),
            ColumnSpec("votes", "BIGINT", "number of ratings"),
        ),
        primary_key=("tconst",),
    ),
    columns=lambda: {
        "tconst": value("tconst"),
        "average_rating": score("averageRating"),
        "votes": whole_number("numVotes").cast("bigint"),
    },
    used_by="tconst",
    rules={
        "valid_tconst": IS_TCONST,
        "valid_average_rating": "average_rating BETWEEN 1 AND 10",
        "valid_votes": "votes >= 0",
    },
)


TITLE_PRINCIPALS = ImdbDataset(
    feed=feeds.IMDB_TITLE_PRINCIPALS_FEED,
    table=TableSpec(
        name="imdb_title_principals",
        comment="One row per credit of a matched title in the newest snapshot of IMDb.",
        columns=(
            ColumnSpec("tconst", "STRING", "id of the title at IMDb"),
            ColumnSpec("ordering", "INT", "position of the credit in the title, from 1"),
            ColumnSpec("nconst", "STRING", "id of the person at IMDb"),
            ColumnSpec("category", "STRING", "director, actor, actress, self, writer, …"),
            ColumnSpec("job", "STRING", "job of the person, if more specific than the category"),
            ColumnSpec("characters", "STRING", "characters played: a JSON list"),
        ),
        primary_key=("tconst", "ordering"),
    ),
    columns=lambda: {
        "tconst": value("tconst"),
        "ordering": whole_number("ordering"),
        "nconst": value("nconst"),
        "category": value("category"),
        "job": value("job"),
        "characters": value("characters"),
    },
    used_by="tconst",
    rules={
        "valid_tconst": IS_TCONST,
        "valid_nconst": IS_NCONST,
        "valid_ordering": "ordering >= 1",
        "valid_category": "category IS NOT NULL",
    },
)


NAME_BASICS = ImdbDataset(
    feed=feeds.IMDB_NAME_BASICS_FEED,
    table=TableSpec(
        name="imdb_name_basics",
        comment="One row per person in the newest snapshot of IMDb, for the people in imdb_title_principals.",
        columns=(
            ColumnSpec("nconst", "STRING", "id of the person at IMDb"),
            ColumnSpec("primary_name", "STRING", "name by which the person is most often credited"),
            ColumnSpec("birth_year", "INT", "year of birth; null if unknown"),
            ColumnSpec("death_year", "INT", "year of death; null if unknown or alive"),
            ColumnSpec("professions", "ARRAY<STRING>", "up to three main professions"),
            ColumnSpec("known_for", "ARRAY<STRING>", "ids of the titles at IMDb that the person is known for"),
        ),
        primary_key=("nconst",),
    ),
    columns=lambda: {
        "nconst": value("nconst"),
        "primary_name": value("primaryName"),
        "birth_year": whole_number("birthYear"),
        "death_year": whole_number("deathYear"),
        "professions": items("primaryProfession"),
        "known_for": items("knownForTitles"),
        "birth_year_text": value("birthYear"),
        "death_year_text": value("deathYear"),
    },
    used_by="nconst",
    rules={
        "valid_nconst": IS_NCONST,
        "valid_name": "trim(primary_name) <> ''",
        # Homer and Shakespeare are credited too.
        "valid_birth_year": _is_year_or_missing("birth_year", 1),
        "valid_death_year": _is_year_or_missing("death_year", 1),
    },
)

IMDB_DATASETS = (TITLE_BASICS, TITLE_RATINGS, TITLE_PRINCIPALS, NAME_BASICS)
