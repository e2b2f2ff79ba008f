"""A count that the README or its recording states is what the project has."""

import re
from pathlib import Path

import pytest

from bronze.feeds import LANDING_FOLDERS
from tests.conftest import ROOT
from tests.conventions.test_pictures import recorded_lines

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROSE = re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)
WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
NUMBER = rf"(\d+|{'|'.join(WORDS)})"
COUNTED = (
    "tables|KPIs|dimensions|bridges|facts|schemas|pipelines|jobs|sources|feeds|folders|questions|queries|rules|tests"
    "|targets"
)
# What the README counts: how it says so, and where the things themselves are.
STATED = {
    "sources": (rf"Sources \| {NUMBER}:", "src/silver"),
    "landing folders": (rf"{NUMBER} landing folders", "src/bronze/feeds.py"),
    "dimensions": (rf"{NUMBER} dimensions", "src/gold"),
    "bridges": (rf"{NUMBER} weighted bridges", "src/gold"),
    "facts": (rf"{NUMBER} facts", "src/gold"),
    "KPIs of the catalogue": (rf"{NUMBER} KPIs of the catalogue", "src/gold/catalogue/kpis"),
    "KPIs of viewing": (rf"{NUMBER} of viewing", "src/gold/playback/kpis"),
    "KPIs of subscribers": (rf"{NUMBER} of subscribers", "src/gold/subscribers/kpis"),
    "schemas": (rf"{NUMBER} schemas", "resources/*.schema.yml"),
    "pipelines": (rf"{NUMBER} pipelines", "resources/*.pipeline.yml"),
    "jobs": (rf"{NUMBER} jobs", "resources/*.job.yml"),
    "questions": (rf"{NUMBER} questions", "queries"),
}


@pytest.fixture(scope="module")
def counts(graph):
    """How many of each there are."""
    gold = [name.removeprefix("gold.") for name, dataset in graph.datasets.items() if dataset.is_stored]
    kpis = [_subject(graph, name) for name in graph.datasets if name.startswith("gold.kpi_")]
    return {
        "sources": len([*(ROOT / "src/silver").glob("*/pipeline.py")]),
        "landing folders": len(LANDING_FOLDERS),
        "dimensions": sum(name.startswith("dim_") for name in gold),
        "bridges": sum(name.startswith("bridge_") for name in gold),
        "facts": sum(name.startswith("fact_") for name in gold),
        "KPIs of the catalogue": kpis.count("catalogue"),
        "KPIs of viewing": kpis.count("playback"),
        "KPIs of subscribers": kpis.count("subscribers"),
        **{f"{kind}s": len([*ROOT.glob(f"resources/*.{kind}.yml")]) for kind in ("schema", "pipeline", "job")},
        "questions": len([*ROOT.glob("queries/*/*.sql")]),
    }


@pytest.mark.parametrize("what", STATED)
def test_a_count_in_the_readme_is_what_there_is(counts, what):
    pattern, place = STATED[what]
    stated = [_value(number) for number in re.findall(pattern, PROSE)]
    assert stated, f"README.md no longer counts the {what}: take them out of {Path(__file__).name}."
    assert {*stated} == {counts[what]}, (
        f"README.md states {stated} {what}, and {place} has {counts[what]}: correct README.md."
    )


def test_every_count_in_the_readme_is_checked():
    checked = [match.span() for pattern, _ in STATED.values() for match in re.finditer(pattern, PROSE)]
    counted = re.finditer(rf"\b{NUMBER}\s+(?:[\w-]+\s+)?(?:{COUNTED})\b", PROSE)
    loose = [it[0] for it in counted if not any(start <= it.start(1) < end for start, end in checked)]
    assert not loose, f"README.md states {loose}, which nothing checks: add them to STATED in {Path(__file__).name}."


def test_the_recording_shows_as_many_tables_as_there_are(graph):
    layers = [name.partition(".")[0] for name, dataset in graph.datasets.items() if dataset.is_stored]
    expected = [f"{layer}: {layers.count(layer)} tables" for layer in ("bronze", "silver", "gold")]
    expected.append(f"Total: {len(layers)} tables,")
    recorded = recorded_lines()
    missing = [line for line in expected if not any(shown.startswith(line) for shown in recorded)]
    assert not missing, (
        f"docs/pictures/run.svg does not show {missing}: record it again, .venv/bin/python -m docs.pictures.record"
    )


def _subject(graph, name):
    (flow,) = graph.datasets[name].flows
    return Path(flow.function.__code__.co_filename).parent.name


def _value(number):
    return WORDS.index(number) if number in WORDS else int(number)
