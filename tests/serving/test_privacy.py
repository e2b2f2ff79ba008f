"""Nobody is shown alone: groups under five people are added to Other, and totals stay."""

from collections import Counter, defaultdict
from dataclasses import replace
from decimal import Decimal

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

from local_runtime.errors import LakehouseError
from local_runtime.inspection.query import run_query
from metrics.fold import Fold
from metrics.query import Grouping, Query, resolve
from metrics.registry import load_registry
from metrics.sql import statement
from serving.privacy import _grown

QUERY = "/api/v1/query"
OTHER = "Other (fewer than 5)"
SUBSCRIBERS = """SELECT p.plan, c.country, s.age_band, s.gender, s.subscriber_id FROM gold.dim_subscriber AS s
    JOIN gold.dim_plan AS p USING (plan_key) JOIN gold.dim_country AS c USING (country_key) 
    WHERE s.is_current AND s.subscriber_key <> -1"""


def rows(client, **params):
    answer = client.get(QUERY, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_each_group_that_is_shown_has_five_people_and_the_total_is_that_of_all(client, made_lake):
    shown = rows(client, metrics="subscribers", dimensions="residence_country,age_band,gender")
    people = run_query(made_lake, SUBSCRIBERS).fetchall()
    counted = Counter((country, age, gender) for _, country, age, gender, _ in people)
    assert min(counted.values()) < 5, "the sample has no small group, so this shows nothing"
    assert sum(row["subscribers"] for row in shown) == len(people)
    assert all(row["subscribers"] >= 5 for row in shown)
    for row in shown:
        cell = (row["residence_country"], row["age_band"], row["gender"])
        assert row["subscribers"] == counted[cell] or OTHER in cell


def test_what_small_groups_add_up_to_is_what_they_were(client, unprotected):
    asked = {"metrics": "hours_viewed", "dimensions": "age_band,gender"}
    shown, all_groups = rows(client, **asked), rows(unprotected, **asked)
    assert len(shown) < len(all_groups)
    totals = [sum(Decimal(row["hours_viewed"]) for row in found) for found in (shown, all_groups)]
    assert abs(totals[0] - totals[1]) <= Decimal("0.000001") * len(all_groups)  # each is rounded


def test_other_is_made_within_each_value_of_what_is_not_personal(client, unprotected):
    asked = {"metrics": "plays", "dimensions": "type,age_band"}
    shown, all_groups = rows(client, **asked), rows(unprotected, **asked)
    totals = [defaultdict(int), defaultdict(int)]
    for total, found in zip(totals, (shown, all_groups), strict=True):
        for row in found:
            total[row["type"]] += row["plays"]
    assert totals[0] == totals[1]
    assert any(row["age_band"] == OTHER for row in shown)


def test_a_ratio_of_other_is_that_of_its_people(client, made_lake):
    asked = {"metrics": "subscribers,monthly_revenue", "dimensions": "plan,residence_country"}
    shown = rows(client, **asked)
    stored = run_query(
        made_lake, "SELECT plan, country, sum(subscribers), sum(monthly_revenue) FROM gold.kpi_subscribers GROUP BY ALL"
    ).fetchall()
    for plan in {row["plan"] for row in shown}:
        revenue = sum(Decimal(row["monthly_revenue"] or 0) for row in shown if row["plan"] == plan)
        assert revenue == sum(money or 0 for own, _, _, money in stored if own == plan)
        visible = {row["residence_country"] for row in shown if row["plan"] == plan}
        assert all(count >= 5 for own, country, count, _ in stored if own == plan and country in visible)


def test_a_filter_by_people_shows_no_number_of_fewer_than_five(client, made_lake):
    people = run_query(made_lake, SUBSCRIBERS).fetchall()
    counted = Counter((country, age) for _, country, age, _, _ in people)
    few = next(cell for cell, count in sorted(counted.items()) if count < 5)
    many = max(counted, key=lambda cell: counted[cell])
    for (country, age), shown in ((few, None), (many, counted[many])):
        where = f"residence_country = '{country}' and age_band = '{age}'"
        assert rows(client, metrics="subscribers", where=where) == [{"subscribers": shown}]


def test_a_filter_that_nobody_meets_has_no_rows(client):
    asked = {"metrics": "subscribers", "dimensions": "age_band,plan", "where": "residence_country = 'Norway'"}
    assert rows(client, **asked) == []


def test_three_active_ones_of_a_larger_group_are_a_group_of_three(client, unprotected, made_lake):
    people = run_query(
        made_lake,
        """SELECT c.country, count(DISTINCT f.subscriber_id), count(DISTINCT f.subscriber_id) FILTER (f.is_active)
        FROM gold.fact_subscription_month AS f JOIN gold.dim_country AS c USING (country_key)
        JOIN gold.dim_date AS d USING (date_key)
        WHERE d.date = (SELECT max(date) FROM gold.fact_subscription_month JOIN gold.dim_date USING (date_key))
        GROUP BY ALL""",
    ).fetchall()
    asked = {"metrics": "active_subscribers", "last": "1m"}
    few = [country for country, _, active in people if 0 < active < 5]
    assert few, "the sample has no such country, so this shows nothing"
    for country in few:
        where = f"residence_country = '{country}'"
        assert 0 < rows(unprotected, **asked, where=where)[0]["active_subscribers"] < 5
        assert rows(client, **asked, where=where) == [{"active_subscribers": None}]
    by_country = rows(client, **asked, dimensions="residence_country")
    assert all(row["active_subscribers"] >= 5 for row in by_country)
    everybody = rows(unprotected, **asked)[0]["active_subscribers"]
    assert sum(row["active_subscribers"] for row in by_country) == everybody


def test_a_zero_of_those_who_count_shows_no_group_of_few_who_do_not(client, unprotected, made_lake):
    """A 0 would tell of a few people that all of them have left."""
    names = ("month", "residence_country", "age_band", "gender")
    asked = {"metrics": "active_subscribers", "dimensions": ",".join(names[1:]), "grain": "month", "limit": 10000}
    counted = run_query(
        made_lake,
        """SELECT strftime(d.date, '%Y-%m-01'), c.country, s.age_band, s.gender, count(DISTINCT f.subscriber_id)
        FROM gold.fact_subscription_month AS f JOIN gold.dim_subscriber AS s USING (subscriber_key)
        JOIN gold.dim_date AS d USING (date_key) JOIN gold.dim_country AS c ON c.country_key = f.country_key
        GROUP BY ALL""",
    )
    people = {tuple(cell): number for *cell, number in counted.fetchall()}

    def active(one):
        return {tuple(row[name] for name in names): row["active_subscribers"] for row in rows(one, **asked)}

    all_groups, shown = active(unprotected), active(client)
    assert any(people[cell] < 5 and number == 0 for cell, number in all_groups.items()), "the sample has no such group"
    assert all(people[cell] >= 5 for cell in shown if OTHER not in cell)
    assert sum(shown.values()) == sum(all_groups.values())


def test_the_total_of_everybody_is_shown_however_few_they_are(client, unprotected):
    asked = {"metrics": "active_subscribers", "dimensions": "month"}
    shown = rows(client, **asked)
    assert shown == rows(unprotected, **asked)
    assert any(0 < row["active_subscribers"] < 5 for row in shown), "the sample has no such month"


@pytest.mark.parametrize("dimension", ["title_key", "viewing_country"])
def test_a_filter_by_people_shows_no_member_that_fewer_than_five_watched(client, unprotected, dimension):
    asked = {"metrics": "viewers,plays", "dimensions": dimension, "where": "gender = 'Female'"}
    everything = rows(unprotected, **asked)
    others = rows(unprotected, **{**asked, "where": "gender != 'Female'"})
    left_out = {row[dimension]: row["viewers"] for row in others}
    large = [row for row in everything if not 0 < row["viewers"] < 5 and not 0 < left_out.get(row[dimension], 0) < 5]
    assert len(large) < len(everything), "the sample has no member of few viewers, so this shows nothing"
    assert rows(client, **asked) == large
    assert rows(client, **asked, limit=1) == large[:1]


@pytest.fixture(scope="module")
def few(made_lake):
    """A country and age band of whom five or more are of other genders than one, and one to four are of that one."""
    people = run_query(made_lake, SUBSCRIBERS).fetchall()
    together = Counter((country, age) for _, country, age, _, _ in people)
    for (country, age, gender), count in sorted(Counter(row[1:4] for row in people).items()):
        if 0 < count < 5 <= together[country, age] - count:
            return country, age, gender
    pytest.fail("the sample has no such group, so this shows nothing")


def test_a_filter_that_leaves_fewer_than_five_out_shows_no_number_to_subtract(client, unprotected, few):
    country, age, gender = few
    where = f"residence_country = '{country}' and age_band = '{age}'"
    asked = {"metrics": "subscribers,monthly_revenue"}
    nothing = [{"subscribers": None, "monthly_revenue": None}]
    assert rows(client, **asked, where=where) == rows(unprotected, **asked, where=where)
    rest = f"gender != '{gender}'"
    for more in (rest, f"{rest} and {rest}", f"{rest} and gender in ('Male', 'Female', 'Other', 'Unknown')"):
        assert rows(client, **asked, where=f"{where} and {more}") == nothing
    assert rows(client, **asked, where=rest) == rows(unprotected, **asked, where=rest)


def test_nor_does_it_where_the_filtered_attribute_is_shown(client, few):
    country, age, gender = few
    where = f"residence_country = '{country}' and age_band = '{age}' and gender != '{gender}'"
    assert rows(client, metrics="subscribers", dimensions="gender", where=where) == []


def test_the_kpi_table_of_people_is_protected_too(client):
    for row in client.get("/api/v1/kpis/kpi_subscribers").json()["data"]:
        assert row["subscribers"] >= 5 or OTHER in row.values()


def test_a_sum_over_some_rows_is_of_five_people_with_such_rows(client, made_lake):
    dimensions = ("month", "residence_region", "age_band")
    people = run_query(
        made_lake,
        """SELECT d.date::VARCHAR, c.region, s.age_band, count(DISTINCT f.subscriber_id),
            count(DISTINCT f.subscriber_id) FILTER (f.is_active AND f.revenue IS NOT NULL)
        FROM gold.fact_subscription_month AS f JOIN gold.dim_date AS d USING (date_key)
        JOIN gold.dim_country AS c ON c.country_key = f.country_key
        JOIN gold.dim_subscriber AS s ON s.subscriber_key = f.subscriber_key GROUP BY ALL""",
    ).fetchall()
    paying = {tuple(cell): (paid, everybody) for *cell, everybody, paid in people}
    assert any(0 < paid < 5 <= everybody for paid, everybody in paying.values()), "this shows nothing"
    for row in rows(client, metrics="revenue", dimensions=",".join(dimensions)):
        cell = tuple(row[name] for name in dimensions)
        assert OTHER in cell or not 0 < paying[cell][0] < 5


def test_values_for_menus_name_no_group_of_few(client, made_lake):
    values = client.get("/api/v1/dimensions/residence_country/values").json()["data"]
    people = run_query(made_lake, SUBSCRIBERS).fetchall()
    ever = Counter(country for country, _ in {(row[1], row[4]) for row in people})
    assert OTHER not in values
    assert {country for country, count in ever.items() if count >= 5} <= {*values}


def test_shares_of_folded_groups_add_up_to_one(client):
    shown = rows(client, metrics="type_hours_share", dimensions="viewing_country,age_band,type")
    shares = defaultdict(Decimal)
    for row in shown:
        shares[row["viewing_country"], row["age_band"]] += Decimal(row["type_hours_share"] or 0)
    assert any(band == OTHER for _, band in shares)
    assert all(abs(share - 1) < Decimal("0.00001") or share == 0 for share in shares.values())


def test_a_share_over_members_that_a_title_has_several_of_is_refused_where_groups_are_folded():
    registry = load_registry()
    measure = registry.measures["type_hours_share"]
    over_genres = measure.model_copy(
        update={"share": measure.share.model_copy(update={"over": ["genre"]}), "needs": []}
    )
    registry = replace(registry, measures={**registry.measures, "type_hours_share": over_genres})
    query = Query(metrics=("type_hours_share",), dimensions=("age_band", "genre"))
    fold = Fold(resolve(registry, query).groupings, frozenset({"age_band"}), frozenset(), OTHER)
    assert statement(registry, query).sql
    with pytest.raises(LakehouseError, match="genre"):
        statement(registry, query, fold=fold)


def test_a_metric_of_no_people_has_no_personal_dimension(client):
    answer = client.get(QUERY, params={"metrics": "titles", "dimensions": "age_band"})
    assert answer.status_code == 400


PLAN, AGE = Grouping("plan", dimension="plan"), Grouping("age", dimension="age")


def grown(alone, people=None, cells=()):
    fold = Fold((PLAN, AGE), frozenset({"age"}), frozenset(cells), OTHER)
    return {*_grown(fold, alone, people or alone, 5)}


def test_the_next_smallest_group_is_added_until_other_has_five():
    alone = {("A", "1"): (2,), ("A", "2"): (9,), ("A", "3"): (6,), ("B", "1"): (7,)}
    assert grown(alone) == {("A", "1"), ("A", "3")}


def test_somebody_in_two_groups_counts_once():
    alone = {("A", "1"): (3,), ("A", "2"): (3,), ("A", "3"): (8,)}
    first = grown(alone)
    assert first == {("A", "1"), ("A", "2")}
    people = {("A", OTHER): (4,), ("A", "3"): (8,)}
    assert grown(alone, people, first) == {*alone}


def test_rows_of_nobody_who_is_known_are_shown_and_fill_nothing():
    alone = {("A", "Unknown"): (0,), ("A", "1"): (2,), ("A", "2"): (5,)}
    assert grown(alone) == {("A", "1"), ("A", "2")}
