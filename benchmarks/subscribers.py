"""Snapshots of subscribers through the pipelines, and through one DuckDB script for the same answers: prints a table.

Ten snapshots of 200,000 people, of whom 5 % change plan from one to the next, unless told otherwise.
"""

import argparse
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

import duckdb

from benchmarks.side_by_side import compare

PLANS = "['Basic', 'Standard', 'Premium']"
COUNTRIES = "['United States', 'India', 'France', 'Japan', 'Brazil']"
# Which plan somebody has in a snapshot: another one after each change, of which one in twenty has one.
SNAPSHOT = """
    SELECT i AS "User ID", {plans}[1 + (i + changes)::INT % 3] AS "Subscription Type",
        [10, 12, 15][1 + (i + changes)::INT % 3] AS "Monthly Revenue",
        strftime(DATE '2020-01-01' + (i * 7 % 700)::INT, '%d-%m-%y') AS "Join Date",
        strftime(DATE '2022-01-10' + INTERVAL ({number}) MONTH, '%d-%m-%y') AS "Last Payment Date",
        {countries}[1 + i % 5] AS "Country", 18 + i % 60 AS "Age", ['Female', 'Male'][1 + i % 2] AS "Gender",
        ['Tablet', 'Laptop', 'Smart TV'][1 + i % 3] AS "Device", '1 Month' AS "Plan Duration"
    FROM (
        SELECT i, len([k FOR k IN range(1, {number} + 1) IF hash(i * 100 + k) % 20 = 0])
            AS changes
        FROM range({people}) t(i)
    )
"""
SCRIPT = """
SET memory_limit = '4GB';
CREATE TABLE rows AS
    SELECT "User ID" AS user_id, "Subscription Type" AS plan, "Monthly Revenue"::DECIMAL(12,2) AS revenue,
        strptime("Join Date", '%d-%m-%y')::DATE AS joined, strptime("Last Payment Date", '%d-%m-%y')::DATE AS paid,
        Country AS country, Device AS device, regexp_extract(filename, '([0-9-]+)[.]csv', 1)::DATE AS released
    FROM read_csv('{landing}/subscribers/*.csv', all_varchar = true, filename = true);
CREATE TABLE versions AS
WITH marked AS (
    SELECT *, row(plan, revenue, country, device) IS DISTINCT FROM
        lag(row(plan, revenue, country, device)) OVER (PARTITION BY user_id ORDER BY released) AS is_new
    FROM rows
)
SELECT *, lead(released) OVER (PARTITION BY user_id ORDER BY released) AS valid_to FROM marked WHERE is_new;
CREATE TABLE by_plan AS
SELECT plan, count(*) AS subscribers, sum(revenue) AS revenue FROM versions WHERE valid_to IS NULL GROUP BY plan;
CREATE TABLE months AS
WITH spans AS (SELECT user_id, min(joined) AS joined, max(paid) AS paid FROM rows GROUP BY user_id)
SELECT user_id, unnest(range(date_trunc('month', joined), paid + INTERVAL 1 DAY, INTERVAL 1 MONTH)) AS month FROM spans;
"""


def land(landing: Path, people: int, snapshots: int) -> None:
    folder = landing / "subscribers"
    folder.mkdir(parents=True)
    for number in range(snapshots):
        query = SNAPSHOT.format(plans=PLANS, countries=COUNTRIES, people=people, number=number)
        name = f"{2022 + (number + 1) // 12}-{(number + 1) % 12 + 1:02}-01.csv"
        duckdb.sql(f"COPY ({query}) TO '{folder / name}' (HEADER)")


ANSWERS = {
    "versions": ("SELECT count(*) FROM silver.subscribers", "SELECT count(*) FROM versions"),
    "by plan": (
        "SELECT plan, sum(subscribers)::INT, sum(monthly_revenue) FROM gold.kpi_subscribers GROUP BY 1 ORDER BY 1",
        "FROM by_plan ORDER BY plan",
    ),
    "months": ("SELECT count(*) FROM gold.fact_subscription_month WHERE is_active", "SELECT count(*) FROM months"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--snapshots", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path, default=None, help="a file that also gets all that was measured")
    given = parser.parse_args()

    def land_all(landing: Path) -> None:
        land(landing, given.people, given.snapshots)

    what = f"{given.snapshots} snapshots of {given.people:,}"
    compare(
        what, land_all, lambda landing: SCRIPT.replace("{landing}", str(landing)), ANSWERS, given.repeat, given.json
    )


if __name__ == "__main__":
    main()
