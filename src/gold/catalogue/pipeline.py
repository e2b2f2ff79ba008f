"""Gold: the star schema and the KPIs of the catalogue."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from gold.catalogue import bridges, dimensions, facts
from gold.catalogue.kpis import composition, content, trends

spark: SparkSession

SILVER = spark.conf.get("lakehouse.silver_schema")
GOLD = str(spark.conf.get("lakehouse.gold_schema"))


@dp.materialized_view(**dimensions.DIM_RATING.declaration(GOLD))
@dp.expect_all_or_drop(dimensions.DIM_RATING.rules)
def dim_rating() -> DataFrame:
    known_ratings = spark.createDataFrame(dimensions.known_ratings(), dimensions.KNOWN_RATING_SCHEMA)
    return dimensions.dim_rating(spark.read.table("latest_titles"), known_ratings, spark.range(1))


@dp.materialized_view(**dimensions.DIM_TITLE.declaration(GOLD))
@dp.expect_all_or_drop(dimensions.DIM_TITLE.rules)
def dim_title() -> DataFrame:
    return dimensions.dim_title(
        spark.read.table("latest_titles"),
        spark.read.table(f"{SILVER}.imdb_matches"),
        spark.read.table("dim_rating"),
        spark.range(1),
    )


@dp.materialized_view(**dimensions.DIM_GENRE.declaration(GOLD))
@dp.expect_all_or_drop(dimensions.DIM_GENRE.rules)
def dim_genre() -> DataFrame:
    return dimensions.dim_genre(spark.read.table("latest_titles"), spark.range(1))


@dp.materialized_view(**dimensions.DIM_PERSON.declaration(GOLD))
@dp.expect_all_or_drop(dimensions.DIM_PERSON.rules)
def dim_person() -> DataFrame:
    return dimensions.dim_person(
        spark.read.table("latest_titles"), spark.read.table(f"{SILVER}.imdb_people_matches"), spark.range(1)
    )


@dp.materialized_view(**bridges.BRIDGE_TITLE_GENRE.declaration(GOLD))
@dp.expect_all_or_drop(bridges.BRIDGE_TITLE_GENRE.rules)
def bridge_title_genre() -> DataFrame:
    return bridges.bridge_title_genre(
        spark.read.table("latest_titles"), spark.read.table("dim_title"), spark.read.table("dim_genre")
    )


@dp.materialized_view(**bridges.BRIDGE_TITLE_COUNTRY.declaration(GOLD))
@dp.expect_all_or_drop(bridges.BRIDGE_TITLE_COUNTRY.rules)
def bridge_title_country() -> DataFrame:
    return bridges.bridge_title_country(
        spark.read.table("latest_titles"), spark.read.table("dim_title"), spark.read.table("dim_country")
    )


@dp.materialized_view(**bridges.BRIDGE_TITLE_PERSON.declaration(GOLD))
@dp.expect_all_or_drop(bridges.BRIDGE_TITLE_PERSON.rules)
def bridge_title_person() -> DataFrame:
    return bridges.bridge_title_person(
        spark.read.table("latest_titles"), spark.read.table("dim_title"), spark.read.table("dim_person")
    )


@dp.materialized_view(**facts.FACT_TITLE_ADDITION.declaration(GOLD))
@dp.expect_all_or_drop(facts.FACT_TITLE_ADDITION.rules)
def fact_title_addition() -> DataFrame:
    return facts.fact_title_addition(
        spark.read.table("latest_titles"),
        spark.read.table("dim_title"),
        spark.read.table("dim_date"),
        spark.read.table("dim_rating"),
    )


@dp.materialized_view(**facts.FACT_TITLE_RATING.declaration(GOLD))
@dp.expect_all_or_drop(facts.FACT_TITLE_RATING.rules)
def fact_title_rating() -> DataFrame:
    return facts.fact_title_rating(spark.read.table("dim_title"), spark.read.table(f"{SILVER}.imdb_title_ratings"))


@dp.materialized_view(**composition.KPI_CONTENT_TYPE.declaration(GOLD))
@dp.expect_all_or_drop(composition.KPI_CONTENT_TYPE.rules)
def kpi_content_type() -> DataFrame:
    return composition.kpi_content_type(spark.read.table("dim_title"))


@dp.materialized_view(**composition.KPI_GENRE.declaration(GOLD))
@dp.expect_all_or_drop(composition.KPI_GENRE.rules)
def kpi_genre() -> DataFrame:
    return composition.kpi_genre(
        spark.read.table("dim_title"), spark.read.table("bridge_title_genre"), spark.read.table("dim_genre")
    )


@dp.materialized_view(**composition.KPI_COUNTRY.declaration(GOLD))
@dp.expect_all_or_drop(composition.KPI_COUNTRY.rules)
def kpi_country() -> DataFrame:
    return composition.kpi_country(
        spark.read.table("dim_title"), spark.read.table("bridge_title_country"), spark.read.table("dim_country")
    )


@dp.materialized_view(**composition.KPI_RATING.declaration(GOLD))
@dp.expect_all_or_drop(composition.KPI_RATING.rules)
def kpi_rating() -> DataFrame:
    return composition.kpi_rating(spark.read.table("dim_title"), spark.read.table("dim_rating"))


@dp.materialized_view(**content.KPI_CONTENT_AGE.declaration(GOLD))
@dp.expect_all_or_drop(content.KPI_CONTENT_AGE.rules)
def kpi_content_age() -> DataFrame:
    return content.kpi_content_age(
        spark.read.table("dim_title"),
        spark.read.table("bridge_title_country"),
        spark.read.table("dim_country"),
        spark.read.table("bridge_title_genre"),
        spark.read.table("dim_genre"),
    )


@dp.materialized_view(**content.KPI_CONTENT_TREND.declaration(GOLD))
@dp.expect_all_or_drop(content.KPI_CONTENT_TREND.rules)
def kpi_content_trend() -> DataFrame:
    return content.kpi_content_trend(
        spark.read.table("dim_title"), spark.read.table("bridge_title_country"), spark.read.table("dim_country")
    )


@dp.materialized_view(**trends.KPI_RELEASE_YEAR.declaration(GOLD))
@dp.expect_all_or_drop(trends.KPI_RELEASE_YEAR.rules)
def kpi_release_year() -> DataFrame:
    return trends.kpi_release_year(spark.read.table("dim_title"))


@dp.materialized_view(**trends.KPI_YEAR_ADDED.declaration(GOLD))
@dp.expect_all_or_drop(trends.KPI_YEAR_ADDED.rules)
def kpi_year_added() -> DataFrame:
    return trends.kpi_year_added(spark.read.table("dim_title"))


@dp.materialized_view(**trends.KPI_GENRE_TREND.declaration(GOLD))
@dp.expect_all_or_drop(trends.KPI_GENRE_TREND.rules)
def kpi_genre_trend() -> DataFrame:
    return trends.kpi_genre_trend(
        spark.read.table("dim_title"), spark.read.table("bridge_title_genre"), spark.read.table("dim_genre")
    )


@dp.materialized_view(**trends.KPI_COUNTRY_GROWTH.declaration(GOLD))
@dp.expect_all_or_drop(trends.KPI_COUNTRY_GROWTH.rules)
def kpi_country_growth() -> DataFrame:
    return trends.kpi_country_growth(
        spark.read.table("dim_title"), spark.read.table("bridge_title_country"), spark.read.table("dim_country")
    )
