"""Whether each measure is of the form that the table of equivalents has for its kind, with the registry's names.

Measures of the page Operations aren't in the registry: they are what operations.py says.
"""

from collections.abc import Iterator, Mapping

from dashboards.equivalents.dax import COLUMNS, LANGUAGE, expected
from dashboards.equivalents.kinds import squeezed
from dashboards.power_bi.checks.reading_model import Model, models
from dashboards.power_bi.dax import UNROUNDED, unrounded_measures
from dashboards.power_bi.operations import MEASURES
from metrics.registry import Registry


def problems(registry: Registry, files: Mapping[str, str]) -> list[str]:
    """Sentences about measures and calculated columns that mean another thing than the registry, though in DAX."""
    found = []
    for model in models(files):
        for name, measure in registry.measures.items():
            node = model.measure(measure.label)
            if node is not None and not LANGUAGE.has_form(registry, name, node.value):
                found.append(f"{model.name}: {measure.label} isn't what the registry's {name} is in DAX")
        for name in unrounded_measures(registry):
            label = f"{registry.measures[name].label}{UNROUNDED}"
            part = model.measure(label)
            is_same = part is not None and squeezed(part.value) == squeezed(expected(registry, name, is_part=True))
            if part is None or not is_same or "isHidden" not in part.properties:
                found.append(f"{model.name}: {label} isn't {name} without rounding, and hidden")
        found += _operations(model)
        for table, node in model.tables.items():
            columns = {(table, one.name): squeezed(one.value) for one in node.all("column") if one.value}
            wanted = {place: form for place, form in COLUMNS.items() if place[0] == table}
            if columns != wanted:
                found.append(f"{model.name}: {table} has other calculated columns than its dates need")
    return found


def _operations(model: Model) -> Iterator[str]:
    for one in MEASURES:
        node = model.measure(one.name)
        is_same = node is not None and squeezed(node.value) == squeezed(one.expression)
        if node is None or not is_same or node.properties.get("formatString") != one.format:
            yield f"{model.name}: {one.name} isn't what the page Operations needs"
