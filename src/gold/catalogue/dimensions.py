"""Dimensions of the catalogue. Each has an unknown member, key -1, so that every fact joins."""

from pathlib import Path

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from common.specifications import ColumnSpec, TableSpec
from gold.conformed.members import (
    UNKNOWN,
    UNKNOWN_KEY,
    key_or_unknown,
    known_or_unknown,
    surrogate_key,
    with_unknown,
)
from gold.conformed.reference import rows_of

RECENT_FROM = 2020
MODERN_FROM = 2010

KNOWN_RATING_SCHEMA = "rating STRING, audience STRING, minimum_age INT"


def known_ratings() -> list[tuple[str | None, str | None, int | None]]:
    """One row of KNOWN_RATING_SCHEMA per maturity rating.

    Sources: the TV Parental Guidelines and the MPA's film ratings; audiences as Netflix names its maturity groups.
    """
    rows = rows_of(Path(__file__).with_name("ratings.csv"))
    return [(rating, audience, None if age is None else int(age)) for rating, audience, age in rows]


def content_age_category(release_year: Column) -> Column:
    """`Recent` from 2020, `Modern` from 2010, else `Classic`; `Unknown` for null."""
    return (
        F.when(release_year >= RECENT_FROM, "Recent")
        .when(release_year >= MODERN_FROM, "Modern")
        .when(release_year < MODERN_FROM, "Classic")
        .otherwise(UNKNOWN)
    )


DIM_RATING = TableSpec(
    name="dim_rating",
    comment="One row per maturity rating.",
    columns=(
        ColumnSpec("rating_key", "BIGINT", "hash of the rating", unknown=UNKNOWN_KEY),
        ColumnSpec("rating", "STRING", "as the catalogue writes it", unknown=UNKNOWN),
        ColumnSpec("audience", "STRING", "Kids, Older Kids, Teens, Adults or Not Rated; else Unknown", unknown=UNKNOWN),
        ColumnSpec("minimum_age", "INT", "years; null where the rating names no age"),
    ),
    primary_key=("rating_key",),
    rules={"has_key": "rating_key IS NOT NULL", "has_name": "rating <> ''"},
)


def dim_rating(latest: DataFrame, known_ratings: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per maturity rating."""
    ratings = latest.filter("rating IS NOT NULL").select("rating").distinct()
    members = ratings.join(known_ratings, "rating", how="left").select(
        surrogate_key(F.col("rating")).alias("rating_key"),
        "rating",
        F.coalesce("audience", F.lit(UNKNOWN)).alias("audience"),
        "minimum_age",
    )
    return with_unknown(members, DIM_RATING, one_row)


DIM_TITLE = TableSpec(
    name="dim_title",
    comment="One row per title as it is now, in the catalogue or not.",
    columns=(
        ColumnSpec("title_key", "BIGINT", "hash of type, title, release year and directors", unknown=UNKNOWN_KEY),
        ColumnSpec("show_id", "STRING", "id of its row in the latest release that has the title"),
        ColumnSpec("title", "STRING", "as the catalogue writes it", unknown=UNKNOWN),
        ColumnSpec("short_title", "STRING", "the title before the first colon", unknown=UNKNOWN),
        ColumnSpec("type", "STRING", "Movie or TV Show", unknown=UNKNOWN),
        ColumnSpec("type_flag", "INT", "1 Movie, 2 TV Show, -1 unknown", unknown=UNKNOWN_KEY),
        ColumnSpec("release_year", "INT", "year in which the title was released"),
        ColumnSpec("date_added", "DATE", "day on which the title was added to the catalogue; null where unknown"),
        ColumnSpec("rating_key", "BIGINT", "its maturity rating (dim_rating)", unknown=UNKNOWN_KEY),
        ColumnSpec("duration_minutes", "INT", "minutes, movies only"),
        ColumnSpec("seasons", "INT", "how many seasons, TV shows only"),
        ColumnSpec(
            "content_age_category", "STRING", "Recent from 2020, Modern from 2010, else Classic", unknown=UNKNOWN
        ),
        ColumnSpec("description", "STRING", "as the catalogue has it"),
        ColumnSpec("imdb_id", "STRING", "id of the title at IMDb; null where no single one is it"),
        ColumnSpec("in_catalogue", "BOOLEAN", "whether the latest release has the title", unknown=False),
    ),
    primary_key=("title_key",),
    foreign_keys={"rating_key": "dim_rating"},
    rules={
        "has_title": "title_key IS NOT NULL",
        "has_name": "title IS NOT NULL",
        "known_type": "type_flag IN (1, 2, -1)",
        "has_rating": "rating_key IS NOT NULL",
        "positive_length": "coalesce(duration_minutes, seasons, 1) >= 0",
    },
)


def dim_title(latest: DataFrame, imdb_titles: DataFrame, dim_rating: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per title as it is now; in_catalogue is false for one that the latest release lacks.

    `imdb_titles` are one row per title that is known at IMDb: title_key, tconst.
    """
    members = latest.join(imdb_titles, "title_key", how="left").select(
        "title_key",
        "show_id",
        "title",
        "short_title",
        "type",
        "type_flag",
        "release_year",
        "date_added",
        key_or_unknown(F.col("rating")).alias("rating_key"),
        "duration_minutes",
        "seasons",
        content_age_category(F.col("release_year")).alias("content_age_category"),
        "description",
        F.col("tconst").alias("imdb_id"),
        F.col("__END_AT").isNull().alias("in_catalogue"),
    )
    return with_unknown(known_or_unknown(members, dim_rating, "rating_key"), DIM_TITLE, one_row)


DIM_GENRE = TableSpec(
    name="dim_genre",
    comment="One row per genre.",
    columns=(
        ColumnSpec("genre_key", "BIGINT", "hash of the genre", unknown=UNKNOWN_KEY),
        ColumnSpec("genre", "STRING", "as the catalogue writes it", unknown=UNKNOWN),
    ),
    primary_key=("genre_key",),
    rules={"has_key": "genre_key IS NOT NULL", "has_name": "genre <> ''"},
)


def dim_genre(latest: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per genre."""
    genres = latest.select(F.explode("genres").alias("genre")).distinct()
    members = genres.select(surrogate_key(F.col("genre")).alias("genre_key"), "genre")
    return with_unknown(members, DIM_GENRE, one_row)


DIM_PERSON = TableSpec(
    name="dim_person",
    comment="One row per director or actor, by the name as written.",
    columns=(
        ColumnSpec("person_key", "BIGINT", "hash of the name", unknown=UNKNOWN_KEY),
        ColumnSpec("person", "STRING", "the name as written, trimmed", unknown=UNKNOWN),
        ColumnSpec("imdb_id", "STRING", "id of the person at IMDb; null where no single one is it"),
        ColumnSpec("birth_year", "INT", "when they were born, by IMDb; null where unknown"),
    ),
    primary_key=("person_key",),
    rules={"has_key": "person_key IS NOT NULL", "has_name": "person <> ''"},
)


def dim_person(latest: DataFrame, imdb_people: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per director or actor, by the name as written.

    `imdb_people` are one row per person who is known at IMDb: person, nconst, birth_year.
    """
    persons = latest.select(F.explode(F.array_union("directors", "cast")).alias("person")).distinct()
    members = persons.join(imdb_people, "person", how="left").select(
        surrogate_key(F.col("person")).alias("person_key"), "person", F.col("nconst").alias("imdb_id"), "birth_year"
    )
    return with_unknown(members, DIM_PERSON, one_row)
