"""The Power BI project: nothing is wrong with it, and the checks notice what is known to be wrong."""

from functools import cache

import pytest

from tests.helpers.registry import registry_of

pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")

from dashboards.equivalents.languages import DAX
from dashboards.power_bi.checks import CHECKS
from dashboards.power_bi.checks.reading_model import models
from dashboards.power_bi.project import project_files
from tests.dashboards.breakages import ask
from tests.dashboards.power_bi.first_breakages import FIRST
from tests.dashboards.power_bi.more_breakages import MORE
from tests.dashboards.power_bi.outside import library_folder, library_problems, schema_folder, schema_problems


@cache
def files_of():
    return project_files(registry_of())


def meaning_problems(files):
    """Measures that aren't of the form that the table of equivalents has for them."""
    registry = registry_of()
    found = []
    for model in models(files):
        for name, measure in registry.measures.items():
            node = model.measure(measure.label)
            if node is not None and not DAX.has_form(registry, name, node.value):
                found.append(f"{model.name}: {measure.label} isn't what the registry's {name} is in DAX")
    return found


def own_checks():
    registry = registry_of()
    checks = {name: lambda files, check=check: check(registry, files) for name, check in CHECKS.items()}
    return {**checks, "equivalents": meaning_problems}


def test_nothing_is_wrong_with_the_project():
    assert [sentence for check in own_checks().values() for sentence in check(files_of())] == []


def test_the_checks_notice_every_breakage():
    report = ask(files_of(), [*FIRST, *MORE], own_checks())
    print("\n".join(report.lines()))
    assert report.missed == []


def test_microsofts_schemas_find_nothing_wrong():
    folder = schema_folder()
    assert schema_problems(folder, files_of()) == []
    report = ask(files_of(), [*FIRST, *MORE], {"schemas": lambda files: schema_problems(folder, files)})
    print("\n".join(report.lines()))
    assert report.caught()["schemas"] > 0


def test_microsofts_library_finds_nothing_wrong(tmp_path):
    folder, breakages = library_folder(), [*FIRST, *MORE]
    whole, *broken = library_problems(folder, [files_of(), *(one.plant(files_of()) for one in breakages)], tmp_path)
    noticed = {one.name: found[0] for one, found in zip(breakages, broken, strict=True) if found}
    print(f"library: {len(noticed)} of {len(breakages)}", *noticed.items(), sep="\n  ")
    assert whole == [] and noticed
