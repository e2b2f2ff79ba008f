"""Numbers as the reader writes them, by the Accept-Language header: the signs between digits, no more."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from metrics.columns import ResultColumn

MINUS, NARROW_SPACE, NOTHING = "\u2212", "\u202f", "\u2013"
COMMA_POINT = ("de", "nl", "it", "es", "pt", "id", "tr", "da", "el", "ro", "sl", "hr", "sr", "vi", "ca", "is", "az")
SPACE_COMMA = ("fr", "ru", "pl", "cs", "sk", "sv", "nb", "nn", "no", "fi", "uk", "bg", "hu", "lt", "lv", "et", "be")
MOST_LANGUAGES = 20


@dataclass(frozen=True)
class Locale:
    """How numbers are written: the sign between thousands, and that before decimals."""

    name: str
    thousands: str
    point: str

    def number(self, value: Any, decimals: int = 0) -> str:
        """A number with so many decimals, rounded half up; a dash for none."""
        if value is None:
            return NOTHING
        step = Decimal(1).scaleb(-decimals)
        rounded = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP)
        whole, _, rest = f"{abs(rounded):,f}".partition(".")
        text = whole.replace(",", self.thousands) + (self.point + rest if rest else "")
        return f"{MINUS}{text}" if rounded < 0 else text

    def percent(self, value: Any, decimals: int = 1) -> str:
        """A share in hundredths, with its sign after a narrow space."""
        return NOTHING if value is None else f"{self.number(Decimal(str(value)) * 100, decimals)}{NARROW_SPACE}%"

    def change(self, value: Any, unit: str | None = "share") -> str:
        """A change with its sign: in percent, or in points for a change of a share."""
        if value is None:
            return NOTHING
        hundredths = self.number(Decimal(str(value)) * 100, 1)
        sign = "+" if Decimal(str(value)) > 0 and hundredths.strip("0.,") else ""
        return f"{sign}{hundredths}{NARROW_SPACE}{'points' if unit == 'points' else '%'}"

    def value(self, column: ResultColumn, value: Any) -> str:
        """A value of an answer as its column says; a dash for none."""
        if value is None:
            return NOTHING
        if column.kind == "change":
            return self.change(value, column.unit)
        if isinstance(value, date):
            return day(value, column.format)
        if column.kind in ("dimension", "time") or isinstance(value, str | bool):
            return str(value)
        if column.format == "percent":
            return self.percent(value)
        return self.number(value, decimals_of(column, value))


def decimals_of(column: ResultColumn, value: Any) -> int:
    """How many decimals are worth showing."""
    if column.format == "integer":
        return 0
    if column.format == "currency":
        return 2 if abs(value) < 1000 else 0
    return 1 if column.format == "rating" or abs(value) < 1000 else 0


def day(value: date, grain: str | None = None) -> str:
    """A date as long as its grain needs; months have their English names, as all words of the pages do."""
    if grain == "year":
        return str(value.year)
    if grain == "quarter":
        return f"{(value.month + 2) // 3}. quarter {value.year}"
    return f"{value:%b %Y}" if grain == "month" else f"{value.day} {value:%b %Y}"


ENGLISH = Locale("en", ",", ".")
LOCALES = {
    "en": ENGLISH,
    "comma": Locale("comma", ".", ","),
    "space": Locale("space", NARROW_SPACE, ","),
    "swiss": Locale("swiss", "\u2019", "."),
}


def locale_of(accept_language: str) -> Locale:
    """The locale of the language that the header prefers among those that are known; English without one."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept_language.split(",")[:MOST_LANGUAGES]):
        language, _, quality = part.partition(";")
        try:
            weight = float(quality.replace(" ", "").removeprefix("q=")) if quality else 1.0
        except ValueError:
            continue
        wanted.append((-weight, place, language.strip().lower()))
    for _, _, language in sorted(wanted):
        name = language.partition("-")[0]
        if language in ("de-ch", "de-li", "it-ch", "rm-ch"):
            return LOCALES["swiss"]
        if name in COMMA_POINT:
            return LOCALES["en"] if language in ("es-mx", "es-us", "es-pr") else LOCALES["comma"]
        if name in SPACE_COMMA:
            return LOCALES["space"]
        if name in ("en", "zh", "ja", "ko", "th", "he", "hi", "ar"):
            return ENGLISH
    return ENGLISH
