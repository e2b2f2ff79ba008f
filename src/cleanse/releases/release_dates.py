"""The date of a release, from its path."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from common.dates import DAY_FIRST, MONTH_FIRST, MONTH_NAME, date_readings
from common.text import compute_once

# These match lower-case text in which each run of digits or letters is in angle brackets: <netflix>_<2021>-<09>-<25>.
# So a match never begins or ends within a longer number or word, and needs no look-around.
RUN = "([0-9]+|[a-z]+)"
IN_YEARS = "(?:200[7-9]|20[1-9][0-9]|2100)"  # nothing was streamed before
IN_MONTHS, IN_DAYS = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
YEAR, NUMBER, NAME = f"<{IN_YEARS}>", "<[0-9]{1,2}>", f"<{MONTH_NAME}>"
SEPARATORS = ("-", "_", "[.]", " ")
SEPARATOR = "[-_. ]"

YEAR_FIRST = "|".join(f"{YEAR}{sign}{NUMBER}{sign}{NUMBER}" for sign in SEPARATORS)
YEAR_LAST = "|".join(f"{NUMBER}{sign}{NUMBER}{sign}{YEAR}" for sign in SEPARATORS)
# What follows the year of a date, where the year may be the first of another one: 1-2-2021-09-25, 25-09-2021-10-15.
MORE_DATE = "|".join(f"{sign}{NUMBER}{sign}{NUMBER}(?:{sign}{YEAR})?" for sign in SEPARATORS)
DATES = "|".join(
    (
        f"(?:{YEAR_LAST})(?:{MORE_DATE})?",
        YEAR_FIRST,
        f"{NUMBER}{SEPARATOR}?{NAME}{SEPARATOR}?{YEAR}",
        f"<{IN_YEARS}{IN_MONTHS}{IN_DAYS}>",
        # A month, or, with a number behind another sign, perhaps a day.
        f"{YEAR}[-_]{NUMBER}(?:[-_]{NUMBER})?",
    )
)
# What looks like a date and isn't read: 09-2021, Sep 2021, September 25, 2021, 2021-Sep-25, 202109, 25092021,
# 20210925103000, 2021/09/25.
LOOKALIKES = "|".join(
    (
        f"{NAME}{SEPARATOR}?{NUMBER}[-_., ]{{1,2}}{YEAR}",
        f"{NAME}{SEPARATOR}?{YEAR}",
        f"{YEAR}{SEPARATOR}?{NAME}(?:{SEPARATOR}?{NUMBER})?",
        f"<{IN_MONTHS}>[-_.]{YEAR}",
        f"{YEAR}/<{IN_MONTHS}>(?:/<{IN_DAYS}>)?",
        f"<{IN_YEARS}{IN_MONTHS}>",
        f"<(?:{IN_DAYS}{IN_MONTHS}|{IN_MONTHS}{IN_DAYS}){IN_YEARS}>",
        f"<{IN_YEARS}{IN_MONTHS}{IN_DAYS}(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?>",
    )
)
# The time of day after a date.
TIME = "(<(?:[0-9]{2}|[0-9]{8})>)[-_ ]?(?:<t>)?<[0-9]{6}>"

# UUIDs and hashes, in which any digits occur.
ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16,}"
# Folders that are a date together, as dates of one folder.
PARTITIONS = (
    ("/year=([0-9]{4})/month=([0-9]{1,2})/day=([0-9]{1,2})(/|\\z)", "/$1-$2-$3$4"),
    ("/year=([0-9]{4})/month=([0-9]{2})(/|\\z)", "/$1-$2$3"),
    ("/year=([0-9]{4})/month=([0-9])(/|\\z)", "/$1-0$2$3"),
)

# Three numbers with the same sign between them.
SAME_SIGN = "^([0-9]+)(?:-([0-9]+)-|_([0-9]+)_|[.]([0-9]+)[.]| ([0-9]+) )([0-9]+)\\z"


def release_date(release: Column) -> Column:
    """STRUCT<date DATE, last_day DATE, undecided STRING>: what the path of a release says of its date.

    The date is the one in the name of the file. Where that has none, or two different ones, it is the one in the names
    of its folders, in which a month beside one of its days doesn't count. These are read: `2021-09-25`, `2021-9-5`,
    `20210925`, `25.09.2021`, `25-Sep-2021`, `25-09-2021` or `09-25-2021` where only one order is possible or both mean
    the same day, `2021-09`, `date=2021-09-25`, and folders `year=2021/month=09/day=25`, the day optional. The sign may
    be `-` or `_`, in a full date also `.` or a space; a time of day may follow. Years are 2007 to 2100: other digits
    are no date. Nothing is read in UUIDs and in longer numbers.

    `date` is the day, or the first day of the month; `last_day` is the day, or the last day of the month. Both are null
    where there is no date. `undecided` has all that looks like a date in the names that were looked at and isn't read
    (`05-09-2021`, `2021-09-31`, two different dates, `sep 2021`), in lower case, separated by commas; else it is null.
    """
    path = F.lower(release)
    for pattern, replacement in PARTITIONS:
        path = F.regexp_replace(path, pattern, replacement)
    return compute_once(compute_once(path, _in_name_and_folders), _decision)


def _in_name_and_folders(path: Column) -> Column:
    name = F.regexp_extract(path, "[^/]*\\z", 0)
    folders = F.regexp_replace(path, "[^/]*\\z", "")
    return F.struct(
        compute_once(_readings(name), lambda readings: _summary(readings, _dates(readings))).alias("name"),
        compute_once(_readings(folders), lambda readings: _summary(readings, _dates_of_folders(readings))).alias(
            "folders"
        ),
    )


def _decision(found: Column) -> Column:
    name, folders = found["name"], found["folders"]
    date = F.coalesce(name["date"], folders["date"])
    first_day = F.rpad(date, 10, "-01").try_cast("date")
    looked_at = F.when(name["date"].isNull(), F.concat(name["undecided"], folders["undecided"]))
    undecided = F.array_distinct(F.coalesce(looked_at, name["undecided"]))
    return F.struct(
        first_day.alias("date"),
        F.when(F.length(date) == 7, F.last_day(first_day)).otherwise(first_day).alias("last_day"),
        F.nullif(F.array_join(undecided, ", "), F.lit("")).alias("undecided"),
    )


def _summary(readings: Column, dates: Column) -> Column:
    """STRUCT<date STRING, undecided ARRAY<STRING>>: the one date of some names, and what looks like one and isn't it."""
    is_undecided = F.size(dates) > 1
    others = F.filter(readings, lambda reading: reading["date"].isNull() | is_undecided)
    return F.struct(
        F.when(F.size(dates) == 1, F.get(dates, F.lit(0))).alias("date"),
        F.transform(others, lambda reading: reading["text"]).alias("undecided"),
    )


