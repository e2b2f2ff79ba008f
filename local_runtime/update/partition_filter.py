"""A filter for rows of partitions, whichever program wrote their files."""

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_

from pyspark.sql import Column
from pyspark.sql import functions as F

from local_runtime.delta.actions import LogAction
from local_runtime.update.auto_cdc import column


def is_of_partitions(files: Sequence[LogAction]) -> Column:
    """Whether a row belongs to one of the files' partitions."""
    values = {tuple(sorted((add.get("partitionValues") or {}).items())) for add in files}
    of_each = [
        reduce(and_, [column(name).cast("string").eqNullSafe(F.lit(value)) for name, value in pairs], F.lit(True))
        for pairs in sorted(values, key=repr)
    ]
    return reduce(or_, of_each, F.lit(False))
