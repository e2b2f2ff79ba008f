"""A job makes the folders that its pipeline streams from; each reintroduced mistake is found."""

import pytest

from deployment.landing import folders_are_made
from tests.deployment.mistakes import Mistakes, config, findings, targets

mistake = Mistakes()
MISSING = "prod: resources.jobs.medallion makes no folders in /Volumes/"


def medallion(bundle):
    return bundle["resources"]["jobs"]["medallion"]


def parameters(bundle):
    return medallion(bundle)["tasks"][0]["spark_python_task"]["parameters"]


@mistake(MISSING)
def no_task_that_makes_folders(bundle):
    del medallion(bundle)["tasks"][0]
    del medallion(bundle)["tasks"][0]["depends_on"]


@mistake(MISSING)
def a_task_that_is_not_waited_for(bundle):
    del medallion(bundle)["tasks"][1]["depends_on"]


@mistake(MISSING)
def folders_elsewhere(bundle):
    parameters(bundle)[1] = "/Volumes/${var.catalog}/${resources.schemas.gold.name}/${resources.volumes.landing.name}"


@mistake("prod: resources.jobs.nightly makes no folders in /Volumes/")
def another_job_that_runs_the_pipeline(bundle):
    task = {"task_key": "bronze", "pipeline_task": {"pipeline_id": "${resources.pipelines.bronze_pipeline.id}"}}
    bundle["resources"]["jobs"]["nightly"]["tasks"].append(task)


@mistake(
    "prod: resources.jobs.medallion passes ${workspace.root_path}/src to ../src/tasks/make_landing_folders.py, which "
    "is not where its code is uploaded to; pass ${workspace.file_path}/src and /Volumes/"
)
def code_elsewhere(bundle):
    parameters(bundle)[0] = "${workspace.root_path}/src"


@mistake("passes nothing to ../src/tasks/make_landing_folders.py")
def no_code(bundle):
    del parameters(bundle)[0]


@pytest.mark.parametrize(("put_back", "finding"), mistake.all)
def test_a_mistake_that_is_put_back_is_found(put_back, finding):
    bundle = config()
    put_back(bundle)
    assert finding in "\n".join(map(str, findings(bundle)))


def test_tasks_that_wait_for_each_other_are_followed_once():
    bundle = config()
    medallion(bundle)["tasks"][0]["depends_on"] = [{"task_key": "bronze"}]
    assert [finding for target in targets(bundle) for finding in folders_are_made(target)] == []


@pytest.mark.parametrize("file", ["../src/tasks/make_landing_folders.py", "${workspace.file_path}/src/tasks/make.py"])
def test_a_task_right_before_or_long_before_the_pipeline_is_fine(file):
    bundle = config()
    first, bronze, *_ = medallion(bundle)["tasks"]
    first["spark_python_task"]["python_file"] = file
    between = {**first, "task_key": "between", "depends_on": [{"task_key": "landing_folders"}]}
    medallion(bundle)["tasks"].append(between)
    bronze["depends_on"] = [{"task_key": "between"}, {"task_key": "of no task"}]
    assert [finding for target in targets(bundle) for finding in folders_are_made(target)] == []
