"""Column functions for text as people type it."""

import unicodedata
from collections.abc import Callable, Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import StringType

# Spelled out, because `\s` is ASCII on Spark and Unicode on Sail: ASCII control white space, no-break,
# Ogham, en quad to zero-width joiner, line and paragraph separators, narrow and mathematical spaces,
# word joiner, ideographic space, byte order mark.
WHITE_SPACE = "[\t\n\x0b\x0c\r \x85\xa0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]"
NULL_MARK = "\\N"  # written for a missing value by MySQL, Hive, PostgreSQL and IMDb
# What is written instead of leaving a cell empty, by who writes it. Cells and items are compared whole, in lower case.
PLACEHOLDERS_BY_WRITER = {
    "programs": ("na", "n/a", "nan", "nat", "null", "none", "nil", "<na>", NULL_MARK.lower()),
    "spreadsheets": ("#n/a", "#na", "#value!"),
    "people": (
        *("-", "--", "?", "missing", "missing data", "no data", "not available", "not found", "not specified"),
        *("not applicable", "unknown"),
    ),
    # "Not Given" is that of the catalogue in the Databricks cookbook.
    "cleaned catalogues": (
        "not given",
        *(f"no {column}" for column in ("director", "cast", "country", "rating")),
        *(f"{column} unavailable" for column in ("director", "cast", "country", "rating")),
        *(f"{column} unknown" for column in ("director", "cast", "country", "rating")),
    ),
}
PLACEHOLDERS = tuple(word for words in PLACEHOLDERS_BY_WRITER.values() for word in words)
NAME_PLACEHOLDERS = (*PLACEHOLDERS, "0")  # of columns of names
CODE_PLACEHOLDERS = tuple(word for word in PLACEHOLDERS if word != "na")  # of country codes: NA is Namibia


def fold(text: Column) -> Column:
    """Text with every run of white space, of any kind, replaced by one space, and none at the ends."""
    return F.trim(F.regexp_replace(text, f"{WHITE_SPACE}+", " "))


def blank_to_null(text: Column) -> Column:
    """Folded text; null where it is blank. Text without white space, the most frequent case, is only looked at once."""
    folded = F.when(text.rlike(WHITE_SPACE), fold(text)).otherwise(text)
    return F.nullif(folded, F.lit(""))


def placeholder_to_null(folded: Column, placeholders: Sequence[str] = PLACEHOLDERS) -> Column:
    """Folded text; null for a placeholder, which would be a second member next to the unknown one."""
    return F.when(~F.lower(folded).isin(*placeholders), folded)


def known_text(text: Column) -> Column:
    """Folded text; null where it is blank or a placeholder."""
    return placeholder_to_null(blank_to_null(text))


def known_name(text: Column) -> Column:
    """Folded text of a column of names, in which `0` is a placeholder too; null where it is blank or a placeholder."""
    return placeholder_to_null(blank_to_null(text), NAME_PLACEHOLDERS)


def known_code(text: Column) -> Column:
    """Folded text of a column of country codes, in which NA is Namibia; null where it is blank or a placeholder."""
    return placeholder_to_null(blank_to_null(text), CODE_PLACEHOLDERS)


def known_id(text: Column) -> Column:
    """Folded text of an id, which may be any word; null only where it is blank or `\\N`."""
    return F.nullif(blank_to_null(text), F.lit(NULL_MARK))


def known_items(folded: Column, placeholders: Sequence[str] = PLACEHOLDERS) -> Column:
    """ARRAY<STRING>: the items of a list of folded texts that are no placeholders."""
    return F.filter(folded, lambda item: ~F.lower(item).isin(*placeholders))


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
    decoded = F.coalesce(F.try_url_decode(F.regexp_replace(url, "[+]", "%2B")), url)
    return F.when(F.contains(url, F.lit("%")), decoded).otherwise(url)


def without_decimals(number: Column) -> Column:
    """An id without the `.0` that data frames write in a column of numbers with gaps.

    Of most ids only the last character is looked at.
    """
    return F.when(number.endswith("0"), F.regexp_replace(number, "^([0-9]+)[.]0+$", "$1")).otherwise(number)


def split_list(folded: Column, separator: str = ",") -> Column:
    """ARRAY<STRING>: the items of a folded text in order, trimmed, without empty and repeated ones."""
    items = F.transform(F.split(folded, separator), lambda item: F.trim(item))
    return F.coalesce(F.array_distinct(F.filter(items, lambda item: item != "")), F.array().cast("array<string>"))


def letters_and_digits(text: Column) -> Column:
    """STRING: a text without its signs and white space, in lower case, by which ids and names are compared."""
    return F.regexp_replace(F.lower(text), r"[^\p{L}\p{N}]+", "")


def counted(count: Column, plural: str) -> Column:
    """STRING: a number with its noun, whose `plural` ends in an s: `1 row`, `2,500 rows`."""
    noun = F.when(count == 1, plural.removesuffix("s")).otherwise(plural)
    return F.concat(F.format_number(count, 0), F.lit(" "), noun)


def is_or_are(count: Column) -> Column:
    """STRING: the verb for so many of something."""
    return F.when(count == 1, "is").otherwise("are")


def text_if(condition: Column, *parts: Column | str) -> Column:
    """STRING: the parts as one text if the condition holds, else an empty text."""
    texts = [F.lit(part) if isinstance(part, str) else part for part in parts]
    return F.when(condition, F.concat(*texts)).otherwise("")


def compute_once(value: Column, use: Callable[[Column], Column]) -> Column:
    """What `use` makes of the value. Engines compute an expression again wherever it is used; this one only once."""
    return F.get(F.transform(F.array(value), use), F.lit(0))
