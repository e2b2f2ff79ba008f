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
# A key, whose text is behind its first quote; or another string.
KEY_OR_STRING = r'(")([^"]*"[ \t]*:)|("[^"]*")'
# Around a key's place in its line: of keys that are alike, the default engine would keep the last one only.
PLACE = "\ue001"
PLACE_DIGITS = 8
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
    """ARRAY<STRUCT<key, value>>: what a JSON object holds, in order; null for anything else.

    Nulls are left out, keys may be repeated, and numbers are as they are written. A separator may follow the object.
    The default engine would round numbers of many digits, so they are read as strings.
    """
    alone = F.regexp_replace(record, LAST_SEPARATOR, "")
    opening, closing = f"{MARK}4", f"{MARK}5"
    keyed = _with_places(_masked(alone))
    marked = F.regexp_replace(keyed, f"{STRING}|{NUMBER}", f"$1$2{opening}$3{closing}$4")
    # The replacement also puts the marks of a number after each string.
    numbers = F.replace(marked, F.lit(f"{opening}{closing}"), F.lit(""))
    quoted = F.replace(F.replace(numbers, F.lit(opening), F.lit(f'"{AS_WRITTEN}')), F.lit(closing), F.lit('"'))
    entries = F.map_entries(F.from_json(_unmasked(quoted), "map<string,string>"))
    filled = F.filter(entries, lambda entry: entry["value"].isNotNull())
    as_written = F.transform(
        filled,
        lambda entry: F.struct(
            _without_places(entry["key"]).alias("key"), _without_places(_without_quotes(entry["value"])).alias("value")
        ),
    )
    return F.when(alone.rlike(r"^\{.*\}$"), as_written)


def _with_places(masked: Column) -> Column:
    """The masked record, with its place in front of each key."""
    key, no_key = f"{MARK}6", f"{MARK}7"
    marked = F.regexp_replace(masked, KEY_OR_STRING, f"$1{key}$2{no_key}$3")
    # The replacement also puts both marks before each other string, and the second one behind each key.
    cut_at_keys = F.replace(F.replace(marked, F.lit(key + no_key), F.lit("")), F.lit(no_key), F.lit(""))
    place = F.lit(PLACE)
    return F.array_join(
        F.transform(
            F.split(cut_at_keys, key),
            lambda part, at: F.when(at == 0, part).otherwise(
                F.concat(place, F.lpad(at.cast("string"), PLACE_DIGITS, "0"), place, part)
            ),
        ),
        "",
    )


def _without_places(text: Column) -> Column:
    return F.regexp_replace(text, f"{PLACE}[0-9]+{PLACE}", "")


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
    `_corrupt_record`, keys that are not columns, whatever their case, to `_rescued_data`, and so does the value of a
    column that is overwritten: of a key that is repeated the last value counts, as in the JSON reader.
    """
    several = lines.filter(F.col("value").rlike(ANY_BOUNDARY))
    further = F.slice(split_records(F.col("value")), 2, MAX_RECORDS)
    records = several.select(*PROVENANCE_COLUMNS, F.explode(further).alias("record"))
    entries, others = F.col("entries"), F.col("others")
    objects = records.withColumn("entries", read_object(F.col("record")))
    # In steps of their own, because engines compute a column again wherever it is used.
    parted = objects.withColumn("others", _left_over(entries, feed))
    rescued = parted.withColumn("keys", F.transform(others, lambda entry: entry["key"]))
    return rescued.withColumn("others", _last(others, F.col("keys"))).select(
        *[_value_of(entries, name).alias(name) for name in feed.column_names],
        F.when(entries.isNull(), F.col("record")).alias(CORRUPT),
        _as_json(others).alias(RESCUED),
        *PROVENANCE_COLUMNS,
    )


def _value_of(entries: Column, name: str) -> Column:
    """STRING: the value of the last key with this name, in any case."""
    named = F.filter(entries, lambda entry: F.lower(entry["key"]) == name)
    return F.try_element_at(named, F.lit(-1))["value"]


def _left_over(entries: Column, feed: Feed) -> Column:
    """ARRAY<STRUCT<key, value>>: the entries whose keys are not columns, and values that were overwritten."""

    def left_over(entry: Column, at: Column) -> Column:
        name = F.lower(entry["key"])
        before = F.filter(entries, lambda other, place: (place < at) & (F.lower(other["key"]) == name))
        overwritten = F.nullif(F.try_element_at(before, F.lit(-1))["value"], entry["value"])
        value = F.when(name.isin(list(feed.column_names)), overwritten).otherwise(entry["value"])
        return F.struct(_rescued_key(entry["key"]).alias("key"), value.alias("value"))

    return F.filter(F.transform(entries, left_over), lambda entry: entry["value"].isNotNull())


def _last(entries: Column, keys: Column) -> Column:
    """The entries, of which `keys` are the keys; of those with one key the last, because a map has each key once."""
    return F.filter(entries, lambda entry, at: F.size(keys) - F.array_position(F.reverse(keys), entry["key"]) == at)


def _as_json(entries: Column) -> Column:
    """STRING: entries and the path of their file as JSON; null if there are none."""
    keys, values = F.transform(entries, lambda entry: entry["key"]), F.transform(entries, lambda entry: entry["value"])
    path = F.create_map(F.lit(FILE_PATH), F.col(SOURCE_FILE))
    return F.when(F.size(entries) > 0, F.to_json(F.map_concat(F.map_from_arrays(keys, values), path)))


def _rescued_key(key: Column) -> Column:
    """The key, under another name where the file's path has that name."""
    return F.when(key == FILE_PATH, f"{FILE_PATH}_").otherwise(key)
