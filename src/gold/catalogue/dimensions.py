"""Dimensions of the catalogue. Each has an unknown member, key -1, so that every fact joins."""

from pathlib import Path

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from common.aggregates import distinct_rows
from common.keys import UNKNOWN_KEY, key_or_unknown, surrogate_key
from common.reference import csv_rows
from common.specifications import ColumnSpec, TableSpec
from gold.conformed.members import UNKNOWN, or_unknown, with_known_key, with_unknown_member

RECENT_FROM = 2020
MODERN_FROM = 2010

KNOWN_RATING_SCHEMA = StructType().add("rating", "string").add("audience", "string").add("minimum_age", "integer")
# A row of silver's imdb_matches or imdb_people_matches that counts.
IS_IMDB_MATCH = "verdict = 'matched'"


def known_ratings() -> list[tuple[str | None, str | None, int | None]]:
    """One row of KNOWN_RATING_SCHEMA per maturity rating.

    Sources: the TV Parental Guidelines and the film ratings of the MPA; the audiences are Netflix's maturity groups.
    """
    rows = csv_rows(Path(__file__).with_name("ratings.csv"))
    return [(rating, audience, None if age is None else int(age)) for rating, audience, age in rows]


def content_age_category(release_year: Column) -> Column:
    """STRING: `Recent` from 2020, `Modern` from 2010, else `Classic`; `Unknown` for null."""
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
        ColumnSpec("rating", "STRING", "as the catalogue spells it", unknown=UNKNOWN),
        ColumnSpec("audience", "STRING", "Kids, Older Kids, Teens, Adults, Not Rated or Unknown", unknown=UNKNOWN),
        ColumnSpec("minimum_age", "INT", "years; null if the rating has no age"),
    ),
    primary_key=("rating_key",),
    rules={"has_key": "rating_key IS NOT NULL", "has_name": "rating <> ''"},
)


def dim_rating(titles: DataFrame, known_ratings: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per rating of a title; ratings without reference data have the audience Unknown."""
    ratings = titles.filter("rating IS NOT NULL").transform(distinct_rows, "rating")
    members = ratings.join(known_ratings, "rating", how="left").select(
        surrogate_key(F.col("rating")).alias("rating_key"),
        "rating",
        or_unknown("audience").alias("audience"),
        "minimum_age",
    )
    return with_unknown_member(members, DIM_RATING, one_row)


DIM_TITLE = TableSpec(
    name="dim_title",
    comment="One row per title as it is now, in the catalogue or not.",
    columns=(
        ColumnSpec("title_key", "BIGINT", "hash of type, title, release year and directors", unknown=UNKNOWN_KEY),
        ColumnSpec("show_id", "STRING", "id of the title in the latest release that contains it"),
        ColumnSpec("title", "STRING", "name in the catalogue", unknown=UNKNOWN),
        ColumnSpec("short_title", "STRING", "the title up to the first colon", unknown=UNKNOWN),
        ColumnSpec("type", "STRING", "Movie or TV Show", unknown=UNKNOWN),
        ColumnSpec("type_flag", "INT", "1 Movie, 2 TV Show, -1 unknown", unknown=UNKNOWN_KEY),
        ColumnSpec("release_year", "INT", "year in which the title was first shown"),
        ColumnSpec("date_added", "DATE", "day on which the title was added to the catalogue; null if unknown"),
        ColumnSpec("rating_key", "BIGINT", "maturity rating (dim_rating)", unknown=UNKNOWN_KEY),
        ColumnSpec("duration_minutes", "INT", "length of a movie in minutes"),
        ColumnSpec("seasons", "INT", "number of seasons of a TV show"),
        ColumnSpec("content_age_category", "STRING", "Recent (from 2020), Modern (2010) or Classic", unknown=UNKNOWN),
        ColumnSpec("description", "STRING", "description in the catalogue"),
        ColumnSpec("imdb_id", "STRING", "id of the title at IMDb; null unless exactly one matches"),
        ColumnSpec("in_catalogue", "BOOLEAN", "whether the title is in the latest release", unknown=False),
    ),
    primary_key=("title_key",),
    foreign_keys={"rating_key": "dim_rating"},
    rules={
        "has_title": "title_key IS NOT NULL",
        "has_name": "title IS NOT NULL",
        "known_type": "type_flag IN (1, 2, -1)",
        "has_rating": "rating_key IS NOT NULL",
        "positive_length": "coalesce(duration_minutes, 1) > 0 AND coalesce(seasons, 1) > 0",
    },
)


def dim_title(titles: DataFrame, imdb_matches: DataFrame, dim_rating: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per title. One that the latest release lacks stays, because facts refer to it."""
    matches = imdb_matches.filter(IS_IMDB_MATCH).select("title_key", "tconst")
    members = titles.join(matches, "title_key", how="left").withColumns(
        {
            "rating_key": key_or_unknown(F.col("rating")),
            "content_age_category": content_age_category(F.col("release_year")),
            "imdb_id": F.col("tconst"),
            "in_catalogue": F.col("__END_AT").isNull(),
        }
    )
    return members.transform(with_known_key, dim_rating, "rating_key").transform(
        with_unknown_member, DIM_TITLE, one_row
    )


DIM_GENRE = TableSpec(
    name="dim_genre",
    comment="One row per genre.",
    columns=(
        ColumnSpec("genre_key", "BIGINT", "hash of the genre", unknown=UNKNOWN_KEY),
        ColumnSpec("genre", "STRING", "as the catalogue spells it", unknown=UNKNOWN),
    ),
    primary_key=("genre_key",),
    rules={"has_key": "genre_key IS NOT NULL", "has_name": "genre <> ''"},
)


def dim_genre(titles: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per genre of a title."""
    genres = titles.select(F.explode("genres").alias("genre")).transform(distinct_rows, "genre")
    members = genres.select(surrogate_key(F.col("genre")).alias("genre_key"), "genre")
    return with_unknown_member(members, DIM_GENRE, one_row)


DIM_PERSON = TableSpec(
    name="dim_person",
    comment="One row per director or actor; a person is a name as the catalogue spells it.",
    columns=(
        ColumnSpec("person_key", "BIGINT", "hash of the name", unknown=UNKNOWN_KEY),
        ColumnSpec("person", "STRING", "the name", unknown=UNKNOWN),
        ColumnSpec("imdb_id", "STRING", "id of the person at IMDb; null unless exactly one matches"),
        ColumnSpec("birth_year", "INT", "year of birth at IMDb; null if unknown"),
    ),
    primary_key=("person_key",),
    rules={"has_key": "person_key IS NOT NULL", "has_name": "person <> ''"},
)


def dim_person(titles: DataFrame, imdb_people_matches: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per director or actor of a title."""
    matches = imdb_people_matches.filter(IS_IMDB_MATCH).select("person", "nconst", "birth_year")
    credits = titles.select(F.explode(F.array_union("directors", "cast")).alias("person"))
    members = (
        credits.transform(distinct_rows, "person")
        .join(matches, "person", how="left")
        .select(
            surrogate_key(F.col("person")).alias("person_key"), "person", F.col("nconst").alias("imdb_id"), "birth_year"
        )
    )
    return with_unknown_member(members, DIM_PERSON, one_row)
