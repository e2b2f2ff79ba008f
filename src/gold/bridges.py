"""Bridges between titles and what a title has several of. A title that has none is bridged to the unknown member."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from gold.measures import equal_weight
from silver.keys import key_or_unknown


def _members(latest: DataFrame, items: Column) -> DataFrame:
    """One row per title and item: title_key, item (null where the title has none), position (from 1), weight."""
    listed = latest.select("title_key", items.alias("items"))
    exploded = listed.select("title_key", F.size("items").alias("size"), F.posexplode_outer("items"))
    counted = exploded.select(
        "title_key",
        F.col("col").alias("item"),
        (F.coalesce("pos", F.lit(0)) + 1).alias("position"),
        F.greatest("size", F.lit(1)).alias("count"),
    )
    return counted.withColumn("weight", equal_weight(F.col("position"), F.col("count")))


def bridge_title_genre(latest: DataFrame) -> DataFrame:
    """One row per title and genre; the weights of a title add up to 1."""
    members = _members(latest, F.col("genres"))
    return members.select("title_key", key_or_unknown(F.col("item")).alias("genre_key"), "weight")


def bridge_title_country(latest: DataFrame) -> DataFrame:
    """One row per title and country; the weights of a title add up to 1."""
    members = _members(latest, F.col("countries"))
    return members.select("title_key", key_or_unknown(F.col("item")).alias("country_key"), "weight")


def bridge_title_person(latest: DataFrame) -> DataFrame:
    """One row per title, role (director or cast) and person; the weights of a title and role add up to 1."""
    directors = _members(latest, F.col("directors")).withColumn("role", F.lit("director"))
    cast = _members(latest, F.col("cast")).withColumn("role", F.lit("cast"))
    return directors.unionByName(cast).select(
        "title_key",
        key_or_unknown(F.col("item")).alias("person_key"),
        "role",
        F.col("position").alias("billing_order"),
        "weight",
    )
