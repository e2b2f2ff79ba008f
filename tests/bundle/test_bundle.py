"""The bundle: typed classes reject unknown fields; what the code reads is configured; the CLI judges, if there."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

FILES = sorted((ROOT / "resources").glob("*.yml"))
RESOURCES = [
    (path, kind, key, spec)
    for path in FILES
    for kind, entries in yaml.safe_load(path.read_text())["resources"].items()
    for key, spec in entries.items()
]


def resource(kind, key):
    return next(spec for _, found, name, spec in RESOURCES if (found, name) == (kind, key))


@pytest.mark.parametrize(("path", "kind", "key", "spec"), RESOURCES, ids=lambda value: getattr(value, "name", ""))
def test_a_resource_has_no_field_that_databricks_does_not_know(path, kind, key, spec):
    bundles = pytest.importorskip("databricks.bundles")
    assert bundles
    from databricks.bundles.jobs import Job
    from databricks.bundles.pipelines import Pipeline
    from databricks.bundles.schemas import Schema
    from databricks.bundles.volumes import Volume

    typed = {"jobs": Job, "pipelines": Pipeline, "schemas": Schema, "volumes": Volume}[kind]
    assert typed.from_dict(spec)
    with pytest.raises((TypeError, ValueError)):
        typed.from_dict({**spec, "no_such_field": 1})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_holds_one_resource_and_says_which_kind(path):
    found = [(kind, key) for file, kind, key, _ in RESOURCES if file == path]
    assert len(found) == 1
    assert path.name.endswith(f".{found[0][0].removesuffix('s')}.yml")


def test_no_two_resources_share_a_key():
    keys = [key for _, _, key, _ in RESOURCES]
    assert len(keys) == len(set(keys))


def test_a_pipeline_has_a_name_publishes_to_its_own_schema_and_finds_its_sources():
    for path, kind, key, spec in RESOURCES:
        if kind == "pipelines":
            layer = key.removesuffix("_pipeline")
            assert spec["name"]
            assert spec["schema"] == f"${{resources.schemas.{layer}.name}}"
            assert (path.parent / spec["root_path"]).resolve() == ROOT / "src"
            for library in spec["libraries"]:
                assert (path.parent / library["glob"]["include"]).is_file()


def test_what_the_code_reads_from_the_configuration_is_there_and_nothing_else():
    for layer in ("bronze", "silver", "gold"):
        sources = [path.read_text() for path in (ROOT / "src" / layer).rglob("pipeline.py")]
        read = {key for source in sources for key in re.findall(r'spark\.conf\.get\("([^"]+)"', source)}
        assert set(resource("pipelines", f"{layer}_pipeline")["configuration"]) == read


def test_every_pipeline_file_is_a_library_of_its_layer():
    for layer in ("bronze", "silver", "gold"):
        libraries = [library["glob"]["include"] for library in resource("pipelines", f"{layer}_pipeline")["libraries"]]
        files = (path.relative_to(ROOT).as_posix() for path in (ROOT / "src" / layer).rglob("pipeline.py"))
        assert sorted(libraries) == sorted(f"../{path}" for path in files)


def test_every_reference_leads_somewhere():
    variables = yaml.safe_load((ROOT / "bundle" / "variables.yml").read_text())["variables"]
    for path in [*FILES, *sorted((ROOT / "bundle").glob("*.yml"))]:
        for reference in re.findall(r"\$\{([^}]+)\}", path.read_text()):
            parts = reference.split(".")
            if parts[0] == "var":
                assert parts[1] in variables, (path.name, reference)
            elif parts[0] == "resources":
                assert parts[3] in {"id", *resource(parts[1], parts[2])}, (path.name, reference)
            else:
                assert parts[0] in {"bundle", "workspace"}, (path.name, reference)


def test_variables_are_described():
    variables = yaml.safe_load((ROOT / "bundle" / "variables.yml").read_text())["variables"]
    assert all(variable["description"] for variable in variables.values())


def test_the_job_runs_the_layers_in_order_when_files_arrive():
    job = resource("jobs", "medallion")
    assert [task["task_key"] for task in job["tasks"]] == ["bronze", "silver", "gold"]
    assert [[d["task_key"] for d in task.get("depends_on", [])] for task in job["tasks"]] == [
        [],
        ["bronze"],
        ["silver"],
    ]
    assert job["trigger"]["file_arrival"]["url"].endswith("/")
    assert job["max_concurrent_runs"] == 1


def test_root_keys_are_databricks_own():
    known = {"artifacts", "bundle", "environments", "experimental", "include", "permissions", "presets", "python",
             "resources", "run_as", "scripts", "sync", "targets", "variables", "workspace"}  # fmt: skip
    for path in [ROOT / "databricks.yml", *FILES, *sorted((ROOT / "bundle").glob("*.yml"))]:
        assert set(yaml.safe_load(path.read_text())) <= known, path
    assert yaml.safe_load((ROOT / "databricks.yml").read_text())["bundle"]["engine"] == "direct"


def test_the_databricks_cli_knows_every_field_that_the_bundle_uses(tmp_path):
    """`bundle schema` needs no workspace; `validate` and `deploy` do."""
    cli = shutil.which("databricks")
    if cli is None:
        pytest.skip("the Databricks CLI is not on PATH")
    schema = json.loads(subprocess.run([cli, "bundle", "schema"], capture_output=True, text=True, check=True).stdout)
    assert {"resources", "targets"} <= set(schema["properties"])
    validated = subprocess.run([cli, "bundle", "validate", "--strict"], cwd=Path(ROOT), capture_output=True, text=True)
    assert "unknown field" not in validated.stderr + validated.stdout
