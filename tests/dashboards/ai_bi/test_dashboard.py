"""The AI/BI dashboard: its form, its statements on DuckDB and Spark, its numbers, and what its checks notice."""

import random

import pytest

pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")

from dashboards.ai_bi.checks import problems
from dashboards.ai_bi.dashboard import files
from dashboards.data_sets.questions import of_headlines, of_panel
from dashboards.pages import PAGES
from metrics.views import metric_views
from tests.dashboards.ai_bi.breakages import BREAKAGES
from tests.dashboards.ai_bi.running import CHOSEN, columns_check, data_sets, numbers_check
from tests.dashboards.ai_bi.structure import problems_of_structure
from tests.dashboards.breakages import ask
from tests.helpers.dashboard_sql import for_duckdb, for_spark
from tests.helpers.matrix import SEED
from tests.helpers.metric_views import create_gold, create_view
from tests.metrics.conftest import gold_of_specifications  # noqa: F401
from tests.serving.conftest import made_lake  # noqa: F401

ALL = pytest.param(None, marks=pytest.mark.large, id="all")


@pytest.fixture(scope="module")
def views(registry):
    return {view.name: view for view in metric_views(registry)}


@pytest.fixture(scope="module")
def questions(registry):
    found = [of_panel(registry, page, panel) for page in PAGES for panel in page.panels]
    return found + [question for page in PAGES for question, _ in of_headlines(registry, page)]


@pytest.fixture(scope="module")
def made(registry):
    return files(registry)


@pytest.fixture(scope="module")
def checks(registry, views, questions, gold_of_specifications, sample_gold):  # noqa: F811
    return {
        "structure": problems_of_structure,
        "panels": lambda files: problems(registry, files),
        "columns on DuckDB": columns_check(gold_of_specifications, views),
        "numbers of the registry": numbers_check(registry, views, questions, sample_gold),
    }


def test_its_form_its_columns_and_its_numbers_are_right(made, checks):
    assert {name: check(made) for name, check in checks.items()} == {name: [] for name in checks}


def test_every_breakage_is_noticed(made, checks, capsys):
    report = ask(made, BREAKAGES, checks)
    with capsys.disabled():
        print("", *report.lines(), sep="\n")
    assert report.missed == []


def test_filters_choose_values_that_the_sample_has(made, views, sample_gold):
    """Else the comparison with filters would be one of nothing with nothing."""
    found = data_sets(made)
    for name, values in CHOSEN.items():
        members = {row[0] for row in sample_gold.execute(for_duckdb(found[f"members_{name}"][0], views)).fetchall()}
        assert {*values} & members, (name, members)


def test_no_filter_is_by_an_attribute_of_people(registry, questions):
    filters = {name for question in questions for name in question.filters}
    assert not any(registry.dimensions[name].personal for name in filters)


@pytest.mark.spark
@pytest.mark.parametrize(
    "seed", [pytest.param(SEED, id="by_chance"), pytest.param(None, marks=pytest.mark.large, id="all")]
)
def test_statements_run_on_spark_as_on_duckdb(made, views, made_lake, sample_gold, spark, tmp_path_factory, seed):  # noqa: F811
    create_gold(made_lake, spark, tmp_path_factory.mktemp("gold"))
    found = data_sets(made)
    names = [name for name in found if not name.startswith("operations_")]
    if seed is not None:
        names = [*chosen_by(random.Random(seed), found, names), "audience_groups", "overview_growth_by_country"]
        print(f"LAKEHOUSE_SEED={seed} chooses these data sets: {', '.join(names)}")
    spark.sql("USE gold").collect()
    try:
        wrong = [name for name in names if not is_same_on_spark(spark, sample_gold, views, found[name][0])]
    finally:
        spark.sql("USE default").collect()
        spark.sql("DROP DATABASE gold CASCADE").collect()
    assert wrong == []


def chosen_by(dice, found, names):
    """Three data sets over metric views, and three of the registry's own SQL."""
    over_views = [name for name in names if "metrics_" in found[name][0]]
    return [*dice.sample(over_views, 3), *dice.sample([name for name in names if name not in over_views], 3)]


def is_same_on_spark(spark, gold, views, sql):
    """Whether a statement has the same rows on both engines, with filters and a period."""
    chosen = {**CHOSEN, "period.min": "2019-11-15", "period.max": "2019-12-31"}
    for view in views.values():
        if f"`{view.name}`" in sql:
            create_view(spark, view)
    by_spark = sorted(map(repr, (tuple(row) for row in spark.sql(for_spark(sql, chosen)).collect())))
    return by_spark == sorted(map(repr, gold.execute(for_duckdb(sql, views, chosen)).fetchall()))
