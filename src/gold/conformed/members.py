"""Members of dimensions: labels, the unknown member (key -1), and rows whose keys point to members that exist."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from common.keys import or_unknown_key
from common.specifications import TableSpec

UNKNOWN = "Unknown"


def or_unknown(name: str) -> Column:
    """STRING: the column's value; `Unknown` for null."""
    return F.coalesce(name, F.lit(UNKNOWN))


def date_key(date: Column) -> Column:
    """INT: yyyymmdd; -1 for null."""
    return or_unknown_key(F.date_format(date, "yyyyMMdd").cast("int"))


def with_unknown_member(members: DataFrame, dimension: TableSpec, one_row: DataFrame) -> DataFrame:
    """One row per member, and one for the unknown member, with the `unknown` value of each column."""
    unknown = [F.lit(column.unknown).cast(column.type).alias(column.name) for column in dimension.columns]
    return members.select(*dimension.column_names).unionByName(one_row.select(*unknown))


def member_labels(spellings: DataFrame) -> DataFrame:
    """One row per member: its `form`, and its `label`, the commonest spelling of current rows, else the smallest one.

    `spellings` have a row per row that has a `spelling` of the `form`, and whether it `is_current`.
    """
    known = spellings.filter("spelling IS NOT NULL").groupBy("form", "spelling")
    counts = known.agg(F.count_if("is_current").alias("current_rows"))
    best = F.min(F.struct((-F.col("current_rows")).alias("fewer"), "spelling"))
    return counts.groupBy("form").agg(best["spelling"].alias("label"))


def only_known(rows: DataFrame, parent: DataFrame, key: str) -> DataFrame:
    """One row per row whose `key` is in `parent`."""
    return rows.join(parent.select(key), key, how="inner")


def with_known_key(rows: DataFrame, dimension: DataFrame, key: str) -> DataFrame:
    """One row per row; its `key` is that of the unknown member if `dimension` doesn't have it.

    The column `known_<key>` stays until the caller selects its columns: Apache Spark's pipelines resolve `drop` when a
    flow is defined, before its tables exist.
    """
    known_key = f"known_{key}"
    members = dimension.select(F.col(key).alias(known_key))
    joined = rows.join(members, F.col(key) == F.col(known_key), how="left")
    return joined.withColumn(key, or_unknown_key(known_key))
