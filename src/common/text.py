"""Column functions for text as people type it."""

import unicodedata
from collections.abc import Callable

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import StringType

# Spelled out, because `\s` is ASCII on Spark and Unicode on Sail: ASCII control white space, no-break,
# Ogham, en quad to zero-width joiner, line and paragraph separators, narrow and mathematical spaces,
# word joiner, ideographic space, byte order mark.
WHITE_SPACE = "[\t\n\x0b\x0c\r \x85\xa0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]"
# Placeholders for a missing value; the first is that of the catalogue in the Databricks cookbook.
PLACEHOLDERS = ("not given", "unknown")


def fold(text: Column) -> Column:
    """Text with every run of white space, of any kind, replaced by one space, and none at the ends."""
    return F.trim(F.regexp_replace(text, f"{WHITE_SPACE}+", " "))


def blank_to_null(text: Column) -> Column:
    """Folded text; null where it is blank. Text without white space, the most frequent case, is only looked at once."""
    folded = F.when(text.rlike(WHITE_SPACE), fold(text)).otherwise(text)
    return F.nullif(folded, F.lit(""))


def placeholder_to_null(folded: Column) -> Column:
    """Folded text; null for `Not Given` and `Unknown`, which would be a second member next to the unknown one."""
    return F.when(~F.lower(folded).isin(*PLACEHOLDERS), folded)


def known_text(text: Column) -> Column:
    """Folded text; null where it is blank or a placeholder."""
    return placeholder_to_null(blank_to_null(text))


def compose(text: Column) -> Column:
    """Text in which letters and their marks are one character where there is one (NFC), for comparisons.

    In Python, because engines have no `normalize`. A lambda is sent to the engine as code, so the engine doesn't need
    to have this module.
    """
    normalized = F.udf(
        lambda value: None if value is None else unicodedata.normalize("NFC", value), StringType(), useArrow=False
    )
    return normalized(text)


def decoded_url(url: Column) -> Column:
    """Text of a file's URL without percent signs for characters; unchanged where it can't be decoded."""
    # In a path, a plus sign is a plus sign; `try_url_decode` would turn it into a space.
    return F.coalesce(F.try_url_decode(F.regexp_replace(url, "[+]", "%2B")), url)


def without_decimals(number: Column) -> Column:
    """An id without the `.0` that data frames write in a column of numbers with gaps."""
    return F.regexp_replace(number, "^([0-9]+)[.]0+$", "$1")


def split_list(text: Column) -> Column:
    """ARRAY<STRING>: the items of a comma-separated list in order, trimmed, without empty and repeated ones."""
    items = F.transform(F.split(text, ","), fold)
    return F.coalesce(F.array_distinct(F.filter(items, lambda item: item != "")), F.array().cast("array<string>"))


def compute_once(value: Column, use: Callable[[Column], Column]) -> Column:
    """What `use` makes of the value. Engines compute an expression again wherever it is used; this one only once."""
    return F.get(F.transform(F.array(value), use), F.lit(0))
