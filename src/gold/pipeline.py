"""Gold: the star schema and the KPIs, from the catalogue as it is in silver."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from gold import bridges, dimensions, facts, kpis, reference
from gold.rules import RULES
from gold.schemas import schema

spark: SparkSession

SILVER = spark.conf.get("lakehouse.silver_schema")


@dp.temporary_view(name="latest_titles", comment="One row per title: its latest version.")
def latest_titles() -> DataFrame:
    return dimensions.latest_titles(spark.read.table(f"{SILVER}.titles"))


@dp.materialized_view(name="dim_date", comment="One row per day.", schema=schema("dim_date"))
@dp.expect_all_or_drop(RULES["dim_date"])
def dim_date() -> DataFrame:
    return dimensions.dim_date(spark.read.table("latest_titles"), spark.range(1))


@dp.materialized_view(
    name="dim_title", comment="One row per title as it is now, in the catalogue or not.", schema=schema("dim_title")
)
@dp.expect_all_or_drop(RULES["dim_title"])
def dim_title() -> DataFrame:
    return dimensions.dim_title(spark.read.table("latest_titles"), spark.range(1))


@dp.materialized_view(name="dim_genre", comment="One row per genre.", schema=schema("dim_genre"))
@dp.expect_all_or_drop(RULES["dim_genre"])
def dim_genre() -> DataFrame:
    return dimensions.dim_genre(spark.read.table("latest_titles"), spark.range(1))


@dp.materialized_view(name="dim_country", comment="One row per country.", schema=schema("dim_country"))
@dp.expect_all_or_drop(RULES["dim_country"])
def dim_country() -> DataFrame:
    known = spark.createDataFrame(reference.country_rows(), reference.COUNTRY_SCHEMA)
    return dimensions.dim_country(spark.read.table("latest_titles"), known, spark.range(1))


@dp.materialized_view(name="dim_person", comment="One row per director or actor, by name.", schema=schema("dim_person"))
@dp.expect_all_or_drop(RULES["dim_person"])
def dim_person() -> DataFrame:
    return dimensions.dim_person(spark.read.table("latest_titles"), spark.range(1))


@dp.materialized_view(name="dim_rating", comment="One row per maturity rating.", schema=schema("dim_rating"))
@dp.expect_all_or_drop(RULES["dim_rating"])
def dim_rating() -> DataFrame:
    known = spark.createDataFrame(reference.maturity_rows(), reference.MATURITY_SCHEMA)
    return dimensions.dim_rating(spark.read.table("latest_titles"), known, spark.range(1))


@dp.materialized_view(
    name="bridge_title_genre", comment="One row per title and genre.", schema=schema("bridge_title_genre")
)
@dp.expect_all_or_drop(RULES["bridge_title_genre"])
def bridge_title_genre() -> DataFrame:
    return bridges.bridge_title_genre(spark.read.table("latest_titles"))


@dp.materialized_view(
    name="bridge_title_country", comment="One row per title and country.", schema=schema("bridge_title_country")
)
@dp.expect_all_or_drop(RULES["bridge_title_country"])
def bridge_title_country() -> DataFrame:
    return bridges.bridge_title_country(spark.read.table("latest_titles"))


@dp.materialized_view(
    name="bridge_title_person", comment="One row per title, role and person.", schema=schema("bridge_title_person")
)
@dp.expect_all_or_drop(RULES["bridge_title_person"])
def bridge_title_person() -> DataFrame:
    return bridges.bridge_title_person(spark.read.table("latest_titles"))


@dp.materialized_view(
    name="fact_title_addition",
    comment="One row per title added to the catalogue.",
    schema=schema("fact_title_addition"),
)
@dp.expect_all_or_drop(RULES["fact_title_addition"])
def fact_title_addition() -> DataFrame:
    return facts.fact_title_addition(spark.read.table("latest_titles"))


@dp.materialized_view(name="kpi_content_type", comment="What is in the catalogue: titles by type.")
@dp.expect_all_or_drop(RULES["kpi_content_type"])
def kpi_content_type() -> DataFrame:
    return kpis.kpi_content_type(spark.read.table("dim_title"))


@dp.materialized_view(name="kpi_genre", comment="Which genres the catalogue has.")
@dp.expect_all_or_drop(RULES["kpi_genre"])
def kpi_genre() -> DataFrame:
    return kpis.kpi_genre(
        spark.read.table("dim_title"), spark.read.table("bridge_title_genre"), spark.read.table("dim_genre")
    )


@dp.materialized_view(name="kpi_country", comment="Where the catalogue's titles were made.")
@dp.expect_all_or_drop(RULES["kpi_country"])
def kpi_country() -> DataFrame:
    return kpis.kpi_country(
        spark.read.table("dim_title"), spark.read.table("bridge_title_country"), spark.read.table("dim_country")
    )


@dp.materialized_view(name="kpi_rating", comment="For whom the catalogue's titles are.")
@dp.expect_all_or_drop(RULES["kpi_rating"])
def kpi_rating() -> DataFrame:
    return kpis.kpi_rating(spark.read.table("dim_title"), spark.read.table("dim_rating"))


@dp.materialized_view(name="kpi_release_year", comment="When the catalogue's titles were released.")
@dp.expect_all_or_drop(RULES["kpi_release_year"])
def kpi_release_year() -> DataFrame:
    return kpis.kpi_release_year(spark.read.table("dim_title"))


@dp.materialized_view(name="kpi_year_added", comment="When the catalogue's titles were added.")
@dp.expect_all_or_drop(RULES["kpi_year_added"])
def kpi_year_added() -> DataFrame:
    return kpis.kpi_year_added(spark.read.table("dim_title"))


@dp.materialized_view(name="kpi_content_age", comment="How old the catalogue is, by type and country.")
@dp.expect_all_or_drop(RULES["kpi_content_age"])
def kpi_content_age() -> DataFrame:
    return kpis.kpi_content_age(
        spark.read.table("dim_title"),
        spark.read.table("bridge_title_country"),
        spark.read.table("dim_country"),
        spark.read.table("bridge_title_genre"),
    )


@dp.materialized_view(name="kpi_genre_trend", comment="Which genres were added when.")
@dp.expect_all_or_drop(RULES["kpi_genre_trend"])
def kpi_genre_trend() -> DataFrame:
    return kpis.kpi_genre_trend(
        spark.read.table("dim_title"), spark.read.table("bridge_title_genre"), spark.read.table("dim_genre")
    )


@dp.materialized_view(name="kpi_country_growth", comment="Where the catalogue grows.")
@dp.expect_all_or_drop(RULES["kpi_country_growth"])
def kpi_country_growth() -> DataFrame:
    return kpis.kpi_country_growth(
        spark.read.table("dim_title"), spark.read.table("bridge_title_country"), spark.read.table("dim_country")
    )
