"""Columns found by name, whatever a file calls them.

What a header means is decided for a whole file, from all of its headers, never a row at a time: an empty cell leaves no
trace in `_rescued_data`. Rules: docs/decisions/0010-headers-by-name.md.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze.feeds import RESCUED, Feed
from bronze.lineage import SOURCE_FILE
from common.text import WHITE_SPACE
from silver.releases.file_names import MOST_FILES

NAME, SYNONYM, LAST_WORD = "name", "synonym", "last word"
FILE_PATH = "_file_path"  # of every `_rescued_data`
# Signs between and around words; what is no letter and can't be seen.
SIGNS = "-_\"'`.:*#/\u2018\u2019\u201c\u201d\x00-\x08\x0e-\x1f\x7f\xad\u200e\u200f\u202a-\u202e\u2066-\u2069"
# One set of characters: a repeated group is recursion in Java, which has no stack for a long run.
MEANINGLESS = f"[{SIGNS}{WHITE_SPACE[1:-1]}]+"
READ_AS_WINDOWS_1252 = "\xef\xbb\xbf"  # a byte order mark
OTHER_SEPARATORS = "[;\t|]"  # a header with one of them is a whole line
RESCUED_TYPE = "map<string,string>"


def spaced(header: Column) -> Column:
    """A header's words in lower case, a space between them.

    It is cut at white space of any kind, capitals, and signs that mean nothing (underscores, hyphens, quotes).
    """
    cut = F.regexp_replace(F.replace(header, F.lit(READ_AS_WINDOWS_1252), F.lit(" ")), "([a-z0-9])([A-Z])", "$1 $2")
    return F.trim(F.regexp_replace(F.lower(cut), MEANINGLESS, " "))


def _joined(words: Column) -> Column:
    return F.regexp_replace(words, " ", "")


def _known_names(feed: Feed) -> dict[str, str]:
    """The words of each known name, and its column: a column's own name first, then its synonyms in order."""
    names = {name: field.name for field in feed.fields for name in (field.name, *field.synonyms)}
    return {name.lower().replace("_", " "): column for name, column in names.items()}


def _column_of(feed: Feed, words: Column) -> Column:
    """The column that is known by a name; null for an unknown one."""
    known = _known_names(feed).items()
    pairs = [F.lit(part) for name, column in known for part in (name.replace(" ", ""), column)]
    return F.try_element_at(F.create_map(*pairs), _joined(words))


def _place_of(feed: Feed, words: Column) -> Column:
    """INT: the place of a known name among all known names; 0 for an unknown one."""
    names = [F.lit(name.replace(" ", "")) for name in _known_names(feed)]
    return F.array_position(F.array(*names), _joined(words)).cast("int")


def _endings(feed: Feed) -> str:
    """A regular expression: the words before a known name (1), and that name (2), the longest there is."""
    return f"^(.+?) ({'|'.join(name.replace(' ', ' ?') for name in _known_names(feed))})$"


def found_columns(feed: Feed) -> Column:
    """ARRAY<STRING>, an aggregate of bronze rows: the feed's columns that have a value under their own name."""
    found = F.array(*[F.when(F.count(name) > 0, F.lit(name)) for name in feed.columns])
    return F.filter(found, lambda name: name.isNotNull())


def rescued_headers() -> Column:
    """ARRAY<STRING>, an aggregate of bronze rows: the headers that are no columns of bronze."""
    keys = F.collect_set(F.json_object_keys(RESCUED))
    return F.array_remove(F.array_distinct(F.flatten(keys)), FILE_PATH)


