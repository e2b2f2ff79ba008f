"""Exact fractions: DECIMAL(18,6), the same on every engine and in every order of rows."""

from pyspark.sql import Column
from pyspark.sql import functions as F

PARTS = 1_000_000
# A thousand times as many are a BIGINT still.
MOST = 10**15
# Rounded up, it is a DECIMAL(18,6) still, and its millionths are a BIGINT.
MOST_UNITS = 10**12 - 2


def millionths(parts: Column) -> Column:
    """DECIMAL(18,6) of a whole number of millionths, below 10^18 of them."""
    return (parts.cast("decimal(18,0)") * F.lit("0.000001").cast("decimal(6,6)")).cast("decimal(18,6)")


def divided(part: Column, whole: Column) -> Column:
    """BIGINT: how many times `whole` is in `part`, both BIGINT."""
    return F.call_function("div", part, whole)


def ratio(part: str, whole: str) -> Column:
    """DECIMAL(18,6): column `part` divided by column `whole` (whole numbers), rounded half up; null where whole is 0.

    In whole numbers, three digits at a time: engines differ in a decimal's division and in round, doubles are not
    exact, and a BIGINT that overflows is an error on one engine and wraps around on the other. Null too beyond what is
    ever counted: a whole that is negative or over MOST, a part of over a thousand times MOST, a ratio over MOST_UNITS.
    """
    count = F.when(F.col(whole).between(1, MOST), F.col(whole).cast("bigint"))
    amount = F.when(F.col(part).between(-MOST * 1000, MOST * 1000), F.col(part).cast("bigint"))
    rest = F.pmod(amount, count)
    units = divided(amount - rest, count)
    thousandths, rest_of_thousandths = divided(rest * 1000, count), (rest * 1000) % count
    last_digits, rest_of_millionths = divided(rest_of_thousandths * 1000, count), (rest_of_thousandths * 1000) % count
    rounded_up = F.when(rest_of_millionths * 2 >= count, 1).otherwise(0)
    fits = F.when(units.between(-MOST_UNITS, MOST_UNITS), units)
    return millionths(fits * PARTS + thousandths * 1000 + last_digits + rounded_up)


def equal_weight(position: Column, count: Column) -> Column:
    """DECIMAL(18,6): the share of item `position` (from 1) of `count`; the shares of all items add up to exactly 1.

    Of a million items at most: a millionth is the smallest share.
    """
    share = F.floor(F.lit(PARTS) / count).cast("bigint")
    remainder = F.lit(PARTS) - share * count
    return millionths(share + F.when(position <= remainder, 1).otherwise(0))
