"""For-each tasks: what they repeat, and over what."""

import json
from collections.abc import Iterator

from deployment.findings import Finding
from deployment.job_graph.model import JobGraph, JobTask
from deployment.job_graph.references import REFERENCE, parts_of
from local_runtime.pipelines.bundle_config import as_text
from local_runtime.pipelines.placed_yaml import place_of


def repeated(graph: JobGraph) -> Iterator[Finding]:
    """A for-each task repeats one task, which is no for-each task."""
    for task in graph.all_tasks:
        if task.kind == "for_each_task" and task.outer is None and not isinstance(task.work.get("task"), dict):
            yield task.finding("repeats no task", "set for_each_task.task", place_of(task.spec, "for_each_task"))
        if "for_each_task" in task.kinds and task.outer is not None:
            place = place_of(task.spec, "for_each_task")
            yield task.finding(
                "is a for_each_task in a for_each_task", "let it start a job that has the inner one", place
            )


def inputs(graph: JobGraph) -> Iterator[Finding]:
    """It is repeated over a JSON array, or over a reference to one."""
    for task in graph.tasks:
        if task.kind != "for_each_task":
            continue
        given, place = task.work.get("inputs"), graph.place(task.work, "inputs")
        if given is None:
            yield task.finding("has no inputs", "set for_each_task.inputs", place_of(task.spec, "for_each_task"))
        elif isinstance(given, list):
            yield task.finding("has a list of YAML for inputs", "write it as JSON, in quotes: '[\"a\"]'", place)
        else:
            text = graph.target.resolved(given).strip()
            reference = REFERENCE.fullmatch(text)
            if reference and text.count("{{") == 1:
                yield from _referred(graph, task, text, parts_of(reference[1]))
            # A reference within an array is a text, a number or an array itself.
            elif not is_array(REFERENCE.sub("0", text)):
                yield task.finding(
                    f"has the inputs {text!r}, which are no JSON array", 'write one, such as \'["a", "b"]\'', place
                )


def _referred(graph: JobGraph, task: JobTask, written: str, parts: list[str]) -> Iterator[Finding]:
    """Inputs that are a reference; whether what it names is there is asked of every reference."""
    match parts:
        case ["job", "parameters", name]:
            for parameter in graph.job.items("parameters"):
                default = graph.target.resolved(parameter.get("default")).strip()
                if parameter.get("name") == name and default and "{{" not in default and not is_array(default):
                    yield task.finding(
                        f"is repeated over the parameter {name}, whose default {default!r} is no JSON array",
                        'write one, such as \'["a", "b"]\'',
                        graph.place(parameter, "default"),
                    )
        case ["tasks", _, "values" | "output", *rest] if rest not in (["first_row"], ["alert_state"]):
            return
        case ["job", "trigger", "table_update", "updated_tables"] | []:
            return
        case _:
            yield task.finding(
                f"is repeated over {written}, which is no array",
                "use a job parameter, a task value or the rows of a sql_task",
                graph.place(task.work, "inputs"),
            )


def is_array(text: str) -> bool:
    """Whether a text is a JSON array."""
    try:
        return isinstance(json.loads(as_text(text)), list)
    except ValueError:
        return False
