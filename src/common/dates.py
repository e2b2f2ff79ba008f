"""Dates in the forms in which sources write them.

Uses regular expressions and numbers, no date formats: how `try_to_timestamp` reads `2021-9-5` depends on
`spark.sql.legacy.timeParserPolicy`, which a workspace may set.
"""

from collections.abc import Sequence
from datetime import date

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.text import compute_once

# Netflix began to stream: no title was added and no event happened before.
STREAMING_BEGAN = date(2007, 1, 16)
# The last day of the calendar (dim_date). A later date is a typing error.
LAST_DAY = date(2100, 12, 31)

# The order of day and month in the numeric dates of a file.
MONTH_FIRST, DAY_FIRST, BOTH = "month_first", "day_first", "both"
# In every feed, dates that may be either of two days fail this rule if their file writes both orders.
AMBIGUOUS_DATE_ORDER = "ambiguous_date_order"

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
SHORT_MONTHS = tuple(name[:3] for name in MONTHS)
MONTH_NAME = f"({'|'.join(('sept', *MONTHS, *SHORT_MONTHS))})"

# These match lower-case text.
TIME = "[ t][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?z?$"
MONTH_NAME_FIRST = f"^{MONTH_NAME}[.]? ([0-9]{{1,2}}),? ([0-9]{{4}})$"
DAY_THEN_MONTH_NAME = f"^([0-9]{{1,2}})[ -]{MONTH_NAME}[ -]([0-9]{{4}}|[0-9]{{2}})$"
NUMERIC = "^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4}|[0-9]{2})$"
YEAR_FIRST = f"^([0-9]{{4}}|[0-9]{{2}})-({MONTH_NAME}|[0-9]{{1,2}})-([0-9]{{1,2}})$"


def _without_time(text: Column) -> Column:
    """Lower-case text without a time of day, as pandas, Excel and JSON write it, which says nothing about the day."""
    return F.regexp_replace(F.lower(text), TIME, "")


def _month_number(text: Column) -> Column:
    """INT: the number of a month, from its digits, its name or its first letters; 0 for another name."""
    months = F.array(*[F.lit(month) for month in SHORT_MONTHS])
    named = F.array_position(months, F.substring(text, 1, 3)).cast("int")
    return F.when(text.rlike("[a-z]"), named).otherwise(text.try_cast("int"))


def _numbers(text: Column) -> Column:
    """STRUCT: the numbers in a date's text as they come: year, month, day; may_swap: whether the day may come first.

    Null where the text is not a date. Two-digit years are of this century: nothing was streamed before.
    """
    named = F.regexp_replace(_without_time(text), MONTH_NAME_FIRST, "$3-$1-$2")
    plain = F.regexp_replace(named, DAY_THEN_MONTH_NAME, "$3-$2-$1")
    is_numeric = plain.rlike(NUMERIC)
    parts = F.split(F.when(is_numeric | plain.rlike(YEAR_FIRST), plain), "[/.-]")
    year, month, day = (
        F.get(parts, F.when(is_numeric, numeric).otherwise(other)) for numeric, other in ((2, 0), (0, 1), (1, 2))
    )
    century = F.when(F.length(year) == 2, 2000).otherwise(0)
    return F.struct(
        (year.try_cast("int") + century).alias("year"),
        _month_number(month).alias("month"),
        day.try_cast("int").alias("day"),
        is_numeric.alias("may_swap"),
    )


def _date(year: Column, month: Column, day: Column) -> Column:
    """DATE of three numbers; null where there is no such day, for which `make_date` would raise an error.

    Year 0 doesn't count: SQL clients such as Python's can't represent it.
    """
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = F.when(month == 2, F.when(is_leap, 29).otherwise(28)).when(month.isin(4, 6, 9, 11), 30).otherwise(31)
    return F.when((year >= 1) & month.between(1, 12) & day.between(1, last), F.make_date(year, month, day))


def date_readings(text: Column) -> Column:
    """STRUCT: the DATE of a folded text if its file writes numeric dates `month_first`, and if it does `day_first`.

    Reads `September 25, 2021`, `25-Sep-21`, `2021-09-25` and `9/25/2021`; null for anything else. Months may be named
    or abbreviated, days and months may have one digit, and a time of day is ignored.
    """

    def readings_of(numbers: Column) -> Column:
        year, month, day = numbers["year"], numbers["month"], numbers["day"]
        month_first = _date(year, month, day)
        day_first = F.when(numbers["may_swap"], _date(year, day, month)).otherwise(month_first)
        return F.struct(month_first.alias(MONTH_FIRST), day_first.alias(DAY_FIRST))

    return compute_once(_numbers(text), readings_of)


def spreadsheet_date(text: Column) -> Column:
    """DATE of a spreadsheet's day number (44576 is 2022-01-15, counted from 1899-12-30), 1990 to 2100; else null.

    https://support.microsoft.com/office/datevalue-function: 1900-01-01 is day 1, and 1900 counts as a leap year.
    """
    day = F.regexp_extract(text, "^([0-9]{5})([.]0*)?$", 1).try_cast("int")
    return F.when(day.between(32874, 73415), F.date_add(F.lit(date(1899, 12, 30)), day))


def is_dashed(text: Column) -> Column:
    """Whether a text is a numeric date with dashes that doesn't start with the year: 05-09-2021."""
    return text.rlike("^[0-9]{1,2}-[0-9]{1,2}-([0-9]{4}|[0-9]{2})$")


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
