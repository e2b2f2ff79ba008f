"""SQL of the registry's queries, and the expressions of Databricks' metric views.

Tests compare their numbers with the KPI tables; here it is only said which form they have.
"""

from collections.abc import Iterator, Mapping

import sqlglot
from sqlglot import exp

from dashboards.equivalents.kinds import Language, kind_of, matches
from metrics.query import Query
from metrics.registry import Registry, parts_of
from metrics.sql import statement
from metrics.views import metric_views

DIALECT = "databricks"
TOTAL = "CASE WHEN COUNT({rows}) = 0 THEN CAST(0 AS DECIMAL(38, 0)) ELSE CAST(SUM({value}) AS DECIMAL(38, 0)) END"
MILLIONTHS = "CAST(CAST((((2000000) * ({part})) + ({whole})) DIV ((2) * (NULLIF({whole}, 0))) AS DECIMAL(18, 0)) * "
EXACT = f"{MILLIONTHS}CAST(0.000001 AS DECIMAL(6, 6)) AS DECIMAL(18, 6))"
WHOLE = "CAST({part} AS BIGINT)"
SQL_FORMS: Mapping[str, str] = {
    "count": "COUNT({rows})",
    "closing_count": "COUNT({rows})",
    "count_distinct": "COUNT(DISTINCT {column})",
    "count_members": "COUNT(DISTINCT NULLIF(COALESCE({name}, 'Unknown'), 'Unknown'))",
    "sum": TOTAL,
    "weighted_sum": TOTAL,
    "average": "CAST(SUM({value}) AS DECIMAL(38, 0)) / COUNT({value})",
    "ratio": EXACT,
    "difference": "CAST(({of}) - ({less}) AS BIGINT)",
    "share_of_all": EXACT,
    "share": EXACT,
    "growth": f"CAST({EXACT} - 1 AS DECIMAL(18, 6))",
}
VIEW_FORMS: Mapping[str, str] = {
    "count": "CAST(CAST(COUNT({value}) AS DECIMAL(38, 0)) AS BIGINT)",
    "count_distinct": "CAST(CAST(COUNT(DISTINCT {value}) AS DECIMAL(38, 0)) AS BIGINT)",
    "count_members": "CAST(CAST(COUNT(DISTINCT {value}) AS DECIMAL(38, 0)) AS BIGINT)",
    "sum": "CAST({sum} AS {type})",
    "weighted_sum": EXACT,
    "average": EXACT,
    "ratio": EXACT,
    "difference": "CAST(({of}) - ({less}) AS BIGINT)",
    "growth": f"CAST({EXACT} - 1 AS DECIMAL(18, 6))",
}
# Sums and counts of columns, and arithmetic with them: no other aggregate.
SUMS = r"(?:[^A-Za-z`]|`\w+`|SUM|COUNT|CAST|AS|DECIMAL|BIGINT|CASE|WHEN|THEN|ELSE|END)+"
HOLES = {
    "rows": r"\*|CASE WHEN .+ THEN 1 END|`\w+`",
    "type": r"BIGINT|DECIMAL\(18, \d\)",
    "value": r"`\w+`|`t\d*`\.`\w+`|CASE WHEN .+ END|CAST\(.+ AS BIGINT\)|\(CAST\(.+\)\) \* \(CAST\(.+\)\)",
    "column": r"`t\d*`\.`\w+`|CASE WHEN .+ END",
    **dict.fromkeys(("sum", "part", "whole", "of", "less"), SUMS),
}


def _asking(registry: Registry, name: str) -> str:
    """The metric whose query has a measure: itself, or, for a part of others, one of these."""
    if not registry.measures[name].hidden:
        return name
    return next(one for one in registry.metrics if name in registry.base_measures(one))


def sql_formulas(registry: Registry) -> dict[str, str]:
    """What each measure is in the registry's SQL, in Databricks' dialect."""
    return {name: _formula(registry, name) for name in registry.measures}


def _formula(registry: Registry, name: str) -> str:
    """The aggregate of a measure of rows; of a derived one, what is computed of its parts' aggregates."""
    asking = _asking(registry, name)
    # By a dimension behind a bridge, so that its weights can be seen.
    more = ("genre",) if registry.measures[name].over_bridge == "weighted" else ()
    dimensions = (*registry.fewest_dimensions(asking), *more)
    sql = statement(registry, Query(metrics=(asking,), dimensions=dimensions), DIALECT).sql
    found = sqlglot.parse_one(sql, dialect=DIALECT)
    if parts_of(registry.measures[name]):
        return next(_aliased(found, name))
    aggregates = [next(_aggregates(found, alias)) for alias in (f"{name}_part", f"{name}_rows") if _has(found, alias)]
    return " / ".join(aggregates)


def _aliased(found: exp.Expr, alias: str) -> Iterator[str]:
    for one in found.find_all(exp.Alias):
        if one.alias == alias:
            yield one.this.sql(dialect=DIALECT)


def _has(found: exp.Expr, alias: str) -> bool:
    return next(_aggregates(found, alias), None) is not None


def _aggregates(found: exp.Expr, alias: str) -> Iterator[str]:
    """What an alias is, where it is an aggregate of rows and not one that puts several of these together."""
    for one in found.find_all(exp.Alias):
        if one.alias == alias and one.this.find(exp.Count, exp.Sum):
            yield one.this.sql(dialect=DIALECT)


def has_sql_form(registry: Registry, name: str, text: str) -> bool:
    """Whether SQL has the form of the measure's kind."""
    return matches(SQL_FORMS[kind_of(registry, name)], text, HOLES)


def view_formulas(registry: Registry) -> dict[str, str]:
    """The measures' expressions in the metric view of their entity; in those by a bridge they are of the same form."""
    found: dict[str, str] = {}
    for view in metric_views(registry):
        for one in view.definition["measures"]:
            found.setdefault(one["name"], str(one["expr"]))
    return found


def has_view_form(registry: Registry, name: str, text: str) -> bool:
    """Whether a view's expression has the form of the measure's kind."""
    return matches(VIEW_FORMS[kind_of(registry, name)], text, HOLES)


SQL = Language(name="SQL", code="sql", formulas=sql_formulas, forms=SQL_FORMS, has_form=has_sql_form)
METRIC_VIEW = Language(
    name="Metric view",
    code="sql",
    formulas=view_formulas,
    forms=VIEW_FORMS,
    has_form=has_view_form,
    why_not="not in a metric view, which has one aggregate of one entity's rows: ask the registry's SQL",
)
