"""Column functions for text as people type it."""

import unicodedata
from collections.abc import Callable

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import StringType

# Spelled out, because `\s` means ASCII on Spark and Unicode on Sail: ASCII control white space, no-break,
# Ogham, en quad to zero-width joiner, line and paragraph separators, narrow and mathematical spaces,
# word joiner, ideographic space, byte order mark.
WHITE_SPACE = "[\t\n\x0b\x0c\r \x85\xa0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]"
# What sources write where they have no value; the first in the Databricks cookbook's form of the catalogue.
NOT_GIVEN = ("not given", "unknown")


def fold(text: Column) -> Column:
    """Text with every run of white space, of any kind, as one space, and none at the ends."""
    return F.trim(F.regexp_replace(text, f"{WHITE_SPACE}+", " "))


def blank_to_null(text: Column) -> Column:
    """Folded text; null where nothing is left of it."""
    return F.nullif(fold(text), F.lit(""))


def folded(text: Column) -> Column:
    """Folded text, null where nothing is left; what is plain already, as nearly all of it is, costs one look."""
    plain = F.when(text.rlike(WHITE_SPACE), fold(text)).otherwise(text)
    return F.nullif(plain, F.lit(""))


def compose(text: Column) -> Column:
    """Text with letters and their marks as one character, where there is one (NFC): what looks the same is the same.

    For comparing. In Python: engines have no `normalize`. A lambda travels to the engine by its code, which need not
    have this module.
    """
    normalized = F.udf(
        lambda it: None if it is None else unicodedata.normalize("NFC", it), StringType(), useArrow=False
    )
    return normalized(text)


def known(folded: Column) -> Column:
    """Folded text; null where it says `Not Given` or `Unknown`: it would be a second member beside the unknown one."""
    return F.when(~F.lower(folded).isin(*NOT_GIVEN), folded)


def given(text: Column) -> Column:
    """Folded text; null where it is blank, or says `Not Given` or `Unknown`."""
    return known(blank_to_null(text))


def whole_id(text: Column) -> Column:
    """An id without the `.0` that a data frame gives numbers in a column with gaps."""
    return F.regexp_replace(text, "^([0-9]+)[.]0+$", "$1")


def split_list(text: Column) -> Column:
    """Items of a comma-separated list in source order: trimmed, without empties and repeats; [] for null."""
    items = F.transform(F.split(text, ","), fold)
    return F.coalesce(F.array_distinct(F.filter(items, lambda item: item != "")), F.array().cast("array<string>"))


def computed_once(value: Column, used: Callable[[Column], Column]) -> Column:
    """What `used` makes of the value. An engine computes an expression again wherever it is used; this one, once."""
    return F.get(F.transform(F.array(value), used), F.lit(0))
