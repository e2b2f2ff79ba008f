"""Subscribers, with their history, and the rows of snapshots that are left out."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from bronze import feeds
from cleanse.subscribers.rows import HISTORY_COLUMNS, SUBSCRIBER_COLUMNS
from common.specifications import ColumnSpec, TableSpec
from silver.releases.quarantine import personal_quarantine_table
from silver.releases.report import releases_table

SUBSCRIBERS = TableSpec(
    name="subscribers",
    comment="One row per subscriber and version (SCD 2), from snapshots of all subscribers.",
    columns=(
        *SUBSCRIBER_COLUMNS,
        *HISTORY_COLUMNS,
        ColumnSpec("__START_AT", "TIMESTAMP", "version of the snapshot that started this version of the subscriber"),
        ColumnSpec("__END_AT", "TIMESTAMP", "version of the snapshot that ended it; null for the current version"),
    ),
    cluster_by=("subscriber_id",),
)
# A change in one of these starts a version; the other columns have the value known last. Another spelling of a plan or
# device is no change. Without has_payment a snapshot whose payments can't be read would overwrite those of all before.
TRACKED_COLUMNS = ("plan_form", "monthly_revenue", "country", "device_form", "join_date", "has_payment")

SUBSCRIBERS_QUARANTINE = personal_quarantine_table(feeds.SUBSCRIBERS_FEED, SUBSCRIBER_COLUMNS)
SUBSCRIBER_RELEASES = releases_table("subscriber_releases", "snapshot of subscribers")


def quarantined_subscribers(rows: DataFrame) -> DataFrame:
    """One row per row of a snapshot that failed a rule, without personal data."""
    return rows.filter(F.size("failed_rules") > 0).select(*SUBSCRIBERS_QUARANTINE.column_names)
