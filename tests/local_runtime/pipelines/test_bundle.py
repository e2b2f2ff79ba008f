import re

import pytest
import yaml

from local_runtime.cli.arguments import main
from local_runtime.errors import LakehouseError, UnsupportedError
from local_runtime.pipelines.bundle import load_pipelines
from local_runtime.pipelines.bundle_config import for_target, read_bundle, resolve
from tests.conftest import ROOT

PINNED = {"spark.sql.legacy.timeParserPolicy": "CORRECTED", "spark.sql.session.timeZone": "UTC"}


class Files:
    """Writes a bundle of a databricks.yml and one YAML file per resource."""

    def __init__(self, root):
        self.root = root
        self.main()

    def main(self, **sections):
        self.write("databricks.yml", {"bundle": {"name": "test"}, "include": ["resources/*.yml"], **sections})

    def write(self, name, content):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))

    def pipeline(self, key, file=None, **fields):
        self.write(f"src/{key}/pipeline.py", "")
        libraries = [{"glob": {"include": f"../src/{key}/pipeline.py"}}]
        spec = {"name": key, "schema": key, "root_path": "../src", "libraries": libraries, **fields}
        self.write(f"resources/{file or key}.pipeline.yml", {"resources": {"pipelines": {key: spec}}})

    def job(self, key, tasks):
        """`tasks`: the pipelines that they run, each with the tasks that it waits for."""
        entries = [
            {
                "task_key": task,
                "depends_on": [{"task_key": earlier} for earlier in after],
                "pipeline_task": {"pipeline_id": f"${{resources.pipelines.{task}.id}}"},
            }
            for task, after in tasks.items()
        ]
        self.write(f"resources/{key}.job.yml", {"resources": {"jobs": {key: {"tasks": entries}}}})

    def load(self, target=None):
        return load_pipelines(self.root, self.root / "landing", target)

    def config(self, target=None):
        return for_target(read_bundle(self.root).config, target)


@pytest.fixture
def bundle(tmp_path):
    return Files(tmp_path)


# The project's own bundle


@pytest.mark.parametrize("target", [None, "dev", "staging", "prod"])
def test_pipelines_come_in_the_jobs_order_with_schemas_called_by_their_keys(tmp_path, target):
    pipelines = load_pipelines(ROOT, tmp_path, target)
    assert [pipeline.schema for pipeline in pipelines] == ["bronze", "silver", "gold"]
    expected = {"lakehouse.landing": str(tmp_path), "lakehouse.file_events": "false"}
    assert pipelines[0].configuration == {**expected, **PINNED}
    expected = {"lakehouse.bronze_schema": "bronze", "lakehouse.secret_scope": "lakehouse"}
    assert pipelines[1].configuration == {**expected, **PINNED}
    assert ROOT / "src" / "silver" / "catalogue" / "pipeline.py" in pipelines[1].sources


def test_the_command_line_names_the_targets_when_there_is_no_such_one(tmp_path, capsys):
    assert main(["graph", "--target", "nope", "--lake", str(tmp_path), "--landing", str(tmp_path)]) == 1
    assert re.search(r"no target nope\. There are: .*prod", capsys.readouterr().err)


# Files


def test_a_folder_without_a_bundle_is_named(tmp_path):
    with pytest.raises(LakehouseError, match=r"databricks\.yml is missing"):
        load_pipelines(tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("sections", "looked_at"),
    [
        ({"include": []}, "databricks.yml defines none and includes no file."),
        (
            {},
            "databricks.yml and the files that it includes (resources/*.yml) define none; no file matches "
            "resources/*.yml.",
        ),
        (
            {"include": ["jobs/*.yml", "resource/*.yml"]},
            "databricks.yml and the files that it includes (jobs/*.yml, resource/*.yml) define none; no file matches "
            "resource/*.yml.",
        ),
        (
            {"include": ["jobs/*.yml"]},
            "databricks.yml and the files that it includes (jobs/*.yml) define none.",
        ),
    ],
)
def test_a_bundle_without_a_pipeline_is_an_error_that_says_where_one_was_looked_for(bundle, sections, looked_at):
    bundle.main(**sections)
    bundle.write("jobs/one.job.yml", {"resources": {"jobs": {"one": {"tasks": []}}}})
    with pytest.raises(LakehouseError) as refused:
        bundle.load()
    assert str(refused.value) == f"No pipeline in the bundle {bundle.root}: {looked_at}"


def test_a_file_that_is_no_yaml_is_named(bundle):
    bundle.write("resources/broken.job.yml", "a: [")
    with pytest.raises(LakehouseError, match=r"broken\.job\.yml is not YAML"):
        bundle.load()


def test_a_key_in_two_files_is_an_error_that_names_both(bundle):
    bundle.pipeline("one")
    bundle.pipeline("one", file="other")
    with pytest.raises(LakehouseError, match=r"key one: in .*one\.pipeline\.yml and in .*other\.pipeline\.yml"):
        bundle.load()


