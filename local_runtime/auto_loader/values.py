"""Texts of CSV cells as values of a column's type, as Spark's CSV reader takes them (docs/semantics.md).

Digits are those of ASCII, and nothing becomes another value than it says: 1e400 is no DOUBLE.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa

from local_runtime.errors import UnsupportedError

BLANK = "".join(map(chr, range(33)))  # white space and control characters, around dates and doubles
INTEGER = re.compile(r"[+-]?[0-9]+")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
NO_NUMBERS = {
    **dict.fromkeys(("Infinity", "+Infinity", "Inf"), math.inf),
    **dict.fromkeys(("-Infinity", "-Inf"), -math.inf),
    "NaN": math.nan,
}
DAY = r"\+?(?P<year>[0-9]{4,7})(?:-(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2})%s)?)?"
DATE = re.compile(DAY % "(?:[ T].*)?", re.DOTALL)
TIME = r"(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{1,2})(?::(?P<second>[0-9]{1,2})(?:\.(?P<fraction>[0-9]*))?)?)?"
TIMESTAMP = re.compile(DAY % rf"(?:[ T]{TIME}(?P<zone>\D.*)?)?")
OFFSET = re.compile(
    r"(?:UTC|GMT|UT)?(?P<sign>[+-])(?P<hours>[0-9]{1,2})(?::?(?P<minutes>[0-9]{2})(?::?(?P<seconds>[0-9]{2}))?)?"
)
REGION = re.compile(r"[A-Za-z_]+(/[A-Za-z0-9_+-]+)+")


class NoValue(Exception):
    """A text that is not a value of the type."""


def _integer(text: str, bits: int) -> int:
    if not INTEGER.fullmatch(text) or len(text) > 40:
        raise NoValue
    value = int(text)
    if not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
        raise NoValue
    return value


def _double(text: str) -> float:
    trimmed = text.strip(BLANK)
    if trimmed in NO_NUMBERS:
        return NO_NUMBERS[trimmed]
    if not NUMBER.fullmatch(trimmed) or math.isinf(value := float(trimmed)):
        raise NoValue
    return value


def _decimal(text: str, context: Context, unit: Decimal) -> Decimal:
    number = text.replace(",", "")
    if not NUMBER.fullmatch(number):
        raise NoValue
    try:
        return Decimal(number).quantize(unit, context=context)
    except InvalidOperation:
        raise NoValue from None


def _boolean(text: str) -> bool:
    match text.lower():
        case "true":
            return True
        case "false":
            return False
    raise NoValue


def _date(text: str) -> date:
    parts = DATE.fullmatch(text.strip(BLANK))
    if parts is None:
        raise NoValue
    try:
        return date(int(parts["year"]), int(parts["month"] or 1), int(parts["day"] or 1))
    except ValueError:
        raise NoValue from None


def _timestamp(text: str) -> datetime:
    parts = TIMESTAMP.fullmatch(text.strip(BLANK))
    if parts is None:
        raise NoValue
    clock = {name: int(parts[name] or 0) for name in ("hour", "minute", "second")}
    microsecond = int((parts["fraction"] or "").ljust(6, "0")[:6])
    zone = _zone((parts["zone"] or "Z").strip(BLANK))
    day = {"month": int(parts["month"] or 1), "day": int(parts["day"] or 1)}
    try:
        return datetime(int(parts["year"]), **day, **clock, microsecond=microsecond, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise NoValue from None


@cache
def _zone(name: str) -> tzinfo:
    if name in ("Z", "UTC", "GMT", "UT"):
        return UTC
    offset = OFFSET.fullmatch(name)
    try:
        if offset is None:
            if REGION.fullmatch(name):
                return ZoneInfo(name)
            raise NoValue
        hours, minutes, seconds = (int(offset[part] or 0) for part in ("hours", "minutes", "seconds"))
    except (ZoneInfoNotFoundError, OSError):
        raise NoValue from None
    ahead = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if minutes > 59 or seconds > 59 or ahead > timedelta(hours=18):
        raise NoValue
    return timezone(ahead if offset["sign"] == "+" else -ahead)


Conversion = Callable[[str], Any]
CONVERSIONS: Mapping[str, tuple[pa.DataType, Conversion]] = {
    "string": (pa.string(), str),
    "int": (pa.int32(), partial(_integer, bits=32)),
    "bigint": (pa.int64(), partial(_integer, bits=64)),
    "double": (pa.float64(), _double),
    "boolean": (pa.bool_(), _boolean),
    "date": (pa.date32(), _date),
    "timestamp": (pa.timestamp("us", tz="UTC"), _timestamp),
}
DECIMAL = re.compile(r"decimal\(([0-9]+),([0-9]+)\)")


def conversion(data_type: str) -> tuple[pa.DataType, Conversion]:
    """How texts become values of a type, which raises NoValue, and Arrow's type for them.

    Raises UnsupportedError for a type that isn't read here.
    """
    decimal = DECIMAL.fullmatch(data_type)
    if decimal:
        precision, scale = int(decimal[1]), int(decimal[2])
        context = Context(prec=precision, rounding=ROUND_HALF_UP)
        return pa.decimal128(precision, scale), partial(_decimal, context=context, unit=Decimal(1).scaleb(-scale))
    if data_type not in CONVERSIONS:
        raise UnsupportedError(
            f"A source column of type {data_type.upper()}: the local runtime reads "
            f"{', '.join((*CONVERSIONS, 'decimal')).upper()}. Read it as STRING, and cast it in the query."
        )
    return CONVERSIONS[data_type]
