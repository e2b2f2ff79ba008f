"""Windows over many small groups. Engines take several times as long for a window to each of them."""

from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.window import Window, WindowSpec

# Each is a task, for engines that have many.
BUCKETS = 64


def side_by_side(key: str, in_order: Sequence[str | Column], within: Sequence[str] = ()) -> WindowSpec:
    """A window, for `lag` and `lead`, in which the rows of one `key` are side by side, in their order.

    Other keys' rows come before and behind them, so what is there has to be compared by its key. `within` are columns
    whose values are never in one window.
    """
    bucket = F.pmod(F.xxhash64(key), F.lit(BUCKETS))
    return Window.partitionBy(*within, bucket).orderBy(key, *in_order)
