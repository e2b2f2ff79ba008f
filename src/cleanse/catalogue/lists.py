"""Columns of lists: what separates their items is decided for a whole release."""

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from cleanse.releases.rows import READ_TOGETHER
from common.countries import known_country, known_country_of_code
from common.text import CODE_PLACEHOLDERS, NAME_PLACEHOLDERS, known_code, known_items, split_list
from common.windows import with_counts

COMMA, BRACKETS = ",", "["
# Signs that separate items where one cell in a hundred has them, and no cell has a comma; or else where this many times
# as many cells have the sign as have a comma (0: never).
SEPARATORS = {"|": 10, ";": 0, "/": 0}
RAREST = 100
IN_BRACKETS = "^\\[.*\\]$"
# Texts in quotation marks of either kind, in which some may be escaped. A bounded number, because in Java each is a
# recursion.
DOUBLE, SINGLE = (f"{mark}[^{mark}\\\\]*(?:\\\\.[^{mark}\\\\]*){{0,99}}{mark}" for mark in "\"'")
# Items between brackets: in quotation marks, within which there may be commas, or without any.
ITEMS = f" *(?:{DOUBLE} *(?:,|$)|{SINGLE} *(?:,|$)|[^,]+(?:,|$))"
# The names of objects: [{"id": 1, "name": "Ann"}], as JSON and as Python write it.
NAMES = f"""["']name["'] ?: ?({DOUBLE}|{SINGLE})"""
QUOTED = "^ *([\"'])(.*)([\"']),? *$"

# The texts of cells are folded, so no item contains it.
BETWEEN_ITEMS = "\n"


def with_list_forms(titles: DataFrame, columns: Sequence[str]) -> DataFrame:
    """One row per row, with `<column>_separator` for each column of lists: what separates the items in its release.

    It is a comma, another of the SEPARATORS, or BRACKETS where every cell is in them. `country_is_code` says whether
    most cells of that column have two letters. A cell's text is in `<column>_text`.
    """
    counts = {}
    for name in columns:
        text = F.col(f"{name}_text")
        counts[f"{name}_cells"] = text.isNotNull()
        counts[f"{name}_in{BRACKETS}"] = text.rlike(IN_BRACKETS)
        for sign in (COMMA, *SEPARATORS):
            counts[f"{name}_with{sign}"] = F.contains(text, F.lit(sign))
    text = F.col("country_text")
    counts["country_codes"] = text.rlike("[A-Za-z]{2}") & ~text.rlike("[^ -~]|[A-Za-z]{3}")
    counted = with_counts(titles, counts, Window.partitionBy(*READ_TOGETHER))
    decided = {f"{name}_separator": _separator(name) for name in columns}
    return counted.withColumns({**decided, "country_is_code": F.col("country_codes") * 2 > F.col("country_cells")})


def _separator(name: str) -> Column:
    """STRING: what separates the items of a column, from the number of its cells with each sign."""
    cells, commas = F.col(f"{name}_cells"), F.col(f"{name}_with{COMMA}")
    separator = F.when((cells > 0) & (F.col(f"{name}_in{BRACKETS}") == cells), F.lit(BRACKETS))
    for sign, times in SEPARATORS.items():
        with_sign = F.col(f"{name}_with{sign}")
        is_alone = (commas == 0) | (commas * times <= with_sign) if times else commas == 0
        separator = separator.when((with_sign > 0) & (with_sign * RAREST >= cells) & is_alone, F.lit(sign))
    return separator.otherwise(F.lit(COMMA))


def with_lists(titles: DataFrame, columns: Mapping[str, str]) -> DataFrame:
    """One row per row, with the items of each list in order, without unknown, empty and repeated ones.

    `columns` are the lists' columns by the name of the source's. Countries have their names in the catalogue. In
    country codes, NA is Namibia.
    """
    country = F.when(F.col("country_is_code"), known_code(F.col("country"))).otherwise(F.col("country_text"))
    texts = {name: country if name == "country" else F.col(f"{name}_text") for name in columns}
    # All four at once, in steps: the default engine takes longer to plan the same four times, and as one expression.
    cells = F.array(*[_cell(text, F.col(f"{name}_separator")) for name, text in texts.items()])
    separated = titles.withColumn("cells", cells).withColumn("cells", F.transform("cells", _separated))
    split = separated.withColumn("items", F.transform("cells", lambda text: split_list(text, BETWEEN_ITEMS)))
    split = split.withColumns({f"{name}_items": F.get("items", F.lit(place)) for place, name in enumerate(texts)})
    known = {column: known_items(F.col(f"{name}_items"), NAME_PLACEHOLDERS) for name, column in columns.items()}
    codes = known_items(F.col("country_items"), CODE_PLACEHOLDERS)
    names = F.when(F.col("country_is_code"), F.transform(codes, known_country_of_code)).otherwise(
        F.transform(known[columns["country"]], known_country)
    )
    # Two names of a country are one.
    known[columns["country"]] = F.array_distinct(names)
    return split.withColumns(known)


def _cell(text: Column, separator: Column) -> Column:
    """STRUCT: the text of a list whose items are BETWEEN_ITEMS, or the one in brackets that is to be read."""
    in_brackets = separator == BRACKETS
    plain = F.when(~in_brackets, F.replace(text, separator, F.lit(BETWEEN_ITEMS)))
    return F.struct(plain.alias("plain"), F.when(in_brackets, text).alias("in_brackets"))


def _separated(cell: Column) -> Column:
    """STRING: the items of a list, BETWEEN_ITEMS."""
    return F.coalesce(cell["plain"], _between_brackets(cell["in_brackets"]))


def _between_brackets(text: Column) -> Column:
    """STRING: the items of a list in brackets, BETWEEN_ITEMS, without their quotation marks."""
    inner = F.regexp_replace(text, "^\\[ ?| ?\\]$", "")
    items = F.when(inner.startswith("{"), F.regexp_extract_all(inner, F.lit(NAMES), F.lit(1))).otherwise(
        F.regexp_extract_all(inner, F.lit(ITEMS), F.lit(0))
    )
    return F.array_join(F.transform(items, _without_quotes), BETWEEN_ITEMS)


def _without_quotes(item: Column) -> Column:
    """STRING: an item without quotation marks and what is behind them; what JSON escapes is decoded."""
    plain = F.regexp_replace(F.regexp_replace(item, ", *$", ""), QUOTED, "$2")
    apostrophes = F.replace(plain, F.lit("\\'"), F.lit("'"))
    decoded = F.get(F.from_json(F.concat(F.lit('["'), apostrophes, F.lit('"]')), "array<string>"), F.lit(0))
    return F.when(F.contains(plain, F.lit("\\")), F.coalesce(decoded, apostrophes)).otherwise(plain)
