"""Bronze: Auto Loader ingests every file of each feed once, with all source columns as text."""

from collections.abc import Iterable, Mapping
from typing import Any

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from bronze import feeds
from bronze.provenance import with_provenance
from bronze.records import further_records
from bronze.releases import with_file_columns
from common.pseudonyms import PSEUDONYM_SECRET, checked_key

spark: SparkSession
dbutils: Any

LANDING = spark.conf.get("lakehouse.landing")
PSEUDONYM_KEY = checked_key(dbutils.secrets.get(spark.conf.get("lakehouse.secret_scope"), PSEUDONYM_SECRET))
FILE_EVENTS = feeds.file_events(spark.conf.get("lakehouse.file_events"))


def read_files(folder: str, options: Mapping[str, str], schema: str, columns: Iterable[str]) -> DataFrame:
    """One row per record in new files of a landing folder: its `columns`, and where it came from."""
    files = spark.readStream.format("cloudFiles").options(**options, **FILE_EVENTS).schema(schema)
    return with_provenance(files.load(f"{LANDING}/{folder}"), columns)


def ingest(feed: feeds.Feed) -> None:
    """Declares the table of a feed with one folder and one format."""

    @dp.table(**feed.table.declaration())
    @dp.expect_all(feed.table.rules)
    def records() -> DataFrame:
        rows = read_files(feed.folder, feed.options, feed.schema, feed.read_columns)
        return rows.transform(with_file_columns, feed, LANDING, PSEUDONYM_KEY)


ingest(feeds.TITLES_FEED)
ingest(feeds.SUBSCRIBERS_FEED)
ingest(feeds.IMDB_TITLE_BASICS_FEED)
ingest(feeds.IMDB_TITLE_RATINGS_FEED)
ingest(feeds.IMDB_TITLE_PRINCIPALS_FEED)
ingest(feeds.IMDB_NAME_BASICS_FEED)

dp.create_streaming_table(
    **feeds.PLAYBACK_FEED.table.declaration(),
    expect_all=feeds.PLAYBACK_FEED.table.rules,  # type: ignore[call-arg]  # added by Databricks
)


@dp.append_flow(target="playback_events", name="playback_events_json")
def playback_events_json() -> DataFrame:
    feed = feeds.PLAYBACK_FEED
    rows = read_files(feed.folder, feed.options, feed.schema, feed.read_columns)
    return rows.transform(with_file_columns, feed, LANDING, PSEUDONYM_KEY)


@dp.append_flow(target="playback_events", name="playback_events_further_records")
def playback_events_further_records() -> DataFrame:
    feed = feeds.PLAYBACK_FEED
    lines = read_files(feed.folder, feeds.TEXT_OPTIONS, "value STRING", ["value"])
    return further_records(lines, feed).transform(with_file_columns, feed, LANDING, PSEUDONYM_KEY)


@dp.append_flow(target="playback_events", name="playback_events_csv")
def playback_events_csv() -> DataFrame:
    feed = feeds.PLAYBACK_FEED
    rows = read_files(feeds.PLAYBACK_CSV_FOLDER, feeds.CSV_OPTIONS, feed.schema, feed.read_columns)
    return rows.transform(with_file_columns, feed, LANDING, PSEUDONYM_KEY)
