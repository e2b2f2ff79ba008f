"""The bundle's jobs as far as the local runtime needs them: the order of their pipelines, and what runs before one."""

from graphlib import CycleError, TopologicalSorter

from local_runtime.errors import LakehouseError
from local_runtime.pipelines.bundle_config import REFERENCE, Config, as_list, as_mapping, as_text


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
        waiting = [name for name, task in tasks.items() if _pipeline_of(task) == pipeline]
        seen: set[str] = set()
        while waiting:
            earlier = [name for name in _dependencies(tasks[waiting.pop()]) if name not in seen]
            seen.update(earlier)
            waiting += earlier
        before += [(job, tasks[name]) for name in tasks if name in seen]
    return before


def _tasks_in_order(job: str, spec: Config) -> dict[str, Config]:
    tasks = {as_text(task.get("task_key")): task for task in map(as_mapping, as_list(spec.get("tasks")))}
    after = {name: _dependencies(task) for name, task in tasks.items()}
    missing = {earlier for names in after.values() for earlier in names} - tasks.keys()
    if missing:
        raise LakehouseError(f"Tasks of the job {job} depend on tasks that aren't there: {', '.join(sorted(missing))}.")
    try:
        return {name: tasks[name] for name in TopologicalSorter(after).static_order()}
    except CycleError as error:
        raise LakehouseError(f"Tasks of the job {job} wait for each other: {' → '.join(error.args[1])}.") from None


def _dependencies(task: Config) -> list[str]:
    return [as_text(as_mapping(earlier).get("task_key")) for earlier in as_list(task.get("depends_on"))]


def _pipeline_of(task: Config) -> str | None:
    """The key of the pipeline that the task runs; None where it does something else."""
    reference = REFERENCE.fullmatch(as_text(as_mapping(task.get("pipeline_task")).get("pipeline_id")))
    match reference[1].split(".") if reference else []:
        case ["resources", "pipelines", key, *_]:
            return key
    return None
