"""The queries that KPI tables stand for."""

from metrics.query import Query
from metrics.registry import Registry
from metrics.where import parse_where


def kpi_tables(registry: Registry) -> list[str]:
    """The KPI tables, in the order of their definition."""
    return [name for name in registry.tables if name.startswith("kpi_")]


def kpi_query(registry: Registry, name: str) -> Query:
    """The query whose rows are those of a KPI table; its columns have the registry's names (`kpi_columns`)."""
    kpi = registry.tables[name]
    return Query(
        metrics=tuple(dict.fromkeys(column.metric for column in kpi.columns.values() if column.metric)),
        dimensions=tuple(kpi.dimensions.values()),
        where=parse_where(kpi.where) if kpi.where else (),
    )


def kpi_columns(registry: Registry, name: str) -> dict[str, str]:
    """The KPI table's columns by what they are: a dimension, a grain or a metric."""
    kpi = registry.tables[name]
    metrics = {column: one.metric for column, one in kpi.columns.items() if one.metric}
    return {**kpi.dimensions, **metrics}
