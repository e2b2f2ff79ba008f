"""DAX of measures that the registry could have, and what is said of those that Power BI can't have."""

import re
import shutil

import pytest

pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")

from dashboards.equivalents.dax import has_form
from dashboards.power_bi.dax import formula
from dashboards.power_bi.project import project_files
from local_runtime.errors import LakehouseError
from metrics.registry import DEFINITIONS, load_registry


@pytest.fixture
def changed(tmp_path):
    """The registry with a text of a file of definitions replaced."""

    def change(name, old, new):
        folder = tmp_path / "definitions"
        shutil.copytree(DEFINITIONS, folder)
        path = folder / f"{name}.yml"
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))
        return load_registry(folder)

    return change


CONDITIONS = {
    "{column: type, one_of: [Movie, TV Show]}": 'KEEPFILTERS ( \'Titles\'[Type] IN { "Movie", "TV Show" } )',
    "{column: type, other_than: 'A \"B\"'}": 'KEEPFILTERS ( \'Titles\'[Type] <> "A ""B""" )',
    "{column: duration_minutes, known: false}": "KEEPFILTERS ( ISBLANK ( 'Titles'[duration_minutes] ) )",
    "{column: duration_minutes, at_least: 60}": "KEEPFILTERS ( 'Titles'[duration_minutes] >= 60 )",
    "{column: in_catalogue, equals: false}": "KEEPFILTERS ( 'Titles'[in_catalogue] = FALSE () )",
    "{lacks: play, where: [{column: is_view, equals: true}]}": "KEEPFILTERS ( NOT 'Titles'[title_key] IN Referred )",
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_filters_as_its_test_says(changed, condition):
    registry = changed("catalogue", "{column: type, equals: Movie}", condition)
    text = formula(registry, "movies")
    assert CONDITIONS[condition] in text and has_form(registry, "movies", text)


def test_a_growth_of_nothing_is_blank_and_no_loss_of_everything(changed):
    text = formula(changed("catalogue", "label: Movies", "label: Films"), "title_growth")
    assert "IF ( NOT ISBLANK ( Ratio ), ROUND ( Ratio, 6 ) - 1 )" in text


REFUSED = {
    "a column of a joined table": (
        ("viewing", "sum: overlong_spans", "sum: title.duration_minutes"),
        r"viewing\.yml:\d+: title\.duration_minutes is a column of another table",
    ),
    "an entity without a table": (
        (
            "viewing",
            "measures:\n",
            "entities:\n  other_play: {table: fact_playback, label: Others, grain: one row per session}\nmeasures:\n"
            "  others: {label: Others, description: others, definition: count, unit: plays, format: integer,\n"
            "    adds_up: everything, of: other_play, count: rows}\n",
        ),
        r"viewing\.yml:\d+: Power BI has no table of other_play: add it to HOMES",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_power_bi_has_no_place_for_is_refused_with_file_and_line(changed, name):
    change, message = REFUSED[name]
    with pytest.raises(LakehouseError) as error:
        project_files(changed(*change))
    assert re.search(message, str(error.value))
