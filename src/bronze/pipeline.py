"""Bronze: every feed's files, ingested once by Auto Loader, kept as they came."""

from collections.abc import Mapping

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming import DataStreamReader

from bronze.feeds import (
    CSV_OPTIONS,
    IMDB_NAME_BASICS,
    IMDB_TITLE_BASICS,
    IMDB_TITLE_PRINCIPALS,
    IMDB_TITLE_RATINGS,
    PLAYBACK,
    PLAYBACK_CSV_FOLDER,
    SUBSCRIBERS,
    TEXT_OPTIONS,
    TITLES,
    file_events,
)
from bronze.lineage import with_lineage
from bronze.records import further_records

spark: SparkSession

LANDING = spark.conf.get("lakehouse.landing")
FILE_EVENTS = file_events(spark.conf.get("lakehouse.file_events"))


def auto_loader(options: Mapping[str, str]) -> DataStreamReader:
    return spark.readStream.format("cloudFiles").options(**options, **FILE_EVENTS)


@dp.table(**TITLES.table.declaration())
@dp.expect_all(TITLES.table.rules)
def titles() -> DataFrame:
    files = auto_loader(TITLES.options).schema(TITLES.schema)
    return with_lineage(files.load(f"{LANDING}/{TITLES.folder}"), TITLES.read_columns)


@dp.table(**SUBSCRIBERS.table.declaration())
@dp.expect_all(SUBSCRIBERS.table.rules)
def subscribers() -> DataFrame:
    files = auto_loader(SUBSCRIBERS.options).schema(SUBSCRIBERS.schema)
    return with_lineage(files.load(f"{LANDING}/{SUBSCRIBERS.folder}"), SUBSCRIBERS.read_columns)


dp.create_streaming_table(
    **PLAYBACK.table.declaration(),
    expect_all=PLAYBACK.table.rules,  # type: ignore[call-arg]  # which Databricks adds
)


@dp.append_flow(target=PLAYBACK.name, name="playback_events_json")
def playback_events_json() -> DataFrame:
    files = auto_loader(PLAYBACK.options).schema(PLAYBACK.schema)
    return with_lineage(files.load(f"{LANDING}/{PLAYBACK.folder}"), PLAYBACK.read_columns)


@dp.append_flow(target=PLAYBACK.name, name="playback_events_further_records")
def playback_events_further_records() -> DataFrame:
    lines = auto_loader(TEXT_OPTIONS).schema("value STRING")
    return further_records(with_lineage(lines.load(f"{LANDING}/{PLAYBACK.folder}"), ["value"]), PLAYBACK)


@dp.append_flow(target=PLAYBACK.name, name="playback_events_csv")
def playback_events_csv() -> DataFrame:
    files = auto_loader(CSV_OPTIONS).schema(PLAYBACK.schema)
    return with_lineage(files.load(f"{LANDING}/{PLAYBACK_CSV_FOLDER}"), PLAYBACK.read_columns)


@dp.table(**IMDB_TITLE_BASICS.table.declaration())
@dp.expect_all(IMDB_TITLE_BASICS.table.rules)
def imdb_title_basics() -> DataFrame:
    files = auto_loader(IMDB_TITLE_BASICS.options).schema(IMDB_TITLE_BASICS.schema)
    return with_lineage(files.load(f"{LANDING}/{IMDB_TITLE_BASICS.folder}"), IMDB_TITLE_BASICS.read_columns)


@dp.table(**IMDB_TITLE_RATINGS.table.declaration())
@dp.expect_all(IMDB_TITLE_RATINGS.table.rules)
def imdb_title_ratings() -> DataFrame:
    files = auto_loader(IMDB_TITLE_RATINGS.options).schema(IMDB_TITLE_RATINGS.schema)
    return with_lineage(files.load(f"{LANDING}/{IMDB_TITLE_RATINGS.folder}"), IMDB_TITLE_RATINGS.read_columns)


@dp.table(**IMDB_TITLE_PRINCIPALS.table.declaration())
@dp.expect_all(IMDB_TITLE_PRINCIPALS.table.rules)
def imdb_title_principals() -> DataFrame:
    files = auto_loader(IMDB_TITLE_PRINCIPALS.options).schema(IMDB_TITLE_PRINCIPALS.schema)
    return with_lineage(files.load(f"{LANDING}/{IMDB_TITLE_PRINCIPALS.folder}"), IMDB_TITLE_PRINCIPALS.read_columns)


@dp.table(**IMDB_NAME_BASICS.table.declaration())
@dp.expect_all(IMDB_NAME_BASICS.table.rules)
def imdb_name_basics() -> DataFrame:
    files = auto_loader(IMDB_NAME_BASICS.options).schema(IMDB_NAME_BASICS.schema)
    return with_lineage(files.load(f"{LANDING}/{IMDB_NAME_BASICS.folder}"), IMDB_NAME_BASICS.read_columns)
