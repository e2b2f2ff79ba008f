"""Files of partitioned tables: the runtime's hold the partition's columns too; other programs' don't."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_, or_
from pathlib import Path
from urllib.parse import unquote

import pyarrow.parquet as pq
from pyspark.sql import Column
from pyspark.sql import functions as F

from local_runtime.lake.actions import Action
from local_runtime.update.auto_cdc import column


def hold_their_partition(table: Path, files: Iterable[Action]) -> bool:
    """Whether each of the files can be read by itself: it holds the columns of its partition."""
    return all(
        {*(add.get("partitionValues") or {})} <= {*pq.read_schema(table / unquote(add["path"])).names} for add in files
    )


def is_of_partitions(files: Sequence[Action]) -> Column:
    """Whether a row is of one of the files' partitions."""
    values = {tuple(sorted((add.get("partitionValues") or {}).items())) for add in files}
    of_each = [
        reduce(and_, [column(name).cast("string").eqNullSafe(F.lit(value)) for name, value in pairs], F.lit(True))
        for pairs in sorted(values, key=repr)
    ]
    return reduce(or_, of_each, F.lit(False))
