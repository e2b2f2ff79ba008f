"""Column functions for text as people type it."""

import unicodedata

from pyspark.sql import Column
from pyspark.sql import functions as F

# Spelled out, because `\s` means ASCII on Spark and Unicode on Sail: ASCII control white space, no-break,
# Ogham, en quad to zero-width joiner, line and paragraph separators, narrow and mathematical spaces,
# word joiner, ideographic space, byte order mark.
WHITE_SPACE = "[\t\n\x0b\x0c\r \x85\xa0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]"
# What releases write where they have no value (the Databricks cookbook's form of the catalogue).
NOT_GIVEN = "not given"


def _compositions() -> dict[str, str]:
    """A letter and a mark, and the one character that Unicode makes of them (NFC); Hangul apart."""
    composed = {}
    for character in map(chr, (*range(0xC0, 0xAC00), *range(0xE000, 0x10000))):
        parts = unicodedata.decomposition(character)
        if " " in parts and "<" not in parts and unicodedata.normalize("NFC", character) == character:
            composed["".join(chr(int(code, 16)) for code in parts.split())] = character
    return composed


COMPOSITIONS = _compositions()
MARKS = f"[{''.join(sorted({pair[1] for pair in COMPOSITIONS}))}]"
# `|pair=character` for each: one literal, where a map would be a thousand.
COMPOSED = "".join(f"|{pair}={character}" for pair, character in COMPOSITIONS.items())
MOST_MARKS = 3  # on a letter that there is as one character


def fold(text: Column) -> Column:
    """Text with every run of white space, of any kind, as one space, and none at the ends."""
    return F.trim(F.regexp_replace(text, f"{WHITE_SPACE}+", " "))


def blank_to_null(text: Column) -> Column:
    """Folded text; null where nothing is left of it."""
    return F.nullif(fold(text), F.lit(""))


def compose(text: Column) -> Column:
    """Text with letters and their marks as one character, where there is one: what looks the same is the same (NFC).

    For comparing: engines have no `normalize`. Not composed are Korean letters that stand apart (jamo), characters
    beyond the first 65,536, and marks in another order than Unicode's.
    """

    def with_pair(text: Column, pair: Column) -> Column:
        place = F.position(F.concat(F.lit("|"), pair, F.lit("=")), F.lit(COMPOSED))
        return F.when(place > 0, F.replace(text, pair, F.substring(F.lit(COMPOSED), place + 4, 1))).otherwise(text)

    def with_pairs(text: Column, _: Column) -> Column:
        return F.aggregate(F.regexp_extract_all(text, F.lit(f"(.{MARKS})")), text, with_pair)

    times = F.array(*[F.lit(time) for time in range(MOST_MARKS)])
    return F.when(text.rlike(MARKS), F.aggregate(times, text, with_pairs)).otherwise(text)


def given(text: Column) -> Column:
    """Folded text; null where it is blank or says `Not Given`."""
    folded = blank_to_null(text)
    return F.when(F.lower(folded) != NOT_GIVEN, folded)


def split_list(text: Column) -> Column:
    """Items of a comma-separated list in source order: trimmed, without empties and repeats; [] for null."""
    items = F.transform(F.split(text, ","), fold)
    return F.coalesce(F.array_distinct(F.filter(items, lambda item: item != "")), F.array().cast("array<string>"))
