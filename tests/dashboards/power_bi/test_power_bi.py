"""The Power BI project: nothing is wrong with it, and the checks notice what is known to be wrong."""

import os
import random
import re
from functools import cache

import pytest

from tests.helpers.registry import registry_of

pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")

from dashboards.power_bi.checks import CHECKS
from dashboards.power_bi.project import project_files
from tests.conftest import ROOT
from tests.dashboards.breakages import ask
from tests.dashboards.power_bi.first_breakages import FIRST
from tests.dashboards.power_bi.more_breakages import MORE
from tests.dashboards.power_bi.outside import library_folder, library_problems, schema_folder, schema_problems


@cache
def files_of():
    return project_files(registry_of())


def own_checks():
    registry = registry_of()
    return {name: lambda files, check=check: check(registry, files) for name, check in CHECKS.items()}


def test_nothing_is_wrong_with_the_project():
    assert [sentence for check in own_checks().values() for sentence in check(files_of())] == []


def test_the_checks_notice_every_breakage():
    report = ask(files_of(), [*FIRST, *MORE], own_checks())
    print("\n".join(report.lines()))
    assert report.missed == []
    page = (ROOT / "docs" / "power-bi.md").read_text()
    told = {row[0]: int(row[1]) for row in re.findall(r"^\| (\w+) \| .* \| (\d+) \|$", page, flags=re.MULTILINE)}
    assert told == report.caught(), "docs/power-bi.md says how many each check notices"


def test_a_line_that_is_lost_is_noticed():
    """Any line of any file; the shortcut's setting is nobody's loss."""
    seed = int(os.environ.get("LAKEHOUSE_SEED", random.randrange(10_000)))
    chance, files = random.Random(seed), files_of()
    lines = [(path, number) for path, text in files.items() for number, line in enumerate(text.split("\n")) if line]
    unnoticed = []
    for path, number in chance.sample([one for one in lines if not one[0].endswith(".pbip")], 20):
        kept = files[path].split("\n")
        lost = kept.pop(number)
        broken = {**files, path: "\n".join(kept)}
        if not any(check(broken) for check in own_checks().values()):
            unnoticed.append(f"{path}:{number + 1}: {lost}")
    assert unnoticed == [], f"LAKEHOUSE_SEED={seed}"


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