def matched_headers(files: DataFrame, feed: Feed) -> DataFrame:
    """One row per file and rescued header: the column that it was matched to, how, and its place among known names.

    `files` are one row per file, with its `found_columns` and `rescued_headers`. `column` is null for a header that is
    left over. Names and synonyms match first. A header that ends in a known name matches where that column was found
    no other way in this file, no other left-over header ends in one of its names, and the words before are neutral:
    `show_type`, but not `imdb_rating`.
    """
    headers = files.select(SOURCE_FILE, "found", F.explode("headers").alias("header"))
    words = F.when(~F.col("header").rlike(OTHER_SEPARATORS), spaced(F.col("header")))
    meant = (
        headers.withColumn("words", words)
        .withColumn("named", _column_of(feed, F.col("words")))
        .withColumn("ends_in", _column_of(feed, F.regexp_extract("words", _endings(feed), 2)))
        .withColumn("meant", F.coalesce("named", "ends_in"))
    )
    rivals = Window.partitionBy(SOURCE_FILE, "meant")
    is_alone = (F.count(F.lit(1)).over(rivals) == 1) & ~F.array_contains("found", F.col("meant"))
    neutral = f"(?:{'|'.join(feed.qualifiers)})"
    is_neutral = F.regexp_extract("words", _endings(feed), 1).rlike(f"^{neutral}(?: {neutral})*$")
    is_matched = F.col("named").isNotNull() | (is_alone & is_neutral)
    is_own_name = _joined(F.col("words")) == F.regexp_replace("named", "_", "")
    how = F.when(F.col("named").isNull(), LAST_WORD).when(is_own_name, NAME).otherwise(SYNONYM)
    return meant.select(
        SOURCE_FILE,
        "header",
        F.when(is_matched, F.col("meant")).alias("column"),
        F.when(is_matched, how).alias("how"),
        F.when(is_matched, _place_of(feed, F.col("words"))).alias("place"),
    )


def _first_headers(matched: DataFrame, feed: Feed) -> DataFrame:
    """One row per file with matched headers: of each column the header that comes first, as `<column>_header`.

    `others` are all matches where a column has several, in their order; null where none has.
    """
    in_order = F.array_sort(F.collect_list(F.struct("place", "header", "column")))
    per_file = matched.groupBy(SOURCE_FILE).agg(in_order.alias("matched"))
    columns = F.array_distinct(F.transform("matched", lambda match: match["column"]))
    return per_file.select(
        SOURCE_FILE,
        *[F.get(_of_column("matched", name), F.lit(0))["header"].alias(f"{name}_header") for name in feed.columns],
        F.when(F.size("matched") > F.size(columns), F.col("matched")).alias("others"),
    )


def _of_column(matches: str, name: str) -> Column:
    return F.filter(matches, lambda match: match["column"] == name)


def _under(header: Column) -> Column:
    """The row's rescued value under a header. Of two arrays: the default engine takes ten times as long in a map."""
    return F.get("values", F.array_position("headers", header).cast("int") - 1)


def by_name(bronze: DataFrame, feed: Feed) -> DataFrame:
    """One row per bronze row: the row as it came in `bronze_row`, its file, and the feed's columns, found by name.

    A column's own cell comes first, then the headers that were matched to it, in the order of its synonyms.
    """
    files = bronze.groupBy(SOURCE_FILE).agg(found_columns(feed).alias("found"), rescued_headers().alias("headers"))
    matched = matched_headers(files, feed).filter(F.col("column").isNotNull())
    # The files from the left, and how many at most: so the default engine holds these in memory, and streams the rows.
    rows = _first_headers(matched, feed).limit(MOST_FILES).join(bronze, SOURCE_FILE, how="right")
    parsed = rows.select(
        SOURCE_FILE,
        *[f"{name}_header" for name in feed.columns],
        "others",
        F.struct(*feed.table.column_names).alias("bronze_row"),
        F.from_json(F.col(RESCUED), RESCUED_TYPE).alias("rescued"),
    )
    listed = parsed.withColumns({"headers": F.map_keys("rescued"), "values": F.map_values("rescued")})
    # Columns of their own, as the default engine computes what a coalesce is made of twice.
    firsts = listed.withColumns({f"{name}_value": _under(F.col(f"{name}_header")) for name in feed.columns})

    values = F.transform(
        "others", lambda it: F.struct(it["column"].alias("column"), _under(it["header"]).alias("value"))
    )
    filled = F.filter(values, lambda it: it["value"].isNotNull())
    looked_up = firsts.withColumn("filled", F.when(F.col("others").isNotNull(), filled))

    def found(name: str) -> Column:
        other = F.get(_of_column("filled", name), F.lit(0))["value"]
        first = F.col(f"bronze_row.{name}"), F.col(f"{name}_value")
        return F.coalesce(*first, F.when(F.col("filled").isNotNull(), other))

    return looked_up.select("bronze_row", SOURCE_FILE, *[found(name).alias(name) for name in feed.columns])
