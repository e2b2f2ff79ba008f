"""Verdicts on snapshots of subscribers."""

from collections.abc import Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cleanse.releases.rows import releases_of, valid_rows
from cleanse.releases.verdicts import Limits, release_verdicts, verdicts_table
from cleanse.subscribers.rows import SUBSCRIBER_COLUMNS, UNIQUE_SUBSCRIBER

SUBSCRIBER_VERDICTS = verdicts_table("subscriber_verdicts", "snapshot of subscribers", "subscriber")

NO_VALUE = " AND ".join(
    (
        *(f"{column.name} IS NULL" for column in SUBSCRIBER_COLUMNS),
        "size(unreadable) = 0",
        "NOT array_contains(failed_rules, 'well_formed_record')",
    )
)


def subscriber_verdicts(rows: DataFrame, limits: Limits, decisions: Mapping[str, str]) -> DataFrame:
    """One row per snapshot, with the columns of SUBSCRIBER_VERDICTS. `rows` are SUBSCRIBER_ROWS.

    A snapshot without its identity, the user ids, has no valid row, so nothing else asks for that column.
    """
    releases = releases_of(rows, UNIQUE_SUBSCRIBER, F.expr(NO_VALUE), {}, F.max(F.lit(True)))
    members = valid_rows(rows).select("release", F.col("subscriber_id").alias("key"))
    return release_verdicts(releases, members, limits, decisions)
