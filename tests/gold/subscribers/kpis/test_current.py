"""Current subscribers by plan and device, and their revenue."""

from decimal import Decimal

import pytest

from gold.conformed.dimensions import DIM_DEVICE
from gold.subscribers.dimensions import DIM_PLAN, DIM_SUBSCRIBER
from gold.subscribers.kpis.current import KPI_PLAN_DEVICE, KPI_SUBSCRIBERS, kpi_plan_device, kpi_subscribers
from tests.gold.subscribers.conftest import JUNE, MAY, version
from tests.helpers.frames import assert_same_rows

ALL = Decimal("1.000000")


def test_kpi_subscribers_counts_those_who_subscribe_now(star, rows):
    found = star(
        version("u", until=MAY),
        version("u", since=MAY, revenue="12.50"),
        version("v"),
        version("w", until=JUNE),
        version("x", age=None, plan=None),
        version("y", plan="Premium", revenue=None),
        version("z", revenue=None),
    )
    names = ("subscribers", "dim_subscriber", "dim_plan", "dim_country")
    expected = rows(
        KPI_SUBSCRIBERS,
        ("Basic", "France", "25-34", "Female", 3, Decimal("22.50")),
        ("Premium", "France", "25-34", "Female", 1, None),
        ("Unknown", "France", "Unknown", "Female", 1, Decimal("10.00")),
    )
    assert_same_rows(kpi_subscribers(*[found[name] for name in names]), expected)


@pytest.fixture
def plan_device(rows):
    """The KPI of versions of subscribers (key, device_key, plan_key, is_current)."""

    def make(*versions):
        return kpi_plan_device(
            rows(DIM_SUBSCRIBER, *versions, columns="subscriber_key device_key plan_key is_current"),
            rows(DIM_DEVICE, (40, "tv"), (41, "web"), (-1, "Unknown"), columns="device_key device"),
            rows(DIM_PLAN, (10, "Basic"), (11, "Premium"), (-1, "Unknown"), columns="plan_key plan"),
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
    assert_same_rows(plan_device(*versions, *before, UNKNOWN_MEMBER), expected)


def test_kpi_plan_device_of_nobody_is_empty(plan_device, rows):
    assert_same_rows(plan_device(UNKNOWN_MEMBER), rows(KPI_PLAN_DEVICE))
    assert_same_rows(plan_device((1, 40, 10, False)), rows(KPI_PLAN_DEVICE))
