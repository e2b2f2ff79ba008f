"""Facts of the catalogue."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from common.keys import key_or_unknown
from common.specifications import ColumnSpec, TableSpec
from gold.conformed.members import date_key, only_known, with_known_key

FACT_TITLE_ADDITION = TableSpec(
    name="fact_title_addition",
    comment="One row per title added to the catalogue, whether it is still there or not.",
    columns=(
        ColumnSpec("title_key", "BIGINT", "title (dim_title)"),
        ColumnSpec("date_key", "INT", "day on which it was added (dim_date)"),
        ColumnSpec("rating_key", "BIGINT", "maturity rating (dim_rating)"),
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
    titles: DataFrame, dim_title: DataFrame, dim_date: DataFrame, dim_rating: DataFrame
) -> DataFrame:
    """One row per title of `titles` (latest versions)."""
    keyed = titles.select(
        "title_key",
        date_key(F.col("date_added")).alias("date_key"),
        key_or_unknown(F.col("rating")).alias("rating_key"),
    )
    dated = keyed.transform(only_known, dim_title, "title_key").transform(with_known_key, dim_date, "date_key")
    return dated.transform(with_known_key, dim_rating, "rating_key").select("title_key", "date_key", "rating_key")


FACT_TITLE_RATING = TableSpec(
    name="fact_title_rating",
    comment="One row per title that is rated at IMDb, in the catalogue or not.",
    columns=(
        ColumnSpec("title_key", "BIGINT", "title (dim_title)"),
        ColumnSpec("average_rating", "DECIMAL(3,1)", "average of user ratings at IMDb, 1 to 10; not additive"),
        ColumnSpec("votes", "BIGINT", "number of ratings at IMDb"),
    ),
    primary_key=("title_key",),
    foreign_keys={"title_key": "dim_title"},
    rules={
        "has_title": "title_key IS NOT NULL",
        "has_rating": "average_rating BETWEEN 1 AND 10",
        "has_votes": "votes >= 0",
    },
)


def fact_title_rating(dim_title: DataFrame, imdb_ratings: DataFrame) -> DataFrame:
    """One row per title whose match at IMDb has a rating."""
    rated = dim_title.join(imdb_ratings, F.col("imdb_id") == F.col("tconst"), how="inner")
    return rated.select("title_key", "average_rating", "votes")
