"""Silver of IMDb: its newest snapshots, as far as a catalogue can use them, and who of them is in the catalogue."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from bronze.feeds import Feed
from silver.catalogue.titles import HISTORY, latest_titles
from silver.imdb import title_matches as matches
from silver.imdb.cleansing import newest_rows, quarantined_rows
from silver.imdb.files import NAME_BASICS, TITLE_BASICS, TITLE_PRINCIPALS, TITLE_RATINGS
from silver.imdb.title_matches import IMDB_MATCHES, IMDB_PEOPLE_MATCHES
from silver.releases.report import release_report

spark: SparkSession

BRONZE = spark.conf.get("lakehouse.bronze_schema")

BASICS, BAD_BASICS, OF_BASICS = TITLE_BASICS.table, TITLE_BASICS.quarantine, TITLE_BASICS.releases
RATINGS, BAD_RATINGS, OF_RATINGS = TITLE_RATINGS.table, TITLE_RATINGS.quarantine, TITLE_RATINGS.releases
PRINCIPALS, BAD_PRINCIPALS, OF_PRINCIPALS = (
    TITLE_PRINCIPALS.table,
    TITLE_PRINCIPALS.quarantine,
    TITLE_PRINCIPALS.releases,
)
NAMES, BAD_NAMES, OF_NAMES = NAME_BASICS.table, NAME_BASICS.quarantine, NAME_BASICS.releases


def bronze(feed: Feed) -> DataFrame:
    """The feed's rows as they came."""
    return spark.read.table(f"{BRONZE}.{feed.name}")


@dp.temporary_view(name="rated_titles", comment="One row per title at IMDb whose rating a catalogue can use.")
def rated_titles() -> DataFrame:
    return spark.read.table(BASICS.name).select("tconst")


@dp.temporary_view(name="matched_titles", comment="One row per title at IMDb that a title of the catalogue is.")
def matched_titles() -> DataFrame:
    return matches.matched_tconsts(spark.read.table(IMDB_MATCHES.name))


@dp.temporary_view(name="credited_people", comment="One row per person and title that the catalogue has.")
def credited_people() -> DataFrame:
    return spark.read.table(PRINCIPALS.name).select("nconst")


@dp.materialized_view(name=OF_BASICS.name, comment=OF_BASICS.comment, schema=OF_BASICS.schema)
@dp.expect_all(OF_BASICS.rules)
def imdb_title_basics_releases() -> DataFrame:
    return release_report(bronze(TITLE_BASICS.feed), spark.read.table(BAD_BASICS.name), TITLE_BASICS.feed)


@dp.materialized_view(name=BASICS.name, comment=BASICS.comment, schema=BASICS.schema)
def imdb_title_basics() -> DataFrame:
    return newest_rows(bronze(TITLE_BASICS.feed), spark.read.table(OF_BASICS.name), TITLE_BASICS)


@dp.materialized_view(name=BAD_BASICS.name, comment=BAD_BASICS.comment, schema=BAD_BASICS.schema)
def imdb_title_basics_quarantine() -> DataFrame:
    return quarantined_rows(bronze(TITLE_BASICS.feed), TITLE_BASICS)


@dp.materialized_view(name=OF_RATINGS.name, comment=OF_RATINGS.comment, schema=OF_RATINGS.schema)
@dp.expect_all(OF_RATINGS.rules)
def imdb_title_ratings_releases() -> DataFrame:
    return release_report(bronze(TITLE_RATINGS.feed), spark.read.table(BAD_RATINGS.name), TITLE_RATINGS.feed)


@dp.materialized_view(name=RATINGS.name, comment=RATINGS.comment, schema=RATINGS.schema)
def imdb_title_ratings() -> DataFrame:
    return newest_rows(
        bronze(TITLE_RATINGS.feed),
        spark.read.table(OF_RATINGS.name),
        TITLE_RATINGS,
        spark.read.table("rated_titles"),
    )


@dp.materialized_view(name=BAD_RATINGS.name, comment=BAD_RATINGS.comment, schema=BAD_RATINGS.schema)
def imdb_title_ratings_quarantine() -> DataFrame:
    return quarantined_rows(bronze(TITLE_RATINGS.feed), TITLE_RATINGS, spark.read.table("rated_titles"))


@dp.materialized_view(name=OF_PRINCIPALS.name, comment=OF_PRINCIPALS.comment, schema=OF_PRINCIPALS.schema)
@dp.expect_all(OF_PRINCIPALS.rules)
def imdb_title_principals_releases() -> DataFrame:
    return release_report(bronze(TITLE_PRINCIPALS.feed), spark.read.table(BAD_PRINCIPALS.name), TITLE_PRINCIPALS.feed)


@dp.materialized_view(name=PRINCIPALS.name, comment=PRINCIPALS.comment, schema=PRINCIPALS.schema)
def imdb_title_principals() -> DataFrame:
    return newest_rows(
        bronze(TITLE_PRINCIPALS.feed),
        spark.read.table(OF_PRINCIPALS.name),
        TITLE_PRINCIPALS,
        spark.read.table("matched_titles"),
    )


@dp.materialized_view(name=BAD_PRINCIPALS.name, comment=BAD_PRINCIPALS.comment, schema=BAD_PRINCIPALS.schema)
def imdb_title_principals_quarantine() -> DataFrame:
    return quarantined_rows(bronze(TITLE_PRINCIPALS.feed), TITLE_PRINCIPALS, spark.read.table("matched_titles"))


@dp.materialized_view(name=OF_NAMES.name, comment=OF_NAMES.comment, schema=OF_NAMES.schema)
@dp.expect_all(OF_NAMES.rules)
def imdb_name_basics_releases() -> DataFrame:
    return release_report(bronze(NAME_BASICS.feed), spark.read.table(BAD_NAMES.name), NAME_BASICS.feed)


@dp.materialized_view(name=NAMES.name, comment=NAMES.comment, schema=NAMES.schema)
def imdb_name_basics() -> DataFrame:
    return newest_rows(
        bronze(NAME_BASICS.feed),
        spark.read.table(OF_NAMES.name),
        NAME_BASICS,
        spark.read.table("credited_people"),
    )


@dp.materialized_view(name=BAD_NAMES.name, comment=BAD_NAMES.comment, schema=BAD_NAMES.schema)
def imdb_name_basics_quarantine() -> DataFrame:
    return quarantined_rows(bronze(NAME_BASICS.feed), NAME_BASICS, spark.read.table("credited_people"))


@dp.materialized_view(name=IMDB_MATCHES.name, comment=IMDB_MATCHES.comment, schema=IMDB_MATCHES.schema)
@dp.expect_all(IMDB_MATCHES.rules)
def imdb_matches() -> DataFrame:
    latest = latest_titles(spark.read.table(HISTORY.name))
    return matches.imdb_matches(latest, spark.read.table(BASICS.name))


@dp.materialized_view(
    name=IMDB_PEOPLE_MATCHES.name, comment=IMDB_PEOPLE_MATCHES.comment, schema=IMDB_PEOPLE_MATCHES.schema
)
@dp.expect_all(IMDB_PEOPLE_MATCHES.rules)
def imdb_people_matches() -> DataFrame:
    latest, of_titles = latest_titles(spark.read.table(HISTORY.name)), spark.read.table(IMDB_MATCHES.name)
    principals, names = spark.read.table(PRINCIPALS.name), spark.read.table(NAMES.name)
    return matches.imdb_people_matches(latest, of_titles, principals, names)
