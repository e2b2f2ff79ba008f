"""Dates in the forms that releases write them.

Regular expressions and one cast of an ISO date, no date formats: what `try_to_timestamp` makes of `2021-9-5` depends on
`spark.sql.legacy.timeParserPolicy`, which a workspace may set.
"""

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.window import Window

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MONTH_NUMBERS = {
    **{name: number for number, name in enumerate(MONTHS, start=1)},
    **{name[:3]: number for number, name in enumerate(MONTHS, start=1)},
    "sept": 9,
}

# A time of day after the date (as pandas, Excel and JSON write it) says nothing about the day.
TIME = "(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?Z?)?$"
YEAR_FIRST = f"^([0-9]{{4}})-([0-9]{{1,2}})-([0-9]{{1,2}}){TIME}"
MONTH_NAMED_FIRST = f"^([A-Za-z]+)[.]? ([0-9]{{1,2}}),? ([0-9]{{4}}){TIME}"
DAY_THEN_MONTH_NAMED = f"^([0-9]{{1,2}})[ -]([A-Za-z]+)[ -]([0-9]{{4}}|[0-9]{{2}}){TIME}"
NUMERIC = f"^([0-9]{{1,2}})[/.-]([0-9]{{1,2}})[/.-]([0-9]{{4}}|[0-9]{{2}}){TIME}"


def date_of(year: Column, month: Column, day: Column) -> Column:
    """DATE from the digits of a year (two: of this century), a month and a day; null where there is no such day."""
    whole_year = F.when(F.length(year) == 2, F.concat(F.lit("20"), year)).otherwise(year)
    return F.concat_ws("-", whole_year, F.lpad(month, 2, "0"), F.lpad(day, 2, "0")).try_cast("date")


def _month_number(name: Column) -> Column:
    """The digits of an English month's number, by its name or its first three letters; '' for anything else."""
    pairs = [F.lit(part) for name, number in MONTH_NUMBERS.items() for part in (name, str(number))]
    return F.coalesce(F.try_element_at(F.create_map(*pairs), F.lower(name)), F.lit(""))


def is_day_first(text: Column, file: Column) -> Column:
    """Whether a file writes numeric dates day first: true where any of its dates can't be month first.

    Decided for a whole file, never a row at a time: 9/5/2021 alone says nothing.
    """
    largest = F.max(F.regexp_extract(text, NUMERIC, 1).try_cast("int")).over(Window.partitionBy(file))
    return F.coalesce(largest > 12, F.lit(False))


def parse_date(text: Column, day_first: Column) -> Column:
    """DATE from `September 25, 2021`, `25-Sep-21`, `2021-09-25` or `9/25/2021`; null where it is none of these.

    `text` is folded already. Months by their names or first letters, days and months with one digit or two, a time of
    day is left out. Two-digit years are of this century: nothing was streamed before.
    """

    def part(form: str, group: int) -> Column:
        return F.regexp_extract(text, form, group)

    first, second, year = (part(NUMERIC, group) for group in (1, 2, 3))
    return F.coalesce(
        date_of(part(MONTH_NAMED_FIRST, 3), _month_number(part(MONTH_NAMED_FIRST, 1)), part(MONTH_NAMED_FIRST, 2)),
        date_of(
            part(DAY_THEN_MONTH_NAMED, 3), _month_number(part(DAY_THEN_MONTH_NAMED, 2)), part(DAY_THEN_MONTH_NAMED, 1)
        ),
        date_of(part(YEAR_FIRST, 1), part(YEAR_FIRST, 2), part(YEAR_FIRST, 3)),
        date_of(year, F.when(day_first, second).otherwise(first), F.when(day_first, first).otherwise(second)),
    )
