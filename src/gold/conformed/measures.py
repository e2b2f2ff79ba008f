"""Exact fractions: DECIMAL(18,6), the same on every engine and in every order of rows."""

from pyspark.sql import Column
from pyspark.sql import functions as F

PARTS = 1_000_000


def millionths(parts: Column) -> Column:
    """DECIMAL(18,6) of a whole number of millionths."""
    return (parts.cast("decimal(11,0)") * F.lit("0.000001").cast("decimal(6,6)")).cast("decimal(18,6)")


def ratio(part: str, whole: str) -> Column:
    """DECIMAL(18,6): column `part` divided by column `whole` (whole numbers), rounded half up; null where whole is 0.

    Not by a decimal's division or by round: engines differ in both. In doubles the half is exact, and so is the
    result as long as part and whole stay below 2^44.
    """
    quotient = F.col(part).cast("double") * PARTS / F.nullif(F.col(whole), F.lit(0)).cast("double")
    return millionths(F.floor(quotient + 0.5).cast("bigint"))


def equal_weight(position: Column, count: Column) -> Column:
    """DECIMAL(18,6): the share of item `position` (from 1) of `count`; the shares of all items add up to exactly 1."""
    share = F.floor(F.lit(PARTS) / count).cast("bigint")
    remainder = F.lit(PARTS) - share * count
    return millionths(share + F.when(position <= remainder, 1).otherwise(0))
