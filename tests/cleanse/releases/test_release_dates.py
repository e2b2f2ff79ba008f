"""Dates in the paths of releases: what is read, what is reported, and that nothing is guessed at."""

import random
from calendar import monthrange
from datetime import date

import pytest
from pyspark.sql import functions as F

from cleanse.releases.release_dates import with_release_date
from tests.helpers.frames import assert_same_rows

COLUMNS = "release STRING, date DATE, last_day DATE, undecided STRING"
UUID = "9d3a4d0e-0f4b-4c55-8f43-5a3d2f0f2021"


def row(release, day=None, undecided=None):
    """`day` is a day, or a month: 2021-09."""
    if day is None:
        return release, None, None, undecided
    year, month, *days = map(int, day.split("-"))
    first, last = (days * 2) if days else (1, monthrange(year, month)[1])
    return release, date(year, month, first), date(year, month, last), undecided


def assert_dates(spark, rows):
    expected = spark.createDataFrame(rows, COLUMNS)
    assert_same_rows(
        with_release_date(expected.select("release"), F.col("release")).select("release", "name_date.*"), expected
    )


DAY, MONTH = "2021-09-25", "2021-09"
READ = {
    "a day": [
        ("2021-09-25.csv", DAY),
        ("titles/netflix_2021-09-25.csv", DAY),
        ("titles 2021_09_25 (1).csv.gz", DAY),
        ("2021.09.25.csv", DAY),
        ("netflix20210925.csv", DAY),
        ("NETFLIX-2021-09-25.CSV", DAY),
        ("titles_2021-09-25_8807.csv", DAY),
        ("8807_2021-09-25.csv", DAY),
        ("v01_2021-09-25.csv", DAY),
        ("größe_2021-09-25é.csv", DAY),
        ("<2021-09-25>.csv", DAY),
        ("line\n2021-09-25\n", DAY),
        ("2021-9-5.csv", "2021-09-05"),
        ("2021-09-5.csv", "2021-09-05"),
        ("2020-02-29.csv", "2020-02-29"),
        ("2007-01-01.csv", "2007-01-01"),
        ("2100-12-31.csv", "2100-12-31"),
    ],
    "a day, and a time": [
        ("20210925T103000.csv", DAY),
        ("v2_20210925T101500Z.csv", DAY),
        ("2021-09-25T10:15:00Z.csv", DAY),
        ("2021-09-25_10-15-00.csv", DAY),
        ("2021-09-25-10-15-00.csv", DAY),
        ("20210925_201012.csv", DAY),  # not October 2010
        ("2021-09-25 201012.csv", DAY),
        ("25-09-2021_10-15-00.csv", DAY),
        ("25.09.2021 10.15.csv", DAY),
    ],
    "a day before its month": [
        ("25.09.2021.csv", DAY),
        ("titles 05.09.2021.csv", "2021-09-05"),
        ("netflix_25-09-2021.csv", DAY),
        ("25_9_2021.csv", DAY),
        ("25-Sep-2021.csv", DAY),
        ("5-sep-2021.csv", "2021-09-05"),
        ("25_SEPT_2021.csv", DAY),
        ("titles25September2021.csv", DAY),
        ("05-05-2021.csv", "2021-05-05"),
        ("5-05-2021.csv", "2021-05-05"),
        ("09-25-2021.csv", DAY),
    ],
    "a month": [
        ("netflix_titles_2021_09.csv", MONTH),
        ("2021-09", MONTH),
        ("2021-09_v2.csv", MONTH),
        ("2021-09_8807.csv", MONTH),
        ("2021-09-.csv", MONTH),
        ("2021-09 (2).csv", MONTH),
        ("2020-02.csv", "2020-02"),
        ("2100-12.csv", "2100-12"),
    ],
    "one date, written twice": [
        ("2021-09-25_20210925.csv", DAY),
        ("25.09.2021-2021-9-25.csv", DAY),
    ],
    "folders": [
        ("titles/date=2021-09-25/x.csv", DAY),
        ("titles/date=2021-09-25", DAY),
        ("titles/2021-09-25/full/x.csv", DAY),
        (f"titles/netflix_2021-09-25/{UUID}", DAY),
        ("titles/2021-09/x.csv", MONTH),
        ("titles/year=2021/month=09/day=25/x.csv", DAY),
        ("titles/year=2021/month=9/day=5/x.csv", "2021-09-05"),
        ("titles/year=2021/month=09/day=25", DAY),
        ("titles/Year=2021/Month=09/x.csv", MONTH),
        ("titles/year=2021/month=9/region=us/x.csv", MONTH),
        ("titles/year=2021/month=9", MONTH),
        ("titles/year=2021/month=09/date=2021-09-25/x.csv", DAY),
        ("titles/2021-09/2021-09-25/x.csv", DAY),
        ("titles/2021-09-25/date=20210925/x.csv", DAY),
        ("titles/2021-12-31/netflix_2021-09-25.csv", DAY),
    ],
}
UNDECIDED = {
    "the order of day and month": [
        ("05-09-2021.csv", "05-09-2021"),
        ("netflix_5_9_2021.csv", "5_9_2021"),
        ("05 09 2021.csv", "05 09 2021"),
        ("05092021.csv", "05092021"),
    ],
    "a day that there isn't": [
        ("2021-09-31.csv", "2021-09-31"),
        ("2021-09-45.csv", "2021-09-45"),
        ("20210931.csv", "20210931"),
        ("2021-02-29.csv", "2021-02-29"),
        ("2100-02-29.csv", "2100-02-29"),
        ("2021-00-01.csv", "2021-00-01"),
        ("2021-13.csv", "2021-13"),
        ("31.09.2021.csv", "31.09.2021"),
        ("09.25.2021.csv", "09.25.2021"),
        ("31-Sep-2021.csv", "31-sep-2021"),
        ("titles/year=2021/month=09/day=31/x.csv", "2021-09-31"),
    ],
    "two dates": [
        ("2021-09-25_to_2021-10-02.csv", "2021-09-25, 2021-10-02"),
        ("20210901-20210930.csv", "20210901, 20210930"),
        ("2021-09_20210925.csv", "2021-09, 20210925"),
        ("titles/2021-09-25/2021-10-01/x.csv", "2021-09-25, 2021-10-01"),
        ("25-09-2021-10-15-00.csv", "25-09-2021-10-15"),
        ("1_2_2021-09-25.csv", "1_2_2021-09-25"),
    ],
    "what may be a day, or a number behind a month": [
        ("2021-09_12.csv", "2021-09_12"),
        ("2021_09-2.csv", "2021_09-2"),
    ],
    "other forms": [
        ("2021-9.csv", "2021-9"),
        ("202109.csv", "202109"),
        ("netflix_09-2021.csv", "09-2021"),
        ("sep 2021.csv", "sep 2021"),
        ("Sep-25-2021.csv", "sep-25-2021"),
        ("2021-Sep-25.csv", "2021-sep-25"),
        ("20210925101500.csv", "20210925101500"),
        ("titles/2021/09/25/x.csv", "2021/09/25"),
    ],
}
NO_DATES = [
    *("v2.csv", "final(1).csv", "2021.csv", "v2021_8807.csv", "netflix_1925-2021.csv", "2021-W39.csv", "10-15-00.csv"),
    *("titles/2021/x.csv", "titles/year=2021/x.csv", "titles/part-00000", "calamar 2021.csv"),
    # Years in which nothing was streamed.
    *("2006-12-31.csv", "31.12.2006.csv", "19991231.csv", "2101-01.csv"),
    # Numbers.
    *("202109251.csv", "120210925.csv", "12021-09-25.csv", "1632650000.csv", "20218807.csv"),
    # UUIDs and hashes.
    *("20210925-1234-4c55-8f43-5a3d2f0f2021.csv", "9d3a4d0e-2021-4c55-8f43-20210925abcd"),
    "5a3d20210925f43c5a3d2f0f2021.csv",
    *("", None),
]


