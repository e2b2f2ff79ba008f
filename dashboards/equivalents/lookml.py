"""LookML of Looker: the measures of the explores, and the form of each kind."""

import re
from collections.abc import Mapping

from dashboards.equivalents.kinds import Language, kind_of, matches
from dashboards.looker.formulas import formula
from dashboards.looker.omissions import entities, measures_of
from dashboards.looker.writing import written
from metrics.registry import Registry, parts_of

FORMS: Mapping[str, str] = {
    "count": "type: count{only}",
    "closing_count": "type: count{only}",
    "count_distinct": "type: count_distinct sql: {column} ;;{only}",
    "count_members": "type: count_distinct sql: NULLIF({member}, '{unknown}') ;;",
    "sum": "type: number sql: CASE WHEN COUNT({rows}) = 0 THEN 0 ELSE SUM({value}){per} END ;;",
    "weighted_sum": "type: number sql: SUM({column}{weights}){per} ;;",
    "average": "type: average sql: {column} ;;{only}",
    "ratio": "type: number sql: 1.0 * {of} / NULLIF({other}, 0) ;;",
    "difference": "type: number sql: {of} - {other} ;;",
    "growth": "type: number sql: 1.0 * ({of} - {other}) / NULLIF({other}, 0) ;;",
}
EACH = "type: sum sql: {column}{per} ;;{only}"
"""A sum that counts for each member of a bridge: a symmetric aggregate."""
WEIGHT = r"(?:\{% if [\w. ]+ %\} \* \$\{\w+\.weight\}\{% endif %\})+"


def formulas(registry: Registry) -> dict[str, str]:
    """The LookML of each measure that an explore has."""
    there = {name for entity in entities(registry) for name in measures_of(registry, entity)}
    return {name: written(formula(registry, name)).strip() for name in registry.measures if name in there}


def has_form(registry: Registry, name: str, text: str) -> bool:
    """Whether a measure's LookML has the form of its kind, with the registry's names."""
    measure, kind = registry.measures[name], kind_of(registry, name)
    path = measure.sum or measure.count_distinct or (measure.average.column if measure.average else "")
    column = re.escape(f"${{TABLE}}.{path}")
    flag = re.escape(f"${{is_in_{name}}}")
    of, other, *_ = [*parts_of(measure), "", ""]
    holes = {
        "only": re.escape(f' filters: [is_in_{name}: "yes"]') if measure.where else "",
        "column": column,
        "member": re.escape(f"${{{measure.count_members}}}"),
        "unknown": "Unknown",
        "rows": f"CASE WHEN {flag} THEN 1 END" if measure.where else r"\*",
        "value": f"CASE WHEN {flag} THEN {column} END" if measure.where else column,
        "per": f" / {measure.per}" if measure.per != 1 else "",
        "weights": WEIGHT,
        "of": re.escape(f"${{{of}}}"),
        "other": re.escape(f"${{{other}}}"),
    }
    return any(matches(form, text, holes) for form in (FORMS[kind], *([EACH] if kind == "sum" else [])))


LANGUAGE = Language(
    name="LookML",
    code="lookml",
    formulas=formulas,
    forms=FORMS,
    has_form=has_form,
    why_not="not in Looker: a share's total, or a second table, is no aggregate of one explore",
)
