"""Plans by device, and how many of those who joined in a month stay."""

from datetime import date
from decimal import Decimal

import pytest

from gold.subscribers.kpis.months import KPI_COHORT_RETENTION, KPI_PLAN_DEVICE, kpi_cohort_retention, kpi_plan_device
from tests.gold.frames import assert_same

DECEMBER, JANUARY, FEBRUARY, MARCH = date(2022, 12, 1), date(2023, 1, 1), date(2023, 2, 1), date(2023, 3, 1)
NONE, HALF, ALL = Decimal("0.000000"), Decimal("0.500000"), Decimal("1.000000")


@pytest.fixture
def plan_device(spark):
    """The KPI of versions of subscribers (key, device_key, plan_key, is_current)."""

    def make(*versions):
        return kpi_plan_device(
            spark.createDataFrame(
                list(versions), "subscriber_key BIGINT, device_key BIGINT, plan_key BIGINT, is_current BOOLEAN"
            ),
            spark.createDataFrame([(40, "tv"), (41, "web"), (-1, "Unknown")], "device_key BIGINT, device STRING"),
            spark.createDataFrame([(10, "Basic"), (11, "Premium"), (-1, "Unknown")], "plan_key BIGINT, plan STRING"),
        )

    return make


UNKNOWN_MEMBER = (-1, -1, -1, True)


def test_kpi_plan_device_counts_those_who_subscribe_now(plan_device, rows):
    versions = [(1, 40, 10, True), (2, 40, 10, True), (3, 40, 11, True), (4, 41, 11, True), (5, -1, -1, True)]
    before = [(6, 40, 11, False), (7, 41, 10, False)]
    expected = rows(
        KPI_PLAN_DEVICE,
        ("tv", "Basic", 2, Decimal("0.666667")),
        ("tv", "Premium", 1, Decimal("0.333333")),
        ("web", "Premium", 1, ALL),
        ("Unknown", "Unknown", 1, ALL),
    )
    assert_same(plan_device(*versions, *before, UNKNOWN_MEMBER), expected)


def test_kpi_plan_device_of_nobody_is_empty(plan_device, rows):
    assert_same(plan_device(UNKNOWN_MEMBER), rows(KPI_PLAN_DEVICE))
    assert_same(plan_device((1, 40, 10, False)), rows(KPI_PLAN_DEVICE))


@pytest.fixture
def retention(spark):
    """The KPI of months (who, month or None for one that is no day of dim_date, is_active, is_new)."""
    months = (DECEMBER, JANUARY, FEBRUARY, MARCH)
    keys = {None: -1, **{month: month.year * 10000 + month.month * 100 + 1 for month in months}}

    def make(*facts):
        fact = spark.createDataFrame(
            [(who, keys[month], is_active, is_new) for who, month, is_active, is_new in facts],
            "subscriber_id STRING, date_key INT, is_active BOOLEAN, is_new BOOLEAN",
        )
        dates = spark.createDataFrame([(key, month) for month, key in keys.items()], "date_key INT, date DATE")
        return kpi_cohort_retention(fact, dates)

    return make


def paid(who, *months, left=None):
    """The facts of somebody who joined in the first of the months, and has left in the month `left`."""
    facts = [(who, month, True, number == 0) for number, month in enumerate(months)]
    return [*facts, *([(who, left, False, False)] if left else [])]


def test_kpi_cohort_retention_follows_a_cohort_to_the_newest_month_over_the_turn_of_a_year(retention, rows):
    found = retention(
        *paid("u", DECEMBER, left=JANUARY),
        *paid("v", DECEMBER, JANUARY, FEBRUARY),
        *paid("w", JANUARY, left=FEBRUARY),
    )
    expected = rows(
        KPI_COHORT_RETENTION,
        *((DECEMBER, 0, 2, 2, ALL), (DECEMBER, 1, 2, 1, HALF), (DECEMBER, 2, 2, 1, HALF)),
        # Nobody of January is left in February, which is a row all the same.
        *((JANUARY, 0, 1, 1, ALL), (JANUARY, 1, 1, 0, NONE)),
    )
    assert_same(found, expected)


def test_a_cohort_without_anybody_left_goes_on_to_the_newest_month(retention, rows):
    found = retention(*paid("u", DECEMBER, left=JANUARY), *paid("v", MARCH))
    gone = [(DECEMBER, month, 1, 0, NONE) for month in (1, 2, 3)]
    assert_same(found, rows(KPI_COHORT_RETENTION, (DECEMBER, 0, 1, 1, ALL), *gone, (MARCH, 0, 1, 1, ALL)))


def test_who_left_in_the_newest_month_makes_no_month_after_it(retention, rows):
    """A snapshot lacks u: churned in February, of which nothing else is known."""
    found = retention(*paid("u", DECEMBER, JANUARY, left=FEBRUARY), *paid("v", DECEMBER, JANUARY))
    assert_same(found, rows(KPI_COHORT_RETENTION, (DECEMBER, 0, 2, 2, ALL), (DECEMBER, 1, 2, 2, ALL)))


def test_who_joined_before_all_dates_is_in_no_cohort(retention, rows):
    found = retention(*paid("u", None, DECEMBER, JANUARY), *paid("v", DECEMBER, left=JANUARY))
    assert_same(found, rows(KPI_COHORT_RETENTION, (DECEMBER, 0, 1, 1, ALL), (DECEMBER, 1, 1, 0, NONE)))


def test_kpi_cohort_retention_of_nobody_is_empty(retention, rows):
    assert_same(retention(), rows(KPI_COHORT_RETENTION))
    assert_same(retention(*paid("u", None)), rows(KPI_COHORT_RETENTION))
