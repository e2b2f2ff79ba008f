"""What the KPIs of viewing share: plays, hours and subscribers of a title, device or country."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from common.aggregates import total
from common.fractions import hours
from common.specifications import ColumnSpec

PLAYS = ColumnSpec("plays", "BIGINT", "viewing sessions")
HOURS_VIEWED = ColumnSpec("hours_viewed", "DECIMAL(18,6)", "hours watched, rounded half up")
DISTINCT_SUBSCRIBERS = ColumnSpec("subscribers", "BIGINT", "distinct known subscribers; not additive")


def viewing_by(dimension: DataFrame, key: str, fact_playback_daily: DataFrame, fact_playback: DataFrame) -> DataFrame:
    """One row per member of the dimension with plays: plays, watched_seconds, hours_viewed and subscribers."""
    sums = fact_playback_daily.groupBy(key).agg(total("plays"), total("watched_seconds"))
    subscribers = fact_playback.groupBy(key).agg(F.count_distinct("subscriber_id").alias("subscribers"))
    viewing = sums.join(subscribers, key, how="inner").join(dimension, key, how="inner")
    return viewing.withColumn("hours_viewed", hours("watched_seconds"))
