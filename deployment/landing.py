"""The check that Auto Loader finds its folders: a job makes them before it runs the pipeline that streams from them."""

import posixpath
from collections.abc import Iterator

from deployment.findings import Finding
from deployment.targets import Resource, Target, started_by
from local_runtime.pipelines.bundle_config import (
    LANDING,
    Config,
    as_list,
    as_mapping,
    as_text,
    at,
    earlier_tasks,
    tasks_of,
)

SCRIPT = "src/tasks/make_landing_folders.py"
UPLOADED = "${workspace.file_path}"


def folders_are_made(target: Target) -> Iterator[Finding]:
    """In each job that runs a pipeline with a landing folder, a Python task before it gets that folder and its code."""
    for pipeline in target.resources("pipelines"):
        landing = at(pipeline.spec, "configuration", LANDING)
        for job in target.resources("jobs") if landing is not None else ():
            for task in job.items("tasks"):
                if started_by(task) == pipeline.address:
                    yield from _made(job, task, pipeline, as_text(landing))


def _made(job: Resource, task: Config, pipeline: Resource, landing: str) -> Iterator[Finding]:
    earlier = [as_mapping(one.get("spark_python_task")) for one in earlier_tasks(task, tasks_of(job.spec)).values()]
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


def _uploaded(file: str) -> str:
    """The folder below the bundle's root that a file is in, such as src; paths start from the folder resources."""
    below = file.removeprefix(f"{UPLOADED}/") if file.startswith(UPLOADED) else f"resources/{file}"
    return posixpath.normpath(below).partition("/")[0]