@pytest.mark.parametrize("rows", READ.values(), ids=READ.keys())
def test_release_date_reads(spark, rows):
    assert_dates(spark, [row(release, day) for release, day in rows])


@pytest.mark.parametrize("rows", UNDECIDED.values(), ids=UNDECIDED.keys())
def test_release_date_reports_what_it_does_not_read(spark, rows):
    assert_dates(spark, [row(release, None, undecided) for release, undecided in rows])


def test_release_date_passes_over_other_digits(spark):
    assert_dates(spark, [row(release) for release in NO_DATES])


def test_folders_decide_where_the_name_does_not_and_what_was_looked_at_is_reported(spark):
    rows = [
        row("titles/2021-09-25/05-09-2021.csv", DAY, "05-09-2021"),
        row("titles/2021-09-25/2021-09-01_2021-09-30.csv", DAY, "2021-09-01, 2021-09-30"),
        row("titles/2021-09-25/202109/x.csv", DAY, "202109"),
        row("titles/2021-09-31/05-09-2021.csv", None, "05-09-2021, 2021-09-31"),
        row("titles/2021-09-31/2021-09-25.csv", DAY),
        row("2021-09-25_sep 2021.csv", DAY, "sep 2021"),
    ]
    assert_dates(spark, rows)


def test_release_date_takes_names_of_any_length(spark):
    """Java matches repeated groups by recursion, and runs out of stack after some thousand characters."""
    fillers = ["x" * 4000, "1" * 4000, "2021-" * 1000, "a1" * 2000, "/" * 4000, "é_" * 2000]
    assert_dates(spark, [row(f"{filler}/2021-09-25.csv", DAY) for filler in fillers])


