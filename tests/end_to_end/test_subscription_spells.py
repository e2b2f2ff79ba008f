"""Subscriptions that end, begin again or are mended, from files to months."""

from decimal import Decimal

from tests.end_to_end.test_subscribers import HEADER, snapshot
from tests.helpers.truth import rows

SNAPSHOTS = ("s_2022-04-01.csv", "s_2022-05-01.csv", "s_2023-04-01.csv")
# Everybody is told by the country. Current in all snapshots; the second one paid in April, too.
CURRENT = {
    "Spain": ("Basic,10,2022-01-05,2022-03-05", "Basic,10,2022-01-05,2022-04-05", "Basic,10,2022-01-05,2023-03-05")
}
PAID_LATER = {"France": (*CURRENT["Spain"][:2], "Basic,10,2022-01-05,2023-04-01")}


def run(place, people):
    """Loads the three snapshots: the rows of each person, None where a snapshot lacks them."""
    for number, name in enumerate(SNAPSHOTS):
        present = [(user, country, life[number]) for user, (country, life) in enumerate(people.items()) if life[number]]
        snapshot(place, name, *[f"{user},{row},{country},30,Female,tv,1 Month" for user, country, row in present])
    place.run()


def months(place, country):
    """Of a person: how many months are active, their revenue, and the months of joining and of having left."""
    ((count, revenue, new, churned),) = rows(
        place,
        f"""SELECT count(*) FILTER (is_active), sum(revenue),
            list(date_key // 100 ORDER BY date_key) FILTER (is_new),
            coalesce(list(date_key // 100 ORDER BY date_key) FILTER (is_churned), [])
        FROM gold.fact_subscription_month JOIN gold.dim_country USING (country_key) WHERE country = '{country}'""",
    )
    return count, revenue, new, churned


def test_who_rejoins_pays_for_no_month_in_between_and_has_left_twice(place):
    canada = "Basic,10,2022-01-05,2022-03-05", None, "Basic,10,2023-02-05,2023-03-05"
    run(place, {"Canada": canada, **PAID_LATER})
    assert months(place, "Canada") == (5, Decimal("50.00"), [202201, 202302], [202204, 202304])
    spells = "SELECT spell, count(*) FROM gold.fact_subscription_month JOIN gold.dim_country USING (country_key)"
    assert rows(place, f"{spells} WHERE country = 'Canada' GROUP BY 1 ORDER BY 1") == [(1, 4), (2, 3)]
    cohort = "SELECT sum(active_subscribers) FROM gold.kpi_cohort_retention WHERE cohort_month = DATE'2022-01-01'"
    assert rows(place, cohort) == [(5 + 16,)]


def test_a_join_date_that_is_mended_leaves_no_month_of_the_mistaken_one(place):
    later = "Premium,12,2022-01-05,2022-04-05", "Premium,12,2022-01-05,2023-03-05"
    run(place, {"Canada": ("Basic,10,2012-01-05,2022-03-05", *later), **CURRENT})
    assert months(place, "Canada") == (15, Decimal("172.00"), [202201], [])
    joined = "SELECT join_date::TEXT FROM gold.dim_subscriber JOIN gold.dim_country USING (country_key)"
    assert rows(place, f"{joined} WHERE country = 'Canada' ORDER BY 1") == [("2012-01-05",), ("2022-01-05",)]


def test_a_payment_in_the_future_that_is_mended_moves_nobodys_months(place):
    later = "Premium,10,2022-01-05,2022-04-05", "Premium,10,2022-01-05,2023-03-05"
    run(place, {"Canada": ("Basic,10,2022-01-05,2025-03-05", *later), **CURRENT})
    assert months(place, "Canada") == (15, Decimal("150.00"), [202201], [])
    assert months(place, "Spain") == (15, Decimal("150.00"), [202201], [])


def test_without_a_column_of_payments_people_are_active_while_they_are_in_snapshots(place):
    header = HEADER.replace("Last Payment Date,", "")
    row = "{},Basic,10,2022-01-05,{},30,Female,tv,1 Month"
    snapshot(place, SNAPSHOTS[0], row.format(1, "Canada"), row.format(2, "Spain"), header=header)
    snapshot(place, SNAPSHOTS[1], row.format(2, "Spain"), header=header)
    snapshot(place, "s_2022-12-01.csv", row.format(2, "Spain"), header=header)
    place.run()
    assert months(place, "Canada") == (4, Decimal("40.00"), [202201], [202205])
    assert months(place, "Spain") == (12, Decimal("120.00"), [202201], [])
    assert rows(place, "SELECT count(*) FROM gold.fact_subscription_month WHERE date_key = -1") == [(0,)]


def test_payments_stay_known_after_a_snapshot_without_them(place):
    canada = "Basic,10,2022-01-05,2022-03-05", "Basic,10,2022-01-05,2022-04-05", "Basic,10,2022-01-05,"
    run(place, {"Canada": canada, **PAID_LATER})
    assert months(place, "Canada") == (4, Decimal("40.00"), [202201], [202205])
    versions = "SELECT has_payment, last_payment_date::TEXT FROM silver.subscribers WHERE country = 'Canada' ORDER BY 1"
    assert rows(place, versions) == [(False, None), (True, "2022-04-05")]
