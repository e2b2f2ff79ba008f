"""Facts of the catalogue."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from gold.conformed.members import date_key, key_or_unknown, known_or_unknown, only_known
from tables import Column, Table

FACT_TITLE_ADDITION = Table(
    name="fact_title_addition",
    comment="One row per title added to the catalogue, whether it is still there or not.",
    columns=(
        Column("title_key", "BIGINT", "the title (dim_title)"),
        Column("date_key", "INT", "the day on which it was added (dim_date)"),
        Column("rating_key", "BIGINT", "its maturity rating (dim_rating)"),
    ),
    primary_key=("title_key",),
    foreign_keys={"title_key": "dim_title", "date_key": "dim_date", "rating_key": "dim_rating"},
    rules={
        "has_title": "title_key IS NOT NULL",
        "has_date": "date_key IS NOT NULL",
        "has_rating": "rating_key IS NOT NULL",
    },
)


def fact_title_addition(
    latest: DataFrame, dim_title: DataFrame, dim_date: DataFrame, dim_rating: DataFrame
) -> DataFrame:
    """One row per title added to the catalogue, whether it is still there or not."""
    keyed = latest.select(
        "title_key",
        date_key(F.col("date_added")).alias("date_key"),
        key_or_unknown(F.col("rating")).alias("rating_key"),
    )
    dated = known_or_unknown(only_known(keyed, dim_title, "title_key"), dim_date, "date_key")
    return known_or_unknown(dated, dim_rating, "rating_key").select("title_key", "date_key", "rating_key")
