"""Exact fractions: DECIMAL(18,6), the same on every engine and for every order of rows."""

from pyspark.sql import Column
from pyspark.sql import functions as F

PARTS = 1_000_000
# A thousand times as many still fit into a BIGINT.
MAX_DIVISOR = 10**15
# Rounded up, it still fits into a DECIMAL(18,6), and its millionths into a BIGINT.
MAX_RATIO = 10**12 - 2


def millionths(parts: Column) -> Column:
    """DECIMAL(18,6) of a whole number of millionths, fewer than 10^18."""
    return (parts.cast("decimal(18,0)") * F.lit("0.000001").cast("decimal(6,6)")).cast("decimal(18,6)")


def quotient(part: Column, whole: Column) -> Column:
    """BIGINT: the whole number of times that `whole` fits into `part`, both BIGINT."""
    return F.call_function("div", part, whole)


def ratio(part: str | Column, whole: str | Column) -> Column:
    """DECIMAL(18,6): `part` divided by `whole` (whole numbers), rounded half up; null where `whole` is 0.

    Computed in whole numbers, three digits at a time: engines differ in decimal division and in round, doubles are not
    exact, and a BIGINT that overflows is an error on one engine and wraps around on the other. Also null for numbers
    that never occur: a negative `whole` or one over MAX_DIVISOR, a `part` over MAX_DIVISOR * 1000, a ratio over
    MAX_RATIO.
    """
    part, whole = (F.col(number) if isinstance(number, str) else number for number in (part, whole))
    count = F.when(whole.between(1, MAX_DIVISOR), whole.cast("bigint"))
    amount = F.when(part.between(-MAX_DIVISOR * 1000, MAX_DIVISOR * 1000), part.cast("bigint"))
    rest = F.pmod(amount, count)
    units = quotient(amount - rest, count)
    thousandths, rest_of_thousandths = quotient(rest * 1000, count), (rest * 1000) % count
    last_digits, rest_of_millionths = quotient(rest_of_thousandths * 1000, count), (rest_of_thousandths * 1000) % count
    rounded_up = F.when(rest_of_millionths * 2 >= count, 1).otherwise(0)
    fits = F.when(units.between(-MAX_RATIO, MAX_RATIO), units)
    return millionths(fits * PARTS + thousandths * 1000 + last_digits + rounded_up)


def hours(seconds: str) -> Column:
    """DECIMAL(18,6): hours of a column of whole seconds, rounded half up."""
    return ratio(seconds, F.lit(3600).cast("bigint"))


def equal_weight(position: Column, count: Column) -> Column:
    """DECIMAL(18,6): the share of item `position` (from 1) of `count`; the shares of all items add up to exactly 1.

    For up to a million items: the smallest share is a millionth.
    """
    share = F.floor(F.lit(PARTS) / count).cast("bigint")
    remainder = F.lit(PARTS) - share * count
    return millionths(share + F.when(position <= remainder, 1).otherwise(0))
