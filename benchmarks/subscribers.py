"""Snapshots of subscribers through the pipelines, and through one DuckDB script for the same answers: prints a table.

Ten snapshots of 200,000 people, of whom 5 % change plan from one to the next, unless told otherwise.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

import duckdb
from rich.console import Console
from rich.table import Table

from benchmarks.catalogue import measure, measured
from local_runtime.inspection.query import ask
from local_runtime.lake.lake import Lake

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


def script(landing: Path, folder: Path) -> tuple[float, int]:
    """Seconds and peak bytes of the script in a process of its own, which leaves its answers in `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "script.sql").write_text(SCRIPT.replace("{landing}", str(landing)))
    code = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute(open(sys.argv[2]).read())"
    return measured([sys.executable, "-c", code, str(folder / "answers.db"), str(folder / "script.sql")])


def differences(lake: Path, folder: Path) -> list[str]:
    """What the pipelines and the script don't say alike."""
    answers = duckdb.connect(str(folder / "answers.db"), read_only=True)
    pairs = {
        "versions": ("SELECT count(*) FROM silver.subscribers", "SELECT count(*) FROM versions"),
        "by plan": (
            "SELECT plan, sum(subscribers)::INT, sum(monthly_revenue) FROM gold.kpi_subscribers GROUP BY 1 ORDER BY 1",
            "FROM by_plan ORDER BY plan",
        ),
        "months": (
            "SELECT count(*) FROM gold.fact_subscription_month WHERE is_active",
            "SELECT count(*) FROM months",
        ),
    }
    found = {
        name: (ask(Lake(lake), ours).fetchall(), answers.sql(theirs).fetchall())
        for name, (ours, theirs) in pairs.items()
    }
    return [f"{name}: {ours} {theirs}" for name, (ours, theirs) in found.items() if ours != theirs]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--snapshots", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        landing, lake = Path(temporary) / "landing", Path(temporary) / "lake"
        land(landing, given.people, given.snapshots)
        found: dict[str, list[tuple[float, int]]] = {"pipelines, from nothing": [], "DuckDB script": []}
        run = ("run", "--landing", str(landing), "--lake", str(lake))
        differ: list[str] = []
        for _ in range(given.repeat):
            shutil.rmtree(lake, ignore_errors=True)
            found["pipelines, from nothing"].append(measure(*run))
            found["DuckDB script"].append(script(landing, Path(temporary) / "script"))
            differ = differences(lake, Path(temporary) / "script")
        found["nothing new"] = [measure(*run)]
    table = Table("what", "best s", "worst s", "peak MB", box=None, header_style="bold")
    for what, times in found.items():
        seconds, memory = [second for second, _ in times], max(peak for _, peak in times)
        table.add_row(what, f"{min(seconds):.1f}", f"{max(seconds):.1f}", f"{memory / 1e6:,.0f}")
    console = Console()
    console.print(f"\n{given.snapshots} snapshots of {given.people:,}, answers {differ or 'equal'}")
    console.print(table)


if __name__ == "__main__":
    main()
