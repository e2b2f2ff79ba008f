"""Revenue by month, and retention by cohort."""

from datetime import date
from decimal import Decimal

import pytest

from gold.conformed.dimensions import DIM_DATE
from gold.subscribers.facts import FACT_SUBSCRIPTION_MONTH
from gold.subscribers.kpis.months import (
    KPI_COHORT_RETENTION,
    KPI_MONTHLY_REVENUE,
    kpi_cohort_retention,
    kpi_monthly_revenue,
)
from tests.gold.subscribers.conftest import JUNE, MAY, version
from tests.helpers.frames import assert_same_rows

DECEMBER, JANUARY, FEBRUARY, MARCH = date(2022, 12, 1), date(2023, 1, 1), date(2023, 2, 1), date(2023, 3, 1)
NONE, HALF, ALL = Decimal("0.000000"), Decimal("0.500000"), Decimal("1.000000")


@pytest.fixture
def retention(rows):
    """The KPI of months (who, month or None for one that is no day of dim_date, is_active, is_new)."""
    months = (DECEMBER, JANUARY, FEBRUARY, MARCH)
    keys = {None: -1, **{month: month.year * 10000 + month.month * 100 + 1 for month in months}}

    def make(*facts):
        months = [(who, keys[month], is_active, is_new) for who, month, is_active, is_new in facts]
        days = [(key, month) for month, key in keys.items()]
        return kpi_cohort_retention(
            rows(FACT_SUBSCRIPTION_MONTH, *months, columns="subscriber_id date_key is_active is_new"),
            rows(DIM_DATE, *days, columns="date_key date"),
        )

    return make


def paid(who, *months, left=None):
    """The facts of a subscriber who joined in the first month and left in the month `left`."""
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
    assert_same_rows(found, expected)


def test_a_cohort_without_anybody_left_goes_on_to_the_newest_month(retention, rows):
    found = retention(*paid("u", DECEMBER, left=JANUARY), *paid("v", MARCH))
    gone = [(DECEMBER, month, 1, 0, NONE) for month in (1, 2, 3)]
    assert_same_rows(found, rows(KPI_COHORT_RETENTION, (DECEMBER, 0, 1, 1, ALL), *gone, (MARCH, 0, 1, 1, ALL)))


def test_who_left_in_the_newest_month_makes_no_month_after_it(retention, rows):
    """A later snapshot lacks u, who churned in February; nothing else is known of that month."""
    found = retention(*paid("u", DECEMBER, JANUARY, left=FEBRUARY), *paid("v", DECEMBER, JANUARY))
    assert_same_rows(found, rows(KPI_COHORT_RETENTION, (DECEMBER, 0, 2, 2, ALL), (DECEMBER, 1, 2, 2, ALL)))


def test_who_joined_before_all_dates_is_in_no_cohort(retention, rows):
    found = retention(*paid("u", None, DECEMBER, JANUARY), *paid("v", DECEMBER, left=JANUARY))
    assert_same_rows(found, rows(KPI_COHORT_RETENTION, (DECEMBER, 0, 1, 1, ALL), (DECEMBER, 1, 1, 0, NONE)))


def test_kpi_cohort_retention_of_nobody_is_empty(retention, rows):
    assert_same_rows(retention(), rows(KPI_COHORT_RETENTION))
    assert_same_rows(retention(*paid("u", None)), rows(KPI_COHORT_RETENTION))


def test_kpi_monthly_revenue(star, rows):
    found = star(version("u", paid=(1, 31)), version("v", revenue="11", paid=(1, 31)), version("w", joined=(2, 1)))
    kpi = kpi_monthly_revenue(found["fact_subscription_month"], found["dim_plan"], found["dim_date"])
    expected = rows(
        KPI_MONTHLY_REVENUE,
        (date(2023, 1, 1), "Basic", Decimal("21.00"), 2, 2, 0, Decimal("10.500000")),
        (date(2023, 2, 1), "Basic", Decimal("10.00"), 1, 1, 2, Decimal("10.000000")),
    )
    assert_same_rows(kpi.filter("month < DATE'2023-03-01'"), expected)


def test_without_active_subscribers_there_is_no_average(star):
    found = star(version("u", paid=(1, 31)), version("v", plan="Premium"))
    kpi = kpi_monthly_revenue(found["fact_subscription_month"], found["dim_plan"], found["dim_date"])
    (row,) = kpi.filter("plan = 'Basic' AND active_subscribers = 0").collect()
    assert (row.revenue, row.churned_subscribers, row.average_revenue_per_user) == (0, 1, None)


def test_unknown_revenue_is_no_zero_and_is_not_in_the_average(star, rows):
    found = star(
        *(version("u", paid=(1, 31)), version("v", revenue=None, paid=(1, 31))),
        *(version("w", plan="Premium", revenue=None, paid=(1, 31)), version("x", plan="Premium", revenue=None)),
    )
    kpi = kpi_monthly_revenue(found["fact_subscription_month"], found["dim_plan"], found["dim_date"])
    expected = rows(
        KPI_MONTHLY_REVENUE,
        (JANUARY, "Basic", Decimal("10.00"), 2, 2, 0, Decimal("10.000000")),
        (JANUARY, "Premium", None, 2, 2, 0, None),
        (FEBRUARY, "Basic", Decimal("0.00"), 0, 0, 2, None),
        # x is active, of unknown revenue; w has left.
        (FEBRUARY, "Premium", None, 1, 0, 1, None),
    )
    assert_same_rows(kpi.filter("month < DATE'2023-03-01'"), expected)


def test_who_rejoins_stays_in_the_cohort_of_the_first_time(star, rows):
    found = star(
        version("u", until=MAY, paid=(2, 5)),
        version("u", since=JUNE, joined=(4, 1), paid=(4, 5)),
        version("v", joined=(4, 1), paid=(4, 5)),
    )
    kpi = kpi_cohort_retention(found["fact_subscription_month"], found["dim_date"])
    of_january = [(JANUARY, 0, 1, 1, ALL), (JANUARY, 1, 1, 1, ALL), (JANUARY, 2, 1, 0, NONE), (JANUARY, 3, 1, 1, ALL)]
    assert_same_rows(kpi, rows(KPI_COHORT_RETENTION, *of_january, (date(2023, 4, 1), 0, 1, 1, ALL)))
