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
    return F.xxhash64(joined(*natural_key))


def joined(*parts: Column) -> Column:
    """STRING: the parts as one text, another for other parts; nulls included."""
    return F.concat_ws(SEPARATOR, *[F.coalesce(_escaped(part.cast("string")), F.lit(NULL)) for part in parts])


def _escaped(part: Column) -> Column:
    """The text without SEPARATOR, and with NULL only before a digit; the text itself where it has neither.

    So no part can hold what joins them, or look like a null.
    """
    return F.regexp_replace(F.regexp_replace(part, NULL, f"{NULL}0"), SEPARATOR, f"{NULL}1")


def key_or_unknown(natural_key: Column) -> Column:
    """The surrogate key of a one-part natural key; the unknown member's where the part is null."""
    return F.when(natural_key.isNull(), F.lit(UNKNOWN_KEY).cast("bigint")).otherwise(surrogate_key(natural_key))
