"""Values of the bundle's configuration know the file and line that they were written in."""

import json

import pytest
import yaml

from local_runtime.errors import LakehouseError
from local_runtime.pipelines import placed_yaml
from local_runtime.pipelines.bundle_config import as_mapping, at, for_target, read_bundle
from local_runtime.pipelines.placed_yaml import place_of
from tests.conftest import ROOT

FILES = {
    "databricks.yml": """\
bundle: {name: a}
include: [resources/*.yml, targets.yml]
""",
    "resources/a.job.yml": """\
variables:
  retries:
    default: 2
resources:
  jobs:
    a:
      tasks:
        - task_key: one
          max_retries: ${var.retries}
          depends_on: &none []
        - &two
          task_key: two
          timeout_seconds:
            60
          depends_on: *none
        - <<: *two
          task_key: three
""",
    "targets.yml": """\
targets:
  dev:
    default: true
  prod:
    variables:
      retries:
        default: 5
    resources:
      jobs:
        a:
          tasks:
            - task_key: two
              timeout_seconds: 90
              depends_on:
                - task_key: one
            - task_key: four
""",
}


@pytest.fixture
def root(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def tasks(root, target):
    return at(for_target(read_bundle(root).config, target), "resources", "jobs", "a")["tasks"]


def test_a_value_is_where_it_was_written(root):
    one, two, _ = tasks(root, "dev")
    assert str(place_of(one, "max_retries")) == "resources/a.job.yml:9"
    assert str(place_of(one)) == "resources/a.job.yml:8"
    assert str(place_of(two, "timeout_seconds")) == "resources/a.job.yml:14"
    assert place_of(two, "max_retries") is None


def test_what_is_merged_by_an_anchor_is_where_the_anchor_has_it(root):
    _, _, three = tasks(root, "dev")
    assert three["timeout_seconds"] == 60
    assert str(place_of(three, "timeout_seconds")) == "resources/a.job.yml:14"
    assert str(place_of(three, "task_key")) == "resources/a.job.yml:17"


def test_an_override_of_a_target_is_where_the_target_has_it_and_tasks_merge_by_their_keys(root):
    listed = tasks(root, "prod")
    assert [task["task_key"] for task in listed] == ["one", "two", "three", "four"]
    assert listed[1]["timeout_seconds"] == 90
    assert str(place_of(listed[1], "timeout_seconds")) == "targets.yml:13"
    assert listed[1]["depends_on"] == [{"task_key": "one"}]
    assert str(place_of(listed[1]["depends_on"][0], "task_key")) == "targets.yml:15"
    assert [str(place_of(listed, index)) for index in (0, 3)] == ["resources/a.job.yml:8", "targets.yml:16"]
    assert "depends_on" not in listed[3]
    assert tasks(root, "dev")[1]["timeout_seconds"] == 60  # nothing of the shared part was changed


def test_a_variables_value_is_where_the_target_or_its_default_has_it(root):
    config = read_bundle(root).config
    found = {name: for_target(config, name)["variables"] for name in ("dev", "prod")}
    assert {name: (it["retries"], str(place_of(it, "retries"))) for name, it in found.items()} == {
        "dev": (2, "resources/a.job.yml:3"),
        "prod": (5, "targets.yml:7"),
    }


def test_two_items_of_one_name_in_one_list_stay_two(root):
    path = root / "targets.yml"
    path.write_text(path.read_text().replace("task_key: four", "task_key: two"))
    assert [task["task_key"] for task in tasks(root, "prod")] == ["one", "two", "three", "two"]


def test_values_without_places_have_none():
    assert place_of({"a": 1}, "a") is None
    assert place_of([1], 0) is None
    assert place_of(None) is None


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
def test_the_shipped_bundle_reads_as_plain_yaml_does(monkeypatch, loader):
    class Loader(getattr(yaml, loader)):
        place = placed_yaml._PlacedLoader.place

    for tag, function in (("map", placed_yaml._mapping), ("seq", placed_yaml._sequence)):
        Loader.add_constructor(f"tag:yaml.org,2002:{tag}", function)
    monkeypatch.setattr(placed_yaml, "_PlacedLoader", Loader)
    for path in [ROOT / "databricks.yml", *ROOT.glob("bundle/*.yml"), *ROOT.glob("resources/*.yml")]:
        read = as_mapping(placed_yaml.read_placed(path, ROOT))
        assert json.dumps(read) == json.dumps(yaml.safe_load(path.read_text()))
        assert read.places.keys() == read.keys()


def test_a_file_that_is_not_utf_8_is_named_with_its_line(tmp_path):
    (tmp_path / "databricks.yml").write_bytes("bundle:\n  name: Müller\n".encode("cp1252"))
    with pytest.raises(LakehouseError, match=r"databricks.yml is not YAML: line 2 .* save it as UTF-8"):
        read_bundle(tmp_path)
