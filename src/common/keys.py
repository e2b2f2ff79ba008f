"""Surrogate keys: BIGINT hashes of natural keys."""

from pyspark.sql import Column
from pyspark.sql import functions as F

UNKNOWN_KEY = -1
SEPARATOR = "\x1f"
NULL = "\x1e"


def surrogate_key(*natural_key: Column) -> Column:
    """BIGINT: the hash (xxHash64) of a natural key's parts; equal parts, including nulls, give equal keys.

    The parts are joined to one text first, because xxHash64 of several columns skips nulls: (null, 'a') and
    ('a', null) would get the same key.
    """
    # That second column is always null, so the hash skips it. Without it, the default engine fails on rows whose parts
    # are all null: their text is a constant to it.
    first = natural_key[0]
    return F.xxhash64(join_parts(*natural_key), F.nullif(first, first))


def join_parts(*parts: Column) -> Column:
    """STRING: the parts, including nulls, as one text that no other parts give."""
    return F.concat_ws(SEPARATOR, *[F.coalesce(_escape(part.cast("string")), F.lit(NULL)) for part in parts])


def _escape(part: Column) -> Column:
    """The text with SEPARATOR and NULL escaped, so that no part can look like several, or like a null."""
    # Not `regexp_replace`, which takes four times as long for a part without either.
    escaped = F.replace(part, F.lit(NULL), F.lit(f"{NULL}0"))
    return F.replace(escaped, F.lit(SEPARATOR), F.lit(f"{NULL}1"))


def key_or_unknown(natural_key: Column) -> Column:
    """BIGINT: the surrogate key of a natural key of one part; for null, that of the unknown member."""
    return F.when(natural_key.isNull(), F.lit(UNKNOWN_KEY).cast("bigint")).otherwise(surrogate_key(natural_key))


def or_unknown_key(key: Column | str) -> Column:
    """The key; for null, that of the unknown member."""
    return F.coalesce(key, F.lit(UNKNOWN_KEY))


def smallest_first(*texts: Column) -> Column:
    """STRING: a text by which rows are in the order of the texts, the first one first, nulls last.

    One column to sort by, because the default engine takes minutes to plan a window in the order of ten.
    """
    last = "\U0010ffff"  # the greatest character
    return F.concat_ws("\x01", *[F.coalesce(text, F.lit(last)) for text in texts])
