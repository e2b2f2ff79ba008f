"""The rows of one key in their order. Engines take several times as long for a window to each of many small groups."""

from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.window import Window, WindowSpec

# Each is a task, for engines that have many.
BUCKETS = 64


def _side_by_side(key: str, in_order: Sequence[str | Column], within: Sequence[str] = ()) -> WindowSpec:
    """A window in which the rows of one key are side by side; other keys' rows come before and behind them."""
    bucket = F.pmod(F.xxhash64(key), F.lit(BUCKETS))
    return Window.partitionBy(*within, bucket).orderBy(key, *in_order)


def is_first(key: str, in_order: Sequence[str | Column], within: Sequence[str] = ()) -> Column:
    """BOOLEAN: whether a row is the first of its key, among those with one value in the columns `within`.

    A row whose key is null is the first of its own.
    """
    before = F.lag(key).over(_side_by_side(key, in_order, within))
    return F.coalesce(before != F.col(key), F.lit(True))


def next_of(column: str, key: str, in_order: Sequence[str | Column]) -> Column:
    """What the next row of the same key has in a column; null for the last."""
    window = _side_by_side(key, in_order)
    return F.when(F.lead(key).over(window) == F.col(key), F.lead(column).over(window))
