"""Further records on a line, as Firehose writes them: `{…}{…}`.

Spark's JSON reader takes the first value of a line and silently drops the rest; these functions return the rest.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from bronze.feeds import CORRUPT, RESCUED, Feed
from bronze.provenance import PROVENANCE_COLUMNS, SOURCE_FILE

FILE_PATH = "_file_path"
# A control character, which valid JSON contains only as an escape; the digit after it says what it stands for.
MARK = "\x1e"
CUT = f"{MARK}0"
# In this order, because an escaped backslash escapes nothing.
MASKS = ((MARK, f"{MARK}3"), ("\\\\", f"{MARK}2"), ('\\"', f"{MARK}1"))
MAX_RECORDS = 1_000_000_000  # per line
# The end of an object or list, and the start of another value, which can't follow it inside any JSON value.
BOUNDARY = r"([}\]])[ \t]*;?[ \t]*([^ \t\r,;}\]])"
# The same with a comma between objects, which is a boundary only if the line has no lists.
COMMA_BOUNDARY = r"(\})[ \t]*,[ \t]*(\{)"
ANY_BOUNDARY = f"{BOUNDARY}|{COMMA_BOUNDARY}"
START_OF_LIST = "["
# A string, after escaped quotes are masked. Without a repeated group, because Java matches one by recursion and runs
# out of stack after some thousand characters.
STRING = '("[^"]*")'
# A key's number, by the grammar of JSON, and what must follow it.
NUMBER = r"(:[ \t]*)(-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?(?:[eE][+-]?[0-9]+)?)([ \t]*[,}])"
# Stands before a number while it is read as a string. A character for private use, which JSON needn't escape.
AS_WRITTEN = "\ue000"
LAST_SEPARATOR = r"[ \t]*[;,]?[ \t\r]*$"


def split_records(line: Column) -> Column:
    """ARRAY<STRING>: the records of a line, split where one ends and another value begins, except in strings.

    Records may be separated by nothing or semicolons, and by commas in lines without lists.
    """
    masked = _masked(line)
    with_lists = F.regexp_replace(masked, f"{STRING}|{BOUNDARY}", f"$1$2{CUT}$3")
    without_lists = F.regexp_replace(masked, f"{STRING}|{ANY_BOUNDARY}", f"$1$2$4{CUT}$3$5")
    marked = F.when(F.contains(masked, F.lit(START_OF_LIST)), with_lists).otherwise(without_lists)
    # The replacement also puts a cut after each string.
    cut_at_boundaries = F.replace(marked, F.lit(f'"{CUT}'), F.lit('"'))
    return F.transform(F.split(cut_at_boundaries, CUT), _unmasked)


def read_object(record: Column) -> Column:
    """ARRAY<STRUCT<key, value>>: what a JSON object holds, without nulls, numbers as they are written; else null.

    A separator may follow the object. The default engine would round numbers of many digits, so they are read as
    strings.
    """
    alone = F.regexp_replace(record, LAST_SEPARATOR, "")
    opening, closing = f"{MARK}4", f"{MARK}5"
    marked = F.regexp_replace(_masked(alone), f"{STRING}|{NUMBER}", f"$1$2{opening}$3{closing}$4")
    # The replacement also puts the marks of a number after each string.
    numbers = F.replace(marked, F.lit(f"{opening}{closing}"), F.lit(""))
    quoted = F.replace(F.replace(numbers, F.lit(opening), F.lit(f'"{AS_WRITTEN}')), F.lit(closing), F.lit('"'))
    entries = F.map_entries(F.from_json(_unmasked(quoted), "map<string,string>"))
    filled = F.filter(entries, lambda entry: entry["value"].isNotNull())
    as_written = F.transform(
        filled, lambda entry: F.struct(entry["key"].alias("key"), _without_quotes(entry["value"]).alias("value"))
    )
    return F.when(alone.rlike(r"^\{.*\}$"), as_written)


def _without_quotes(value: Column) -> Column:
    """The value, and the numbers inside it, as they are written."""
    return F.regexp_replace(value, f'"?{AS_WRITTEN}([-+.0-9eE]+)"?', "$1")


def _masked(record: Column) -> Column:
    for text, mask in MASKS:
        record = F.replace(record, F.lit(text), F.lit(mask))
    return record


def _unmasked(record: Column) -> Column:
    for text, mask in reversed(MASKS):
        record = F.replace(record, F.lit(mask), F.lit(text))
    return record


def further_records(lines: DataFrame, feed: Feed) -> DataFrame:
    """One row per record of a line except the first, with the columns of the feed's table.

    `lines` have `value` (a line) and the provenance columns. A record that is not a JSON object goes to
    `_corrupt_record`, keys that are not columns, whatever their case, to `_rescued_data`.
    """
    several = lines.filter(F.col("value").rlike(ANY_BOUNDARY))
    further = F.slice(split_records(F.col("value")), 2, MAX_RECORDS)
    records = several.select(*PROVENANCE_COLUMNS, F.explode(further).alias("record"))
    objects = records.withColumn("entries", read_object(F.col("record")))
    entries = F.col("entries")
    return objects.select(
        *[_value_of(entries, name).alias(name) for name in feed.column_names],
        F.when(entries.isNull(), F.col("record")).alias(CORRUPT),
        _rescued(entries, feed).alias(RESCUED),
        *PROVENANCE_COLUMNS,
    )


def _value_of(entries: Column, name: str) -> Column:
    """STRING: the value of the last key with this name, in any case."""
    named = F.filter(entries, lambda entry: F.lower(entry["key"]) == name)
    return F.try_element_at(named, F.lit(-1))["value"]


def _rescued(entries: Column, feed: Feed) -> Column:
    """STRING: the entries whose keys are not columns, as JSON; null if there are none."""
    others = F.filter(entries, lambda entry: ~F.lower(entry["key"]).isin(list(feed.column_names)))
    path = F.create_map(F.lit(FILE_PATH), F.col(SOURCE_FILE))
    return F.when(F.size(others) > 0, F.to_json(F.map_concat(F.map_from_entries(others), path)))
