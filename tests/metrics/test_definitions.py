"""Wrong definitions are refused, each with its file, its line, and what to do."""

import json
import re
import shutil

import pytest

pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")

from local_runtime.errors import LakehouseError
from metrics.documents import schema_text
from metrics.gold import gold_problems
from metrics.registry import DEFINITIONS, load_registry
from tests.gold.conftest import TABLES

# A file, a text in it, what takes its place, and what is said of it.
MISTAKES = {
    "an entity that isn't there": ("viewing", "of: event_day", "of: event_days", "there is no entity 'event_days'"),
    "an unknown key": ("viewing", "sum: events", "summ: events", "this key isn't known"),
    "a key that YAML takes for a truth value": ("viewing", "sum: events", "on: events", "the key 'on' is True to YAML"),
    "a key that is there twice": ("viewing", "sum: events", "sum: events\n    sum: events", "'sum' is there twice"),
    "free SQL": ("viewing", "sum: events", "sum: events * 2", "String should match pattern"),
    "two kinds at once": ("viewing", "sum: events", "sum: events\n    count: rows", "a measure has exactly one of"),
    "distinct counts that add up": (
        "viewing",
        "    adds_up: nothing\n    synonyms: [unique viewers",
        "    adds_up: everything\n    synonyms: [unique viewers",
        "count_distinct doesn't add up",
    ),
    "a share of what has no total": (
        "viewing",
        "share: {of: hours_viewed",
        "share: {of: viewers",
        "viewers doesn't add up",
    ),
    "a measure made of itself": (
        "catalogue",
        "ratio: {of: movies, to: t",
        "ratio: {of: movie_share, to: t",
        "of itself",
    ),
    "a part that isn't there": ("catalogue", "ratio: {of: movies, to", "ratio: {of: movie, to", "no measure 'movie'"),
    "grains that don't fit": (
        "subscribers",
        "ratio: {of: revenue, to: paying_months}",
        "ratio: {of: revenue, to: rated_titles}",
        "their grains don't fit",
    ),
    "no word on bridges": ("catalogue", "sum: votes\n    over_bridge: each", "sum: votes", "over_bridge is missing"),
    "a count by weights": (
        "catalogue",
        "count: rows\n    over_bridge: each",
        "count: rows\n    over_bridge: weighted",
        "only a sum can be weighted",
    ),
    "a column behind a bridge": (
        "viewing",
        "sum: watched_seconds\n    per: 60",
        "sum: title.genres.genre_key\n    per: 60",
        "'genres' is a bridge",
    ),
    "a join that isn't there": ("entities", "audience: rating.audience", "audience: rate.audience", "no join 'rate'"),
    "an unknown dimension": ("entities", "gender: gender\n", "genders: gender\n", "there is no dimension 'genders'"),
    "a wrong metric of a KPI": ("viewing_tables", "metric: starts", "metric: start", "there is no metric 'start'"),
    "a KPI by what its metric lacks": (
        "viewing_tables",
        "dimensions: {event_type: event_type}",
        "dimensions: {event_type: plan}",
        "has no dimension 'plan'",
    ),
    "a wrong filter of a KPI": ("catalogue_tables", "release_year >= 2010", "release_year > new", "isn't understood"),
    "money without a currency": ("subscribers", "format: currency", "format: decimal", "has the format currency"),
    "one name twice": ("viewing", "  starts:\n    label", "  titles:\n    label", "'titles' is already defined in"),
}


@pytest.fixture
def folder(tmp_path):
    """A copy of the definitions."""
    return shutil.copytree(DEFINITIONS, tmp_path / "definitions")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_file_and_line(folder, mistake):
    name, right, wrong, message = MISTAKES[mistake]
    path = folder / f"{name}.yml"
    text = path.read_text()
    assert right in text
    path.write_text(text.replace(right, wrong, 1))
    with pytest.raises(LakehouseError) as error:
        load_registry(folder)
    (line,) = [line for line in str(error.value).splitlines() if message in line]
    found = re.match(rf"\s*{re.escape(str(path))}:(\d+): ", line)
    assert found, line
    first = text[: text.index(right)].count("\n") + 1
    assert abs(int(found[1]) - first) <= 12, line


def test_what_gold_lacks_is_told_with_file_and_line(registry):
    columns = {name: [*table.column_names] for name, table in TABLES.items()}
    assert gold_problems(registry, columns) == []
    columns["fact_playback"].remove("watched_seconds")
    del columns["dim_plan"]
    found = gold_problems(registry, columns)
    assert any(
        re.match(r"metrics/definitions/viewing.yml:\d+: gold.fact_playback has no column 'watched_seconds'", it)
        for it in found
    )
    assert any("gold has no table 'dim_plan'" in it for it in found)


def test_every_measure_of_a_kpi_is_defined(registry):
    """The columns of KPI tables are their dimensions and measures, but for lists of names."""
    for name, table in TABLES.items():
        if name.startswith("kpi_"):
            kpi = registry.tables[name]
            lists = {column.name for column in table.columns if column.type.startswith("ARRAY")}
            assert {*kpi.dimensions, *kpi.columns} == {*table.column_names} - lists, name


def test_the_schema_of_the_definitions_has_their_parts():
    schema = json.loads(schema_text())
    assert {*schema["properties"]} == {"subject", "entities", "dimensions", "measures", "tables"}
    for path in DEFINITIONS.glob("*.yml"):
        assert path.read_text().startswith("# yaml-language-server: $schema=../definitions.schema.json\n")


def test_the_number_of_people_is_a_column_that_gold_must_have(registry):
    (entity,) = {one.table: one for one in registry.entities.values() if one.people}.values()
    columns = {name: set(table.column_names) for name, table in TABLES.items()}
    columns[entity.table].remove(entity.people)
    found = "\n".join(gold_problems(registry, columns))
    assert re.search(rf"entities\.yml:\d+.* gold\.{entity.table} has no column '{entity.people}'", found)


def test_no_short_name_means_two_things_of_one_metric(registry):
    for metric in registry.metrics:
        for short in {registry.dimensions[name].short for name in registry.dimensions_of(metric)} - {None}:
            assert registry.meaning_of(short, metric) in registry.dimensions_of(metric)
