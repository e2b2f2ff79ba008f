"""The bundle's own order: one resource a file, references that lead somewhere, fields that Databricks knows."""

import dataclasses
import json
import re
import subprocess

import pytest
import yaml

from deployment.job_graph.dependencies import RUN_IF
from deployment.job_graph.model import KINDS
from deployment.job_graph.work import COMPARISONS, NUMERIC_COMPARISONS
from local_runtime.pipelines.bundle import load_pipelines
from local_runtime.pipelines.bundle_config import for_target, read_bundle
from tests.bundle.json_schema import problems
from tests.conftest import ROOT

BUNDLE = read_bundle(ROOT).config
TARGETS = sorted(BUNDLE["targets"])
FILES = sorted((ROOT / "resources").glob("*.yml"))
LEVELS = [ROOT / "databricks.yml", *sorted((ROOT / "bundle").glob("*.yml"))]
RESOURCES = [
    (path, kind, key, spec)
    for path in FILES
    for kind, entries in yaml.safe_load(path.read_text())["resources"].items()
    for key, spec in entries.items()
]
MERGED = [
    pytest.param(kind, spec, id=f"{target}-{key}")
    for target in TARGETS
    for kind, entries in for_target(BUNDLE, target)["resources"].items()
    for key, spec in entries.items()
]


def resource(kind, key):
    return next(spec for _, found, name, spec in RESOURCES if (found, name) == (kind, key))


# Fields: the typed classes know them without a workspace, the CLI's schema where there is a CLI.


@pytest.mark.parametrize(("kind", "spec"), MERGED)
def test_a_resource_has_no_field_that_databricks_does_not_know_in_any_target(kind, spec):
    pytest.importorskip("databricks.bundles")
    from databricks.bundles.apps import App
    from databricks.bundles.dashboards import Dashboard
    from databricks.bundles.jobs import Job
    from databricks.bundles.pipelines import Pipeline
    from databricks.bundles.schemas import Schema
    from databricks.bundles.secret_scopes import SecretScope
    from databricks.bundles.sql_warehouses import SqlWarehouse
    from databricks.bundles.volumes import Volume

    types = {
        "apps": App,
        "sql_warehouses": SqlWarehouse,
        "dashboards": Dashboard,
        "jobs": Job,
        "pipelines": Pipeline,
        "schemas": Schema,
        "secret_scopes": SecretScope,
        "volumes": Volume,
    }
    typed = types[kind]
    assert typed.from_dict(spec)
    with pytest.raises((TypeError, ValueError)):
        typed.from_dict({**spec, "no_such_field": 1})


def test_the_check_of_jobs_knows_the_vendors_kinds_of_tasks_and_its_words():
    pytest.importorskip("databricks.bundles")
    from databricks.bundles.jobs import ConditionTaskOp, RunIf, Task

    assert {field.name for field in dataclasses.fields(Task) if field.name.endswith("_task")} == set(KINDS)
    assert {word.value for word in RunIf} == set(RUN_IF)
    assert {word.value for word in ConditionTaskOp} == {*COMPARISONS, *NUMERIC_COMPARISONS}


def test_an_override_of_a_target_with_an_unknown_field_or_privilege_is_refused():
    pytest.importorskip("databricks.bundles")
    from databricks.bundles.schemas import Schema

    spec = for_target(BUNDLE, "prod")["resources"]["schemas"]["gold"]
    for wrong in (
        {"lifecycle": {"prevent_destruction": True}},
        {"grants": [{"principal": "p", "privileges": ["READ"]}]},
    ):
        with pytest.raises((TypeError, ValueError)):
            Schema.from_dict({**spec, **wrong})


@pytest.fixture(scope="module")
def schema(databricks):
    """The CLI's own JSON schema of a bundle, which needs no workspace."""
    return json.loads(subprocess.run([databricks, "bundle", "schema"], capture_output=True, check=True).stdout)


@pytest.mark.parametrize("path", [*LEVELS, *FILES], ids=lambda path: path.name)
def test_the_databricks_clis_schema_has_every_field_of_a_file(schema, path):
    """A file is a part of the bundle: what it lacks stands in another."""
    found = problems(yaml.safe_load(path.read_text()), schema, schema)
    assert [finding for finding in found if ": lacks " not in finding] == []


