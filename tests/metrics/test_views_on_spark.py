"""Metric views on Apache Spark: their numbers are those of KPI tables, and those of the registry's SQL."""

import random
from collections import defaultdict

import pytest

pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")

from metrics.query import Query
from metrics.views import metric_views
from tests.helpers.matrix import SEED, pairs
from tests.helpers.metric_views import check_metric_views, create_gold, create_view, rows_of_view
from tests.helpers.registry import answered, as_texts, for_databricks
from tests.serving.conftest import made_lake  # noqa: F401

# Of every kind of measure and join; Apache Spark plans each query for seconds.
FEW = [
    *("kpi_regional_performance", "kpi_country_growth", "kpi_device"),
    *("kpi_monthly_revenue", "kpi_content_trend", "kpi_catalogue_depth"),
]
ALL = pytest.param(None, marks=pytest.mark.large, id="all")


@pytest.fixture(scope="module")
def gold_on_spark(made_lake, spark, tmp_path_factory):  # noqa: F811
    """The session, with the lake's gold in its catalog."""
    create_gold(made_lake, spark, tmp_path_factory.mktemp("gold"))
    yield spark
    spark.sql("DROP DATABASE gold CASCADE").collect()


@pytest.mark.spark
@pytest.mark.parametrize("kpis", [pytest.param(FEW, id="few"), ALL])
def test_metric_views_give_the_numbers_of_the_kpis(made_lake, gold_on_spark, kpis):  # noqa: F811
    compared = check_metric_views(made_lake, gold_on_spark, kpis)
    assert len(compared) == len(kpis) if kpis else len(compared) >= 24
    assert {"hours_viewed", "plays"} <= {*compared["kpi_regional_performance"]}


@pytest.mark.spark
@pytest.mark.parametrize("seed", [pytest.param(SEED, id="by_chance"), ALL])
def test_metric_views_give_the_numbers_of_the_registrys_sql(registry, made_lake, gold_on_spark, seed):  # noqa: F811
    asked, wrong, created = in_views(registry), [], set()
    if seed is not None:
        print(f"LAKEHOUSE_SEED={seed} chooses these pairs:")
        asked = chosen(asked, random.Random(seed))
    for view, query in asked:
        print(f"{view.name} by {', '.join(query.dimensions)}: {', '.join(query.metrics)}")
        if view.name not in created:
            create_view(gold_on_spark, view)
            created.add(view.name)
        columns, by_duckdb, _ = answered(made_lake, query)
        of_view = rows_of_view(gold_on_spark, view, query.metrics, columns[: -len(query.metrics)])
        by_spark = [tuple(row) for row in gold_on_spark.sql(for_databricks(query)[1]).collect()]
        if not as_texts(of_view) == as_texts(by_spark) == as_texts(by_duckdb):
            wrong.append((view.name, query, as_texts(of_view)[:3], as_texts(by_spark)[:3], as_texts(by_duckdb)[:3]))
    assert wrong == []


def in_views(registry):
    """The pairs that metric views have: a view, and one query for all of its metrics that have a dimension."""
    views, together = {}, defaultdict(list)
    for view in metric_views(registry):
        views.setdefault(view.entity, []).append(view)
    for metric, dimensions in pairs(registry):
        having = [
            number
            for number, view in enumerate(views.get(registry.own_entity(metric), []))
            if metric in view.measures() and {*dimensions} <= {*view.dimensions()}
        ]
        if having:  # The first one: others count a row once for each of its members of their bridge.
            together[registry.own_entity(metric), having[0], dimensions].append(metric)
    return [
        (views[entity][number], Query(metrics=tuple(metrics), dimensions=dimensions))
        for (entity, number, dimensions), metrics in together.items()
    ]


def chosen(asked, dice):
    """Some by chance, so that each metric is there; a dimension is there again only where a metric has no other."""
    asked = dice.sample(asked, len(asked))
    missing, used, found = {metric for _, query in asked for metric in query.metrics}, set(), []
    for may_repeat in (False, True):
        for view, query in asked:
            if missing & {*query.metrics} and (may_repeat or query.dimensions[-1] not in used):
                found.append((view, query))
                used.add(query.dimensions[-1])
                missing -= {*query.metrics}
    return found
