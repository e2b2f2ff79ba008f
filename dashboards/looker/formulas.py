"""The registry's measures in LookML.

| the registry says | LookML |
|---|---|
| count | `type: count`; rows that don't count are filtered by a hidden yesno |
| count_distinct, count_members | `type: count_distinct` |
| average | `type: average` |
| sum, each member of a bridge | `type: sum`: a symmetric aggregate counts each row once |
| sum, weighted by bridges | `type: number`: SUM, times the weight of each bridge that the query asks by (`_in_query`) |
| sum without bridges | `type: number`: SUM, null where all values are unknown (`type: sum` has 0 there) |
| ratio, growth, difference | `type: number` of other measures, which aren't rounded |
"""

from dashboards.looker.sources import (
    Lookml,
    Steps,
    bridges,
    column_of,
    weight_of,
)
from metrics.model import Measure
from metrics.registry import Registry

FORMATS = {"integer": "#,##0", "decimal": "#,##0.00", "percent": "0.0%", "currency": "#,##0.00", "rating": "0.0"}


def formula(registry: Registry, name: str) -> Lookml:
    """A measure of LookML: `type`, `sql` and filters. `dashboards/equivalents` has the form of each kind."""
    measure = registry.measures[name]
    if measure.ratio:
        return _number(f"1.0 * ${{{measure.ratio.of}}} / NULLIF(${{{measure.ratio.to}}}, 0)")
    if measure.growth:
        now, before = f"${{{measure.growth.of}}}", f"${{{measure.growth.since}}}"
        return _number(f"1.0 * ({now} - {before}) / NULLIF({before}, 0)")
    if measure.difference:
        return _number(f"${{{measure.difference.of}}} - ${{{measure.difference.less}}}")
    filters = {"filters": [{flag_of(name): "yes"}]} if measure.where else {}
    if measure.count:
        return {"type": "count", **filters}
    if measure.count_distinct:
        return {"type": "count_distinct", "sql": _column(measure, measure.count_distinct), **filters}
    if measure.count_members:
        return {"type": "count_distinct", "sql": _known(registry, measure.count_members), **filters}
    if measure.average:
        return {"type": "average", "sql": _column(measure, measure.average.column), **filters}
    return _sum(registry, name, measure, filters)


def flag_of(name: str) -> str:
    """The hidden yesno that says which rows a measure counts."""
    return f"is_in_{name}"


def _sum(registry: Registry, name: str, measure: Measure, filters: Lookml) -> Lookml:
    entity = measure.of or ""
    value = _column(measure, measure.sum or "")
    per = f" / {measure.per}" if measure.per != 1 else ""
    behind = bridges(registry, entity)
    if measure.over_bridge == "weighted":
        weights = "".join(_weight(registry, entity, steps, names) for steps, names in behind.items())
        return _number(f"SUM({value}{weights}){per}")
    if behind:
        return {"type": "sum", "sql": f"{value}{per}", **filters}
    only = f"CASE WHEN ${{{flag_of(name)}}} THEN {value} END" if measure.where else value
    rows = f"CASE WHEN ${{{flag_of(name)}}} THEN 1 END" if measure.where else "*"
    return _number(f"CASE WHEN COUNT({rows}) = 0 THEN 0 ELSE SUM({only}){per} END")


def _weight(registry: Registry, entity: str, steps: Steps, names: list[str]) -> str:
    """The factor of a bridge's weight, where a query asks by a dimension behind it."""
    asked = " or ".join(f"{entity}.{name}._in_query" for name in names)
    return f"{{% if {asked} %}} * {weight_of(registry, entity, steps)}{{% endif %}}"


def _column(measure: Measure, path: str) -> str:
    *steps, name = path.split(".")
    return column_of(measure.of or "", tuple(steps), name) if steps else f"${{TABLE}}.{name}"


def _known(registry: Registry, dimension: str) -> str:
    return f"NULLIF(${{{dimension}}}, '{registry.dimensions[dimension].unknown}')"


def _number(sql: str) -> Lookml:
    return {"type": "number", "sql": sql}
