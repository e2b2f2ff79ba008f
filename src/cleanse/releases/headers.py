"""Columns found by name, whatever a file calls them.

What a header means is decided from all headers of a file, never per row: an empty cell leaves no trace in
`_rescued_data`. Rules: docs/decisions/0010-headers-by-name.md.
"""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze.feeds import RESCUED, Feed
from bronze.provenance import INGESTED_AT, MODIFIED_AT
from common.keys import SEPARATOR
from common.text import WHITE_SPACE

NAME, SYNONYM, LAST_WORD = "name", "synonym", "last word"
RESCUED_FILE_PATH = "_file_path"  # a key of every `_rescued_data`
# Signs between and around words, and invisible characters that are not letters.
SIGNS = "-_\"'`.:*#/\u2018\u2019\u201c\u201d\x00-\x08\x0e-\x1f\x7f\xad\u200e\u200f\u202a-\u202e\u2066-\u2069"
# One set of characters: in Java a repeated group is a recursion, for which a long run of signs leaves no stack.
MEANINGLESS = f"[{SIGNS}{WHITE_SPACE[1:-1]}]+"
BYTE_ORDER_MARK = "\xef\xbb\xbf"  # as Windows-1252
OTHER_SEPARATORS = "[;\t|]"  # a header that contains one of them is a complete line
RESCUED_TYPE = "map<string,string>"
# The columns of a row that its file has twice, with different values in the row; null for none.
CLASHING = "clashing_columns"
# Spark puts its place behind a name that a header has several times: Price3, Price7_.
PLACE = "([0-9]+)_*$"
BETWEEN_PAIRS = "\x1e"


def spaced(header: Column) -> Column:
    """STRING: a header's words in lower case, separated by spaces.

    It is cut at white space of any kind, capitals, and meaningless signs (underscores, hyphens, quotes).
    """
    cut = F.regexp_replace(F.replace(header, F.lit(BYTE_ORDER_MARK), F.lit(" ")), "([a-z0-9])([A-Z])", "$1 $2")
    return F.trim(F.regexp_replace(F.lower(cut), MEANINGLESS, " "))


def _without_spaces(words: Column) -> Column:
    return F.regexp_replace(words, " ", "")


def _known_names(feed: Feed) -> dict[str, str]:
    """The words of each known name, and its column: a column's own name first, then its synonyms in order."""
    names = {name: column.name for column in feed.known_columns for name in (column.name, *column.synonyms)}
    return {name.lower().replace("_", " "): column for name, column in names.items()}


def _column_named(feed: Feed, words: Column) -> Column:
    """STRING: the column with this name or synonym; null if there is none."""
    known = _known_names(feed).items()
    pairs = [F.lit(part) for name, column in known for part in (name.replace(" ", ""), column)]
    return F.try_element_at(F.create_map(*pairs), _without_spaces(words))


def _rank_of_name(feed: Feed, words: Column) -> Column:
    """INT: the position of a name among all known names; 0 for an unknown one."""
    names = [F.lit(name.replace(" ", "")) for name in _known_names(feed)]
    return F.array_position(F.array(*names), _without_spaces(words)).cast("int")


def _endings(feed: Feed) -> str:
    """A regular expression: the words before a known name (1), and the longest known name at the end (2)."""
    return f"^(.+?) ({'|'.join(name.replace(' ', ' ?') for name in _known_names(feed))})$"


def filled_columns(feed: Feed) -> Column:
    """ARRAY<STRING>, an aggregate of bronze rows: the feed's columns that have a value under their own name."""
    return F.array_compact(F.array(*[F.when(F.count(name) > 0, F.lit(name)) for name in feed.column_names]))


def rescued_headers() -> Column:
    """ARRAY<STRING>, an aggregate of bronze rows: the headers that are not columns of bronze."""
    keys = F.collect_set(F.json_object_keys(RESCUED))
    return F.array_remove(F.array_distinct(F.flatten(keys)), RESCUED_FILE_PATH)


def without_people(headers: Column, has_header: Column, longest: int | None = None) -> Column:
    """The headers, with … for those that may name a person, because the first row of a file without a header is one.

    In a file with none of the feed's columns that is every header; in others it is one with a digit or an @, or of more
    than `longest` characters.
    """

    def shown(header: Column) -> Column:
        is_harmless = has_header & ~header.rlike("[0-9@]")
        is_short = F.length(header) <= longest if longest else F.lit(True)
        return F.when(is_harmless & is_short, header).otherwise("…")

    return F.transform(headers, shown)


