"""What is generated from the registry is committed, and current."""

import shutil
from dataclasses import replace

import pytest

pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")

from dashboards.surfaces import SURFACES, Surface
from local_runtime.cli.arguments import main
from metrics.registry import DEFINITIONS, load_registry
from tests.conftest import ROOT
from tests.dashboards.breakages import replaced
from tests.helpers.registry import registry_of


@pytest.mark.parametrize("surface", SURFACES, ids=lambda surface: surface.name)
def test_the_files_are_current(surface):
    registry = registry_of()
    made = surface.files(registry)
    stale = [path for path, text in made.items() if (ROOT / path).read_bytes() != text.encode()]
    assert stale + surface.leftovers(made, ROOT) == [], f"./lakehouse generate {surface.name} writes them"


def test_a_file_that_is_no_longer_made_is_left_over(tmp_path):
    surface = Surface(name="some", what="", files=lambda registry: {"made/one.sql": ""}, owned=("made/*.sql",))
    (tmp_path / "made").mkdir()
    for name in ("one.sql", "gone.sql", "own.txt"):
        (tmp_path / "made" / name).write_text("")
    assert surface.leftovers(surface.files(None), tmp_path) == [tmp_path / "made" / "gone.sql"]


@pytest.mark.parametrize("name", ["databricks", "looker", "tableau", "power_bi"])
def test_a_stranger_in_a_tools_folder_is_left_over(name, tmp_path):
    """Not what Power BI Desktop keeps for itself in a project that it opened."""
    (surface,) = [one for one in SURFACES if one.name == name]
    (tmp_path / "generated" / name / ".pbi").mkdir(parents=True)
    stranger, own = (tmp_path / "generated" / name / path for path in ("extra.txt", ".pbi/localSettings.json"))
    stranger.write_text("")
    own.write_text("")
    assert surface.leftovers(surface.files(registry_of()), tmp_path) == [stranger]


BREAKAGES = {
    "databricks": replaced("*.lvdash.json", '"number-percent"', '"number"'),
    "looker": replaced("*/started_title.view.lkml", "${TABLE}.title_key AS", "${TABLE}.title AS"),
    "tableau": replaced("*.twb", "[usr:hours_viewed:qk]</", "[usr:hours:qk]</"),
    "power_bi": replaced("*/visual.json", '"Descending"', '"Ascending"'),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_check_says_what_is_wrong_with_files_that_are_current(name, monkeypatch, tmp_path, capsys):
    (surface,) = [one for one in SURFACES if one.name == name]
    broken = BREAKAGES[name](surface.files(registry_of()))
    monkeypatch.setattr("dashboards.surfaces.SURFACES", (replace(surface, files=lambda registry: broken),))
    monkeypatch.setattr("local_runtime.cli.generating.ROOT", tmp_path)
    main(["generate"])
    capsys.readouterr()
    assert main(["generate", "--check"]) == 1
    said = capsys.readouterr().out
    assert said and "is not current" not in said


def test_check_names_what_is_not_current_and_generate_mends_it(monkeypatch, tmp_path, capsys):
    surface = Surface(name="some", what="", files=lambda registry: {"made/one.sql": "å\n"}, owned=("made/*.sql",))
    monkeypatch.setattr("dashboards.surfaces.SURFACES", (surface,))
    monkeypatch.setattr("local_runtime.cli.generating.ROOT", tmp_path)
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "gone.sql").write_text("")
    assert main(["generate", "--check"]) == 1
    said = capsys.readouterr().out
    assert "made/one.sql is not current: ./lakehouse generate some writes it." in said and "made/gone.sql" in said
    assert main(["generate"]) == 0
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["one.sql"]
    assert main(["generate", "--check"]) == 0


def test_a_name_that_is_not_generated_is_an_error_that_names_the_others(capsys):
    assert main(["generate", "metrisc"]) == 1
    assert "metrisc isn't generated. The nearest: metrics." in capsys.readouterr().err


def test_a_column_that_gold_lacks_is_named_before_anything_is_written(monkeypatch, tmp_path, capsys):
    shutil.copytree(DEFINITIONS, tmp_path / "definitions")
    viewing = tmp_path / "definitions" / "viewing.yml"
    viewing.write_text(viewing.read_text().replace("sum: watched_seconds", "sum: watched_secnds"))
    wrong = load_registry(tmp_path / "definitions")
    monkeypatch.setattr("metrics.registry.load_registry", lambda: wrong)
    monkeypatch.setattr("local_runtime.cli.generating.ROOT", tmp_path / "project")
    assert main(["generate"]) == 1
    said = capsys.readouterr().err
    assert "viewing.yml:" in said and "gold.fact_playback has no column 'watched_secnds'" in said
    assert "The nearest: watched_seconds" in said
    assert not (tmp_path / "project").exists()
