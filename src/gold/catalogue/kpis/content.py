"""KPIs of the content of the catalogue, by age and by year: how long its movies are, how many genres and countries."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from common.aggregates import count_rows
from common.fractions import ratio
from common.keys import UNKNOWN_KEY
from common.specifications import ColumnSpec, TableSpec
from gold.catalogue.kpis import shared

TREND_FROM = 2010

CONTENT_COUNT = ColumnSpec("content_count", "BIGINT", shared.TITLE_COUNT.comment)
AVERAGE_DURATION = ColumnSpec("average_duration", "DECIMAL(18,6)", "average minutes of movies; null if all unknown")
COUNTS_CONTENT = {"counts_titles": "content_count > 0"}


def _names_by_title(bridge: DataFrame, dimension: DataFrame, name: str) -> DataFrame:
    """One row per title with known members: `known`, the array of their names (column `name`)."""
    key = f"{name}_key"
    members = bridge.filter(F.col(key) != UNKNOWN_KEY).join(dimension, key, how="inner")
    return members.groupBy("title_key").agg(F.collect_set(name).alias("known"))


def _distinct_names_by_title() -> Column:
    """ARRAY<STRING>: the distinct names in `known` of all rows of a group, sorted."""
    return F.sort_array(F.array_distinct(F.flatten(F.collect_list("known"))))


def _content() -> list[Column]:
    """For the titles of a group: content_count, and what `_with_average_duration` needs."""
    movie_minutes = F.when(F.col("type") == "Movie", F.col("duration_minutes"))
    return [
        count_rows("content_count"),
        F.sum(movie_minutes).alias("minutes"),
        F.count(movie_minutes).alias("timed_movies"),
    ]


def _with_average_duration(content: DataFrame) -> DataFrame:
    """The groups, with average_duration."""
    return content.withColumn("average_duration", ratio("minutes", "timed_movies"))


KPI_CONTENT_AGE = TableSpec(
    name="kpi_content_age",
    comment="One row per type, age category and country of production: titles, average length of movies, and genres.",
    columns=(
        shared.TYPE,
        ColumnSpec("content_age_category", "STRING", "Recent (from 2020), Modern (2010) or Classic"),
        shared.COUNTRY,
        CONTENT_COUNT,
        AVERAGE_DURATION,
        ColumnSpec("genres", "BIGINT", "number of distinct genres, not counting Unknown"),
        ColumnSpec("genre_names", "ARRAY<STRING>", "the distinct genres, sorted; empty if none is known"),
    ),
    rules={
        **shared.KNOWN_TYPE,
        "known_category": "content_age_category IN ('Recent', 'Modern', 'Classic')",
        "has_country": "country IS NOT NULL",
        **COUNTS_CONTENT,
        "genres_are_named": "genres = size(genre_names)",
    },
)


def kpi_content_age(
    dim_title: DataFrame,
    bridge_title_country: DataFrame,
    dim_country: DataFrame,
    bridge_title_genre: DataFrame,
    dim_genre: DataFrame,
) -> DataFrame:
    """One row per type, age category and country; a title counts once for each of its countries."""
    genres = _names_by_title(bridge_title_genre, dim_genre, "genre")
    titles = shared.current_titles(dim_title).join(genres, "title_key", how="left")
    made_in = shared.with_countries(titles, bridge_title_country, dim_country)
    by_age = made_in.groupBy("type", "content_age_category", "country")
    named = by_age.agg(*_content(), _distinct_names_by_title().alias("genre_names"))
    counted = named.withColumn("genres", F.size("genre_names").cast("bigint"))
    return counted.transform(_with_average_duration).select(*KPI_CONTENT_AGE.column_names)


KPI_CONTENT_TREND = TableSpec(
    name="kpi_content_trend",
    comment="One row per release year from 2010 and type: titles, average length of movies, and number of countries.",
    columns=(
        shared.RELEASE_YEAR,
        shared.TYPE,
        CONTENT_COUNT,
        AVERAGE_DURATION,
        ColumnSpec("countries", "BIGINT", "number of distinct countries of production, not counting Unknown"),
    ),
    rules={
        "is_recent": f"release_year >= {TREND_FROM}",
        **shared.KNOWN_TYPE,
        **COUNTS_CONTENT,
        "counts_countries": "countries >= 0",
    },
)


def kpi_content_trend(dim_title: DataFrame, bridge_title_country: DataFrame, dim_country: DataFrame) -> DataFrame:
    """One row per release year from 2010 and type; every title counts once."""
    countries = _names_by_title(bridge_title_country, dim_country, "country")
    recent = shared.current_titles(dim_title).filter(F.col("release_year") >= TREND_FROM)
    by_year = recent.join(countries, "title_key", how="left").groupBy("release_year", "type")
    counts = by_year.agg(*_content(), F.size(_distinct_names_by_title()).cast("bigint").alias("countries"))
    return counts.transform(_with_average_duration).select(*KPI_CONTENT_TREND.column_names)
