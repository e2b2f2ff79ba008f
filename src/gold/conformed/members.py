"""Members of dimensions: their keys, the unknown member (key -1), and rows that point to members which exist."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from common.keys import UNKNOWN_KEY, key_or_unknown, surrogate_key
from common.specifications import TableSpec

__all__ = [
    "UNKNOWN",
    "UNKNOWN_KEY",
    "date_key",
    "key_or_unknown",
    "known_or_unknown",
    "only_known",
    "surrogate_key",
    "with_unknown",
]

UNKNOWN = "Unknown"


def date_key(date: Column) -> Column:
    """INT yyyymmdd; -1 for null."""
    return F.coalesce(F.date_format(date, "yyyyMMdd").cast("int"), F.lit(UNKNOWN_KEY))


def with_unknown(members: DataFrame, dimension: TableSpec, one_row: DataFrame) -> DataFrame:
    """One row per member and one for the unknown member, which has each column's `unknown`."""
    unknown = [F.lit(column.unknown).cast(column.type).alias(column.name) for column in dimension.columns]
    return members.select(*dimension.column_names).unionByName(one_row.select(*unknown))


def only_known(rows: DataFrame, parent: DataFrame, key: str) -> DataFrame:
    """One row per row whose `key` is in `parent`."""
    return rows.join(parent.select(key), key, how="inner")


def known_or_unknown(rows: DataFrame, dimension: DataFrame, key: str) -> DataFrame:
    """One row per row; its `key` is the unknown member's where `dimension` does not have it."""
    members = dimension.select(F.col(key).alias("member"))
    joined = rows.join(members, F.col(key) == F.col("member"), how="left")
    return joined.withColumn(key, F.coalesce("member", F.lit(UNKNOWN_KEY))).drop("member")
