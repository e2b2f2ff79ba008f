"""KPIs of the catalogue over time: when titles were released, and when they were added."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from common.fractions import ratio
from common.specifications import ColumnSpec, TableSpec
from common.windows import all_rows
from gold.catalogue.kpis import shared

GROWTH_YEARS = 5

KPI_RELEASE_YEAR = TableSpec(
    name="kpi_release_year",
    comment="One row per release year and type: titles.",
    columns=(shared.RELEASE_YEAR, shared.TYPE, shared.TITLE_COUNT),
    rules={"has_year": "release_year IS NOT NULL", **shared.KNOWN_TYPE, **shared.COUNTS_TITLES},
)


def kpi_release_year(dim_title: DataFrame) -> DataFrame:
    """One row per release year and type; years without titles have no row."""
    return shared.current_titles(dim_title).transform(shared.count_titles, "release_year", "type")


KPI_YEAR_ADDED = TableSpec(
    name="kpi_year_added",
    comment="One row per year in which titles were added and type: titles.",
    columns=(shared.YEAR_ADDED, shared.TYPE, shared.TITLE_COUNT),
    rules={**shared.KNOWN_TYPE, **shared.COUNTS_TITLES},
)


def kpi_year_added(dim_title: DataFrame) -> DataFrame:
    """One row per year of addition and type; years without additions have no row."""
    return shared.current_titles(dim_title).transform(shared.count_titles, "year_added", "type")


KPI_GENRE_TREND = TableSpec(
    name="kpi_genre_trend",
    comment="One row per genre and year in which titles were added: titles.",
    columns=(shared.GENRE, shared.YEAR_ADDED, shared.TITLE_COUNT),
    rules={"has_genre": "genre IS NOT NULL", **shared.COUNTS_TITLES},
)


def kpi_genre_trend(dim_title: DataFrame, bridge_title_genre: DataFrame, dim_genre: DataFrame) -> DataFrame:
    """One row per genre and year of addition; a title counts once for each of its genres."""
    titles = shared.current_titles(dim_title).transform(shared.with_genres, bridge_title_genre, dim_genre)
    return titles.transform(shared.count_titles, "genre", "year_added")


KPI_COUNTRY_GROWTH = TableSpec(
    name="kpi_country_growth",
    comment="One row per country of production: titles added in the last five years, in the five before, and growth.",
    columns=(
        shared.COUNTRY,
        ColumnSpec("titles_last_5_years", "BIGINT", "titles added in the five years up to the latest with an addition"),
        ColumnSpec("titles_previous_5_years", "BIGINT", "titles added in the five years before those"),
        ColumnSpec("growth", "DECIMAL(18,6)", "(last - previous) / previous; null if previous is 0"),
    ),
    rules={
        "has_country": "country IS NOT NULL",
        "counts_titles": "titles_last_5_years >= 0 AND titles_previous_5_years >= 0",
    },
)


def kpi_country_growth(dim_title: DataFrame, bridge_title_country: DataFrame, dim_country: DataFrame) -> DataFrame:
    """One row per country. The last year is the latest in which any title of the catalogue was added."""
    titles = shared.current_titles(dim_title).withColumn("last_year", F.max("year_added").over(all_rows()))
    years_ago = F.col("last_year") - F.col("year_added")
    made_in = shared.with_countries(titles, bridge_title_country, dim_country)
    counts = made_in.groupBy("country").agg(
        F.count_if(years_ago < GROWTH_YEARS).alias("titles_last_5_years"),
        F.count_if((years_ago >= GROWTH_YEARS) & (years_ago < 2 * GROWTH_YEARS)).alias("titles_previous_5_years"),
    )
    change = F.col("titles_last_5_years") - F.col("titles_previous_5_years")
    growth = counts.withColumn("growth", ratio(change, "titles_previous_5_years"))
    return growth.select(*KPI_COUNTRY_GROWTH.column_names)
