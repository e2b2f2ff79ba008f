"""Dates in the forms in which sources write them.

Uses regular expressions and numbers, no date formats: how `try_to_timestamp` reads `2021-9-5` depends on
`spark.sql.legacy.timeParserPolicy`, which a workspace may set.
"""

from collections.abc import Sequence
from datetime import date

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.keys import SEPARATOR
from common.month_names import month_named
from common.text import compute_once

# Netflix began to stream: no title was added and no event happened before.
STREAMING_BEGAN = date(2007, 1, 16)
# The last day of the calendar (dim_date). A later date is a typing error.
LAST_DAY = date(2100, 12, 31)

# The order of day and month in the numeric dates of a file.
MONTH_FIRST, DAY_FIRST, BOTH = "month_first", "day_first", "both"
# In every feed, dates that may be either of two days fail this rule if their file writes both orders.
AMBIGUOUS_DATE_ORDER = "ambiguous_date_order"

# What programs make of no time (1970), spreadsheets and databases of no date (1900).
PLACEHOLDER_DATES = (date(1900, 1, 1), date(1970, 1, 1))

# Parts of dates in lower-case text.
YEAR, SHORT_YEAR, NUMBER, WORD = "([0-9]{4})", "([0-9]{4}|[0-9]{2})", "([0-9]{1,2})", "([^0-9 .,/|-]+)"
# 1st, 2nd (English), 1er (French), 1º (Portuguese, Spanish). A point (German, Danish, Norwegian) is a sign.
ORDINAL = "(?:st|nd|rd|th|er|º)?"
# Which part each group is, and examples.
FORMS = {
    # September 25, 2021 · Sep. 25th 2021
    f"{WORD}[ .-]{{1,2}}{NUMBER}{ORDINAL}[ ,-]{{1,2}}{YEAR}": "month day year",
    # 25-Sep-21 · 25. September 2021 · 25 de septiembre de 2021 (Spanish, Portuguese)
    f"{NUMBER}{ORDINAL}[ ./-]{{1,2}}(?:de )?{WORD}[ .,/-]{{1,3}}(?:de )?{SHORT_YEAR}": "day month year",
    # 2021-09-25 · 2021/9/25 · 2021.9.25 · 2021-Sep-25
    f"{YEAR}[/.-]([^ .,/|-]+)[/.-]{NUMBER}": "year month day",
    # 9/25/2021 · 25.09.21
    f"{NUMBER}([/.-]){NUMBER}[/.-]{SHORT_YEAR}": "month order day year",
}
# Sat, 25 Sep 2021 00:00:00 GMT: RFC 1123.
WEEKDAY = "(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*, )?"
ZONE = "(?:z|utc|gmt|[+-][0-9]{2}(?::?[0-9]{2})?)"
TIME = f"(?:[ t][0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:[.,][0-9]+)?)?(?: ?[ap][.]?m[.]?)?(?: ?{ZONE})?)?"
# A spreadsheet's day number, 44464 for 2021-09-25; after a point, the time of day.
SERIAL = "([2-6][0-9]{4})(?:[.][0-9]*)?"
FIRST_SERIAL, LAST_SERIAL = 20_000, 60_000  # 1954-10-03 to 2064-04-08

PART_NAMES = ("year", "month", "day", "order")


def _any_form() -> tuple[str, str]:
    """A regular expression for every form, and what to replace its match by: the parts, those a form lacks empty.

    One expression, because an engine looks at the text again for each. A serial takes the place of the year.
    """
    groups = [part for parts in FORMS.values() for part in parts.split()] + ["year"]
    places = ["".join(f"${place}" for place, part in enumerate(groups, start=1) if part == name) for name in PART_NAMES]
    found = "".join(f"{SEPARATOR}{place}" for place in places).removeprefix(SEPARATOR)
    return f"^(?:{WEEKDAY}(?:{'|'.join(FORMS)}){TIME}|{SERIAL})$", found


ANY_FORM, FOUND_PARTS = _any_form()


def _numbers(text: Column) -> Column:
    """STRUCT: the numbers in a date's text as they come: year, month, day; may_swap: whether the day may come first.

    All are null where the text is not a date. Two-digit years are of this century: nothing was streamed before. Of a
    spreadsheet's day number, which is the year, month and day are null.
    """
    parts = F.split(F.regexp_replace(F.lower(text), ANY_FORM, FOUND_PARTS), SEPARATOR)
    year, month, day, order = (F.get(parts, F.lit(place)) for place in range(len(PART_NAMES)))
    century = F.when(F.length(year) == 2, 2000).otherwise(0)
    # Digits come before the colon, letters after it.
    number = F.when(month < ":", month.try_cast("int")).otherwise(month_named(month))
    return F.struct(
        (year.try_cast("int") + century).alias("year"),
        number.alias("month"),
        day.try_cast("int").alias("day"),
        (order != "").alias("may_swap"),
    )


