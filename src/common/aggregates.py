"""Aggregates, each under the name of its column, and distinct rows."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F


def total(column: str, name: str | None = None) -> Column:
    """BIGINT: the sum of a column, named as the column unless a name is given."""
    return F.sum(column).cast("bigint").alias(name or column)


def count_rows(name: str) -> Column:
    """BIGINT: the number of rows."""
    return F.count(F.lit(1)).alias(name)


def distinct_rows(rows: DataFrame, *columns: str) -> DataFrame:
    """One row per combination of values in the columns.

    Grouped, because Apache Spark's pipelines resolve `distinct` when a flow is defined, before its tables exist.
    """
    return rows.groupBy(*columns).agg(count_rows("rows")).select(*columns)
