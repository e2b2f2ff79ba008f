"""The Tableau workbook: everything that it refers to is there, and its fields have the registry's numbers."""

import pytest

pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")

from dashboards.tableau.checks import problems
from dashboards.tableau.workbook import files, missing
from tests.dashboards.breakages import ask, by_chance
from tests.dashboards.tableau.breakages import BREAKAGES
from tests.dashboards.tableau.reading import reading_check
from tests.dashboards.tableau.running import groups_check, numbers_check
from tests.helpers.matrix import SEED
from tests.metrics.conftest import gold_of_specifications  # noqa: F401


@pytest.fixture(scope="module")
def made(registry):
    return files(registry)


@pytest.fixture(scope="module")
def checks(registry, gold_of_specifications, sample_gold):  # noqa: F811
    return {
        "references": lambda files: problems(registry, files),
        "reader": reading_check(gold_of_specifications),
        "numbers of the registry": numbers_check(registry, sample_gold),
        "groups of people": groups_check(registry, sample_gold),
    }


def test_everything_it_refers_to_is_there_and_its_numbers_are_the_registrys(made, checks):
    assert {name: check(made) for name, check in checks.items()} == {name: [] for name in checks}


@by_chance(BREAKAGES)
def test_every_breakage_is_noticed(made, checks, capsys, breakages):
    report = ask(made, breakages, checks)
    with capsys.disabled():
        print("", *report.lines(), sep="\n")
    assert report.missed == [], f"LAKEHOUSE_SEED={SEED}"


def test_what_is_left_out_has_a_reason(registry):
    found = missing(registry)
    assert found["Viewing: Titles by views"] and found["Audience and revenue: Active subscribers by month and plan"]
    assert len([name for name in found if "newest month" not in found[name]]) == 2
