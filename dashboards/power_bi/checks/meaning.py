"""Whether each measure is of the form that the table of equivalents has for its kind, with the registry's names."""

from collections.abc import Mapping

from dashboards.equivalents.dax import COLUMNS, LANGUAGE
from dashboards.equivalents.kinds import squeezed
from dashboards.power_bi.checks.reading_model import models
from metrics.registry import Registry


def problems(registry: Registry, files: Mapping[str, str]) -> list[str]:
    """Sentences about measures and calculated columns that mean another thing than the registry, though in DAX."""
    found = []
    for model in models(files):
        for name, measure in registry.measures.items():
            node = model.measure(measure.label)
            if node is not None and not LANGUAGE.has_form(registry, name, node.value):
                found.append(f"{model.name}: {measure.label} isn't what the registry's {name} is in DAX")
        for table, node in model.tables.items():
            columns = {(table, one.name): squeezed(one.value) for one in node.all("column") if one.value}
            wanted = {place: form for place, form in COLUMNS.items() if place[0] == table}
            if columns != wanted:
                found.append(f"{model.name}: {table} has other calculated columns than its dates need")
    return found
