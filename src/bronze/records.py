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


def split_records(line: Column) -> Column:
    """ARRAY<STRING>: the records of a line, split where one ends and another value begins, except in strings.

    Records may be separated by nothing or semicolons, and by commas in lines without lists.
    """
    masked = line
    for text, mask in MASKS:
        masked = F.replace(masked, F.lit(text), F.lit(mask))
    with_lists = F.regexp_replace(masked, f"{STRING}|{BOUNDARY}", f"$1$2{CUT}$3")
    without_lists = F.regexp_replace(masked, f"{STRING}|{ANY_BOUNDARY}", f"$1$2$4{CUT}$3$5")
    marked = F.when(F.contains(masked, F.lit(START_OF_LIST)), with_lists).otherwise(without_lists)
    # The replacement also puts a cut after each string.
    cut_at_boundaries = F.replace(marked, F.lit(f'"{CUT}'), F.lit('"'))
    return F.transform(F.split(cut_at_boundaries, CUT), _unmasked)


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
    read = records.select(*PROVENANCE_COLUMNS, "record", F.from_json("record", "map<string,string>").alias("parsed"))
    is_object = F.col("record").rlike(r"^\{.*\}[ \t\r]*$") & F.col("parsed").isNotNull()
    objects = read.withColumn("parsed", F.when(is_object, F.col("parsed")))
    entries = F.filter(F.map_entries("parsed"), lambda entry: entry["value"].isNotNull())
    return objects.select(
        *[_value_of(entries, name).alias(name) for name in feed.column_names],
        F.when(F.col("parsed").isNull(), F.col("record")).alias(CORRUPT),
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
