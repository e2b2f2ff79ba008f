"""Tableau's calculated fields, over a metric view's SQL; a weighted sum as in the data sources by a bridge."""

from collections.abc import Mapping

from dashboards.equivalents.kinds import Language, filled, kind_of, squeezed
from dashboards.tableau.formulas import formula
from metrics.registry import Registry, parts_of
from metrics.rows import WEIGHTS
from metrics.views import metric_views

SUM = "IIF(COUNT([{name}_rows]) = 0, 0, SUM([{name}_value]){units})"
FORMS: Mapping[str, str] = {
    "count": "COUNT([{name}_value])",
    "count_distinct": "COUNTD([{name}_value])",
    "count_members": "COUNTD([{name}_value])",
    "sum": SUM,
    "weighted_sum": SUM,
    "average": "AVG([{name}_value]){units}",
    "ratio": "IIF([{other}] = 0, NULL, [{of}] / [{other}])",
    "difference": "[{of}] - [{other}]",
    "growth": "IIF([{other}] = 0, NULL, ([{of}] - [{other}]) / [{other}])",
}


def formulas(registry: Registry) -> dict[str, str]:
    """The formula of each measure that a metric view has, or is made of."""
    views = (name for view in metric_views(registry) for name in view.measures())
    there = {part for name in views for part in (name, *registry.base_measures(name))}
    return {name: formula(registry, name, _is_weighted(registry, name)) for name in registry.measures if name in there}


def has_form(registry: Registry, name: str, text: str) -> bool:
    """Whether a formula is the form of the measure's kind, with the registry's names."""
    measure = registry.measures[name]
    decimals = measure.average.decimals if measure.average else measure.decimals
    units = 10**decimals * measure.per * (WEIGHTS if _is_weighted(registry, name) else 1)
    of, other, *_ = [*parts_of(measure), "", ""]
    holes = {"name": name, "units": f" / {units}" if units != 1 else "", "of": of, "other": other}
    return squeezed(text) == squeezed(filled(FORMS[kind_of(registry, name)], holes))


def _is_weighted(registry: Registry, name: str) -> bool:
    return kind_of(registry, name) == "weighted_sum"


LANGUAGE = Language(
    name="Tableau",
    code="text",
    formulas=formulas,
    forms=FORMS,
    has_form=has_form,
    why_not="not in Tableau, whose data sources are metric views' SQL",
)