def matched_headers(files: DataFrame, feed: Feed, by: Sequence[str]) -> DataFrame:
    """One row per file and rescued header: the column that it matches, how, and the rank of its name.

    `files` are one row per file, known `by` these columns, with its `filled_columns` and `rescued_headers`. `column` is
    null for a header that matches none. Names and synonyms match first. A header that ends in a known name matches if
    its column was found in no other way in this file, no other unmatched header ends in one of its names, and the words
    before the name are neutral: `show_type` matches, `imdb_rating` doesn't.
    """
    headers = files.select(*by, "filled_columns", F.explode("rescued_headers").alias("header"))
    words = F.when(~F.col("header").rlike(OTHER_SEPARATORS), spaced(F.col("header")))
    without_place = F.regexp_replace("words", f"([^0-9 ]){PLACE}", "$1")
    same_name = Window.partitionBy(*by, "name")
    is_repeat = (F.col("name") != F.col("words")) & (F.count(F.lit(1)).over(same_name) > 1)
    candidates = (
        headers.withColumn("words", words)
        .withColumn("name", without_place)
        .withColumn("name", F.when(is_repeat, F.col("name")).otherwise(F.col("words")))
        .withColumns(
            {
                "named": _column_named(feed, F.col("name")),
                "ends_in": _column_named(feed, F.regexp_extract("name", _endings(feed), 2)),
            }
        )
        .withColumn("candidate", F.coalesce("named", "ends_in"))
    )
    rivals = Window.partitionBy(*by, "candidate")
    is_alone = (F.count(F.lit(1)).over(rivals) == 1) & ~F.array_contains("filled_columns", F.col("candidate"))
    neutral = f"(?:{'|'.join(feed.qualifiers)})"
    is_neutral = F.regexp_extract("name", _endings(feed), 1).rlike(f"^{neutral}(?: {neutral})*$")
    is_matched = F.col("named").isNotNull() | (is_alone & is_neutral)
    is_own_name = _without_spaces(F.col("name")) == F.regexp_replace("named", "_", "")
    how = F.when(F.col("named").isNull(), LAST_WORD).when(is_own_name, NAME).otherwise(SYNONYM)
    return candidates.select(
        *by,
        "header",
        F.when(is_matched, F.col("candidate")).alias("column"),
        F.when(is_matched, how).alias("how"),
        F.when(is_matched, _rank_of_name(feed, F.col("name"))).alias("rank"),
    )


def _first_headers(matched: DataFrame, feed: Feed, by: Sequence[str]) -> DataFrame:
    """One row per file with matched headers: the first header of each column, as `<column>_header`.

    `all_matches` has every match, in order, where a column has several headers; else it is null.
    """
    place = F.coalesce(F.regexp_extract("header", PLACE, 1).try_cast("int"), F.lit(0)).alias("place")
    in_order = F.array_sort(F.collect_list(F.struct("rank", place, "header", "column")))
    per_file = matched.groupBy(*by).agg(in_order.alias("matches"))
    columns = F.array_distinct(F.transform("matches", lambda match: match["column"]))
    return per_file.select(
        *by,
        *[
            F.get(_for_column("matches", column.name), F.lit(0))["header"].alias(f"{column.name}_header")
            for column in feed.known_columns
        ],
        F.when(F.size("matches") > F.size(columns), F.col("matches")).alias("all_matches"),
    )


def _for_column(matches: str, name: str) -> Column:
    return F.filter(matches, lambda match: match["column"] == name)


def _rescued_value(header: Column) -> Column:
    """The row's rescued value with this header. From two arrays: a map takes the default engine ten times as long.

    Most columns have no such header: the condition spares the engine to look for one in every row.
    """
    return F.when(header.isNotNull(), F.get("values", F.array_position("headers", header).cast("int") - 1))