@pytest.mark.parametrize("target", TARGETS)
def test_the_databricks_clis_schema_misses_nothing_in_a_target(schema, target):
    """What is merged is whole: `bundle schema` says what must be there."""
    resources = for_target(BUNDLE, target)["resources"]
    assert problems({"bundle": BUNDLE["bundle"], "resources": resources}, schema, schema) == []


@pytest.mark.parametrize("target", TARGETS)
def test_the_databricks_cli_validates_a_target_strictly(databricks, target):
    """In the workspace that the CLI is logged in to, where there is one."""
    if subprocess.run([databricks, "current-user", "me"], cwd=ROOT, capture_output=True).returncode:
        pytest.skip("the Databricks CLI is not logged in to a workspace")
    validate = [databricks, "bundle", "validate", "--strict", "--target", target]
    run = subprocess.run(validate, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


VARIABLE = {"type": "string", "pattern": r"\$\{(var(\.[a-zA-Z]+)+)\}"}
SCHEMA = {
    "$defs": {
        "host": {"cli": {"config.Name": {"oneOf": [{"type": "object", "additionalProperties": {"type": "integer"}}]}}},
        "slice": {"string": {"oneOf": [{"type": "array", "items": {"type": "string"}}, VARIABLE]}},
    },
    "type": "object",
    "properties": {
        "name": {"$ref": "#/$defs/host/cli/config.Name"},
        "mails": {"$ref": "#/$defs/slice/string"},
        "mode": {"oneOf": [{"type": "string", "enum": ["development"]}, VARIABLE]},
        "job": {
            "oneOf": [{"type": "object", "properties": {"a": {}}, "additionalProperties": False, "required": ["a"]}]
        },
    },
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"name": {"a": 1}, "mails": ["a"], "mode": "development", "job": {"a": None}}, []),
        ({"mails": "${var.mails}"}, []),
        ({"mode": "${var.mode}"}, []),
        ({"mode": "develop"}, ["bundle.mode: 'develop' is no choice of development"]),
        ({"nmae": 1}, ["bundle: unknown field nmae"]),
        ({"job": {"a": 1, "b": 2}}, ["bundle.job: unknown field b"]),
        ({"job": {}}, ["bundle.job: lacks a"]),
        ({"mails": [1]}, ["bundle.mails[0]: 1 is no string"]),
        ({"name": {"a": True}}, ["bundle.name.a: True is no integer"]),
    ],
)
def test_the_check_against_a_json_schema_says_what_is_wrong(value, expected):
    assert problems(value, SCHEMA, SCHEMA) == expected


# Files


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_holds_one_resource_and_says_which_kind(path):
    found = [(kind, key) for file, kind, key, _ in RESOURCES if file == path]
    assert len(found) == 1
    assert path.name.endswith(f".{found[0][0].removesuffix('s')}.yml")


def test_no_two_resources_share_a_key():
    keys = [key for _, _, key, _ in RESOURCES]
    assert len(keys) == len(set(keys))


def test_a_target_overrides_only_resources_that_are_there():
    for target in TARGETS:
        for kind, entries in (BUNDLE["targets"][target].get("resources") or {}).items():
            assert set(entries) <= {key for _, found, key, _ in RESOURCES if found == kind}, (target, kind)


def test_root_keys_are_databricks_own():
    known = {"artifacts", "bundle", "environments", "experimental", "include", "permissions", "presets", "python",
             "resources", "run_as", "scripts", "sync", "targets", "variables", "workspace"}  # fmt: skip
    for path in [*LEVELS, *FILES]:
        assert set(yaml.safe_load(path.read_text())) <= known, path


# Resources


def test_a_pipeline_has_a_name_publishes_to_its_schema_and_finds_its_sources():
    for path, kind, key, spec in RESOURCES:
        if kind == "pipelines":
            layer = key.removesuffix("_pipeline")
            schema = "silver" if layer == "cleanse" else layer
            assert spec["name"]
            assert spec["schema"] == f"${{resources.schemas.{schema}.name}}"
            assert spec["event_log"]["name"] == f"{layer}_event_log"
            assert (path.parent / spec["root_path"]).resolve() == ROOT / "src"
            for library in spec["libraries"]:
                assert (path.parent / library["glob"]["include"]).is_file()


