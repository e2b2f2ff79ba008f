"""The KPI tables of gold: as they are stored, or, where they show attributes of people, as the query they stand for."""

from typing import Any

from local_runtime.quoting import BACKTICK, DOUBLE, quoted
from metrics.model import Kpi
from metrics.registry import Registry
from serving.backends import Session
from serving.statements import Result, fetch


def is_personal(registry: Registry, table: Kpi) -> bool:
    """Whether a table has an attribute of people, so that small groups must not be shown."""
    dimensions = registry.dimensions
    return any(dimensions[name].personal for name in table.dimensions.values() if name in dimensions)


def stored_rows(session: Session, name: str, limit: int) -> Result:
    """The rows of a KPI table, sorted; at most one more than `limit`."""
    table = quoted(name, BACKTICK if session.dialect == "databricks" else DOUBLE)
    return fetch(session, f"SELECT * FROM gold.{table} ORDER BY ALL NULLS LAST LIMIT {limit + 1:d}")


def columns_of(registry: Registry, table: Kpi, names: list[str], kinds: dict[str, str]) -> list[dict[str, Any]]:
    """What the columns of a table are, from the registry; `kinds` are those of columns that it doesn't name."""
    return [_column(registry, table, name, kinds[name]) for name in names]


def _column(registry: Registry, table: Kpi, name: str, kind: str) -> dict[str, Any]:
    if name in table.columns:
        measure = registry.measures.get(table.columns[name].metric or name)
        if measure is not None:
            return {"name": name, "label": measure.label, "kind": kind, "unit": measure.unit, "format": measure.format}
    dimension = registry.dimensions.get(table.dimensions.get(name, name))
    label = dimension.label if dimension else name.replace("_", " ").capitalize()
    kind = "key" if name.endswith("_key") else kind
    return {"name": name, "label": label, "kind": kind, "unit": None, "format": None}