SHORT = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Forms of a year, a month, a day and the month's name; in the others, the order of day and month must be certain.
IN_ORDER = (
    *("{0}-{1:02}-{2:02}", "{0}_{1:02}_{2:02}", "{0}-{1}-{2}", "{0}.{1}.{2:02}", "{0}{1:02}{2:02}"),
    *("{2:02}.{1:02}.{0}", "{2}.{1}.{0}", "{2}-{3}-{0}", "{2:02}{3}{0}"),
)
IN_EITHER_ORDER = ("{2:02}-{1:02}-{0}", "{2}_{1}_{0}", "{1:02}-{2:02}-{0}", "{1} {2} {0}")
BEFORE = ("", "netflix_", "titles ", "v2_", "8807_", "nat3-", "s.", "größe(", f"{UUID}_", "2021_8807 ")
AFTER = ("", ".csv", "_8807.csv", " (1).csv.gz", "T103000Z.csv", "_201012.csv", f"-{UUID}", ") x.csv", "_v2")
FOLDERS = ("", "titles/", "titles/1-2/", f"titles/{UUID}/", "titles/2020-01-01/", "titles/year=2020/month=01/day=01/")


def day_of(year, month, day):
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def some_release(chance):
    """A release whose name has one day, possible or not, in some form; what it means is known from its numbers."""
    year, month, day = chance.randint(2007, 2100), chance.randint(1, 12), chance.randint(1, 31)
    form = chance.choice([*IN_ORDER, *IN_EITHER_ORDER])
    text = form.format(year, month, day, SHORT[month - 1])
    folder = chance.choice(FOLDERS)
    release = f"{folder}{chance.choice(BEFORE)}{text}{chance.choice(AFTER)}"
    is_certain = form in IN_ORDER or day > 12 or day == month
    known = day_of(year, month, day) if is_certain else None
    if known:
        return row(release, known)
    return row(release, "2020-01-01" if "2020" in folder else None, text)


def test_release_date_agrees_with_a_calendar_on_random_names(spark):
    chance = random.Random(2021)
    expected = {release: tuple(date) for release, *date in (some_release(chance) for _ in range(1500))}
    names = spark.createDataFrame([(release,) for release in expected], "release STRING")
    found = with_release_date(names.select("release"), F.col("release")).select("release", "name_date.*").collect()
    assert len(found) == len(expected) > 1000
    assert {release: date for release, *date in found if tuple(date) != expected[release]} == {}
