"""All files of the LookML project."""

import re
from collections.abc import Mapping

from dashboards.looker.boards import MODEL, boards
from dashboards.looker.explores import compared, data_tests, explore, kpi_columns
from dashboards.looker.groups import group_explore, group_questions, group_view
from dashboards.looker.legacy import NAME, legacy_model, legacy_view
from dashboards.looker.omissions import entities
from dashboards.looker.sources import Lookml, sources
from dashboards.looker.views import entity_view, table_view
from dashboards.looker.writing import written
from metrics.kpis import kpi_tables
from metrics.registry import Registry

FOLDER = "generated/looker"
REFERENCE = re.compile(r"\$\{(\w+)\.(\w+)\}")
HEAD = "# Made from metrics/definitions by ./lakehouse generate looker.\n"
CONSTANTS = (
    {"name": "CONNECTION", "value": "databricks", "export": "override_optional"},
    {"name": "SCHEMA", "value": "prod.lakehouse_gold", "export": "override_optional"},
    {"name": "BIGQUERY_SCHEMA", "value": "lakehouse_gold", "export": "override_optional"},
)


def files(registry: Registry) -> Mapping[str, str]:
    """The texts of all files, by their paths below the project's folder."""
    views = [entity_view(registry, name) for name in entities(registry)]
    explores = [explore(registry, name) for name in entities(registry)]
    joined = [table_view(table, columns) for table, columns in _columns(registry, views, explores).items()]
    questions = list(group_questions(registry))
    groups = [group_view(registry, one) for one in questions]
    tests = [test for name in entities(registry) for test in data_tests(registry, name)]
    model: Lookml = {
        "connection": "@{CONNECTION}",
        "label": "Lakehouse",
        "includes": ["/views/*.view.lkml", "/dashboards/*.dashboard.lookml", "/tests/*.lkml"],
        "explores": [*explores, *map(group_explore, questions)],
    }
    found: dict[str, Lookml] = {
        f"views/{view['name']}.view.lkml": {"views": [view]} for view in [*views, *joined, *groups, legacy_view()]
    }
    found |= {
        "manifest.lkml": {"project_name": MODEL, "constants": list(CONSTANTS)},
        f"models/{MODEL}.model.lkml": model,
        f"models/{NAME}.model.lkml": legacy_model(),
        "tests/kpis.lkml": {"tests": tests},
    }
    texts = {f"{FOLDER}/{path}": f"{HEAD}{written(content)}" for path, content in sorted(found.items())}
    return texts | {
        f"{FOLDER}/dashboards/{name}.dashboard.lookml": f"{HEAD}{text}" for name, text in boards(registry).items()
    }


def _columns(registry: Registry, views: list[Lookml], explores: list[Lookml]) -> dict[str, list[str]]:
    """The columns of the tables that are joined, which somebody refers to; of KPI tables, those that tests need."""
    found: dict[str, dict[str, None]] = {}
    for view, one in zip(views, explores, strict=True):
        tables = {source.alias: source.table for source in sources(registry, view["name"])}
        text = " ".join([str(view), str([join["sql_on"] for join in one["joins"]])])
        for alias, name in REFERENCE.findall(text):
            if alias in tables:
                found.setdefault(tables[alias], {})[name] = None
    for kpi in kpi_tables(registry):
        if any(compared(registry, view["name"], registry.tables[kpi]) for view in views):
            found.setdefault(kpi, {}).update(dict.fromkeys(kpi_columns(registry, kpi)))
    return {table: sorted(columns) for table, columns in sorted(found.items())}
