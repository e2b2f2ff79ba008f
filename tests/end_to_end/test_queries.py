"""Each query in queries/ gives the same answer on DuckDB and on Apache Spark."""

import random
from datetime import datetime
from decimal import Decimal

import pytest

from local_runtime.inspection.query import run_query
from tests.conftest import ROOT
from tests.end_to_end.conftest import load_sample
from tests.helpers.matrix import SEED
from tests.helpers.registry import check_kpis_are_queries_on
from tests.helpers.tables import gold_as_views

QUERIES = sorted((ROOT / "queries").rglob("*.sql"))


@pytest.fixture(scope="module")
def lake(beginnings):
    """The lake of a sample. Nothing else in this module has a place, which would take its place."""
    return beginnings.after(load_sample).lake


def plain(value):
    """A value in a form that both engines share: comparable numbers, timestamps in UTC without a time zone."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return round(float(value), 6) if isinstance(value, Decimal | float) else value


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_answers_its_question(lake, path):
    question, *_ = path.read_text().splitlines()
    assert question.startswith("-- ")
    assert question.endswith("?")
    assert run_query(lake, path.read_text()).fetchall()


def test_answers_agree_with_one_another(lake):
    def answer(name):
        found = run_query(lake, (ROOT / "queries" / f"{name}.sql").read_text())
        return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]

    ((titles,),) = run_query(
        lake, "SELECT count(*) FROM gold.dim_title WHERE in_catalogue AND title_key <> -1"
    ).fetchall()
    assert sum(row["titles"] for row in answer("catalogue/types")) == titles
    assert sum(row["titles"] for row in answer("viewing/never_watched")) == titles
    assert sum(row["titles"] for row in answer("checks/imdb_matches")) == titles
    assert {row["fact"] for row in answer("checks/counts")} == {
        name.removeprefix("gold.") for name in lake.tables() if name.startswith("gold.fact_")
    }
    ((people,),) = run_query(lake, "SELECT sum(subscribers) FROM gold.kpi_subscribers").fetchall()
    assert sum(row["subscribers"] for row in answer("subscribers/plan_mix_by_device")) == people
    joined = sum(
        row["active_subscribers"] for row in answer("subscribers/retention") if not row["months_since_joining"]
    )
    assert joined == sum(row["new_subscribers"] for row in answer("subscribers/monthly_revenue"))
    week, month = (
        {row["title"]: row["plays"] for row in answer(f"viewing/top_titles_{days}_days")} for days in (7, 30)
    )
    both = week.keys() & month.keys()
    assert both
    assert all(week[title] <= month[title] for title in both)


@pytest.mark.parametrize("name", ["actors", "directors", "genres", "top_titles_7_days", "top_titles_30_days"])
def test_what_is_watched_most_is_by_hours_then_by_plays(name):
    text = (ROOT / "queries" / "viewing" / f"{name}.sql").read_text()
    assert "ORDER BY hours_viewed DESC, plays DESC, " in text


@pytest.mark.spark
@pytest.mark.parametrize(
    "paths",
    [random.Random(SEED).sample(QUERIES, 10), pytest.param(QUERIES, marks=pytest.mark.large)],
    ids=["by_chance", "all"],
)
def test_apache_spark_gives_the_same_answers(lake, spark, paths):
    with gold_as_views(lake, spark, [table for table in lake.tables() if table.startswith("gold.")]):
        for path in paths:
            text = path.read_text()
            ours = [tuple(map(plain, row)) for row in run_query(lake, text).fetchall()]
            theirs = [tuple(map(plain, row)) for row in spark.sql(text.rstrip().rstrip(";")).collect()]
            assert sorted(map(repr, ours)) == sorted(map(repr, theirs)), (path.name, SEED)


# Of every kind of measure and join; Apache Spark plans each query for seconds.
FEW = [
    *("kpi_regional_performance", "kpi_country_growth", "kpi_device"),
    *("kpi_monthly_revenue", "kpi_content_trend", "kpi_catalogue_depth"),
]
KPIS = pytest.mark.parametrize("kpis", [FEW, pytest.param(None, marks=pytest.mark.large)], ids=["few", "all"])


@pytest.mark.spark
@KPIS
def test_every_kpi_is_the_query_of_the_registry_on_apache_spark(lake, spark, kpis):
    check_kpis_are_queries_on(lake, spark, kpis)


def test_a_file_is_asked_and_a_wrong_one_is_told(lake, launch, tmp_path):
    query = ROOT / "queries" / "catalogue" / "types.sql"
    done = launch("sql", "--file", str(query), "--format", "csv", "--lake", str(lake.root))
    assert done.stdout.splitlines()[0] == "type,titles,share"
    gone = launch("sql", "--file", str(tmp_path / "no.sql"), "--lake", str(lake.root))
    assert (gone.returncode, "can't be read: No such file" in gone.stderr) == (1, True)
    both = launch("sql", "SELECT 1", "--file", str(query))
    assert (both.returncode, "There are two queries" in both.stderr) == (1, True)
