"""An explore for each entity, its joins to KPI tables, and data tests that compare the two."""

from collections.abc import Iterator

from dashboards.looker.omissions import dimensions_of, measures_of
from dashboards.looker.sources import Lookml, column_of, sources, tested
from dashboards.looker.views import DAY, key_columns
from metrics.kpis import kpi_tables
from metrics.model import Kpi
from metrics.registry import GRAINS, Registry
from metrics.where import parse_where

CLOSE = "0.000001"


def explore(registry: Registry, name: str) -> Lookml:
    """The explore of an entity; a table is joined only where a query needs it."""
    entity = registry.entities[name]
    conditions = [tested(lambda path: column_of(name, (), path), one) for one in entity.rows]
    kpis = [kpi for kpi in kpi_tables(registry) if compared(registry, name, registry.tables[kpi])]
    return {
        "name": name,
        "label": entity.label,
        "description": f"{entity.label}: {entity.grain}",
        **({"sql_always_where": " AND ".join(conditions)} if conditions else {}),
        "joins": [
            *(source.join for source in sources(registry, name)),
            *(_kpi_join(registry, name, kpi) for kpi in kpis),
        ],
    }


def compared(registry: Registry, entity: str, kpi: Kpi) -> dict[str, str]:
    """The columns of a KPI table that an explore has as a measure, if it has all of the table's dimensions."""
    known = {*dimensions_of(registry, entity), *(GRAINS if registry.entities[entity].time else ())}
    if not kpi.dimensions or not {*kpi.dimensions.values()} <= known or kpi.is_excerpt:
        return {}
    measures = measures_of(registry, entity)
    return {column: one.metric for column, one in kpi.columns.items() if one.metric in measures and one.metric}


def kpi_columns(registry: Registry, kpi: str) -> list[str]:
    """The columns of a KPI table that tests need."""
    table = registry.tables[kpi]
    return list(dict.fromkeys([*key_columns(kpi), *table.dimensions, *table.columns]))


def data_tests(registry: Registry, entity: str) -> Iterator[Lookml]:
    """For each KPI table with these measures a test with an assertion for each: all rows must have the same numbers."""
    for kpi in kpi_tables(registry):
        table = registry.tables[kpi]
        columns = compared(registry, entity, table)
        if not columns:
            continue
        keys = [_field(entity, name) for name in table.dimensions.values()]
        fields = [*keys, *(f"{entity}.{metric}" for metric in columns.values()), *(f"{kpi}.{name}" for name in columns)]
        yield {
            "name": f"{entity}_equals_{kpi}",
            "explore_source": {
                "name": entity,
                "columns": [{"name": name.replace(".", "__"), "field": name} for name in fields],
                **_filters(entity, table),
            },
            "asserts": [
                {"name": f"{metric}_is_{kpi}_{column}", "expression": _same(f"{entity}.{metric}", f"{kpi}.{column}")}
                for column, metric in columns.items()
            ],
        }


def _same(one: str, other: str) -> str:
    left, right = f"${{{one}}}", f"${{{other}}}"
    return f"(is_null({left}) AND is_null({right})) OR abs({left} - {right}) <= {CLOSE}"


def _filters(entity: str, table: Kpi) -> Lookml:
    filters = parse_where(table.where) if table.where else ()
    if not filters:
        return {}
    return {"filters": [{f"{entity}.{one.dimension}": f"{one.operator}{one.values[0]}"} for one in filters]}


def _field(entity: str, name: str) -> str:
    """A dimension, or the day that stands for a period: the KPI tables that have months are of rows by month."""
    return f"{entity}.{DAY}_date" if name in GRAINS else f"{entity}.{name}"


def _kpi_join(registry: Registry, entity: str, kpi: str) -> Lookml:
    table = registry.tables[kpi]
    equal = (
        f"{'${' + entity + '.' + (DAY + '_raw' if name in GRAINS else name) + '}'} <=> ${{{kpi}.{column}}}"
        for column, name in table.dimensions.items()
    )
    return {
        "name": kpi,
        "type": "left_outer",
        "relationship": "many_to_one",
        "sql_on": " AND ".join(equal),
    }
