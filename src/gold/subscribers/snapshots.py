"""The months of snapshots, and whether they had payments, which a version of a subscriber doesn't show.

Silver's report on releases has them. A version's own times aren't enough: a snapshot that changes nothing starts no
version, and without a date in its name a snapshot has the modification time of its file, which isn't a month of a
subscription.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.releases import NAME
from common.windows import all_rows

PAYMENT_COLUMN = "last_payment_date"


def applied_snapshots(releases: DataFrame) -> DataFrame:
    """One row per applied snapshot of `releases` (silver.subscriber_releases).

    - taken_at, next_taken_at: the versions of this snapshot in history, and of the next one
    - named_day: the date in its name; null if there is none
    - has_payments: whether the file has a column of last payments with a value in it
    """
    applied = releases.filter("is_applied").select(
        F.col("version").alias("taken_at"),
        F.when(F.col("ordered_by") == NAME, F.col("released_at").cast("date")).alias("named_day"),
        (~F.array_contains("missing_columns", PAYMENT_COLUMN)).alias("has_payments"),
    )
    return applied.withColumn("next_taken_at", F.lead("taken_at").over(all_rows().orderBy("taken_at")))


def with_snapshots(versions: DataFrame, releases: DataFrame) -> DataFrame:
    """One row per version in `versions` (silver.subscribers), with what is known of its snapshots:

    - seen_month: month of the first snapshot that has the version
    - unpaid_month: month of the last snapshot that has it, and no column of payments; null if there is none
    - newest_month: month of the newest snapshot of all with a date in its name; null if there is none

    The day of a snapshot without a date in its name is the latest joining or payment that is known of it.
    """
    periods = versions.groupBy(F.col("__START_AT").alias("started_at"), F.col("__END_AT").alias("ended_at")).agg(
        F.max("join_date").alias("joined"), F.max("last_payment_date").alias("paid")
    )
    snapshots = applied_snapshots(releases)
    pairs = periods.join(snapshots, F.col("started_at") <= F.col("taken_at"), how="inner")
    # A payment is that of the last snapshot in the period: it says nothing of those before.
    is_over = F.col("next_taken_at").isNull() | (F.col("ended_at") <= F.col("next_taken_at"))
    known_day = F.greatest("joined", F.when(is_over, F.col("paid")))
    data_day = F.max(known_day).over(Window.partitionBy("taken_at"))
    dated = pairs.withColumns(
        {
            "month": F.trunc(F.coalesce("named_day", data_day), "month"),
            "newest_month": F.trunc(F.max("named_day").over(all_rows()), "month"),
            "is_within": F.coalesce(F.col("taken_at") < F.col("ended_at"), F.lit(True)),
        }
    )
    is_unpaid = F.col("is_within") & ~F.col("has_payments")
    seen = dated.groupBy("started_at", "ended_at").agg(
        F.min(F.when(F.col("is_within"), F.struct("taken_at", "month")))["month"].alias("seen_month"),
        F.max(F.when(is_unpaid, F.col("month"))).alias("unpaid_month"),
        F.max("newest_month").alias("newest_month"),
    )
    same_period = F.col("__START_AT").eqNullSafe(F.col("started_at")) & F.col("__END_AT").eqNullSafe(F.col("ended_at"))
    # The few periods on the left: the default engine keeps that side in memory, and streams the other.
    return seen.join(versions, same_period, how="right").drop("started_at", "ended_at")