def files_of(bronze: DataFrame, feed: Feed, *others: str) -> DataFrame:
    """One row per file of a feed: its columns with values, its other headers, and when it was modified and ingested.

    `others` are further columns that all rows of a file share.
    """
    return bronze.groupBy(*feed.file_columns).agg(
        filled_columns(feed).alias("filled_columns"),
        rescued_headers().alias("rescued_headers"),
        F.min(MODIFIED_AT).alias("modified_at"),
        F.min(INGESTED_AT).alias("ingested_at"),
        *[F.min(name).alias(name) for name in others],
    )


def with_columns_by_name(bronze: DataFrame, files: DataFrame, feed: Feed, *carried: str) -> DataFrame:
    """One row per bronze row: the unchanged row in `bronze_row`, and the columns that the feed knows, found by name.

    `files` are one row per file, whose columns `carried` its rows get. A column's own cell comes first, then those of
    the headers that match it, in the order of its synonyms. Where these have two values, the column is in CLASHING.
    """
    known = [column.name for column in feed.known_columns]
    # Not from `files`, which may be a long chain of plans: pipelines take no plan that is nested 100 messages deep.
    matched = matched_headers(files_of(bronze, feed), feed, feed.file_columns).filter(F.col("column").isNotNull())
    headers = _first_headers(matched, feed, feed.file_columns)
    described = files.select(*feed.file_columns, *carried).join(headers, list(feed.file_columns), how="left")
    # The files on the left, so that the default engine keeps them in memory and streams the rows.
    rows = described.join(bronze, list(feed.file_columns), how="right")
    has_matches = F.coalesce(*[F.col(f"{name}_header") for name in known]).isNotNull()
    parsed = rows.select(
        *feed.file_columns,
        *carried,
        *[f"{name}_header" for name in known],
        "all_matches",
        F.struct(*feed.table.column_names).alias("bronze_row"),
        F.when(has_matches, F.from_json(F.col(RESCUED), RESCUED_TYPE)).alias("rescued"),
    )
    listed = parsed.withColumns({"headers": F.map_keys("rescued"), "values": F.map_values("rescued")})
    # As columns of their own, because the default engine computes the arguments of a coalesce twice.
    first_values = {f"{name}_value": _rescued_value(F.col(f"{name}_header")) for name in known}
    values = F.transform(
        "all_matches",
        lambda match: F.struct(match["column"].alias("column"), _rescued_value(match["header"]).alias("value")),
    )
    filled = F.filter(values, lambda value: value["value"].isNotNull())
    all_values = listed.withColumns({**first_values, "filled": F.when(F.col("all_matches").isNotNull(), filled)})

    def first_value(name: str) -> Column:
        other = F.get(_for_column("filled", name), F.lit(0))["value"]
        own = [F.col(f"bronze_row.{name}")] if name in feed.column_names else []
        return F.coalesce(*own, f"{name}_value", F.when(F.col("filled").isNotNull(), other))

    named = [first_value(name).alias(name) for name in known]
    return all_values.select("bronze_row", *feed.file_columns, *carried, *named, _clashing(feed).alias(CLASHING))


def _clashing(feed: Feed) -> Column:
    """STRING: the columns for which a row has two different values, separated by commas; null for none."""
    cells = {name: F.col(f"bronze_row.{name}") for name in feed.column_names}
    of_two = F.concat_ws(", ", *[F.when(cell != F.col(f"{name}_value"), name) for name, cell in cells.items()])
    # Where the file has several headers for a column: sorted, its values are next to each other. As one text first,
    # because the default engine concatenates no arrays whose texts it keeps in different ways.
    has_several = F.col("filled").isNotNull()
    own = [F.when(has_several & cell.isNotNull(), _pair(F.lit(name), cell)) for name, cell in cells.items()]
    others = F.transform("filled", lambda value: _pair(value["column"], value["value"]))
    text = F.when(has_several, F.concat_ws(BETWEEN_PAIRS, *own, F.array_join(others, BETWEEN_PAIRS)))
    values = F.array_sort(F.array_distinct(F.split(text, BETWEEN_PAIRS)))
    columns = F.transform(values, lambda value: F.substring_index(value, SEPARATOR, 1))
    again = F.filter(columns, lambda column, place: column == F.get(columns, place - 1))
    of_several = F.array_join(F.array_distinct(again), ", ")
    return F.nullif(F.when(has_several, of_several).otherwise(of_two), F.lit(""))


def _pair(name: Column, value: Column) -> Column:
    return F.concat_ws(SEPARATOR, name, value)
