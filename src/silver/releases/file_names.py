"""What the name of a file says."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from common.dates import STREAMING_BEGAN
from common.text import computed_once

# Of a feed. So a version lies at most so many seconds after its release (silver.releases).
MOST_FILES = 100_000

YEAR = "(?:200[7-9]|20[1-9][0-9]|2100)"  # nothing was streamed before
MONTH = "(?:0[1-9]|1[0-2])"
DAY = "(?:0[1-9]|[12][0-9]|3[01])"
WHOLE_DATE = f"{YEAR}[-_]{MONTH}[-_]{DAY}|{YEAR}{MONTH}{DAY}"
# Of a month alone: what follows is neither a digit, nor looks like a day that there isn't (2021-09-45).
AFTER_MONTH = "(?:[^-_0-9].*|[-_](?:[^0-9].*|[0-9]{3}.*)?)?"
DATED = f"(?:({WHOLE_DATE})(?:[^0-9].*)?|({YEAR}[-_]{MONTH}){AFTER_MONTH})$"
FIRST_DATE = f"^(?:.*?[^0-9])??{DATED}"
LAST_DATE = f"^(?:.*[^0-9])?{DATED}"


def file_name(url: Column) -> Column:
    """The name of a file, without its folders, from its URL."""
    encoded = F.regexp_extract(url, "[^/]*$", 0)
    # A plus sign stands for itself in a path; `try_url_decode` would make it a space.
    return F.coalesce(F.try_url_decode(F.regexp_replace(encoded, "[+]", "%2B")), encoded)


def _digits(name: Column) -> Column:
    """Digits of the date in a file's name: yyyymmdd, yyyymm for a month alone; '' for none, null for two."""

    def found(pattern: str) -> Column:
        date = F.concat(F.regexp_extract(name, pattern, 1), F.regexp_extract(name, pattern, 2))
        return F.array(F.translate(date, "-_", ""))

    return F.get(F.array_intersect(found(FIRST_DATE), found(LAST_DATE)), F.lit(0))


def _first_day(digits: Column) -> Column:
    day = F.concat(F.substring(digits, 7, 2), F.lit("01"))
    parts = F.substring(digits, 1, 4), F.substring(digits, 5, 2), F.substring(day, 1, 2)
    return F.concat_ws("-", *parts).try_cast("date")


def _last_day(digits: Column) -> Column:
    return F.when(F.length(digits) == 6, F.last_day(_first_day(digits))).otherwise(_first_day(digits))


def date_in_name(name: Column) -> Column:
    """DATE in a file's name: `2021-09-25`, `2021_09_25`, `20210925`; the first of the month for `2021-09`, `2021_09`.

    Null where the name has no such date, or two different ones; nothing else in a name is guessed at.
    """
    return computed_once(_digits(name), _first_day)


def last_day_of_release(url: Column, modified_at: Column, ingested_at: Column) -> Column:
    """DATE: the last day of which a release can tell: that in its file's name, for a month alone the month's last.

    Without a date in its name, the day on which the file was modified. Where that lies before anything was streamed (a
    tool that writes 1970 or 1980 into archives), it says nothing, and the day of ingestion is taken.
    """
    modified = modified_at.cast("date")
    undated = F.when(modified >= STREAMING_BEGAN, modified).otherwise(ingested_at.cast("date"))
    return F.coalesce(computed_once(_digits(file_name(url)), _last_day), undated)
