"""The LookML project: what it refers to is there, and its queries have the registry's numbers."""

import pytest

pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")
pytest.importorskip("lkml")

from dashboards.gold import gold_tables
from dashboards.looker.boards import missing
from dashboards.looker.checks import problems
from dashboards.looker.omissions import entities, left_out, measures_of
from dashboards.looker.project import files
from tests.dashboards.breakages import ask, by_chance
from tests.dashboards.looker.breakages import BREAKAGES
from tests.dashboards.looker.reading import reading_check
from tests.dashboards.looker.running import data_tests_check, groups_check, numbers_check, primary_keys_check
from tests.helpers.matrix import SEED


@pytest.fixture(scope="module")
def made(registry):
    return files(registry)


@pytest.fixture(scope="module")
def checks(registry, sample_gold, gold_of_one_name):
    columns = {name: {one.name: one.type for one in table.columns.values()} for name, table in gold_tables().items()}
    return {
        "references": lambda files: problems(registry, files),
        "reader": reading_check(columns),
        "numbers of the registry": numbers_check(registry, sample_gold),
        "groups of people": groups_check(registry, sample_gold),
        "data tests": data_tests_check(sample_gold),
        "primary keys": primary_keys_check(gold_of_one_name),
        "numbers of titles of one name": numbers_check(registry, gold_of_one_name, ("started_title",)),
    }


def test_everything_it_refers_to_is_there_and_its_numbers_are_the_registrys(made, checks):
    assert {name: check(made) for name, check in checks.items()} == {name: [] for name in checks}
    assert checks["numbers of the registry"].queries > 50


@by_chance(BREAKAGES)
def test_every_breakage_is_noticed(made, checks, capsys, breakages):
    report = ask(made, breakages, checks)
    with capsys.disabled():
        print("", *report.lines(), sep="\n")
    assert report.missed == [], f"LAKEHOUSE_SEED={SEED}"


def test_each_metric_is_in_an_explore_or_left_out_by_name(registry):
    there = {name for entity in entities(registry) for name in measures_of(registry, entity)}
    assert registry.metrics.keys() - there == {*left_out(registry)} & registry.metrics.keys()


def test_panels_that_are_left_out_have_a_reason(registry):
    assert missing(registry) == {
        "Viewing: Titles by views": left_out(registry)["views"],
        "Catalogue: Regions of production": left_out(registry)["production_region"],
    }
