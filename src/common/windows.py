"""Windows: the rows of one key in order, and a total next to every row."""

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window, WindowSpec

# Each bucket is a task, for engines that run several at a time.
BUCKETS = 64
# What the second count of a sum is counted in: a window has fewer rows.
SECOND_COUNT = 2**31


def all_rows() -> WindowSpec:
    """A window over all rows. A cross join with a total instead makes Sail fail on a rule over a ratio."""
    return Window.partitionBy(F.lit(0))


def _adjacent(key: str, order: Sequence[str | Column], within: Sequence[str | Column] = ()) -> WindowSpec:
    """A window in which the rows of one key are adjacent, before and after those of other keys.

    Engines take several times as long for a window per key, of which there would be many small ones.
    """
    bucket = F.pmod(F.xxhash64(key), F.lit(BUCKETS))
    return Window.partitionBy(*within, bucket).orderBy(key, *order)


def is_first(key: str, order: Sequence[str | Column], within: Sequence[str | Column] = ()) -> Column:
    """BOOLEAN: whether a row is the first of its key, among the rows with the same values of the columns `within`.

    Every row whose key is null is a first one.
    """
    previous_key = F.lag(key).over(_adjacent(key, order, within))
    return F.coalesce(previous_key != F.col(key), F.lit(True))


def with_counts(rows: DataFrame, conditions: Mapping[str, Column], window: WindowSpec) -> DataFrame:
    """One row per row, with a column for each condition: BIGINT, how many rows of the window it holds for.

    Two counts share a sum, because engines take long to plan a window function, and less for half as many.
    """
    names = list(conditions)
    pairs = {f"{one}, {other}": (one, other) for one, other in zip(names[::2], names[1::2], strict=False)}
    sums = {
        pair: F.sum(_if(conditions[one], 1) + _if(conditions[other], SECOND_COUNT))
        for pair, (one, other) in pairs.items()
    }
    if len(names) % 2:
        sums[names[-1]] = F.sum(_if(conditions[names[-1]], 1))
    summed = rows.withColumns({name: total.over(window) for name, total in sums.items()})
    counts: dict[str, Column] = {}
    for pair, (one, other) in pairs.items():
        counts[one] = F.col(pair) % SECOND_COUNT
        counts[other] = F.shiftright(pair, SECOND_COUNT.bit_length() - 1)
    return summed.withColumns(counts)


def _if(condition: Column, value: int) -> Column:
    return F.when(condition, F.lit(value).cast("bigint")).otherwise(F.lit(0).cast("bigint"))


def next_value(column: str, key: str, order: Sequence[str | Column]) -> Column:
    """The column's value in the next row of the same key; null for the last row."""
    window = _adjacent(key, order)
    return F.when(F.lead(key).over(window) == F.col(key), F.lead(column).over(window))
