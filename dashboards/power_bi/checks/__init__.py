"""What is wrong with a Power BI project's files, as sentences: each module is one check, from its files' texts alone.

`files.py`: which files there are, and their encoding. `model.py`: the model's tables, relationships and what they
read, down to gold's columns. `formulas.py`: names, functions and types in DAX. `shapes.py`: keys and values of the
report's files. `report.py`: pages, visuals and their fields, down to the model's. `meaning.py`: whether measures are
what the registry says. They know the registry and gold, and nothing of how files are written but the closed form of M.
"""

from collections.abc import Callable, Mapping

from dashboards.power_bi.checks import files, formulas, meaning, model, report, shapes
from metrics.registry import Registry

Files = Mapping[str, str]
CHECKS: Mapping[str, Callable[[Registry, Files], list[str]]] = {
    "files": files.problems,
    "model": model.problems,
    "formulas": formulas.problems,
    "shapes": shapes.problems,
    "report": report.problems,
    "equivalents": meaning.problems,
}


def problems(registry: Registry, project: Files) -> list[str]:
    """All that is wrong with the project's files."""
    return [sentence for check in CHECKS.values() for sentence in check(registry, project)]