def _dates(readings: Column) -> Column:
    return F.array_distinct(F.array_compact(F.transform(readings, lambda reading: reading["date"])))


def _dates_of_folders(readings: Column) -> Column:
    """The dates without the months of days that are among them: 2021-09/2021-09-25 is one date."""
    dates = _dates(readings)
    return F.array_except(dates, F.transform(dates, lambda date: F.regexp_replace(date, "-[0-9]{2}\\z", "")))


def _readings(text: Column) -> Column:
    """ARRAY<STRUCT<text, date>>: what looks like a date, and the date: yyyy-mm-dd, yyyy-mm, or null if it isn't read."""
    without_ids = F.translate(F.regexp_replace(text, ID, "*"), "<>", "()")
    runs = F.regexp_replace(F.regexp_replace(without_ids, RUN, "<$1>"), TIME, "$1")
    return compute_once(runs, _readings_of_runs)


def _readings_of_runs(runs: Column) -> Column:
    lookalikes = _matches(F.regexp_replace(runs, DATES, "*"), LOOKALIKES)
    unread = F.lit(None).cast("string")
    return F.concat(
        F.transform(_matches(runs, DATES), lambda text: F.struct(text.alias("text"), _date(text).alias("date"))),
        F.transform(lookalikes, lambda text: F.struct(text.alias("text"), unread.alias("date"))),
    )


def _matches(runs: Column, pattern: str) -> Column:
    return F.transform(F.regexp_extract_all(runs, F.lit(pattern), F.lit(0)), lambda match: F.translate(match, "<>", ""))


def _date(text: Column) -> Column:
    """STRING: the date in a match: yyyy-mm-dd or, for a month, yyyy-mm; null where it is none, or may be either of two."""
    month = F.when(text.rlike(f"^{IN_YEARS}[-_]{IN_MONTHS}\\z"), F.translate(text, "_", "-"))
    dashed = F.regexp_replace(text, SAME_SIGN, "$1-$2$3$4$5-$6")
    dashed = F.regexp_replace(dashed, "^([0-9]{4})([0-9]{2})([0-9]{2})\\z", "$1-$2-$3")
    dashed = F.regexp_replace(dashed, f"^([0-9]+){SEPARATOR}?([a-z]+){SEPARATOR}?([0-9]+)\\z", "$1-$2-$3")
    # With points, the day comes first.
    has_points = text.rlike("^[0-9]{1,2}[.]")
    return F.coalesce(month, compute_once(date_readings(dashed), lambda reading: _day(reading, has_points)))


def _day(reading: Column, is_day_first: Column) -> Column:
    month_first, day_first = reading[MONTH_FIRST], reading[DAY_FIRST]
    only = F.coalesce(month_first, day_first)
    day = F.when(is_day_first, day_first).when(only == F.coalesce(day_first, month_first), only)
    return day.cast("string")
