"""Periods that end with the newest day: calendar months at the ends of months, and what they are compared with."""

from datetime import date

import duckdb
import pytest
from sqlglot import parse_one

pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")

from local_runtime.errors import LakehouseError
from metrics.expressions import DIALECTS
from metrics.query import Query
from metrics.sql import statement


@pytest.fixture(scope="module")
def days():
    """A gold of days; `plays` gives it plays."""
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA gold")
    connection.execute(
        """CREATE TABLE gold.dim_date AS SELECT strftime(day, '%Y%m%d')::INT AS date_key, day::DATE AS date
        FROM range(DATE '2018-01-01', DATE '2022-01-01', INTERVAL 1 DAY) AS t(day)"""
    )
    return connection


@pytest.fixture
def plays(registry, days):
    """Asks for the plays of a gold that has one on each day up to `newest`, in the SQL of any dialect."""

    def ask(newest, dialect="duckdb", **options):
        days.execute(
            """CREATE OR REPLACE TABLE gold.fact_playback AS SELECT date_key FROM gold.dim_date WHERE date <= ?""",
            [newest],
        )
        wanted = statement(registry, Query(metrics=("plays",), **options), dialect)
        assert not wanted.parameters
        return days.execute(parse_one(wanted.sql, dialect=dialect).sql(dialect="duckdb")).fetchall()

    return ask


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("newest", "last", "first", "before"),
    [
        ("2020-11-30", "1m", "2020-11-01", "2020-10-01"),
        ("2021-02-28", "1m", "2021-02-01", "2021-01-01"),
        ("2020-02-29", "1m", "2020-02-01", "2020-01-01"),
        ("2021-03-30", "1m", "2021-03-01", "2021-02-01"),
        ("2021-01-15", "1m", "2020-12-16", "2020-11-16"),
        ("2020-06-30", "1q", "2020-04-01", "2020-01-01"),
        ("2021-02-28", "1y", "2020-03-01", "2019-03-01"),
        ("2020-02-29", "1y", "2019-03-01", "2018-03-01"),
        ("2020-12-31", "2y", "2019-01-01", None),
        ("2020-11-30", "30d", "2020-11-01", "2020-10-02"),
        ("2020-11-29", "2w", "2020-11-16", "2020-11-02"),
    ],
)
def test_a_period_has_whole_months_and_the_one_before_ends_the_day_before(plays, dialect, newest, last, first, before):
    start, end = date.fromisoformat(first), date.fromisoformat(newest)
    assert plays(newest, dialect, last=last) == [((end - start).days + 1,)]
    if before is not None:
        earlier = (start - date.fromisoformat(before)).days
        assert plays(newest, dialect, last=last, compare="previous")[0][:2] == ((end - start).days + 1, earlier)


@pytest.mark.parametrize(
    ("newest", "last", "now", "earlier"),
    [("2020-11-30", "1m", 30, 30), ("2021-02-28", "1m", 28, 28), ("2020-02-29", "1m", 29, 28)],
)
def test_a_year_before_are_the_same_days_of_that_year(plays, newest, last, now, earlier):
    assert plays(newest, last=last, compare="year")[0][:2] == (now, earlier)


def test_a_period_ends_with_the_day_that_is_named(registry, days, plays):
    def ask(**options):
        wanted = statement(registry, Query(metrics=("plays",), until=date(2020, 11, 9), **options))
        return days.execute(wanted.sql, wanted.parameters).fetchall()

    plays("2020-11-30")
    assert ask(last="5d", compare="previous") == [(5, 5, 0)]
    assert [day for day, _ in ask(last="2d", grain="day")] == [date(2020, 11, 8), date(2020, 11, 9)]
    assert ask(last="2m", grain="month") == [(date(2020, 10, 1), 31), (date(2020, 11, 1), 9)]
    for options in ({"grain": "day"}, {}):
        with pytest.raises(LakehouseError, match="it needs last"):
            ask(**options)


def test_the_days_of_a_month_are_those_that_its_total_has(plays):
    by_day = plays("2020-11-30", grain="day", last="1m")
    assert [by_day[0][0], by_day[-1][0], len(by_day)] == [date(2020, 11, 1), date(2020, 11, 30), 30]


@pytest.mark.parametrize(
    ("grain", "lasts", "previous"),
    [("year", ("2y", "24m", "8q", "400d"), [365, 366]), ("month", ("2m", "8w", "59d"), [30, 31])],
)
def test_by_a_grain_a_row_is_compared_with_the_whole_period_before_however_last_is_written(
    plays, grain, lasts, previous
):
    for last in lasts:
        rows = plays("2021-01-29", grain=grain, last=last, compare="previous")
        assert [row[2] for row in rows[-2:]] == previous, last


def test_without_a_grain_an_unfinished_month_is_compared_with_as_many_days(plays):
    assert plays("2021-01-29", last="29d", compare="previous")[0][:2] == (29, 29)


def test_by_month_a_year_before_is_the_whole_month_of_that_year(plays):
    for last in ("1m", "29d"):
        assert [row[2] for row in plays("2021-01-29", grain="month", last=last, compare="year")] == [31], last
