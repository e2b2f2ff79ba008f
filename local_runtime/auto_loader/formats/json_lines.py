"""JSON lines parsed exactly as Spark's JSON reader does, one line at a time, for lines that are not obviously clean.

Only the first value of a line counts; the rest is skipped, as in Spark. Values become texts: numbers as they are
written, objects and arrays as JSON.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_runtime.auto_loader.formats.records import Malformed


class _Number(str):
    """A number as it is written in the JSON."""


class _Pairs(list[tuple[str, Any]]):
    """An object, duplicate keys included."""


@dataclass(frozen=True)
class JsonRecord:
    """An object: its values by column, and those that are no column's, or were overwritten, by key."""

    values: Mapping[str, str]
    rescued: Mapping[str, str] = field(default_factory=dict)


def records_of(line: str, columns: Mapping[str, str], case_sensitive: bool) -> Iterator[JsonRecord | Malformed]:
    """The records of a line: one, or those of an array; a broken line is malformed.

    `columns` are the columns by their keys (in lower case where case doesn't matter). Where a key is duplicated the
    last value counts, and the others are rescued.
    """
    text = line.strip(" \t\r\n\ufeff")
    try:
        value, _ = _decoder().raw_decode(text)
    except (ValueError, RecursionError):
        yield Malformed(line)
        return
    objects = value if isinstance(value, list) and not isinstance(value, _Pairs) else [value]
    if not objects or not all(isinstance(item, _Pairs) for item in objects):
        yield Malformed(line)
        return
    try:
        yield from [_record(item, columns, case_sensitive) for item in objects]
    except RecursionError:
        yield Malformed(line)


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_Pairs, parse_float=_Number, parse_int=_Number, parse_constant=_Number, strict=True
    )


def _record(pairs: _Pairs, columns: Mapping[str, str], case_sensitive: bool) -> JsonRecord:
    values: dict[str, str] = {}
    rescued: dict[str, str] = {}
    for name, value in pairs:
        written = _value_text(value)
        if written is None:
            continue
        key, text = _encodable(name), _encodable(written)
        column = columns.get(key if case_sensitive else key.lower())
        if column is None:
            rescued[key] = text
            continue
        if column in values and values[column] != text:
            rescued[key] = values[column]
        values[column] = text
    return JsonRecord(values, rescued)


def _value_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    return _json_text(value)


def _encodable(text: str) -> str:
    """The text with U+FFFD for lone surrogates, which UTF-8 can't encode."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if not text.isascii() else text


def _json_text(value: Any) -> str:
    match value:
        case _Number():
            return str(value)
        case _Pairs():
            return "{" + ",".join(f"{_json_text(key)}:{_json_text(inner)}" for key, inner in value) + "}"
        case list():
            return "[" + ",".join(map(_json_text, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)
