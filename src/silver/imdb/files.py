"""What IMDb's four files hold: titles, their ratings, who took part in them, and people.

Source: https://developer.imdb.com/non-commercial-datasets/.
"""

from collections.abc import Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F

from bronze.feeds import IMDB_NAME_BASICS, IMDB_TITLE_BASICS, IMDB_TITLE_PRINCIPALS, IMDB_TITLE_RATINGS
from common.specifications import ColumnSpec, TableSpec
from silver.imdb.cleansing import Snapshot, items, value, whole_number

# A catalogue's types, and what IMDb calls such titles. Episodes and games are never titles of a catalogue.
TITLE_TYPES = {
    "Movie": ("movie", "tvMovie", "video", "tvSpecial", "short", "tvShort"),
    "TV Show": ("tvSeries", "tvMiniSeries"),
}
TCONST, NCONST = "^tt[0-9]+$", "^nm[0-9]+$"
# Roundhay Garden Scene is of 1888, Passage de Venus of 1874.
YEARS = "BETWEEN 1870 AND 2100"


def _is_year_or_none(name: str) -> str:
    return f"{name}_text IS NULL OR coalesce({name} {YEARS}, FALSE)"


def catalogue_type(title_type: Column) -> Column:
    """STRING: Movie or TV Show, for a type of IMDb's; null for one that no catalogue has."""
    return F.coalesce(*[F.when(title_type.isin(list(names)), F.lit(name)) for name, names in TITLE_TYPES.items()])


def _titles() -> Mapping[str, Column]:
    return {
        "tconst": value("tconst"),
        "title_type": value("titleType"),
        "type": catalogue_type(value("titleType")),
        "primary_title": value("primaryTitle"),
        "original_title": value("originalTitle"),
        "is_adult": F.when(value("isAdult").isin(["0", "1"]), value("isAdult") == "1"),
        "start_year": whole_number("startYear"),
        "end_year": whole_number("endYear"),
        "runtime_minutes": whole_number("runtimeMinutes"),
        "genres": items("genres"),
        "start_year_text": value("startYear"),
        "end_year_text": value("endYear"),
        "runtime_minutes_text": value("runtimeMinutes"),
    }


TITLE_BASICS = Snapshot(
    feed=IMDB_TITLE_BASICS,
    table=TableSpec(
        name="imdb_title_basics",
        comment="One row per title of the newest snapshot of IMDb that a catalogue can have: no episodes, no games.",
        columns=(
            ColumnSpec("tconst", "STRING", "id of the title at IMDb"),
            ColumnSpec("title_type", "STRING", "what IMDb calls it: movie, short, tvSeries, …"),
            ColumnSpec("type", "STRING", "what a catalogue calls it: Movie or TV Show"),
            ColumnSpec("primary_title", "STRING", "the name that it is known by"),
            ColumnSpec("original_title", "STRING", "the name in the original language"),
            ColumnSpec("is_adult", "BOOLEAN", "whether it is for adults"),
            ColumnSpec("start_year", "INT", "when it was released; of a series, when it began"),
            ColumnSpec("end_year", "INT", "of a series, when it ended"),
            ColumnSpec("runtime_minutes", "INT", "minutes"),
            ColumnSpec("genres", "ARRAY<STRING>", "up to three, as IMDb names them"),
        ),
        primary_key=("tconst",),
    ),
    typed=_titles,
    rules={
        "valid_tconst": f"coalesce(tconst RLIKE '{TCONST}', FALSE)",
        "valid_title": "trim(primary_title) <> ''",
        "valid_title_type": "title_type IS NOT NULL",
        "valid_start_year": _is_year_or_none("start_year"),
        "valid_end_year": _is_year_or_none("end_year"),
        "valid_runtime": "runtime_minutes_text IS NULL OR runtime_minutes IS NOT NULL",
    },
    useful="type IS NOT NULL",
)


def _ratings() -> Mapping[str, Column]:
    average = F.col("averageRating")
    return {
        "tconst": value("tconst"),
        "average_rating": F.when(average.rlike("^[0-9]{1,2}([.][0-9])?$"), average).try_cast("decimal(3,1)"),
        "votes": whole_number("numVotes").cast("bigint"),
    }


