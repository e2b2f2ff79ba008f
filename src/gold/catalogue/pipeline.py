"""Gold: the star schema and the KPIs of the catalogue, from the titles as they are in silver."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from gold.catalogue import bridges, dimensions, facts
from gold.catalogue.bridges import BRIDGE_TITLE_COUNTRY, BRIDGE_TITLE_GENRE, BRIDGE_TITLE_PERSON
from gold.catalogue.dimensions import DIM_GENRE, DIM_PERSON, DIM_RATING, DIM_TITLE, KNOWN_RATING_SCHEMA, known_ratings
from gold.catalogue.facts import FACT_TITLE_ADDITION, FACT_TITLE_RATING
from gold.catalogue.kpis import composition as kpis
from gold.catalogue.kpis.composition import (
    KPI_CONTENT_AGE,
    KPI_CONTENT_TREND,
    KPI_CONTENT_TYPE,
    KPI_COUNTRY,
    KPI_COUNTRY_GROWTH,
    KPI_GENRE,
    KPI_GENRE_TREND,
    KPI_RATING,
    KPI_RELEASE_YEAR,
    KPI_YEAR_ADDED,
)
from silver.catalogue import titles
from silver.imdb import title_matches as matches

spark: SparkSession

SILVER = spark.conf.get("lakehouse.silver_schema")
GOLD = str(spark.conf.get("lakehouse.gold_schema"))


@dp.temporary_view(name="latest_titles", comment="One row per title: its latest version.")
def latest_titles() -> DataFrame:
    return titles.latest_titles(spark.read.table(f"{SILVER}.titles"))


@dp.temporary_view(name="imdb_titles", comment="One row per title that is known at IMDb.")
def imdb_titles() -> DataFrame:
    return matches.matched_titles(spark.read.table(f"{SILVER}.imdb_matches"))


@dp.temporary_view(name="imdb_people", comment="One row per person who is known at IMDb.")
def imdb_people() -> DataFrame:
    return matches.matched_people(spark.read.table(f"{SILVER}.imdb_people_matches"))


@dp.materialized_view(name=DIM_RATING.name, comment=DIM_RATING.comment, schema=DIM_RATING.schema)
@dp.expect_all_or_drop(DIM_RATING.rules)
def dim_rating() -> DataFrame:
    known = spark.createDataFrame(known_ratings(), KNOWN_RATING_SCHEMA)
    return dimensions.dim_rating(spark.read.table("latest_titles"), known, spark.range(1))


@dp.materialized_view(name=DIM_TITLE.name, comment=DIM_TITLE.comment, schema=DIM_TITLE.schema_in(GOLD))
@dp.expect_all_or_drop(DIM_TITLE.rules)
def dim_title() -> DataFrame:
    return dimensions.dim_title(
        spark.read.table("latest_titles"),
        spark.read.table("imdb_titles"),
        spark.read.table("dim_rating"),
        spark.range(1),
    )


@dp.materialized_view(name=DIM_GENRE.name, comment=DIM_GENRE.comment, schema=DIM_GENRE.schema)
@dp.expect_all_or_drop(DIM_GENRE.rules)
def dim_genre() -> DataFrame:
    return dimensions.dim_genre(spark.read.table("latest_titles"), spark.range(1))


@dp.materialized_view(name=DIM_PERSON.name, comment=DIM_PERSON.comment, schema=DIM_PERSON.schema)
@dp.expect_all_or_drop(DIM_PERSON.rules)
def dim_person() -> DataFrame:
    return dimensions.dim_person(spark.read.table("latest_titles"), spark.read.table("imdb_people"), spark.range(1))


@dp.materialized_view(
    name=BRIDGE_TITLE_GENRE.name, comment=BRIDGE_TITLE_GENRE.comment, schema=BRIDGE_TITLE_GENRE.schema_in(GOLD)
)
@dp.expect_all_or_drop(BRIDGE_TITLE_GENRE.rules)
def bridge_title_genre() -> DataFrame:
    return bridges.bridge_title_genre(
        spark.read.table("latest_titles"), spark.read.table("dim_title"), spark.read.table("dim_genre")
    )


@dp.materialized_view(
    name=BRIDGE_TITLE_COUNTRY.name, comment=BRIDGE_TITLE_COUNTRY.comment, schema=BRIDGE_TITLE_COUNTRY.schema_in(GOLD)
)
@dp.expect_all_or_drop(BRIDGE_TITLE_COUNTRY.rules)
def bridge_title_country() -> DataFrame:
    return bridges.bridge_title_country(
        spark.read.table("latest_titles"), spark.read.table("dim_title"), spark.read.table("dim_country")
    )


@dp.materialized_view(
    name=BRIDGE_TITLE_PERSON.name, comment=BRIDGE_TITLE_PERSON.comment, schema=BRIDGE_TITLE_PERSON.schema_in(GOLD)
)
@dp.expect_all_or_drop(BRIDGE_TITLE_PERSON.rules)
def bridge_title_person() -> DataFrame:
    return bridges.bridge_title_person(
        spark.read.table("latest_titles"), spark.read.table("dim_title"), spark.read.table("dim_person")
    )


@dp.materialized_view(
    name=FACT_TITLE_ADDITION.name, comment=FACT_TITLE_ADDITION.comment, schema=FACT_TITLE_ADDITION.schema_in(GOLD)
)
@dp.expect_all_or_drop(FACT_TITLE_ADDITION.rules)
def fact_title_addition() -> DataFrame:
    return facts.fact_title_addition(
        spark.read.table("latest_titles"),
        spark.read.table("dim_title"),
        spark.read.table("dim_date"),
        spark.read.table("dim_rating"),
    )


@dp.materialized_view(
    name=FACT_TITLE_RATING.name, comment=FACT_TITLE_RATING.comment, schema=FACT_TITLE_RATING.schema_in(GOLD)
)
@dp.expect_all_or_drop(FACT_TITLE_RATING.rules)
def fact_title_rating() -> DataFrame:
    ratings = spark.read.table(f"{SILVER}.imdb_title_ratings")
    return facts.fact_title_rating(spark.read.table("dim_title"), ratings)


@dp.materialized_view(name=KPI_CONTENT_TYPE.name, comment=KPI_CONTENT_TYPE.comment, schema=KPI_CONTENT_TYPE.schema)
@dp.expect_all_or_drop(KPI_CONTENT_TYPE.rules)
def kpi_content_type() -> DataFrame:
    return kpis.kpi_content_type(spark.read.table("dim_title"))


@dp.materialized_view(name=KPI_GENRE.name, comment=KPI_GENRE.comment, schema=KPI_GENRE.schema)
@dp.expect_all_or_drop(KPI_GENRE.rules)
def kpi_genre() -> DataFrame:
    return kpis.kpi_genre(
        spark.read.table("dim_title"), spark.read.table("bridge_title_genre"), spark.read.table("dim_genre")
    )


@dp.materialized_view(name=KPI_COUNTRY.name, comment=KPI_COUNTRY.comment, schema=KPI_COUNTRY.schema)
@dp.expect_all_or_drop(KPI_COUNTRY.rules)
def kpi_country() -> DataFrame:
    return kpis.kpi_country(
        spark.read.table("dim_title"), spark.read.table("bridge_title_country"), spark.read.table("dim_country")
    )


@dp.materialized_view(name=KPI_RATING.name, comment=KPI_RATING.comment, schema=KPI_RATING.schema)
@dp.expect_all_or_drop(KPI_RATING.rules)
def kpi_rating() -> DataFrame:
    return kpis.kpi_rating(spark.read.table("dim_title"), spark.read.table("dim_rating"))


@dp.materialized_view(name=KPI_RELEASE_YEAR.name, comment=KPI_RELEASE_YEAR.comment, schema=KPI_RELEASE_YEAR.schema)
@dp.expect_all_or_drop(KPI_RELEASE_YEAR.rules)
def kpi_release_year() -> DataFrame:
    return kpis.kpi_release_year(spark.read.table("dim_title"))


@dp.materialized_view(name=KPI_YEAR_ADDED.name, comment=KPI_YEAR_ADDED.comment, schema=KPI_YEAR_ADDED.schema)
@dp.expect_all_or_drop(KPI_YEAR_ADDED.rules)
def kpi_year_added() -> DataFrame:
    return kpis.kpi_year_added(spark.read.table("dim_title"))


@dp.materialized_view(name=KPI_CONTENT_AGE.name, comment=KPI_CONTENT_AGE.comment, schema=KPI_CONTENT_AGE.schema)
@dp.expect_all_or_drop(KPI_CONTENT_AGE.rules)
def kpi_content_age() -> DataFrame:
    return kpis.kpi_content_age(
        spark.read.table("dim_title"),
        spark.read.table("bridge_title_country"),
        spark.read.table("dim_country"),
        spark.read.table("bridge_title_genre"),
        spark.read.table("dim_genre"),
    )


@dp.materialized_view(name=KPI_CONTENT_TREND.name, comment=KPI_CONTENT_TREND.comment, schema=KPI_CONTENT_TREND.schema)
@dp.expect_all_or_drop(KPI_CONTENT_TREND.rules)
def kpi_content_trend() -> DataFrame:
    return kpis.kpi_content_trend(
        spark.read.table("dim_title"), spark.read.table("bridge_title_country"), spark.read.table("dim_country")
    )


@dp.materialized_view(name=KPI_GENRE_TREND.name, comment=KPI_GENRE_TREND.comment, schema=KPI_GENRE_TREND.schema)
@dp.expect_all_or_drop(KPI_GENRE_TREND.rules)
def kpi_genre_trend() -> DataFrame:
    return kpis.kpi_genre_trend(
        spark.read.table("dim_title"), spark.read.table("bridge_title_genre"), spark.read.table("dim_genre")
    )


@dp.materialized_view(
    name=KPI_COUNTRY_GROWTH.name, comment=KPI_COUNTRY_GROWTH.comment, schema=KPI_COUNTRY_GROWTH.schema
)
@dp.expect_all_or_drop(KPI_COUNTRY_GROWTH.rules)
def kpi_country_growth() -> DataFrame:
    return kpis.kpi_country_growth(
        spark.read.table("dim_title"), spark.read.table("bridge_title_country"), spark.read.table("dim_country")
    )