def test_a_key_of_two_kinds_of_resources_is_an_error(bundle):
    bundle.pipeline("one")
    bundle.write("resources/one.schema.yml", {"resources": {"schemas": {"one": {"name": "one"}}}})
    with pytest.raises(LakehouseError, match="Two resources have the key one"):
        bundle.load()


def test_a_resource_may_be_in_the_main_file(bundle):
    bundle.write("p.py", "")
    spec = {"name": "p", "schema": "s", "root_path": ".", "libraries": [{"glob": {"include": "p.py"}}]}
    bundle.main(resources={"pipelines": {"p": spec}})
    assert bundle.load()[0].sources == (bundle.root / "p.py",)


# Targets


def test_the_default_target_is_the_one_that_says_so_or_the_only_one(bundle):
    bundle.main(targets={"dev": {}, "prod": {"default": True}})
    assert bundle.config()["bundle"]["target"] == "prod"
    bundle.main(targets={"dev": None})
    assert bundle.config()["bundle"]["target"] == "dev"
    bundle.main()
    assert bundle.config()["bundle"]["target"] == "default"


def test_without_a_default_target_one_must_be_named(bundle):
    bundle.main(targets={"dev": {}, "prod": {}})
    with pytest.raises(LakehouseError, match=r"no default target.*dev, prod"):
        bundle.config()


def test_a_targets_overrides_are_merged_into_resources(bundle):
    bundle.pipeline("one", configuration={"a": "1", "b": "1"})
    bundle.main(targets={"dev": {"resources": {"pipelines": {"one": {"schema": "other", "configuration": {"b": 2}}}}}})
    (pipeline,) = bundle.load()
    assert pipeline.schema == "other"
    assert pipeline.configuration == {"a": "1", "b": "2"}


def test_lists_of_a_target_follow_those_of_the_bundle(bundle):
    bundle.write("resources/s.schema.yml", {"resources": {"schemas": {"s": {"name": "s", "grants": [1]}}}})
    bundle.main(targets={"dev": {"resources": {"schemas": {"s": {"grants": [2]}}}}})
    assert bundle.config()["resources"]["schemas"]["s"]["grants"] == [1, 2]


def test_a_pipeline_may_be_a_targets_alone(bundle):
    bundle.write("bundle.py", "")
    spec = {"name": "p", "schema": "s", "root_path": ".", "libraries": [{"glob": {"include": "bundle.py"}}]}
    bundle.main(targets={"dev": {"default": True, "resources": {"pipelines": {"p": spec}}}, "prod": {}})
    assert [pipeline.key for pipeline in bundle.load()] == ["p"]
    with pytest.raises(LakehouseError, match=f"No pipeline in the bundle {bundle.root} for the target prod: "):
        bundle.load("prod")


# Variables and references


def test_a_targets_value_of_a_variable_holds_else_the_default(bundle):
    bundle.main(
        variables={"a": {"default": "base"}, "b": {"default": "base"}, "c": {"description": "without"}},
        targets={"dev": {"variables": {"b": "dev", "c": {"default": "full form"}}}},
    )
    assert resolve(["${var.a}", "${var.b}", "-${var.c}-"], bundle.config()) == ["base", "dev", "-full form-"]


def test_a_complex_variable_is_replaced_whole_and_keeps_its_type(bundle):
    bundle.main(
        variables={
            "emails": {"type": "complex", "default": ["a"]},
            "cluster": {"type": "complex", "default": {"x": 1}},
        },
        targets={"dev": {"variables": {"cluster": {"y": {"z": True}}}}},
    )
    assert resolve("${var.emails}", bundle.config()) == ["a"]
    assert resolve(["${var.cluster}", "${var.cluster.y.z}"], bundle.config()) == [{"y": {"z": True}}, True]


def test_a_variable_in_a_schema_and_in_a_variable_is_resolved(bundle):
    bundle.pipeline("one", schema="${var.schema}", configuration={"on": "${var.on}"})
    bundle.main(
        variables={"schema": {}, "on": {"default": True}},
        targets={"dev": {"variables": {"schema": "${bundle.name}_${bundle.target}"}}},
    )
    (pipeline,) = bundle.load()
    assert pipeline.schema == "test_dev"
    assert pipeline.configuration == {"on": "true"}


def test_a_variable_without_a_value_is_an_error_only_where_a_pipeline_needs_it(bundle):
    bundle.pipeline("one", catalog="${var.catalog}")
    bundle.main(variables={"catalog": {}}, targets={"dev": {}})
    assert bundle.load()
    bundle.pipeline("one", schema="${var.catalog}")
    with pytest.raises(
        LakehouseError, match=r"Pipeline one: The variable catalog has no value.*targets\.dev\.variables"
    ):
        bundle.load()


