"""Aggregates, each under the name of its column."""

from pyspark.sql import Column
from pyspark.sql import functions as F


def total(column: str, name: str | None = None) -> Column:
    """BIGINT: the sum of a column, named as the column unless a name is given."""
    return F.sum(column).cast("bigint").alias(name or column)


def count_rows(name: str) -> Column:
    """BIGINT: the number of rows."""
    return F.count(F.lit(1)).alias(name)
