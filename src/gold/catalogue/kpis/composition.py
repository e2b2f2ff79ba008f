"""KPIs of what the catalogue consists of now: types, genres, countries and ratings."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from common.aggregates import count_rows
from common.fractions import ratio
from common.specifications import ColumnSpec, TableSpec
from common.windows import all_rows
from gold.catalogue.kpis import shared

SHARE = ColumnSpec("share", "DECIMAL(18,6)", "titles / all titles of the catalogue, 0 to 1, rounded half up")
SHARE_IS_A_FRACTION = {"share_is_a_fraction": "share BETWEEN 0 AND 1"}


def _with_share(counts: DataFrame) -> DataFrame:
    """The counts, with `share`: titles divided by the titles of all rows."""
    totals = counts.withColumn("all_titles", F.sum("titles").over(all_rows()))
    return totals.withColumn("share", ratio("titles", "all_titles"))


KPI_CONTENT_TYPE = TableSpec(
    name="kpi_content_type",
    comment="One row per type: titles, and their share of the catalogue.",
    columns=(shared.TYPE, shared.TITLE_COUNT, SHARE),
    rules={**shared.KNOWN_TYPE, **shared.COUNTS_TITLES, **SHARE_IS_A_FRACTION},
)


def kpi_content_type(dim_title: DataFrame) -> DataFrame:
    """One row per type; the shares add up to 1, but for rounding."""
    counts = shared.current_titles(dim_title).transform(shared.count_titles, "type")
    return counts.transform(_with_share).select("type", "titles", "share")


KPI_GENRE = TableSpec(
    name="kpi_genre",
    comment="One row per genre: titles, and their share; a title counts once for each of its genres.",
    columns=(shared.GENRE, shared.TITLE_COUNT, SHARE),
    rules={"has_genre": "genre IS NOT NULL", **shared.COUNTS_TITLES, **SHARE_IS_A_FRACTION},
    properties={"lakehouse.example": "ORDER BY titles DESC, genre LIMIT 5"},
)


def kpi_genre(dim_title: DataFrame, bridge_title_genre: DataFrame, dim_genre: DataFrame) -> DataFrame:
    """One row per genre. The shares add up to more than 1."""
    titles = shared.current_titles(dim_title).withColumn("all_titles", F.count(F.lit(1)).over(all_rows()))
    by_genre = shared.with_genres(titles, bridge_title_genre, dim_genre).groupBy("genre")
    counts = by_genre.agg(count_rows("titles"), F.max("all_titles").alias("all_titles"))
    return counts.select("genre", "titles", ratio("titles", "all_titles").alias("share"))


KPI_COUNTRY = TableSpec(
    name="kpi_country",
    comment="One row per country of production: titles; a title counts once for each of its countries.",
    columns=(
        shared.COUNTRY,
        shared.TITLE_COUNT,
        ColumnSpec("movies", "BIGINT", "number of movies"),
        ColumnSpec("tv_shows", "BIGINT", "number of TV shows"),
    ),
    rules={
        "has_country": "country IS NOT NULL",
        "types_add_up": "titles = movies + tv_shows AND least(movies, tv_shows) >= 0",
        **shared.COUNTS_TITLES,
    },
)


def kpi_country(dim_title: DataFrame, bridge_title_country: DataFrame, dim_country: DataFrame) -> DataFrame:
    """One row per country. Its movies and TV shows add up to its titles; countries don't add up to the catalogue."""
    made_in = shared.with_countries(shared.current_titles(dim_title), bridge_title_country, dim_country)
    counts = made_in.groupBy("country").agg(
        count_rows("titles"),
        F.count_if(F.col("type") == "Movie").alias("movies"),
        F.count_if(F.col("type") == "TV Show").alias("tv_shows"),
    )
    return counts.select("country", "titles", "movies", "tv_shows")


KPI_RATING = TableSpec(
    name="kpi_rating",
    comment="One row per maturity rating: titles, and their share of the catalogue.",
    columns=(ColumnSpec("rating", "STRING", "rating; Unknown for titles without one"), shared.TITLE_COUNT, SHARE),
    rules={"has_rating": "rating IS NOT NULL", **shared.COUNTS_TITLES, **SHARE_IS_A_FRACTION},
)


def kpi_rating(dim_title: DataFrame, dim_rating: DataFrame) -> DataFrame:
    """One row per maturity rating; the shares add up to 1, but for rounding."""
    rated = shared.current_titles(dim_title).join(dim_rating, "rating_key", how="inner")
    counts = rated.transform(shared.count_titles, "rating")
    return counts.transform(_with_share).select("rating", "titles", "share")
