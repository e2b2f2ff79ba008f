"""Bridges between titles and their genres, countries and people.

Every title of dim_title has rows, so that a plain join of facts loses nothing: one without members, and the unknown
title itself, refer to the unknown member.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from common.fractions import equal_weight
from common.keys import key_or_unknown
from common.specifications import ColumnSpec, TableSpec
from gold.conformed.members import with_known_key

TITLE_KEY = ColumnSpec("title_key", "BIGINT", "title (dim_title)")
WEIGHT_IS_A_FRACTION = {"weight_is_a_fraction": "weight > 0 AND weight <= 1"}


def _members(titles: DataFrame, dim_title: DataFrame, items: str, key: str) -> DataFrame:
    """One row per title of dim_title and item of its array `items`: title_key, the item's `key`, position, weight.

    Positions begin with 1. A title without items has one row, with the unknown member's key.
    """
    every_title = dim_title.select("title_key").join(titles.select("title_key", items), "title_key", how="left")
    exploded = every_title.select("title_key", F.size(items).alias("size"), F.posexplode_outer(items))
    counted = exploded.select(
        "title_key",
        key_or_unknown(F.col("col")).alias(key),
        (F.coalesce("pos", F.lit(0)) + 1).alias("position"),
        F.greatest("size", F.lit(1)).alias("count"),
    )
    return counted.withColumn("weight", equal_weight(F.col("position"), F.col("count")))


BRIDGE_TITLE_GENRE = TableSpec(
    name="bridge_title_genre",
    comment="One row per title and genre.",
    columns=(
        TITLE_KEY,
        ColumnSpec("genre_key", "BIGINT", "genre (dim_genre)"),
        ColumnSpec("weight", "DECIMAL(18,6)", "share of the genre; adds up to exactly 1 per title"),
    ),
    primary_key=("title_key", "genre_key"),
    foreign_keys={"title_key": "dim_title", "genre_key": "dim_genre"},
    rules={"has_title": "title_key IS NOT NULL", "has_genre": "genre_key IS NOT NULL", **WEIGHT_IS_A_FRACTION},
)


def bridge_title_genre(titles: DataFrame, dim_title: DataFrame, dim_genre: DataFrame) -> DataFrame:
    """One row per title and genre; the genres of a title have equal weights."""
    members = _members(titles, dim_title, "genres", "genre_key")
    return members.transform(with_known_key, dim_genre, "genre_key").select("title_key", "genre_key", "weight")


BRIDGE_TITLE_COUNTRY = TableSpec(
    name="bridge_title_country",
    comment="One row per title and country of production.",
    columns=(
        TITLE_KEY,
        ColumnSpec("country_key", "BIGINT", "country of production (dim_country)"),
        ColumnSpec("weight", "DECIMAL(18,6)", "share of the country; adds up to exactly 1 per title"),
    ),
    primary_key=("title_key", "country_key"),
    foreign_keys={"title_key": "dim_title", "country_key": "dim_country"},
    rules={"has_title": "title_key IS NOT NULL", "has_country": "country_key IS NOT NULL", **WEIGHT_IS_A_FRACTION},
)


def bridge_title_country(titles: DataFrame, dim_title: DataFrame, dim_country: DataFrame) -> DataFrame:
    """One row per title and country; the countries of a title have equal weights."""
    members = _members(titles, dim_title, "countries", "country_key")
    return members.transform(with_known_key, dim_country, "country_key").select("title_key", "country_key", "weight")


BRIDGE_TITLE_PERSON = TableSpec(
    name="bridge_title_person",
    comment="One row per title, role and person.",
    columns=(
        TITLE_KEY,
        ColumnSpec("person_key", "BIGINT", "person (dim_person)"),
        ColumnSpec("role", "STRING", "director or cast"),
        ColumnSpec("billing_order", "INT", "position in the list of the role, from 1"),
        ColumnSpec("weight", "DECIMAL(18,6)", "share of the person; adds up to exactly 1 per title and role"),
    ),
    primary_key=("title_key", "person_key", "role"),
    foreign_keys={"title_key": "dim_title", "person_key": "dim_person"},
    rules={
        "has_title": "title_key IS NOT NULL",
        "has_person": "person_key IS NOT NULL",
        "known_role": "role IN ('director', 'cast')",
        "billed_from_1": "billing_order >= 1",
        **WEIGHT_IS_A_FRACTION,
    },
)


def bridge_title_person(titles: DataFrame, dim_title: DataFrame, dim_person: DataFrame) -> DataFrame:
    """One row per title, role and person; the people in a role have equal weights."""
    directors = _members(titles, dim_title, "directors", "person_key").withColumn("role", F.lit("director"))
    cast = _members(titles, dim_title, "cast", "person_key").withColumn("role", F.lit("cast"))
    return (
        directors.unionByName(cast)
        .transform(with_known_key, dim_person, "person_key")
        .select("title_key", "person_key", "role", F.col("position").alias("billing_order"), "weight")
    )
