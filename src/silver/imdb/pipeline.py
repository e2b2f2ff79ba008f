"""Silver: the part of IMDb's newest snapshots that a catalogue can use, and matches with its titles and people."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from common.history import latest_versions
from silver.imdb import cleansing, datasets, people_matches, title_matches
from silver.imdb.cleansing import ImdbDataset
from silver.releases.report import file_report

spark: SparkSession

BRONZE = spark.conf.get("lakehouse.bronze_schema")


def declare(dataset: ImdbDataset, used: str | None = None) -> None:
    """Declares the tables of one of IMDb's datasets; if the view `used` is given, they have only the rows in use."""

    @dp.materialized_view(**dataset.table.declaration())
    def newest_rows() -> DataFrame:
        return cleansing.newest_rows(
            spark.read.table(f"{BRONZE}.{dataset.name}"),
            spark.read.table(f"{dataset.name}_releases"),
            dataset,
            spark.read.table(used) if used else None,
        )

    @dp.materialized_view(**dataset.quarantine.declaration())
    def quarantined_rows() -> DataFrame:
        return cleansing.quarantined_rows(
            spark.read.table(f"{BRONZE}.{dataset.name}"), dataset, spark.read.table(used) if used else None
        )

    @dp.materialized_view(**dataset.releases.declaration())
    @dp.expect_all(dataset.releases.rules)
    def releases() -> DataFrame:
        return file_report(
            spark.read.table(f"{BRONZE}.{dataset.name}"),
            spark.read.table(f"{dataset.name}_quarantine"),
            dataset.feed,
        )


@dp.temporary_view(comment="One row per title at IMDb whose rating a catalogue can use.")
def rated_titles() -> DataFrame:
    return spark.read.table("imdb_title_basics").select("tconst")


@dp.temporary_view(comment="One row per title at IMDb that matches a title of the catalogue.")
def matched_titles() -> DataFrame:
    return title_matches.matched_tconsts(spark.read.table("imdb_matches"))


@dp.temporary_view(comment="One row per credit in a matched title.")
def credited_people() -> DataFrame:
    return spark.read.table("imdb_title_principals").select("nconst")


declare(datasets.TITLE_BASICS)
declare(datasets.TITLE_RATINGS, used="rated_titles")
declare(datasets.TITLE_PRINCIPALS, used="matched_titles")
declare(datasets.NAME_BASICS, used="credited_people")


@dp.materialized_view(**title_matches.IMDB_MATCHES.declaration())
@dp.expect_all(title_matches.IMDB_MATCHES.rules)
def imdb_matches() -> DataFrame:
    return title_matches.imdb_matches(
        latest_versions(spark.read.table("titles"), "title_key"), spark.read.table("imdb_title_basics")
    )


@dp.materialized_view(**people_matches.IMDB_PEOPLE_MATCHES.declaration())
@dp.expect_all(people_matches.IMDB_PEOPLE_MATCHES.rules)
def imdb_people_matches() -> DataFrame:
    return people_matches.imdb_people_matches(
        latest_versions(spark.read.table("titles"), "title_key"),
        spark.read.table("imdb_matches"),
        spark.read.table("imdb_title_principals"),
        spark.read.table("imdb_name_basics"),
    )