def _date(year: Column, month: Column, day: Column) -> Column:
    """DATE of three numbers; null where there is no such day, for which `make_date` would raise an error.

    Year 0 doesn't count: SQL clients such as Python's can't represent it.
    """
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = F.when(month == 2, F.when(is_leap, 29).otherwise(28)).when(month.isin(4, 6, 9, 11), 30).otherwise(31)
    return F.when((year >= 1) & month.between(1, 12) & day.between(1, last), F.make_date(year, month, day))


def _serial_date(day: Column) -> Column:
    """DATE of a spreadsheet's day number (44576 is 2022-01-15, counted from 1899-12-30), 20,000 to 60,000; else null.

    https://support.microsoft.com/office/datevalue-function: 1900-01-01 is day 1, and 1900 counts as a leap year.
    """
    return F.when(day.between(FIRST_SERIAL, LAST_SERIAL), F.date_add(F.lit(date(1899, 12, 30)), day))


def date_readings(text: Column) -> Column:
    """STRUCT: the DATE of a folded text if its file writes numeric dates `month_first`, and if it does `day_first`.

    Null for anything but the FORMS and spreadsheets' day numbers. Months may be named or abbreviated, in one of the
    languages of `month_names`; days and months may have one digit; a time of day and its zone are ignored.
    """

    def readings_of(numbers: Column) -> Column:
        year, month, day = numbers["year"], numbers["month"], numbers["day"]
        month_first = F.when(month.isNull(), _serial_date(year)).otherwise(_date(year, month, day))
        day_first = F.when(numbers["may_swap"], _date(year, day, month)).otherwise(month_first)
        return F.struct(month_first.alias(MONTH_FIRST), day_first.alias(DAY_FIRST))

    return compute_once(_numbers(text), readings_of)


def is_placeholder(reading: Column) -> Column:
    """Whether a date stands for an unknown one. It is the same day in both orders."""
    return F.coalesce(reading[MONTH_FIRST].isin(*PLACEHOLDER_DATES), F.lit(False))


def is_dashed(text: Column) -> Column:
    """Whether a text is a numeric date with dashes that doesn't start with the year: 05-09-2021."""
    return text.rlike("^[0-9]{1,2}-[0-9]{1,2}-([0-9]{4}|[0-9]{2})([ tT]|$)")


def date_order(file: Sequence[str | Column], *readings: Column, unproven: str | Column = MONTH_FIRST) -> Column:
    """The order of day and month in the numeric dates of a file: MONTH_FIRST, DAY_FIRST or BOTH.

    A file is known by the columns `file`; `readings` are its columns of dates (`date_readings`). The order is decided
    for a whole file, because 9/5/2021 alone says nothing. Proof is a date that is possible in one order only:
    9/25/2021, but not 31/31/2021. Without proof the order is `unproven`; proof of both orders gives BOTH.
    """

    def is_proven(order: str, other: str) -> Column:
        only_in_order = F.array(*[reading[order].isNotNull() & reading[other].isNull() for reading in readings])
        proof = F.when(F.array_contains(only_in_order, True), 1).otherwise(0)
        return F.max(proof).over(Window.partitionBy(*file)) == 1

    day_first = is_proven(DAY_FIRST, MONTH_FIRST)
    return (
        F.when(day_first & is_proven(MONTH_FIRST, DAY_FIRST), BOTH)
        .when(day_first, DAY_FIRST)
        .when(is_proven(MONTH_FIRST, DAY_FIRST), MONTH_FIRST)
        .otherwise(unproven)
    )


def is_ambiguous(reading: Column, order: Column) -> Column:
    """Whether a date may be either of two days, because its file writes both orders."""
    return F.coalesce((order == BOTH) & (reading[MONTH_FIRST] != reading[DAY_FIRST]), F.lit(False))


def date_in_order(reading: Column, order: Column) -> Column:
    """DATE that a reading means in the order of its file; null for an ambiguous one, and for what is not a date."""
    either = F.coalesce(reading[MONTH_FIRST], reading[DAY_FIRST])
    ordered = F.when(order == DAY_FIRST, reading[DAY_FIRST]).otherwise(either)
    return F.when(~is_ambiguous(reading, order), ordered)
