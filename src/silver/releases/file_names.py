"""The date that a file's name contains."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from common.text import compute_once, decoded_url

YEAR = "(?:200[7-9]|20[1-9][0-9]|2100)"  # nothing was streamed before
MONTH = "(?:0[1-9]|1[0-2])"
DAY = "(?:0[1-9]|[12][0-9]|3[01])"
FULL_DATE = f"{YEAR}[-_]{MONTH}[-_]{DAY}|{YEAR}{MONTH}{DAY}"
# A month without a day is followed neither by a digit, nor by what looks like an impossible day (2021-09-45).
AFTER_MONTH = "(?:[^-_0-9].*|[-_](?:[^0-9].*|[0-9]{3}.*)?)?"
DATED = f"(?:({FULL_DATE})(?:[^0-9].*)?|({YEAR}[-_]{MONTH}){AFTER_MONTH})$"
FIRST_DATE = f"^(?:.*?[^0-9])??{DATED}"
LAST_DATE = f"^(?:.*[^0-9])?{DATED}"


def file_name(url: Column) -> Column:
    """STRING: the name of a file, without its folders, from its URL."""
    return decoded_url(F.regexp_extract(url, "[^/]*$", 0))


def _date_digits(name: Column) -> Column:
    """The digits of the date in a file's name: yyyymmdd, or yyyymm for a month; '' for no date, null for two dates."""

    def digits_of(pattern: str) -> Column:
        date = F.concat(F.regexp_extract(name, pattern, 1), F.regexp_extract(name, pattern, 2))
        return F.array(F.translate(date, "-_", ""))

    return F.get(F.array_intersect(digits_of(FIRST_DATE), digits_of(LAST_DATE)), F.lit(0))


def _first_day(digits: Column) -> Column:
    day = F.concat(F.substring(digits, 7, 2), F.lit("01"))
    parts = F.substring(digits, 1, 4), F.substring(digits, 5, 2), F.substring(day, 1, 2)
    return F.concat_ws("-", *parts).try_cast("date")


def date_in_name(name: Column) -> Column:
    """DATE in a file's name: `2021-09-25`, `2021_09_25`, `20210925`; for `2021-09` and `2021_09` the month's first day.

    Null where the name has no such date, or two different ones. Nothing else in a name is interpreted.
    """
    return compute_once(_date_digits(name), _first_day)
