"""What tasks wait for: tasks that are there, in an order that ends, by outcomes that are decided."""

import difflib
import itertools
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from deployment.findings import Finding
from deployment.job_graph.model import JobGraph, JobTask
from deployment.targets import Target, started_by
from local_runtime.pipelines.placed_yaml import place_of

RUN_IF = ("ALL_SUCCESS", "AT_LEAST_ONE_SUCCESS", "NONE_FAILED", "ALL_DONE", "AT_LEAST_ONE_FAILED", "ALL_FAILED")
OUTCOMES = ("true", "false")


def nearest(name: str, known: Iterable[str], otherwise: str) -> str:
    """What to write instead of a name: the nearest known one, if one is near."""
    known = list(known)
    near = difflib.get_close_matches(name, known, 1)
    near = near or [other for other in known if other.lower() == name.lower()]
    return f"write {near[0]}" if near else otherwise


def task_keys(graph: JobGraph) -> Iterator[Finding]:
    """A job has one task of a name: of two, the CLI makes one task with the fields of both."""
    for task in graph.tasks:
        if not task.key:
            yield task.finding("has no name that others could wait for", "set task_key")
        elif graph.by_key[task.key] is not task:
            place = place_of(task.spec, "task_key")
            yield task.finding("is there twice, and the CLI makes one task of both", "rename one of them", place)


def missing(graph: JobGraph) -> Iterator[Finding]:
    """A task waits for tasks of its job."""
    for task in graph.tasks:
        for dependency in graph.dependencies(task):
            if dependency.key not in graph.by_key:
                yield task.finding(
                    f"depends on {dependency.key or 'nothing'}, which is not a task of the job",
                    nearest(dependency.key, graph.by_key, "correct depends_on"),
                    dependency.place or place_of(task.spec, "depends_on"),
                )


def cycles(graph: JobGraph) -> Iterator[Finding]:
    """No task waits for itself, through others either. Of each circle that is left when one is cut, one finding."""
    position = {key: index for index, key in enumerate(graph.by_key)}
    waits_for = {key: [it.key for it in graph.dependencies(task)] for key, task in graph.by_key.items()}
    while circle := _circle(waits_for):
        # The dependency that closes it is the one on a task further down.
        pairs = list(itertools.pairwise(circle))
        start = next(index for index, (waited, waiting) in enumerate(pairs) if position[waited] >= position[waiting])
        last, first = pairs[start]
        way = [last, *(waiting for _, waiting in (*pairs[start:], *pairs[:start]))]
        task = graph.by_key[first]
        yield task.finding(
            f"waits for itself ({' → '.join(way)})",
            f"remove {last} from its depends_on, or cut the circle elsewhere",
            next(it.place for it in graph.dependencies(task) if it.key == last),
        )
        waits_for[first].remove(last)


def _circle(waits_for: dict[str, list[str]]) -> list[str]:
    """Some that wait for each other, each for the one before it, with the first at the end again; empty without."""
    try:
        TopologicalSorter(waits_for).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def outcomes(graph: JobGraph) -> Iterator[Finding]:
    """Only a condition has an outcome, and it is true or false."""
    for task in graph.tasks:
        for dependency in graph.dependencies(task):
            decides = graph.by_key.get(dependency.key)
            if not dependency.outcome or decides is None:
                continue
            if decides.kinds and "condition_task" not in decides.kinds:
                yield task.finding(
                    f"waits for an outcome of {decides.key}, which is a {decides.kinds[0]} and has none",
                    "remove outcome, or wait for a condition_task",
                    dependency.outcome_place,
                )
            elif dependency.outcome not in OUTCOMES:
                yield task.finding(
                    f"waits for the outcome {dependency.outcome!r} of {decides.key}",
                    "write 'true' or 'false'",
                    dependency.outcome_place,
                )


def branches(graph: JobGraph) -> Iterator[Finding]:
    """Both outcomes of a condition lead to a task: a run whose condition has an empty branch ends in SUCCESS."""
    for condition in graph.tasks:
        if condition.kind != "condition_task":
            continue
        waiting = [(task, it) for task in graph.tasks for it in graph.dependencies(task) if it.key == condition.key]
        named = {it.outcome for _, it in waiting if it.outcome}
        if not waiting:
            yield condition.finding("decides nothing, as no task waits for it", "let tasks wait for its outcomes")
        elif not named:
            task, dependency = waiting[0]
            yield task.finding(
                f"depends on the condition {condition.key} without an outcome, as all do that wait for it, "
                "and runs whatever it decides",
                "set outcome to 'true' or 'false'",
                dependency.place,
            )
        else:
            yield from _empty(condition, named)


def _empty(condition: JobTask, named: set[str]) -> Iterator[Finding]:
    if not named <= set(OUTCOMES):
        return
    for outcome in sorted(set(OUTCOMES) - named):
        yield condition.finding(
            f"has no task for the outcome '{outcome}', so a run that leaves out the rest ends in SUCCESS",
            f"let a task wait for outcome: '{outcome}' that fails with the reason, or says that nothing is to do",
        )


def run_if(graph: JobGraph) -> Iterator[Finding]:
    """When a task runs is one of six words."""
    for task in graph.tasks:
        word = graph.target.resolved(task.spec.get("run_if"))
        if word and word not in RUN_IF:
            place = graph.place(task.spec, "run_if")
            remedy = nearest(word, RUN_IF, f"write one of {', '.join(RUN_IF)}")
            yield task.finding(f"has run_if: {word}", remedy, place, may_be_new=True)


def jobs_that_start_each_other(target: Target, graphs: Iterable[JobGraph]) -> Iterator[Finding]:
    """No job starts itself, through others either: such a run never ends."""
    by_address = {graph.job.address: graph for graph in graphs}
    starts = {
        address: [started for task in graph.all_tasks if (started := started_by(task.spec)) in by_address]
        for address, graph in by_address.items()
    }
    while circle := _circle(starts):
        started, starter = circle[0], by_address[circle[1]]
        task = next(task for task in starter.all_tasks if started_by(task.spec) == started)
        names = " → ".join(name.removeprefix("jobs.") for name in reversed(circle))
        yield task.finding(
            f"starts the job that it is a task of ({names}), so no run ends",
            "start another job",
            place_of(task.work, "job_id"),
        )
        starts[starter.job.address].remove(started)
