"""Silver: cleansed rows with history, every row that failed a rule, and what became of each release."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from bronze.feeds import PLAYBACK, SUBSCRIBERS, TITLES, Feed
from bronze.lineage import SOURCE_FILE
from common.pseudonyms import checked_key
from silver.catalogue.title_ids import TITLE_IDS, title_ids
from silver.catalogue.titles import HISTORY, QUARANTINE, fewest_failures, quarantined_titles, valid_titles
from silver.playback import events as playback
from silver.playback.events import DELIVERIES, EVENT_KEYS, EVENT_SEQUENCE, EVENTS
from silver.playback.events import QUARANTINE as EVENTS_QUARANTINE
from silver.releases.order import NO_RELEASE, Release, next_release, release_keys
from silver.releases.report import SUBSCRIBER_RELEASES, TITLE_RELEASES, release_report
from silver.subscribers import snapshots as subscribers

spark: SparkSession
dbutils: Any

BRONZE = spark.conf.get("lakehouse.bronze_schema")
PSEUDONYM_KEY = checked_key(dbutils.secrets.get(spark.conf.get("lakehouse.secret_scope"), "pseudonym-key"))


class NextRelease(NamedTuple):
    """A release: its bronze rows, its version, the rows of all releases before it, how many rules its rows fail."""

    rows: DataFrame
    version: datetime
    earlier: DataFrame
    verdict: Row | None = None


def next_release_rows(
    feed: Feed, latest: datetime | None, fewest_failures: Callable[[DataFrame], DataFrame]
) -> NextRelease | None:
    """The feed's release after `latest`. One without a valid row is none.

    Databricks takes no None for a first snapshot: an empty one stands for "no release yet".
    """
    bronze = spark.read.table(f"{BRONZE}.{feed.name}")

    def rows_of(release: Release) -> DataFrame:
        return bronze.filter(F.col(SOURCE_FILE) == release.file)

    verdicts: dict[Release, Row] = {}

    def has_valid_rows(release: Release) -> bool:
        (verdicts[release],) = fewest_failures(rows_of(release)).collect()
        return bool(verdicts[release]["failures"] == 0)

    releases = [Release(**row.asDict()) for row in release_keys(bronze).collect()]
    found = next_release(releases, latest, has_valid_rows)
    if found:
        release, version = found
        earlier = [it.file for it in releases[: releases.index(release)]]
        before = bronze.filter(F.col(SOURCE_FILE).isin(earlier) if earlier else "FALSE")
        return NextRelease(rows_of(release), version, before, verdicts[release])
    return NextRelease(bronze.limit(0), NO_RELEASE, bronze.limit(0)) if latest is None else None


def next_titles(latest: datetime | None) -> tuple[DataFrame, datetime] | None:
    """The titles of the release after `latest`, and its version."""
    found = next_release_rows(TITLES, latest, fewest_failures)
    return None if found is None else (valid_titles(found.rows), found.version)


def next_title_ids(latest: datetime | None) -> tuple[DataFrame, datetime] | None:
    """What each show_id stands for in the release after `latest`, and its version."""
    found = next_release_rows(TITLES, latest, fewest_failures)
    return None if found is None else (title_ids(found.rows), found.version)


def next_subscribers(latest: datetime | None) -> tuple[DataFrame, datetime] | None:
    """The subscribers of the snapshot after `latest`, and its version.

    Who is in it, but in no valid row, stays as they were known last: they have not left.
    """
    found = next_release_rows(SUBSCRIBERS, latest, lambda rows: subscribers.fewest_failures(rows, PSEUDONYM_KEY))
    if found is None:
        return None
    valid = subscribers.valid_subscribers(found.rows, PSEUDONYM_KEY)
    if found.verdict is None or not found.verdict["most"]:
        return valid, found.version
    unreadable = subscribers.unreadable_users(found.rows, PSEUDONYM_KEY)
    return valid.unionByName(subscribers.last_known(unreadable, found.earlier, PSEUDONYM_KEY)), found.version


dp.create_streaming_table(name=HISTORY.name, comment=HISTORY.comment, schema=HISTORY.schema, cluster_by=["title_key"])
dp.create_auto_cdc_from_snapshot_flow(
    target=HISTORY.name,
    source=next_titles,
    keys=["title_key"],
    stored_as_scd_type=2,
    track_history_except_column_list=["show_id"],
)


dp.create_streaming_table(
    name=TITLE_IDS.name, comment=TITLE_IDS.comment, schema=TITLE_IDS.schema, cluster_by=["show_id"]
)
dp.create_auto_cdc_from_snapshot_flow(
    target=TITLE_IDS.name, source=next_title_ids, keys=["show_id"], stored_as_scd_type=2
)


@dp.materialized_view(name=QUARANTINE.name, comment=QUARANTINE.comment, schema=QUARANTINE.schema)
def titles_quarantine() -> DataFrame:
    return quarantined_titles(spark.read.table(f"{BRONZE}.titles"))


@dp.materialized_view(name=TITLE_RELEASES.name, comment=TITLE_RELEASES.comment, schema=TITLE_RELEASES.schema)
@dp.expect_all(TITLE_RELEASES.rules)
def title_releases() -> DataFrame:
    return release_report(spark.read.table(f"{BRONZE}.titles"), spark.read.table(QUARANTINE.name), TITLES)


dp.create_streaming_table(
    name=subscribers.HISTORY.name,
    comment=subscribers.HISTORY.comment,
    schema=subscribers.HISTORY.schema,
    cluster_by=["subscriber_id"],
)
dp.create_auto_cdc_from_snapshot_flow(
    target=subscribers.HISTORY.name,
    source=next_subscribers,
    keys=["subscriber_id"],
    stored_as_scd_type=2,
    track_history_column_list=list(subscribers.TRACKED),
)


@dp.materialized_view(
    name=subscribers.QUARANTINE.name, comment=subscribers.QUARANTINE.comment, schema=subscribers.QUARANTINE.schema
)
def subscribers_quarantine() -> DataFrame:
    return subscribers.quarantined_subscribers(spark.read.table(f"{BRONZE}.subscribers"), PSEUDONYM_KEY)


@dp.materialized_view(
    name=SUBSCRIBER_RELEASES.name, comment=SUBSCRIBER_RELEASES.comment, schema=SUBSCRIBER_RELEASES.schema
)
@dp.expect_all(SUBSCRIBER_RELEASES.rules)
def subscriber_releases() -> DataFrame:
    bronze, quarantine = spark.read.table(f"{BRONZE}.subscribers"), spark.read.table(subscribers.QUARANTINE.name)
    return release_report(bronze, quarantine, SUBSCRIBERS)


@dp.temporary_view(name="valid_playback_events", comment="One row per event, as often as it was delivered.")
def valid_playback_events() -> DataFrame:
    return playback.valid_events(spark.readStream.table(f"{BRONZE}.{PLAYBACK.name}"), PSEUDONYM_KEY)


dp.create_streaming_table(name=EVENTS.name, comment=EVENTS.comment, schema=EVENTS.schema, partition_cols=["event_date"])
dp.create_auto_cdc_flow(
    target=EVENTS.name,
    source="valid_playback_events",
    keys=list(EVENT_KEYS),
    sequence_by=F.struct(*EVENT_SEQUENCE),
    stored_as_scd_type=1,
)


@dp.table(name=EVENTS_QUARANTINE.name, comment=EVENTS_QUARANTINE.comment, schema=EVENTS_QUARANTINE.schema)
def playback_events_quarantine() -> DataFrame:
    return playback.quarantined_events(spark.readStream.table(f"{BRONZE}.{PLAYBACK.name}"), PSEUDONYM_KEY)


@dp.materialized_view(name=DELIVERIES.name, comment=DELIVERIES.comment, schema=DELIVERIES.schema)
@dp.expect_all(DELIVERIES.rules)
def playback_deliveries() -> DataFrame:
    return playback.deliveries(spark.read.table(f"{BRONZE}.{PLAYBACK.name}"), spark.read.table(EVENTS.name))
