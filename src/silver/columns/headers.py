"""Columns found by name, whatever a file calls them.

What a header means is decided for a whole file, from all of its headers, never a row at a time: an empty cell leaves no
trace in `_rescued_data`. Rules: docs/decisions/0010-headers-by-name.md.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze.feeds import RESCUED, Feed
from bronze.lineage import SOURCE_FILE
from silver.columns.text import WHITE_SPACE

NAME, SYNONYM, LAST_WORD = "name", "synonym", "last word"
FILE_PATH = "_file_path"
# `releaseYear` is two words, as `release_year` and `Release Year` are.
WORD_BREAK = f"(?:_|{WHITE_SPACE})+"


def folded(name: str) -> str:
    """A known name without case, spaces and underscores."""
    return name.lower().replace(" ", "").replace("_", "")


def words(header: Column) -> Column:
    """ARRAY<STRING>: a header's words in lower case, cut at white space of any kind, underscores and capitals."""
    spaced = F.regexp_replace(header, "([a-z0-9])([A-Z])", "$1 $2")
    return F.filter(F.split(F.lower(spaced), WORD_BREAK), lambda word: word != "")


def _known(feed: Feed, name: Column) -> Column:
    """What a folded name is known as: its column, how it is known, and its place among the column's names."""
    known: dict[str, Column] = {}
    for field in feed.fields:
        for place, other in enumerate((field.name, *field.synonyms)):
            how = SYNONYM if place else NAME
            meaning = F.struct(F.lit(field.name).alias("column"), F.lit(how).alias("how"), F.lit(place).alias("place"))
            known.setdefault(folded(other), meaning)
    pairs = [part for other, meaning in known.items() for part in (F.lit(other), meaning)]
    return F.try_element_at(F.create_map(*pairs), name)


def _last_words(feed: Feed, header_words: Column) -> Column:
    """The longest known name that a header ends in: its column, and whether the words before it are all neutral."""
    count = F.size(header_words)

    def cut(place: Column) -> Column:
        tail = F.concat_ws("", F.slice(header_words, place + 1, count))
        before = F.slice(header_words, F.lit(1), place)
        return F.struct(
            _known(feed, tail)["column"].alias("column"),
            F.forall(before, lambda word: word.isin(*feed.qualifiers)).alias("is_neutral"),
        )

    cuts = F.transform(F.sequence(F.lit(1), count - 1), cut)
    return F.when(count > 1, F.get(F.filter(cuts, lambda found: found["column"].isNotNull()), F.lit(0)))


def found_columns(bronze: DataFrame, feed: Feed) -> DataFrame:
    """One row per file: its columns that have a value under their own name (ARRAY<STRING>)."""
    counted = bronze.groupBy(SOURCE_FILE).agg(*[F.count(name).alias(name) for name in feed.columns])
    found = F.array(*[F.when(F.col(name) > 0, F.lit(name)) for name in feed.columns])
    return counted.select(SOURCE_FILE, F.filter(found, lambda name: name.isNotNull()).alias("found"))


def matched_headers(bronze: DataFrame, feed: Feed) -> DataFrame:
    """One row per file and header that is no column of bronze: the column that it was matched to, how, and its place.

    `column` is null for a header that is left over. Names and synonyms match first. A header that ends in a known name
    matches where that column was found no other way in this file, no other left-over header ends in one of its names,
    and the words before are neutral: `show_type`, but not `imdb_rating`.
    """
    keys = F.map_keys(F.from_json(F.col(RESCUED), "map<string,string>"))
    headers = (
        bronze.select(SOURCE_FILE, F.explode(keys).alias("header")).distinct().filter(F.col("header") != FILE_PATH)
    )
    header_words = words(F.col("header"))
    read = headers.select(
        SOURCE_FILE,
        "header",
        _known(feed, F.concat_ws("", header_words)).alias("known"),
        _last_words(feed, header_words).alias("ending"),
    )
    ending = F.when(F.col("known").isNull(), F.col("ending.column"))
    meant = read.withColumn("meant", F.coalesce("known.column", ending)).join(
        found_columns(bronze, feed), SOURCE_FILE, how="left"
    )
    rivals = Window.partitionBy(SOURCE_FILE, "meant")
    is_claimed = F.array_contains("found", F.col("meant")) | (F.count("known").over(rivals) > 0)
    is_alone = F.count(F.lit(1)).over(rivals) == 1
    by_last_word = F.col("ending.is_neutral") & is_alone & ~is_claimed
    is_matched = F.col("known").isNotNull() | (F.col("meant").isNotNull() & by_last_word)
    return meant.select(
        SOURCE_FILE,
        "header",
        F.when(is_matched, F.col("meant")).alias("column"),
        F.when(is_matched, F.coalesce("known.how", F.lit(LAST_WORD))).alias("how"),
        F.when(is_matched, F.coalesce("known.place", F.lit(0))).alias("place"),
    )


def by_name(bronze: DataFrame, feed: Feed) -> DataFrame:
    """One row per bronze row: the row as it came in `bronze_row`, its file, and the feed's columns, found by name.

    A column's own cell comes first, then the headers that were matched to it, in the order of its synonyms.
    """
    matched = matched_headers(bronze, feed).filter(F.col("column").isNotNull())
    in_order = F.array_sort(F.collect_list(F.struct("place", "header", "column")))
    per_file = matched.groupBy(SOURCE_FILE).agg(in_order.alias("matched"))
    rows = bronze.select(
        SOURCE_FILE,
        F.struct(*feed.table.column_names).alias("bronze_row"),
        F.from_json(F.col(RESCUED), "map<string,string>").alias("rescued"),
    ).join(per_file, SOURCE_FILE, how="left")

    def found(name: str) -> Column:
        mine = F.filter("matched", lambda match: match["column"] == name)
        values = F.transform(mine, lambda match: F.try_element_at(F.col("rescued"), match["header"]))
        elsewhere = F.get(F.filter(values, lambda value: value.isNotNull()), F.lit(0))
        return F.coalesce(F.col(f"bronze_row.{name}"), elsewhere)

    return rows.select("bronze_row", SOURCE_FILE, *[found(name).alias(name) for name in feed.columns])
