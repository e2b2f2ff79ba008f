"""The snapshots of subscribers that history applies, one after the other."""

from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze.provenance import SOURCE_FILE
from silver.releases.next_release import Snapshot, next_release_rows
from silver.releases.order import release_order
from silver.subscribers.snapshots import (
    SUBSCRIBER_COLUMNS,
    check_subscribers,
    valid_subscribers,
    with_subscriber_failures,
)


def next_subscribers(bronze: DataFrame, latest: datetime | None, key: str) -> Snapshot | None:
    """The subscribers of the snapshot after version `latest`, and its version; None if there is none.

    Subscribers who are in the snapshot, but in no valid row of it, keep their last known values: they have not left.
    """
    snapshot = next_release_rows(bronze, latest, lambda rows: with_subscriber_failures(rows, key))
    if snapshot is None:
        return None
    subscribers = valid_subscribers(snapshot.rows, key)
    if snapshot.has_failures:
        unreadable = unreadable_subscribers(snapshot.rows, key)
        subscribers = subscribers.unionByName(last_known(unreadable, snapshot.earlier_rows, key))
    return subscribers, snapshot.version


def unreadable_subscribers(bronze: DataFrame, key: str) -> DataFrame:
    """One row per subscriber who is in a snapshot, but in no valid row of it: subscriber_id."""
    named = check_subscribers(bronze, key).filter("subscriber_id IS NOT NULL")
    valid_rows = named.groupBy("subscriber_id").agg(F.count_if(F.size("failed_rules") == 0).alias("valid_rows"))
    return valid_rows.filter("valid_rows = 0").select("subscriber_id")


def last_known(subscribers: DataFrame, earlier: DataFrame, key: str) -> DataFrame:
    """One row per subscriber of `subscribers`, from the latest of the `earlier` snapshots with a valid row of them."""
    order = release_order(earlier).select(SOURCE_FILE, "release_order")
    valid = check_subscribers(earlier, key).filter(F.size("failed_rules") == 0)
    wanted = valid.join(subscribers, "subscriber_id", how="left_semi").join(order, SOURCE_FILE, how="inner")
    latest_first = Window.partitionBy("subscriber_id").orderBy(F.desc("release_order"))
    latest = wanted.withColumn("position", F.row_number().over(latest_first)).filter("position = 1")
    return latest.select(*SUBSCRIBER_COLUMNS)
