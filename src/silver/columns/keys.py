"""Surrogate keys: BIGINT hashes of natural keys."""

from pyspark.sql import Column
from pyspark.sql import functions as F

UNKNOWN_KEY = -1
SEPARATOR = "\x1f"
NULL = "\x1e"


def surrogate_key(*natural_key: Column) -> Column:
    """BIGINT hash (xxHash64) of a natural key's parts; equal parts, nulls included, give equal keys.

    The parts are joined to one text first: xxHash64 of several columns skips nulls and would give
    (null, 'a') and ('a', null) one key.
    """
    parts = [F.coalesce(part.cast("string"), F.lit(NULL)) for part in natural_key]
    return F.xxhash64(F.concat_ws(SEPARATOR, *parts))


def key_or_unknown(natural_key: Column) -> Column:
    """The surrogate key of a one-part natural key; the unknown member's where the part is null."""
    return F.when(natural_key.isNull(), F.lit(UNKNOWN_KEY).cast("bigint")).otherwise(surrogate_key(natural_key))
