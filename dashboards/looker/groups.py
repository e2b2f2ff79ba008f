"""Explores of groups of people: small groups are put together in SQL before Looker sees them."""

from collections.abc import Iterator
from dataclasses import replace

import sqlglot
from sqlglot import exp

from dashboards.data_sets.questions import Question, of_panel
from dashboards.data_sets.statements import DataSet, data_set
from dashboards.looker.formulas import FORMATS
from dashboards.looker.sources import DIALECT, Lookml
from dashboards.looker.views import SCHEMA
from dashboards.pages import PAGES
from metrics.registry import Registry


def group_questions(registry: Registry) -> Iterator[Question]:
    """The questions of the pages whose rows are groups of people, unfiltered."""
    for page in PAGES:
        for panel in page.panels:
            question = of_panel(registry, page, panel)
            if question.people:
                yield replace(question, filters=(), in_period=False)


def group_view(registry: Registry, question: Question) -> Lookml:
    """The view of a question: its groups as dimensions; its numbers add up."""
    data = data_set(registry, [], question)
    keys = [one.name for one in data.columns if one.kind == "dimension"]
    parts = (f"COALESCE(${{TABLE}}.{name}, '~')" for name in keys)
    key = {
        "name": "primary_key",
        "primary_key": "yes",
        "hidden": "yes",
        "type": "string",
        "sql": f"CONCAT_WS('|', {', '.join(parts)})",
    }
    dimensions = [
        {
            "name": one.name,
            "label": one.label,
            "description": one.description,
            "type": "string",
            "sql": f"${{TABLE}}.{one.name}",
        }
        for one in data.columns
        if one.kind == "dimension"
    ]
    measures = [
        {
            "name": one.name,
            "label": one.label,
            "description": one.description,
            "value_format": FORMATS[registry.measures[one.name].format],
            "type": "number",
            "sql": f"SUM(${{TABLE}}.{one.name})",
        }
        for one in data.columns
        if one.kind == "metric"
    ]
    return {
        "name": question.name,
        "derived_table": {"sql": _sql(data)},
        "dimensions": [key, *dimensions],
        "measures": measures,
    }


def group_explore(question: Question) -> Lookml:
    """The explore of a question."""
    return {
        "name": question.name,
        "label": question.label,
        "description": f"{question.label}; groups of fewer than five people are put together",
    }


def _sql(data: DataSet) -> str:
    """The statement, its tables in the schema of the project's constant, and in no order."""
    tree = sqlglot.parse_one(data.sql, dialect=DIALECT)
    tree.set("order", None)
    ctes = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if table.name not in ctes:
            table.set("db", exp.to_identifier("gold", quoted=True))
    return tree.sql(dialect=DIALECT, pretty=True).replace("`gold`.", f"{SCHEMA}.")
