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
SHORT_MONTHS = tuple(name[:3] for name in MONTHS)
MONTH = f"({'|'.join(('sept', *MONTHS, *SHORT_MONTHS))})"

# Of lower-case text.
TIME = "[ t][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?z?$"
MONTH_NAMED_FIRST = f"^{MONTH}[.]? ([0-9]{{1,2}}),? ([0-9]{{4}})$"
DAY_THEN_MONTH_NAMED = f"^([0-9]{{1,2}})[ -]{MONTH}[ -]([0-9]{{4}}|[0-9]{{2}})$"
NUMERIC = "^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4}|[0-9]{2})$"
YEAR_FIRST = f"^([0-9]{{4}}|[0-9]{{2}})-({MONTH}|[0-9]{{1,2}})-([0-9]{{1,2}})$"


def _without_time(text: Column) -> Column:
    """Lower-case text without a time of day (as pandas, Excel and JSON write it), which says nothing about the day."""
    return F.regexp_replace(F.lower(text), TIME, "")


def _month_number(name: Column) -> Column:
    """The digits of the number of a month, by its name or its first letters; 0 for no name."""
    months = F.array(*[F.lit(month) for month in SHORT_MONTHS])
    return F.array_position(months, F.substring(name, 1, 3)).cast("string")


def is_day_first(text: Column, file: Column) -> Column:
    """Whether a file writes numeric dates day first: true where any of its dates can't be month first.

    Decided for a whole file, never a row at a time: 9/5/2021 alone says nothing.
    """
    first = F.regexp_extract(_without_time(text), NUMERIC, 1).try_cast("int")
    return F.coalesce(F.max(first).over(Window.partitionBy(file)) > 12, F.lit(False))


def parse_date(text: Column, day_first: Column) -> Column:
    """DATE from `September 25, 2021`, `25-Sep-21`, `2021-09-25` or `9/25/2021`; null where it is none of these.

    `text` is folded already. Months by their names or first letters, days and months with one digit or two, a time of
    day is left out. Two-digit years are of this century: nothing was streamed before.
    """
    named = F.regexp_replace(_without_time(text), MONTH_NAMED_FIRST, "$3-$1-$2")
    all_named = F.regexp_replace(named, DAY_THEN_MONTH_NAMED, "$3-$2-$1")
    numeric = F.when(day_first, F.regexp_replace(all_named, NUMERIC, "$3-$2-$1")).otherwise(
        F.regexp_replace(all_named, NUMERIC, "$3-$1-$2")
    )
    year, month, month_name, day = (F.regexp_extract(numeric, YEAR_FIRST, group) for group in (1, 2, 3, 4))
    whole_year = F.when(F.length(year) == 2, F.concat(F.lit("20"), year)).otherwise(year)
    number = F.when(month_name == "", month).otherwise(_month_number(month_name))
    return F.concat_ws("-", whole_year, F.lpad(number, 2, "0"), F.lpad(day, 2, "0")).try_cast("date")
