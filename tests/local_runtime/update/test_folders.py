"""A folder that is streamed from must be there, unless the bundle's job makes it first."""

import pytest
import yaml

from local_runtime.errors import LakehouseError

LANDING = "set by the runtime"
TITLES = """
@dp.table
def titles():
    return read_csv("titles", **{"cloudFiles.schemaHints": "id STRING"}).select("id")
"""


def add_job(project, *tasks):
    """A job: tasks in order, each after the one before; `bronze` runs the pipeline, others are Python files."""
    entries = []
    for place, (key, parameters) in enumerate(tasks):
        work = {"spark_python_task": {"python_file": "make.py", "parameters": parameters}}
        if key == "bronze":
            work = {"pipeline_task": {"pipeline_id": "${resources.pipelines.bronze_pipeline.id}"}}
        entries.append({"task_key": key, "depends_on": [{"task_key": name} for name, _ in tasks[:place][-1:]], **work})
    (project.root / "resources" / "make.py").write_text("")
    path = project.root / "resources" / "job.job.yml"
    path.write_text(yaml.safe_dump({"resources": {"jobs": {"job": {"tasks": entries}}}}))


def test_a_missing_folder_that_no_job_makes_is_refused_as_on_databricks(project):
    project.pipeline("bronze", TITLES)
    with pytest.raises(LakehouseError, match=r"bronze.titles streams from .*landing/titles, which is not a folder"):
        project.update()
    assert not project.lake.log("bronze.titles").exists()
    assert [*project.landing.iterdir()] == []
    project.folders("titles")
    project.run()
    assert project.rows("bronze.titles") == []


def test_a_missing_folder_that_the_job_makes_first_is_empty_and_is_not_made_here(project):
    project.pipeline("bronze", TITLES)
    add_job(project, ("folders", [LANDING]), ("wait", []), ("bronze", None))
    project.run()
    assert project.rows("bronze.titles") == []
    assert [*project.landing.iterdir()] == []
    project.land("titles/a.csv", "id\ns1\n")
    project.run()
    assert project.rows("bronze.titles") == [("s1",)]


def test_a_landing_folder_may_be_given_by_way_of_another(project):
    project.pipeline("bronze", TITLES)
    add_job(project, ("folders", [LANDING]), ("bronze", None))
    beside = project.landing.parent / "beside"
    beside.mkdir()
    project.landing = beside / ".." / project.landing.name
    project.run()
    assert project.rows("bronze.titles") == []


@pytest.mark.parametrize(
    "tasks",
    [
        pytest.param([("bronze", None), ("folders", [LANDING])], id="a_task_behind_the_pipeline"),
        pytest.param([("folders", ["/Volumes/another"]), ("bronze", None)], id="a_task_over_another_folder"),
    ],
)
def test_a_task_that_can_not_make_the_folder_first_counts_for_nothing(project, tasks):
    project.pipeline("bronze", TITLES)
    add_job(project, *tasks)
    with pytest.raises(LakehouseError, match="is not a folder that exists"):
        project.update()


def test_a_task_whose_file_is_missing_counts_for_nothing(project):
    project.pipeline("bronze", TITLES)
    add_job(project, ("folders", [LANDING]), ("bronze", None))
    (project.root / "resources" / "make.py").unlink()
    with pytest.raises(LakehouseError, match="is not a folder that exists"):
        project.update()


def test_a_missing_folder_outside_the_landing_folder_is_refused(project):
    elsewhere = project.root / "elsewhere"
    project.pipeline("bronze", TITLES.replace('"titles"', f'"../{elsewhere.name}"'))
    add_job(project, ("folders", [LANDING]), ("bronze", None))
    with pytest.raises(LakehouseError, match="is not a folder that exists"):
        project.update()
