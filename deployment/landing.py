"""The check that Auto Loader finds its folders: a job makes them before it runs the pipeline that streams from them."""

import posixpath
from collections.abc import Iterator

from deployment.findings import Finding
from deployment.targets import Resource, Target, at
from local_runtime.errors import LakehouseError
from local_runtime.pipelines.bundle import LANDING
from local_runtime.pipelines.bundle_config import Config, as_list, as_mapping, as_text
from local_runtime.pipelines.jobs import tasks_before

SCRIPT = "src/tasks/make_landing_folders.py"
UPLOADED = "${workspace.file_path}"


def folders_are_made(target: Target) -> Iterator[Finding]:
    """In each job that runs a pipeline with a landing folder, a Python task before it gets that folder and its code."""
    for pipeline in target.resources("pipelines"):
        landing = at(pipeline.spec, "configuration", LANDING)
        for job in target.resources("jobs") if landing is not None else ():
            if any(_runs(task, pipeline) for task in job.items("tasks")):
                yield from _task(job, pipeline, as_text(landing))


def _task(job: Resource, pipeline: Resource, landing: str) -> Iterator[Finding]:
    try:
        tasks = tasks_before(pipeline.key, {job.key: job.spec})
    except LakehouseError as error:
        yield Finding(job.place, f"has no order for its tasks: {str(error).rstrip('.')}", "correct depends_on")
        return
    earlier = [as_mapping(task.get("spark_python_task")) for _, task in tasks]
    makers = [python for python in earlier if landing in as_list(python.get("parameters"))]
    if not makers:
        yield Finding(
            job.place,
            f"makes no folders in {landing} before it runs {pipeline.key}, and Auto Loader fails on a missing one",
            f"put a task with {SCRIPT} before it, with that path as a parameter",
        )
    for python in makers:
        others = [as_text(value) for value in as_list(python.get("parameters")) if value != landing]
        expected = f"{UPLOADED}/{_uploaded(as_text(python.get('python_file')))}"
        if others != [expected]:
            yield Finding(
                job.place,
                f"passes {', '.join(others) or 'nothing'} to {python.get('python_file')}, which is not where its code "
                "is uploaded to",
                f"pass {expected} and {landing}",
            )


def _runs(task: Config, pipeline: Resource) -> bool:
    return as_text(at(task, "pipeline_task", "pipeline_id")) == f"${{resources.{pipeline.address}.id}}"


def _uploaded(file: str) -> str:
    """The folder below the bundle's root that a file is in, such as src; paths start from the folder resources."""
    below = file.removeprefix(f"{UPLOADED}/") if file.startswith(UPLOADED) else f"resources/{file}"
    return posixpath.normpath(below).partition("/")[0]
