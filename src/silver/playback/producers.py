"""Events as their producers write them: under other keys, in an envelope, or several in one record.

Bronze has them unchanged: keys that aren't its columns are in `_rescued_data`. An agreed name comes first, then the
feed's other names in their order, and of one name the outer key before the one in an envelope.

In Python, because expressions for every name at every level take engines longer to plan than most updates take to run.
Rows whose other keys say nothing, nearly all, never get there.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pyspark.cloudpickle import register_pickle_by_value
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, IntegerType, StringType, StructField, StructType

from bronze.feeds import CORRUPT, PLAYBACK_FEED, RESCUED
from bronze.provenance import PROVENANCE_COLUMNS, SHOWN_FILE

# The functions are sent to the engine as code, so it doesn't need to have this module.
register_pickle_by_value(sys.modules[__name__])  # type: ignore[no-untyped-call]  # PySpark's copy has no types

# Keys under which CloudEvents, web hooks and event buses put the event itself, and one with a list of events.
ENVELOPES = ("data", "payload", "detail")
LIST_OF_EVENTS = "records"
EVENTS_OF_RECORD = "events_of_record"
"""On the first event of a row of bronze, how many the row has; 0 on the others. So a missing one shows."""
OF_A_BATCH = ("user_id", "profile_id", "title_id", "content_id", "device_type", "country", "session_id")
FILE_PATH = "_file_path"  # a key of every `_rescued_data`
COLUMNS = PLAYBACK_FEED.column_names
FILE_COLUMNS = (*PROVENANCE_COLUMNS, SHOWN_FILE.name)
ROW_COLUMNS = (*COLUMNS, CORRUPT, RESCUED)
# By column, its names as keys are compared: its own, then the others in order.
NAMES = {
    column.name: tuple(name.replace("_", "") for name in (column.name, *column.synonyms))
    for column in PLAYBACK_FEED.columns
}
KNOWN_NAMES = frozenset(name for names in NAMES.values() for name in names)
# Not as DDL, which takes a session to parse: none is there while pipelines are defined.
EVENTS = ArrayType(
    StructType([StructField(name, StringType()) for name in COLUMNS])
    .add("leftover_keys", ArrayType(StringType()))
    .add(EVENTS_OF_RECORD, IntegerType())
)
# A key that says something, in JSON without signs. It may also match in a text, which costs time and nothing else.
SIGNS = '[^a-z0-9":]+'
TELLING_KEY = f'"({"|".join(sorted({*KNOWN_NAMES, *ENVELOPES, LIST_OF_EVENTS}))})":'


def events_by_name(bronze: DataFrame) -> DataFrame:
    """One row per event: the feed's columns, found by name, EVENTS_OF_RECORD, and the row of bronze in `bronze_row`."""
    is_other = F.col(RESCUED).isNotNull() & F.regexp_replace(F.lower(RESCUED), SIGNS, "").rlike(TELLING_KEY)
    row = F.struct(*ROW_COLUMNS).alias("bronze_row")
    agreed = bronze.filter(~is_other).select(row, *COLUMNS, CORRUPT, *FILE_COLUMNS, F.lit(1).alias(EVENTS_OF_RECORD))
    return agreed.unionByName(found_by_name(bronze.filter(is_other)).drop("leftover_keys"))


def found_by_name(bronze: DataFrame) -> DataFrame:
    """One row per event, as `events_by_name`, with `leftover_keys`, those that match no column."""
    read = F.udf(events_in, EVENTS, useArrow=False)
    row = F.struct(*ROW_COLUMNS).alias("bronze_row")
    events = F.explode(read(F.array(*COLUMNS), F.col(RESCUED))).alias("event")
    return bronze.select(row, events, CORRUPT, *FILE_COLUMNS).select(
        "bronze_row",
        *[F.col(f"event.{name}").alias(name) for name in COLUMNS],
        CORRUPT,
        *FILE_COLUMNS,
        *[F.col(f"event.{name}").alias(name) for name in ("leftover_keys", EVENTS_OF_RECORD)],
    )


def events_in(cells: Sequence[str | None], rescued: str | None) -> list[dict[str, Any]]:
    """The events of a row of bronze with these cells: one, or those of a list of events.

    What has the time and the type of an event is one itself, whatever it lists. Who watches what, where and on which
    device may stand once beside a list: it is that of each event in it that doesn't say so itself.
    """
    outer, own = _parsed(rescued, dict) or {}, dict(zip(COLUMNS, cells, strict=True))
    events = next((value for key, value in outer.items() if _name(key) == LIST_OF_EVENTS), None)
    row = _event(own, outer)
    items = [_parsed(item, dict) for item in _parsed(events, list) or []]
    if not items or (row["event_ts"] and row["event_type"]):
        return [{**row, EVENTS_OF_RECORD: 1}]
    listed = [_event({}, item or {}) for item in items]
    counts = [len(listed), *[0] * (len(listed) - 1)]
    return [
        {**event, **{name: event[name] or row[name] for name in OF_A_BATCH}, EVENTS_OF_RECORD: count}
        for event, count in zip(listed, counts, strict=True)
    ]


def _event(own: Mapping[str, str | None], record: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an event whose own cells come first."""
    inner = {key: _parsed(value, dict) for key, value in record.items() if _name(key) in ENVELOPES}
    opened = {key: value for key, value in inner.items() if value is not None}
    in_order = sorted(opened, key=lambda key: ENVELOPES.index(_name(key)))
    outer = [(key, value) for key, value in record.items() if key not in opened and key != FILE_PATH]
    entries = [*outer, *(entry for key in in_order for entry in opened[key].items())]
    values: dict[str, str] = {}
    for key, value in entries:
        text = _text(value)
        if text:
            values.setdefault(_name(key), text)
    leftover = sorted({_encodable(key) for key, _ in entries if _name(key) not in KNOWN_NAMES})
    found = {column: _first([own.get(column), *map(values.get, names)]) for column, names in NAMES.items()}
    return {**found, "leftover_keys": leftover}


def _first(texts: Iterable[str | None]) -> str | None:
    return next((text for text in texts if text and text.strip()), None)


def _name(key: str) -> str:
    """What keys are compared by: their letters and digits."""
    return "".join(filter(str.isalnum, key.lower()))


def _parsed(value: Any, kind: type) -> Any:
    """A value of this kind, which may be a text of JSON; else None. Numbers are texts, as they are written."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            value = json.loads(value, parse_int=str, parse_float=str, parse_constant=str)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, kind) else None


def _text(value: Any) -> str | None:
    """A column's text; None for an object, a list, or a text of one."""
    if isinstance(value, bool):
        return str(value).lower()
    is_text = isinstance(value, str) and value.strip() and value.lstrip()[0] not in "{["
    return _encodable(value) if is_text else None


def _encodable(text: str) -> str:
    """The text with U+FFFD for lone surrogates, which engines can't take."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
