"""Gold and the metric views of the registry on Apache Spark, in the form that it knows."""

from decimal import Decimal

from local_runtime.inspection.query import run_query
from tests.helpers.registry import registry_of


def create_gold(lake, spark, folder):
    """The registry's tables in Spark's catalog. As Parquet of known columns: Delta's logs cost it seconds for each."""
    import json

    import pyarrow.parquet as pq
    from deltalake import DeltaTable
    from pyspark.sql.types import StructType

    spark.sql("DROP DATABASE IF EXISTS gold CASCADE").collect()
    spark.sql(f"CREATE DATABASE gold LOCATION '{folder}'").collect()
    entities = registry_of().entities.values()
    bridges = (bridge.table for entity in entities for bridge in entity.bridges.values())
    for name in (f"gold.{table}" for table in {*(entity.table for entity in entities), *bridges}):
        table, path = DeltaTable(str(lake.path(name))), folder / name
        path.mkdir()
        pq.write_table(table.to_pyarrow_table(), path / "rows.parquet")
        fields = StructType.fromJson(json.loads(table.schema().to_json())).fields
        columns = ", ".join(f"`{field.name}` {field.dataType.simpleString()}" for field in fields)
        spark.sql(f"CREATE TABLE {name} ({columns}) USING parquet LOCATION '{path}'").collect()


def create_view(spark, view):
    """Creates a metric view in version 0.1: OR REPLACE parses there, and doesn't replace."""
    from metrics.views import statement_of

    spark.sql(f"DROP VIEW IF EXISTS {view.name}").collect()
    spark.sql(statement_of(view.name, view.old_form()).replace("OR REPLACE ", "")).collect()


def rows_of_view(spark, view, metrics, dimensions, where=None):
    """The metrics of a view by its dimensions."""
    keys = ", ".join(f"`{dimension}`" for dimension in dimensions)
    measures = ", ".join(f"MEASURE(`{metric}`) AS `{metric}`" for metric in metrics)
    filtered = f"WHERE {where}" if where else ""
    found = spark.sql(f"SELECT {keys}, {measures} FROM {view.name} {filtered} GROUP BY {keys}").collect()
    return [tuple(row) for row in found]


def check_metric_views(lake, spark, names=None):
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
                create_view(spark, view)
                created.add(view.name)
            metrics = [metric for metric in view.measures() if metric in metrics_of(registry, name)]
            compared.setdefault(name, []).extend(metrics)
            wrong += _differences(lake, spark, registry, name, view, metrics)
    assert wrong == []
    return compared


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
    asked = rows_of_view(spark, view, metrics, kpi.dimensions.values(), kpi.where)
    columns = [*kpi.dimensions, *(metrics_of(registry, name)[metric] for metric in metrics)]
    table = run_query(lake, f"SELECT {', '.join(columns)} FROM gold.{name}").fetchall()
    size = len(kpi.dimensions)
    mine = {row[:size]: _plain(row[size:]) for row in asked}
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
