"""Whether each measure is of the form that the table of equivalents has for its kind, with the registry's names."""

from collections.abc import Mapping

from dashboards.equivalents.dax import LANGUAGE
from dashboards.power_bi.checks.reading_model import models
from metrics.registry import Registry


def problems(registry: Registry, files: Mapping[str, str]) -> list[str]:
    """Sentences about measures that don't mean what the registry says, though they may be DAX."""
    found = []
    for model in models(files):
        for name, measure in registry.measures.items():
            node = model.measure(measure.label)
            if node is not None and not LANGUAGE.has_form(registry, name, node.value):
                found.append(f"{model.name}: {measure.label} isn't what the registry's {name} is in DAX")
    return found