TITLE_RATINGS = Snapshot(
    feed=IMDB_TITLE_RATINGS,
    table=TableSpec(
        name="imdb_title_ratings",
        comment="One row per rated title of the newest snapshot of IMDb, of those in imdb_title_basics.",
        columns=(
            ColumnSpec("tconst", "STRING", "id of the title at IMDb"),
            ColumnSpec("average_rating", "DECIMAL(3,1)", "weighted average of what users gave it, 1 to 10"),
            ColumnSpec("votes", "BIGINT", "how many users rated it"),
        ),
        primary_key=("tconst",),
    ),
    typed=_ratings,
    useful_by="tconst",
    rules={
        "valid_tconst": f"coalesce(tconst RLIKE '{TCONST}', FALSE)",
        "valid_average_rating": "average_rating BETWEEN 1 AND 10",
        "valid_votes": "votes >= 0",
    },
)


def _principals() -> Mapping[str, Column]:
    return {
        "tconst": value("tconst"),
        "ordering": whole_number("ordering"),
        "nconst": value("nconst"),
        "category": value("category"),
        "job": value("job"),
        "characters": value("characters"),
    }


TITLE_PRINCIPALS = Snapshot(
    feed=IMDB_TITLE_PRINCIPALS,
    table=TableSpec(
        name="imdb_title_principals",
        comment="One row per title and place of a person in it, of the newest snapshot of IMDb and of matched titles.",
        columns=(
            ColumnSpec("tconst", "STRING", "id of the title at IMDb"),
            ColumnSpec("ordering", "INT", "place of the person in the title, from 1"),
            ColumnSpec("nconst", "STRING", "id of the person at IMDb"),
            ColumnSpec("category", "STRING", "director, actor, actress, self, writer, …"),
            ColumnSpec("job", "STRING", "what they did, more exactly"),
            ColumnSpec("characters", "STRING", "whom they played: a list in JSON"),
        ),
        primary_key=("tconst", "ordering"),
    ),
    typed=_principals,
    useful_by="tconst",
    rules={
        "valid_tconst": f"coalesce(tconst RLIKE '{TCONST}', FALSE)",
        "valid_nconst": f"coalesce(nconst RLIKE '{NCONST}', FALSE)",
        "valid_ordering": "ordering >= 1",
        "valid_category": "category IS NOT NULL",
    },
)


def _people() -> Mapping[str, Column]:
    return {
        "nconst": value("nconst"),
        "primary_name": value("primaryName"),
        "birth_year": whole_number("birthYear"),
        "death_year": whole_number("deathYear"),
        "professions": items("primaryProfession"),
        "known_for": items("knownForTitles"),
        "birth_year_text": value("birthYear"),
        "death_year_text": value("deathYear"),
    }


# Homer and Shakespeare are credited too.
_LIFE = "{0}_text IS NULL OR coalesce({0} BETWEEN 1 AND 2100, FALSE)"

NAME_BASICS = Snapshot(
    feed=IMDB_NAME_BASICS,
    table=TableSpec(
        name="imdb_name_basics",
        comment="One row per person of the newest snapshot of IMDb, of those in imdb_title_principals.",
        columns=(
            ColumnSpec("nconst", "STRING", "id of the person at IMDb"),
            ColumnSpec("primary_name", "STRING", "the name that they are credited by"),
            ColumnSpec("birth_year", "INT", "when they were born; null where unknown"),
            ColumnSpec("death_year", "INT", "when they died; null where unknown, or they live"),
            ColumnSpec("professions", "ARRAY<STRING>", "up to three"),
            ColumnSpec("known_for", "ARRAY<STRING>", "ids of titles at IMDb"),
        ),
        primary_key=("nconst",),
    ),
    typed=_people,
    useful_by="nconst",
    rules={
        "valid_nconst": f"coalesce(nconst RLIKE '{NCONST}', FALSE)",
        "valid_name": "trim(primary_name) <> ''",
        "valid_birth_year": _LIFE.format("birth_year"),
        "valid_death_year": _LIFE.format("death_year"),
    },
)

SNAPSHOTS = (TITLE_BASICS, TITLE_RATINGS, TITLE_PRINCIPALS, NAME_BASICS)