def test_a_value_of_an_undeclared_variable_is_an_error(bundle):
    bundle.main(targets={"dev": {"variables": {"catalogue": "main"}}})
    with pytest.raises(LakehouseError, match="sets variables that aren't declared: catalogue"):
        bundle.config()


def test_what_only_a_workspace_knows_is_left(bundle):
    for reference in ("${workspace.file_path}", "${resources.jobs.j.id}"):
        assert resolve(f"{reference}/x", bundle.config()) == f"{reference}/x"


def test_the_workspaces_user_is_this_machines(bundle, monkeypatch):
    monkeypatch.setenv("LOGNAME", "Jane.Doe")
    assert resolve("${workspace.current_user.short_name}", bundle.config()) == "jane_doe"


def test_a_reference_that_leads_nowhere_or_round_in_a_circle_is_an_error(bundle):
    bundle.main(variables={"a": {"default": "${var.b}"}, "b": {"default": "${var.a}"}}, targets={"dev": {}})
    with pytest.raises(LakehouseError, match=r"var\.a → var\.b → var\.a"):
        resolve("${var.a}", bundle.config())
    with pytest.raises(LakehouseError, match=r"\$\{resources\.schemas\.gone\.name\} leads nowhere"):
        resolve("${resources.schemas.gone.name}", bundle.config())


# Sources


def test_a_glob_that_ends_in_two_stars_means_all_source_files_below(bundle):
    for name in ("a.py", "deep/er/b.py", "notes.md", "deep/data.json"):
        bundle.write(f"src/all/{name}", "")
    bundle.pipeline("one", libraries=[{"glob": {"include": "../src/all/**"}}])
    assert [path.name for path in bundle.load()[0].sources] == ["a.py", "b.py"]


@pytest.mark.parametrize("kind", ["file", "notebook"])
def test_files_and_notebooks_may_be_named_one_by_one(bundle, kind):
    bundle.pipeline("one", libraries=[{kind: {"path": "../src/one/pipe*.py"}}])
    assert bundle.load()[0].sources == (bundle.root / "src" / "one" / "pipeline.py",)


@pytest.mark.parametrize("name", ["tables.sql", "notebook.ipynb"])
def test_what_is_no_python_file_is_refused_by_name(bundle, name):
    bundle.write(f"src/all/{name}", "")
    bundle.pipeline("one", libraries=[{"glob": {"include": "../src/all/**"}}])
    with pytest.raises(UnsupportedError, match=f"Pipeline one: .*{name} is not a Python file"):
        bundle.load()


def test_a_library_of_another_kind_is_refused(bundle):
    bundle.pipeline("one", libraries=[{"whl": "x.whl"}])
    with pytest.raises(UnsupportedError, match="libraries of the kind whl"):
        bundle.load()


@pytest.mark.parametrize(
    ("include", "message"),
    [("../no/pipeline.py", "no file matches"), ("../no/**", "no file matches"), ("../src/one/*.py", "is not a glob")],
)
def test_a_glob_that_finds_nothing_on_databricks_is_an_error(bundle, include, message):
    bundle.pipeline("one", libraries=[{"glob": {"include": include}}])
    with pytest.raises(LakehouseError, match=f"Pipeline one: .*{message}"):
        bundle.load()


def test_what_a_pipeline_lacks_is_named(bundle):
    bundle.write("resources/one.pipeline.yml", {"resources": {"pipelines": {"one": {"name": "one", "libraries": []}}}})
    with pytest.raises(LakehouseError, match=r"Pipeline one .* lacks schema, root_path"):
        bundle.load()


# Jobs


def test_every_job_orders_its_pipelines_and_those_of_no_job_come_last(bundle):
    for key in ("a", "b", "c", "d"):
        bundle.pipeline(key)
    bundle.job("first", {"b": []})
    bundle.job("second", {"a": ["d"], "d": []})
    assert [pipeline.key for pipeline in bundle.load()] == ["b", "d", "a", "c"]


def test_a_circle_of_tasks_is_an_error_that_names_them(bundle):
    bundle.job("j", {"a": ["b"], "b": ["a"]})
    with pytest.raises(LakehouseError, match=r"job j wait for each other: (a → b → a|b → a → b)"):
        bundle.load()


def test_a_dependency_on_a_task_that_is_not_there_is_an_error(bundle):
    bundle.job("j", {"a": ["gone"]})
    with pytest.raises(LakehouseError, match="job j depend on tasks that aren't there: gone"):
        bundle.load()


def test_a_continuous_pipeline_is_refused_by_name(bundle):
    bundle.pipeline("one", continuous=True)
    with pytest.raises(UnsupportedError, match="Pipeline one: continuous: true"):
        bundle.load()
    bundle.pipeline("one", continuous=False)
    assert bundle.load()
