"""Results of queries as text: a table for a person, CSV and JSON for programs."""

import contextlib
import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

UNLIMITED = 1_000_000


@dataclass(frozen=True)
class Room:
    """How wide a table may be drawn, and how many of its rows are shown."""

    width: int = UNLIMITED
    rows: int = 20


ALL_ROOM = Room(UNLIMITED, UNLIMITED)
"""Room for every row and column."""


def as_table(result: "duckdb.DuckDBPyRelation", room: Room, how_to_see_all: str) -> str:
    """The result as a drawn table with its number of rows; where it is cut, with a hint how to get all of it."""
    if result.columns == ["explain_key", "explain_value"]:
        return "".join(f"{plan}\n" for _, plan in result.fetchall())
    drawn = io.StringIO()
    with contextlib.redirect_stdout(drawn):
        result.show(max_width=room.width, max_rows=room.rows)
    box = drawn.getvalue().rstrip() + "\n"
    footer = box.rpartition("┘")[2]
    return f"{box}{how_to_see_all}\n" if "shown)" in footer or "… │" in box else box


def as_csv(result: "duckdb.DuckDBPyRelation") -> str:
    """The result as CSV (RFC 4180) with a header. NULL is nothing, an empty text is `""`; nested values are JSON."""
    rows = [result.columns, *_python_rows(result)]
    return "".join(",".join(map(_csv_cell, row)) + "\n" for row in rows)


def as_json(result: "duckdb.DuckDBPyRelation") -> str:
    """The result as one JSON array with an object on each line.

    Numbers keep all their digits. NaN and the infinities, which JSON doesn't have, are texts; dates and times are ISO
    8601, bytes hexadecimal. A second column of one name gets a number behind it: `name`, `name_1`.
    """
    names = _distinct(result.columns)
    objects = [_json(dict(zip(names, row, strict=True))) for row in _python_rows(result)]
    return "[\n " + ",\n ".join(objects) + "\n]\n" if objects else "[]\n"


def _python_rows(result: "duckdb.DuckDBPyRelation") -> Sequence[tuple[Any, ...]]:
    """The rows as Python's values; intervals as DuckDB writes them, because Python's have no months."""
    kinds = [str(kind) for kind in result.types]
    if "INTERVAL" in kinds:
        columns = (f"#{n}::VARCHAR" if kind == "INTERVAL" else f"#{n}" for n, kind in enumerate(kinds, start=1))
        result = result.project(", ".join(columns))
    return list(result.fetchall())


def _distinct(names: Sequence[str]) -> list[str]:
    distinct: list[str] = []
    for name in names:
        number, free = 0, name
        while free in distinct or (number and free in names):
            number += 1
            free = f"{name}_{number}"
        distinct.append(free)
    return distinct


def _csv_cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case "":
            return '""'
        case list() | dict() | bool():
            text = _json(value)
        case _:
            text = value if isinstance(value, str) else _scalar_text(value)
    return '"' + text.replace('"', '""') + '"' if set(text) & {",", '"', "\r", "\n"} else text


def _json(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return _scalar_text(value)
        case float():
            return _scalar_text(value) if math.isfinite(value) else f'"{_scalar_text(value)}"'
        case list() | tuple():
            return f"[{', '.join(map(_json, value))}]"
        case dict():
            inner = (
                f"{_json(key if isinstance(key, str) else _scalar_text(key))}: {_json(v)}" for key, v in value.items()
            )
            return f"{{{', '.join(inner)}}}"
        case _:
            return json.dumps(value if isinstance(value, str) else _scalar_text(value), ensure_ascii=False)


def _scalar_text(value: Any) -> str:
    """A value that isn't nested, as text."""
    match value:
        case Decimal():
            return format(value, "f")
        case float() if not math.isfinite(value):
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        case date() | time():
            return value.isoformat()
        case bytes():
            return value.hex()
        case _:
            return str(value)
