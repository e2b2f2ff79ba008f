"""Dates in the forms that releases write them."""

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.window import Window

NAMED_MONTH_FORMATS = ("MMMM d, yyyy", "d-MMM-yy", "d-MMM-yyyy", "yyyy-MM-dd")
NUMERIC = "^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4}|[0-9]{2})$"


def _part(text: Column, group: int) -> Column:
    return F.regexp_extract(text, NUMERIC, group).try_cast("int")


def _as_date(text: Column, pattern: str) -> Column:
    return F.try_to_timestamp(text, F.lit(pattern)).cast("date")


def is_day_first(text: Column, file: Column) -> Column:
    """Whether a file writes numeric dates day first: true where any of its dates can't be month first.

    Decided for a whole file, never a row at a time: 9/5/2021 alone says nothing.
    """
    return F.coalesce(F.max(_part(text, 1) > 12).over(Window.partitionBy(file)), F.lit(False))


def parse_date(text: Column, day_first: Column) -> Column:
    """DATE from `September 25, 2021`, `25-Sep-21`, `2021-09-25` or `9/25/2021`; null where it is none of these.

    `text` is folded already. Two-digit years are of this century: nothing was streamed before.
    """
    year = F.when(_part(text, 3) < 100, _part(text, 3) + 2000).otherwise(_part(text, 3))
    month = F.when(day_first, _part(text, 2)).otherwise(_part(text, 1))
    day = F.when(day_first, _part(text, 1)).otherwise(_part(text, 2))
    numeric = F.concat_ws("-", year.cast("string"), month.cast("string"), day.cast("string"))
    named = [_as_date(text, pattern) for pattern in NAMED_MONTH_FORMATS]
    return F.coalesce(*named, F.when(text.rlike(NUMERIC), _as_date(numeric, "yyyy-M-d")))