@pytest.mark.parametrize("target", TARGETS)
def test_what_the_code_reads_from_the_configuration_is_there_and_nothing_else(tmp_path, target):
    """Settings of Spark are for Spark to read."""
    for pipeline in load_pipelines(ROOT, tmp_path, target):
        code = "\n".join(path.read_text() for path in pipeline.sources)
        read = set(re.findall(r'spark\.conf\.get\("([^"]+)"', code))
        assert {name for name in pipeline.configuration if not name.startswith("spark.")} == read, pipeline.key


def test_every_pipeline_file_is_a_library_of_its_layer():
    for layer in ("bronze", "cleanse", "silver", "gold"):
        libraries = [library["glob"]["include"] for library in resource("pipelines", f"{layer}_pipeline")["libraries"]]
        files = (path.relative_to(ROOT).as_posix() for path in (ROOT / "src" / layer).rglob("pipeline.py"))
        assert sorted(libraries) == sorted(f"../{path}" for path in files)


def test_the_job_makes_the_folders_runs_the_layers_in_order_and_publishes_when_files_arrive():
    job = resource("jobs", "medallion")
    order = ["landing_folders", "bronze", "cleanse", "silver", "gold", "publication"]
    after = {task["task_key"]: [d["task_key"] for d in task.get("depends_on", [])] for task in job["tasks"]}
    # Nothing waits for the metric views: one that fails keeps no state from being published.
    assert after.pop("metric_views") == ["gold"]
    assert after == dict(zip(order, [[], *([key] for key in order[:-1])], strict=True))
    assert job["trigger"]["file_arrival"]["url"].endswith("/")


def test_the_metric_views_are_made_in_golds_schema_by_the_uploaded_code():
    (task,) = (task for task in resource("jobs", "medallion")["tasks"] if task["task_key"] == "metric_views")
    python = task["spark_python_task"]
    assert (ROOT / "resources" / python["python_file"]).resolve() == ROOT / "src" / "tasks" / "make_metric_views.py"
    assert python["parameters"] == [
        "${workspace.file_path}/src",
        "${var.catalog}.${resources.schemas.gold.name}",
    ]
    # No warehouse, and no package of the registry: the first deployment needs neither.
    (environment,) = resource("jobs", "medallion")["environments"]
    assert environment == {"environment_key": task["environment_key"], "spec": {"environment_version": "4"}}


def test_the_dashboard_is_the_generated_file_and_reads_golds_schema_as_its_reader():
    dashboard = resource("dashboards", "lakehouse_dashboard")
    assert (ROOT / "resources" / dashboard["file_path"]).is_file()
    assert (dashboard["dataset_catalog"], dashboard["dataset_schema"]) == (
        "${var.catalog}",
        "${resources.schemas.gold.name}",
    )
    assert dashboard["embed_credentials"] is False
    assert "etag" not in dashboard


def test_another_job_starts_it_by_the_clock():
    job = resource("jobs", "nightly")
    assert [task["run_job_task"] for task in job["tasks"]] == [{"job_id": "${resources.jobs.medallion.id}"}]
    assert set(job["schedule"]) == {"quartz_cron_expression", "timezone_id"}  # a mode pauses it


# References and variables


def test_every_reference_leads_somewhere():
    for path in [*FILES, *LEVELS]:
        for reference in re.findall(r"\$\{([^}]+)\}", path.read_text()):
            parts = reference.split(".")
            if parts[0] == "var":
                assert parts[1] in BUNDLE["variables"], (path.name, reference)
            elif parts[0] == "resources":
                # The first grant of a schema is in each shared target's overrides.
                known = {"id", "grants[0]", *resource(parts[1], parts[2])}
                known |= {"service_principal_client_id"} if parts[1] == "apps" else set()
                assert parts[3] in known, (path.name, reference)
            else:
                assert parts[0] in {"bundle", "workspace"}, (path.name, reference)


def test_variables_are_described_and_used():
    text = "\n".join(path.read_text() for path in [*FILES, *LEVELS])
    for name, variable in BUNDLE["variables"].items():
        assert variable["description"]
        assert f"${{var.{name}}}" in text


@pytest.mark.parametrize("document", ["README.md", "docs/runbook.md"])
def test_no_command_gives_a_value_that_a_target_must_have(document):
    assert not re.search(r"databricks bundle .*(--var|BUNDLE_VAR)", (ROOT / document).read_text())
