"""The date of a release, from its path."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
SHORT_MONTHS = tuple(name[:3] for name in MONTHS)
MONTH_NAME = f"({'|'.join(('sept', *MONTHS, *SHORT_MONTHS))})"

# UUIDs and hashes, in which any digits occur.
ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16,}"
# Folders that are a date together become one folder with that date.
# `\z` is the end of the text; in Java, `$` also matches before a line break at the end.
PARTITIONS = (
    ("/year=([0-9]{4})/month=([0-9]{1,2})/day=([0-9]{1,2})(/|\\z)", "/$1-$2-$3$4"),
    ("/year=([0-9]{4})/month=([0-9]{2})(/|\\z)", "/$1-$2$3"),
    ("/year=([0-9]{4})/month=([0-9])(/|\\z)", "/$1-0$2$3"),
)

# What follows matches lower-case text in which each run of digits or letters is in angle brackets, for example
# <netflix>_<2021>-<09>-<25>.<csv>. So no match begins or ends within a longer number or word.
RUN = "([0-9]+|[a-z]+)"
IN_YEARS = "(?:200[7-9]|20[1-9][0-9]|2100)"  # nothing was streamed before
IN_MONTHS, IN_DAYS = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
YEAR, NUMBER, NAME = f"<{IN_YEARS}>", "<[0-9]{1,2}>", f"<{MONTH_NAME}>"
SIGN, SIGNS = "[-_. ]", ("-", "_", "[.]", " ")
# A time of day after a date.
TIME = "[-_ ]?(?:<t>)?<[0-9]{6}>"

# What may be read as a date.
YEAR_FIRST = "|".join(f"{YEAR}{sign}{NUMBER}{sign}{NUMBER}" for sign in SIGNS)
YEAR_LAST = "|".join(f"{NUMBER}{sign}{NUMBER}{sign}{YEAR}" for sign in SIGNS)
# A year with a day and a month on both sides is in two dates at once, which is none: 25-09-2021-10-15.
MORE_DATE = "|".join(f"{sign}{NUMBER}{sign}{NUMBER}(?:{sign}{YEAR})?" for sign in SIGNS)
DATES = "|".join(
    (
        f"(?:{YEAR_LAST})(?:{MORE_DATE})?",
        YEAR_FIRST,
        f"{NUMBER}{SIGN}?{NAME}{SIGN}?{YEAR}",
        f"<{IN_YEARS}{IN_MONTHS}{IN_DAYS}>",
        # A month; with a number behind another sign, it isn't certain that this is no day.
        f"{YEAR}[-_]{NUMBER}(?:[-_]{NUMBER})?",
    )
)
# What looks like a date, too, and is never read.
LOOKALIKES = "|".join(
    (
        f"{NAME}{SIGN}?{NUMBER}[-_., ]{{1,2}}{YEAR}",  # September 25, 2021
        f"{NAME}{SIGN}?{YEAR}",  # Sep 2021
        f"{YEAR}{SIGN}?{NAME}(?:{SIGN}?{NUMBER})?",  # 2021-Sep-25
        f"<{IN_MONTHS}>[-_.]{YEAR}",  # 09-2021
        f"{YEAR}/<{IN_MONTHS}>(?:/<{IN_DAYS}>)?",  # 2021/09/25
        f"<{IN_YEARS}{IN_MONTHS}>",  # 202109
        f"<(?:{IN_DAYS}{IN_MONTHS}|{IN_MONTHS}{IN_DAYS}){IN_YEARS}>",  # 25092021
        f"<{IN_YEARS}{IN_MONTHS}{IN_DAYS}(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?>",  # 20210925103000
    )
)

# What follows matches one of these dates, without the brackets.
SAME_SIGN = "^([0-9]+)(?:-([0-9]+)-|_([0-9]+)_| ([0-9]+) |[.]([0-9]+)[.])([0-9]+)\\z"
COMPACT = "^([0-9]{4})([0-9]{2})([0-9]{2})\\z"
MONTH_OF_YEAR = f"^{IN_YEARS}[-_]{IN_MONTHS}\\z"
NAMED = f"^[0-9]{{1,2}}{SIGN}?[a-z]+{SIGN}?[0-9]{{4}}\\z"
THREE_NUMBERS = "^([0-9]+)-([0-9]+)-([0-9]+)\\z"
# With points, the day comes first; with other signs, as dashes here, only where that is certain.
NO_MONTH = "(?:1[3-9]|2[0-9]|3[01])"
EQUAL = "|".join(f"0?{number}-0?{number}" for number in range(1, 13))
POINTS = "^[0-9]{1,2}[.][0-9]"
DAY_FIRST = f"^(?:{NO_MONTH}-[0-9]{{1,2}}|{EQUAL})-[0-9]{{4}}\\z"
MONTH_FIRST = f"^[0-9]{{1,2}}-{NO_MONTH}-[0-9]{{4}}\\z"
LEAP_YEARS = "20(?:0[48]|[2468][048]|[13579][26])"
REAL_DATE = (
    f"^(?:{IN_YEARS}-{IN_MONTHS}|{IN_YEARS}-{IN_MONTHS}-(?:0[1-9]|1[0-9]|2[0-8])|{LEAP_YEARS}-02-29"
    f"|{IN_YEARS}-(?:0[13-9]|1[0-2])-(?:29|30)|{IN_YEARS}-(?:0[13578]|1[02])-31)\\z"
)


def with_release_date(releases: DataFrame, path: Column) -> DataFrame:
    """One row per row, with `name_date`: what the path of a release says about its date.

    It is a STRUCT<date DATE, last_day DATE, undecided STRING>. The date is the one in the file's name. Where that has
    none, or two different ones, it is the one in the names of the folders, where a month is ignored beside one of its
    own days. These are read: `2021-09-25`, `2021-9-5`, `20210925`, `25.09.2021`, `25-Sep-2021`, `2021-09`,
    `date=2021-09-25`, folders `year=2021/month=09/day=25` with or without the day, and `25-09-2021` or `09-25-2021`
    where only one order is possible or both mean the same day. For `-` there may be `_`, in a full date also `.` or a
    space; a time of day may follow. Years are 2007 to 2100; with any other year, digits are no date. UUIDs, hashes and
    longer numbers contain no dates.

    `date` is the day, or the month's first day; `last_day` is the day, or the month's last day. Both are null where
    there is no date. `undecided` lists what looks like a date and isn't read (`05-09-2021`, `2021-09-31`, two different
    dates, `sep 2021`), in lower case, separated by commas; null for none. It covers the file's name and, where that has
    no date, the folders.
    """
    lower = F.lower(path)
    for pattern, replacement in PARTITIONS:
        lower = F.regexp_replace(lower, pattern, replacement)
    parts = F.array(F.regexp_extract(lower, "[^/]*\\z", 0), F.regexp_replace(lower, "[^/]*\\z", ""))
    # Step by step, in one column: the default engine takes ten times as long to plan the same as one expression, and
    # columns to drop are more than a pipeline knows of its input in Spark Connect.
    step = F.col("name_date")
    in_name, in_folders = (F.get(step, F.lit(place)) for place in (0, 1))
    steps = (
        parts,
        F.transform(step, _runs),
        F.transform(step, _texts_of_dates),
        F.transform(step, lambda texts: F.transform(texts, _reading)),
        F.struct(
            *(in_name.alias("name"), _dates(in_name).alias("name_dates")),
            *(in_folders.alias("folders"), _dates_of_folders(in_folders).alias("folder_dates")),
        ),
        F.struct(
            _summary(step["name"], step["name_dates"]).alias("name"),
            _summary(step["folders"], step["folder_dates"]).alias("folders"),
        ),
        _decision(step["name"], step["folders"]),
    )
    for each in steps:
        releases = releases.withColumn("name_date", each)
    return releases


def _runs(text: Column) -> Column:
    """STRING: a text without ids, in which each run of digits or letters is in angle brackets."""
    without_ids = F.translate(F.regexp_replace(text, ID, "*"), "<>", "()")
    return F.regexp_replace(without_ids, RUN, "<$1>")


def _texts_of_dates(runs: Column) -> Column:
    """ARRAY<STRING>: what looks like a date."""
    dates = F.regexp_extract_all(runs, F.lit(DATES), F.lit(0))
    rest = F.regexp_replace(runs, f"(?:{DATES})(?:{TIME})?", "*")
    lookalikes = F.regexp_extract_all(rest, F.lit(LOOKALIKES), F.lit(0))
    return F.transform(F.concat(dates, lookalikes), lambda match: F.translate(match, "<>", ""))


def _reading(text: Column) -> Column:
    """STRUCT<text, date>: what looks like a date, and what it is read as: yyyy-mm-dd, yyyy-mm or null."""
    two_digit_month = F.regexp_replace(_in_order(text), "-([0-9])-", "-0$1-")
    date = F.regexp_replace(two_digit_month, "-([0-9]{2})-([0-9])\\z", "-$1-0$2")
    return F.struct(text.alias("text"), F.when(date.rlike(REAL_DATE), date).alias("date"))


def _in_order(text: Column) -> Column:
    """STRING: year, month and day of a date whose order is certain, with dashes; digits may lack a zero."""
    dashed = F.regexp_replace(text, SAME_SIGN, "$1-$2$3$4$5-$6")
    return (
        F.when(text.rlike(NAMED), _with_month_number(text))
        .when(text.rlike(MONTH_OF_YEAR), F.translate(text, "_", "-"))
        .when(text.rlike(POINTS) | dashed.rlike(DAY_FIRST), F.regexp_replace(dashed, THREE_NUMBERS, "$3-$2-$1"))
        .when(dashed.rlike(MONTH_FIRST), F.regexp_replace(dashed, THREE_NUMBERS, "$3-$1-$2"))
        .otherwise(F.regexp_replace(dashed, COMPACT, "$1-$2-$3"))
    )


def _with_month_number(text: Column) -> Column:
    year, name, day = (F.regexp_extract(text, part, 0) for part in ("[0-9]{4}\\z", "[a-z]{3}", "^[0-9]+"))
    month = F.array_position(F.array(*[F.lit(month) for month in SHORT_MONTHS]), name)
    return F.concat_ws("-", year, month.cast("string"), day)


def _dates(readings: Column) -> Column:
    return F.array_distinct(F.array_compact(F.transform(readings, lambda reading: reading["date"])))


def _dates_of_folders(readings: Column) -> Column:
    """The dates without the months of days among them: 2021-09/2021-09-25 is one date."""
    dates = _dates(readings)
    return F.array_except(dates, F.transform(dates, lambda date: F.regexp_replace(date, "-[0-9]{2}\\z", "")))


def _summary(readings: Column, dates: Column) -> Column:
    """STRUCT<date STRING, undecided ARRAY<STRING>>: the one date, and what isn't read; all of it if dates differ."""
    differ = F.size(dates) > 1
    undecided = F.filter(readings, lambda reading: differ | reading["date"].isNull())
    return F.struct(
        F.when(F.size(dates) == 1, F.get(dates, F.lit(0))).alias("date"),
        F.transform(undecided, lambda reading: reading["text"]).alias("undecided"),
    )


def _decision(name: Column, folders: Column) -> Column:
    date = F.coalesce(name["date"], folders["date"])
    first_day = F.rpad(date, 10, "-01").try_cast("date")
    both = F.concat(name["undecided"], folders["undecided"])
    undecided = F.array_distinct(F.when(name["date"].isNull(), both).otherwise(name["undecided"]))
    return F.struct(
        first_day.alias("date"),
        F.when(F.length(date) == 7, F.last_day(first_day)).otherwise(first_day).alias("last_day"),
        F.nullif(F.array_join(undecided, ", "), F.lit("")).alias("undecided"),
    )
