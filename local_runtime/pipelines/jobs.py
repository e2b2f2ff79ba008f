"""The bundle's jobs as far as the local runtime needs them: the order of their pipelines, and what runs before one."""

from graphlib import CycleError, TopologicalSorter

from local_runtime.errors import LakehouseError
from local_runtime.pipelines.bundle_config import (
    REFERENCE,
    Config,
    as_mapping,
    as_text,
    at,
    dependencies_of,
    earlier_tasks,
    tasks_of,
)


def in_job_order(jobs: Config, keys: list[str]) -> list[str]:
    """Pipeline keys in the order of the jobs' tasks, one job after the other; those that no job runs come last.

    Raises LakehouseError where tasks depend on missing tasks, or on each other.
    """
    run_by_jobs = [_pipeline_of(task) for job in jobs for task in _tasks_in_order(job, as_mapping(jobs[job])).values()]
    return list(dict.fromkeys([*(key for key in run_by_jobs if key in keys), *keys]))


def tasks_before(pipeline: str, jobs: Config) -> list[tuple[str, Config]]:
    """The tasks that a job runs before the pipeline, each with the job: what its task depends on, at any depth."""
    before: list[tuple[str, Config]] = []
    for job in jobs:
        tasks = _tasks_in_order(job, as_mapping(jobs[job]))
        runs = [task for task in tasks.values() if _pipeline_of(task) == pipeline]
        earlier = {key for task in runs for key in earlier_tasks(task, tasks)}
        before += [(job, tasks[key]) for key in tasks if key in earlier]
    return before


def _tasks_in_order(job: str, spec: Config) -> dict[str, Config]:
    tasks = tasks_of(spec)
    after = {key: dependencies_of(task) for key, task in tasks.items()}
    missing = {earlier for keys in after.values() for earlier in keys} - tasks.keys()
    if missing:
        raise LakehouseError(f"Tasks of the job {job} depend on tasks that aren't there: {', '.join(sorted(missing))}.")
    try:
        return {key: tasks[key] for key in TopologicalSorter(after).static_order()}
    except CycleError as error:
        raise LakehouseError(f"Tasks of the job {job} wait for each other: {' → '.join(error.args[1])}.") from None


def _pipeline_of(task: Config) -> str | None:
    """The key of the pipeline that the task runs; None where it does something else."""
    reference = REFERENCE.fullmatch(as_text(at(task, "pipeline_task", "pipeline_id")))
    match reference[1].split(".") if reference else []:
        case ["resources", "pipelines", key, *_]:
            return key
    return None
