"""The pipelines that a bundle's files define: where they are found, their sources and their order."""

import re

import pytest

from local_runtime.cli.arguments import main
from local_runtime.errors import LakehouseError, UnsupportedError
from local_runtime.pipelines.bundle import load_pipelines
from tests.conftest import ROOT

PINNED = {"spark.sql.legacy.timeParserPolicy": "CORRECTED", "spark.sql.session.timeZone": "UTC"}


# The project's own bundle


@pytest.mark.parametrize("target", [None, "dev", "staging", "prod"])
def test_pipelines_come_in_the_jobs_order_with_schemas_called_by_their_keys(tmp_path, target):
    pipelines = load_pipelines(ROOT, tmp_path, target)
    assert [pipeline.schema for pipeline in pipelines] == ["bronze", "silver", "silver", "gold"]
    expected = {"lakehouse.landing": str(tmp_path), "lakehouse.file_events": "false"}
    expected["lakehouse.secret_scope"] = "lakehouse"
    assert pipelines[0].configuration == {**expected, **PINNED}
    expected = {"lakehouse.bronze_schema": "bronze", "lakehouse.secret_scope": "lakehouse"}
    assert pipelines[2].configuration == {**expected, **PINNED}
    assert pipelines[1].sources == (ROOT / "src" / "cleanse" / "pipeline.py",)
    assert ROOT / "src" / "silver" / "catalogue" / "pipeline.py" in pipelines[2].sources


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
