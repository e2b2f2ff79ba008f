"""Metric views of the registry, created on Apache Spark in the form that it knows, against KPI tables."""

import re
from decimal import Decimal

from local_runtime.inspection.query import run_query
from tests.helpers.registry import registry_of


def check_metric_views(lake, spark, folder, names=None):
    """Each KPI's numbers (of `names`), as far as a metric view has them, are those of the view.

    Returns the metrics that were compared, by KPI table.

    A row that a view lacks has nothing to count: in the KPI table its numbers are 0 or unknown.
    """
    registry = registry_of()
    from metrics.kpis import kpi_tables
    from metrics.views import metric_views

    views, created = metric_views(registry), set()
    compared, wrong = {}, []
    for name in names or kpi_tables(registry):
        for view in _views_of(registry, name, views):
            if view.name not in created:
                create(lake, spark, view, folder)
                created.add(view.name)
            metrics = [metric for metric in view.measures() if metric in metrics_of(registry, name)]
            compared.setdefault(name, []).extend(metrics)
            wrong += _differences(lake, spark, registry, name, view, metrics)
    assert wrong == []
    return compared


def create(lake, spark, view, folder):
    """Creates the view in version 0.1: OR REPLACE parses there, and doesn't replace.

    Its source can't name temporary views, nor Delta tables by their paths, so the tables are copied to Parquet.
    """
    from metrics.views import statement_of

    old = view.old_form()
    for table in {*re.findall(r"`gold`\.`(\w+)`", old["source"])}:
        if not (folder / table).exists():
            frame = spark.read.format("delta").load(str(lake.path(f"gold.{table}")))
            frame.write.parquet(str(folder / table))
    old["source"] = re.sub(r"`gold`\.`(\w+)`", lambda found: f"parquet.`{folder / found[1]}`", old["source"])
    spark.sql(f"DROP VIEW IF EXISTS {view.name}").collect()
    spark.sql(statement_of(view.name, old).replace("OR REPLACE ", "")).collect()


def metrics_of(registry, name):
    """The columns of a KPI table by metric."""
    return {one.metric: column for column, one in registry.tables[name].columns.items()}


def _views_of(registry, name, views):
    """Of each entity the first view that has all of a KPI's dimensions and some of its metrics."""
    wanted, found = {*registry.tables[name].dimensions.values()}, {}
    for view in views:
        has_metrics = {*view.measures()} & {*metrics_of(registry, name)}
        if wanted <= {*view.dimensions()} and has_metrics and registry.tables[name].dimensions:
            found.setdefault(view.entity, view)
    return list(found.values())


def _differences(lake, spark, registry, name, view, metrics):
    kpi = registry.tables[name]
    dimensions = list(kpi.dimensions.values())
    measures = ", ".join(f"MEASURE(`{metric}`) AS `{metric}`" for metric in metrics)
    keys = ", ".join(f"`{dimension}`" for dimension in dimensions)
    where = f"WHERE {kpi.where}" if kpi.where else ""
    asked = spark.sql(f"SELECT {keys}, {measures} FROM {view.name} {where} GROUP BY {keys}").collect()
    columns = [*kpi.dimensions, *(metrics_of(registry, name)[metric] for metric in metrics)]
    table = run_query(lake, f"SELECT {', '.join(columns)} FROM gold.{name}").fetchall()
    size = len(dimensions)
    mine = {tuple(row)[:size]: _plain(tuple(row)[size:]) for row in asked}
    theirs = {row[:size]: _plain(row[size:]) for row in table}
    for key, numbers in theirs.items():
        if key in mine and mine[key] != numbers:
            yield f"{name} {key}: {numbers}, in {view.name} {mine[key]}"
        if key not in mine and any(number not in (None, 0) for number in numbers):
            yield f"{name} {key}: {numbers}, and no row in {view.name}"
    if not kpi.is_excerpt:
        yield from (f"{name}: {key} is in {view.name} only" for key in mine.keys() - theirs.keys())


def _plain(numbers):
    return tuple(number.normalize() if isinstance(number, Decimal) else number for number in numbers)
