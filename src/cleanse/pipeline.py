"""Between bronze and silver: rows of snapshot feeds, each checked once, and the verdict on each release."""

from typing import Any

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from bronze import feeds
from cleanse.catalogue import cleansing as title_cleansing
from cleanse.catalogue import rows as title_table
from cleanse.catalogue import verdicts as title_verdict_table
from cleanse.releases.decisions import accepted_parts, decisions_about, release_decisions
from cleanse.releases.verdicts import Limits
from cleanse.subscribers import cleansing as subscriber_cleansing
from cleanse.subscribers import rows as subscriber_table
from cleanse.subscribers import verdicts as subscriber_verdict_table
from common.pseudonyms import PSEUDONYM_SECRET, checked_key

# Settings that change a table are read in its function, so that another value makes only that table again.
spark: SparkSession
dbutils: Any

BRONZE = spark.conf.get("lakehouse.bronze_schema")
PSEUDONYM_KEY = checked_key(dbutils.secrets.get(spark.conf.get("lakehouse.secret_scope"), PSEUDONYM_SECRET))


@dp.temporary_view(comment="One row per row of a catalogue release: its cells, found by the names of their headers.")
def title_cells() -> DataFrame:
    return title_cleansing.title_cells(spark.read.table(f"{BRONZE}.titles"))


@dp.materialized_view(**title_table.TITLE_ROWS.declaration())
def title_rows() -> DataFrame:
    decisions = release_decisions(spark.conf.get("lakehouse.release_decisions"))
    accepted = accepted_parts(decisions_about(feeds.TITLES_FEED, decisions))
    return title_table.title_rows(spark.read.table("title_cells"), accepted)


@dp.materialized_view(**title_verdict_table.TITLE_VERDICTS.declaration())
@dp.expect_all(title_verdict_table.TITLE_VERDICTS.rules)
def title_verdicts() -> DataFrame:
    decisions = release_decisions(spark.conf.get("lakehouse.release_decisions"))
    limits = Limits(
        closed_percent=int(str(spark.conf.get("lakehouse.closed_titles_percent"))),
        left_out_percent=int(str(spark.conf.get("lakehouse.left_out_percent"))),
    )
    about_titles = decisions_about(feeds.TITLES_FEED, decisions)
    return title_verdict_table.title_verdicts(spark.read.table("title_rows"), limits, about_titles)


@dp.temporary_view(comment="One row per row of a snapshot of subscribers: its cells, found by their headers.")
def subscriber_cells() -> DataFrame:
    return subscriber_cleansing.subscriber_cells(spark.read.table(f"{BRONZE}.subscribers"))


@dp.materialized_view(**subscriber_table.SUBSCRIBER_ROWS.declaration())
def subscriber_rows() -> DataFrame:
    decisions = release_decisions(spark.conf.get("lakehouse.release_decisions"))
    accepted = accepted_parts(decisions_about(feeds.SUBSCRIBERS_FEED, decisions))
    return subscriber_table.subscriber_rows(spark.read.table("subscriber_cells"), PSEUDONYM_KEY, accepted)


@dp.materialized_view(**subscriber_verdict_table.SUBSCRIBER_VERDICTS.declaration())
@dp.expect_all(subscriber_verdict_table.SUBSCRIBER_VERDICTS.rules)
def subscriber_verdicts() -> DataFrame:
    decisions = release_decisions(spark.conf.get("lakehouse.release_decisions"))
    limits = Limits(
        closed_percent=int(str(spark.conf.get("lakehouse.closed_subscribers_percent"))),
        left_out_percent=int(str(spark.conf.get("lakehouse.left_out_percent"))),
    )
    about_subscribers = decisions_about(feeds.SUBSCRIBERS_FEED, decisions)
    return subscriber_verdict_table.subscriber_verdicts(spark.read.table("subscriber_rows"), limits, about_subscribers)
