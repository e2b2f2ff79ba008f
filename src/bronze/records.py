"""Records that stand one behind the other on a line, as Firehose writes them: `{…}{…}`.

Spark's JSON reader takes the first of a line and drops what follows without a word; these functions give what follows.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from bronze.feeds import CORRUPT, RESCUED, Feed
from bronze.lineage import LINEAGE_COLUMNS, SOURCE_FILE

FILE_PATH = "_file_path"
# It can't stand in JSON but behind a backslash. What follows it says what it stands for.
MARK = "\x1e"
CUT = f"{MARK}0"
# Longest first: of two backslashes the second escapes nothing.
MASKS = ((MARK, f"{MARK}3"), ("\\\\", f"{MARK}2"), ('\\"', f"{MARK}1"))
MOST = 1_000_000_000  # records of a line
# What can follow the end of an object or a list on no level of JSON: all but a comma, another end, and the line's end.
NEXT = r"([}\]])[ \t]*;?[ \t]*([^ \t\r,;}\]])"
# The same with a comma: it may stand in a list, so a line without lists is cut there.
NEXT_ITEM = r"(\})[ \t]*,[ \t]*(\{)"
LIST = "["
ANY_NEXT = f"{NEXT}|{NEXT_ITEM}"
# In quotes, escaped ones in it masked. No repeated group: Java walks through one by recursion, and has no stack left
# after some thousand characters.
TEXT = '("[^"]*")'


def split_records(line: Column) -> Column:
    """ARRAY<STRING>: the objects of a line, cut where one ends and something else begins; braces in texts cut nothing.

    They may stand one behind the other, or behind semicolons; behind commas in lines without lists.
    """
    masked = line
    for text, mask in MASKS:
        masked = F.replace(masked, F.lit(text), F.lit(mask))
    with_lists = F.regexp_replace(masked, f"{TEXT}|{NEXT}", f"$1$2{CUT}$3")
    without = F.regexp_replace(masked, f"{TEXT}|{ANY_NEXT}", f"$1$2$4{CUT}$3$5")
    marked = F.when(F.contains(masked, F.lit(LIST)), with_lists).otherwise(without)
    # Texts were marked too, each behind its closing quote.
    whole = F.replace(marked, F.lit(f'"{CUT}'), F.lit('"'))
    return F.transform(F.split(whole, CUT), _unmasked)


def _unmasked(record: Column) -> Column:
    for text, mask in reversed(MASKS):
        record = F.replace(record, F.lit(mask), F.lit(text))
    return record


def further_records(lines: DataFrame, feed: Feed) -> DataFrame:
    """One row per record of a line except the first, with the columns of the feed's table.

    `lines` have `value` (a line) and the lineage columns. What is not a JSON object is in `_corrupt_record`. Keys that
    are not columns, whatever their case, are in `_rescued_data`.
    """
    several = lines.filter(F.col("value").rlike(ANY_NEXT))
    records = several.select(
        *LINEAGE_COLUMNS, F.explode(F.slice(split_records(F.col("value")), 2, MOST)).alias("record")
    )
    read = records.select(*LINEAGE_COLUMNS, "record", F.from_json("record", "map<string,string>").alias("found"))
    is_object = F.col("record").rlike(r"^\{.*\}[ \t\r]*$") & F.col("found").isNotNull()
    parsed = read.withColumn("found", F.when(is_object, F.col("found")))
    entries = F.filter(F.map_entries("found"), lambda entry: entry["value"].isNotNull())
    return parsed.select(
        *[_value_of(entries, name).alias(name) for name in feed.columns],
        F.when(F.col("found").isNull(), F.col("record")).alias(CORRUPT),
        _rescued(entries, feed).alias(RESCUED),
        *LINEAGE_COLUMNS,
    )


def _value_of(entries: Column, name: str) -> Column:
    """The value of the last key of that name, in any case."""
    named = F.filter(entries, lambda entry: F.lower(entry["key"]) == name)
    return F.try_element_at(named, F.lit(-1))["value"]


def _rescued(entries: Column, feed: Feed) -> Column:
    """JSON of the entries whose keys are no columns; null where there are none."""
    others = F.filter(entries, lambda entry: ~F.lower(entry["key"]).isin(list(feed.columns)))
    path = F.create_map(F.lit(FILE_PATH), F.col(SOURCE_FILE))
    return F.when(F.size(others) > 0, F.to_json(F.map_concat(F.map_from_entries(others), path)))
