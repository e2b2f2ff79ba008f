"""Dynamic value references, `{{…}}`, which the workspace replaces by texts: what is unknown stays as it is written."""

import re
from collections.abc import Iterator
from dataclasses import replace

from deployment.findings import Finding
from deployment.job_graph.columns import columns_of_task
from deployment.job_graph.dependencies import nearest
from deployment.job_graph.model import JobGraph, JobTask
from local_runtime.pipelines.bundle_config import as_text
from local_runtime.pipelines.placed_yaml import place_of

REFERENCE = re.compile(r"\{\{([^{}]*)\}\}")
UNCLOSED = re.compile(r"\{\{ *(?:jobs?|tasks?|input|workspace)\b[^{]*")
NAME = re.compile(r"`([^`]*)`|([^.`]+)")
SECRETS = "secrets/"
TIMES = (
    *("iso_weekday", "is_weekday", "iso_date", "iso_datetime", "year", "month", "day", "hour", "minute", "second"),
    "timestamp_ms",
)
OF_EACH_TASK = ("run_id", "result_state", "error_code", "execution_count", "notebook_path")
# The vendor's list ("Dynamic value references"). <time> is one of TIMES, <name> one name, <…> one or more.
FORMS = (
    *("job.id", "job.name", "job.run_id", "job.repair_count", "job.start_time.<time>", "job.parameters.<name>"),
    *("job.trigger.type", "job.trigger.file_arrival.location", "job.trigger.time.<time>"),
    *("job.trigger.table_update.updated_tables", "job.trigger.table_update.<…>"),
    *("task.name", "task.run_id", "task.execution_count", "task.notebook_path"),
    *(f"tasks.<name>.{value}" for value in OF_EACH_TASK),
    *("tasks.<name>.values.<…>", "tasks.<name>.output.rows", "tasks.<name>.output.first_row"),
    *("tasks.<name>.output.first_row.<name>", "tasks.<name>.output.alert_state"),
    *("input", "input.<…>", "workspace.id", "workspace.url"),
    # Deprecated, and still replaced.
    *("job_id", "run_id", "parent_run_id", "task_key", "start_date", "start_time", "task_retry_count"),
)
SPLIT_FORMS = [form.split(".") for form in FORMS]
NOTEBOOKS = ("notebook_task", "clean_rooms_notebook_task")


def known(graph: JobGraph) -> Iterator[Finding]:
    """Every reference is one of the vendor's, to what the job declares and the task may know."""
    for task in graph.all_tasks:
        for text, place in graph.texts_of(task):
            for mistake in _mistakes(graph, task, text):
                yield task.finding(mistake.problem, mistake.remedy, place, may_be_new=mistake.may_be_new)
    for parameter in graph.job.items("parameters"):
        for text, place in graph.texts(parameter.get("default"), place_of(parameter, "default")):
            for mistake in _mistakes(graph, None, text):
                owner = f"the parameter {as_text(parameter.get('name'))} of the job {graph.job.key}"
                yield replace(mistake, place=owner, line=str(place or ""))


def parts_of(reference: str) -> list[str]:
    """The names of a reference, without backticks: `tasks.a.values.b` is four. None of what can't be read."""
    reference = reference.strip()
    names = [match[1] or match[2] or "" for match in NAME.finditer(reference)]
    rest = NAME.sub("", reference)
    return names if rest == "." * (len(names) - 1) else []


def _mistakes(graph: JobGraph, task: JobTask | None, text: str) -> Iterator[Finding]:
    """What is wrong with the references of a text, wherever that is; a job's parameter is of no task."""
    text = graph.target.resolved(text) or text
    for match in REFERENCE.finditer(text):
        if not match[1].strip().startswith(SECRETS):
            parts = parts_of(match[1])
            if not any(_is_of(form, parts) for form in SPLIT_FORMS):
                problem = f"reads {match[0]}, which nothing replaces"
                yield Finding("", problem, _spelled(match[1]), may_be_new=True)
            else:
                yield from (Finding("", *wrong) for wrong in _wrong(graph, task, match[0], parts))
    if unclosed := UNCLOSED.search(REFERENCE.sub("", text)):
        yield Finding("", f"reads {unclosed[0].strip()!r}, which isn't closed and so isn't replaced", "end it in }}")


def _is_of(form: list[str], parts: list[str]) -> bool:
    if form[-1] == "<…>":
        parts = [*parts[: len(form) - 1], "<…>"] if len(parts) >= len(form) else parts
    return len(form) == len(parts) and all(
        expected in (part, "<name>") or (expected == "<time>" and part in TIMES)
        for expected, part in zip(form, parts, strict=True)
    )


def _spelled(reference: str) -> str:
    """How it may have been meant: its names may be those of a job or task."""
    parts = parts_of(reference)
    forms = [
        ".".join(part if name == "<name>" else name for name, part in zip(form, parts, strict=True))
        for form in SPLIT_FORMS
        if len(form) == len(parts)
    ]
    if parts and parts[-1] not in TIMES and parts[:2] == ["job", "start_time"]:
        return f"write one of {', '.join(TIMES)}"
    return nearest(reference.strip(), forms, "write one of the vendor's dynamic value references")


def _wrong(graph: JobGraph, task: JobTask | None, written: str, parts: list[str]) -> Iterator[tuple[str, str]]:
    match parts:
        case ["job", "parameters", name]:
            names = [as_text(parameter.get("name")) for parameter in graph.job.items("parameters")]
            if name not in names:
                yield (
                    f"reads {written}, and the job declares no parameter {name}",
                    nearest(name, names, "add it to the job's parameters"),
                )
        case ["input", *_] if task is None or task.outer is None:
            yield f"reads {written} outside a for_each_task", "read it in the task that a for_each_task repeats"
        case ["task", *_] | ["tasks", *_] if task is None:
            yield f"reads {written}, and a job's parameters are set before its tasks run", "read it in a task"
        case ["task", "notebook_path"] if task and task.kind and task.kind not in NOTEBOOKS:
            yield f"reads {written} and is a {task.kind}", "read task.name"
        case ["tasks", name, *value] if task:
            yield from _of_task(graph, task, written, name, value)


def _of_task(graph: JobGraph, task: JobTask, written: str, name: str, value: list[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with a reference to a task's value."""
    source = graph.by_key.get(name)
    if source is None:
        earlier = [key for key in graph.by_key if key in graph.upstream(task)]
        yield f"reads {written}, and the job has no task {name}", nearest(name, earlier, "name one that runs before it")
        return
    if name not in graph.upstream(task):
        yield (
            f"reads {written}, and {name} doesn't end before it starts",
            f"add {name} to depends_on" if name != (task.outer or task).key else "read another task's",
        )
    if not source.kind:
        return
    work, is_rows = source.work, value[:2] in (["output", "rows"], ["output", "first_row"])
    if value[0] == "values" and source.kind not in NOTEBOOKS:
        yield (
            f"reads {written}, and {name} is a {source.kind}: only notebooks set task values",
            f"let a sql_task select it, and read {{{{tasks.{name}.output.first_row.COLUMN}}}}",
        )
    elif value == ["notebook_path"] and source.kind not in NOTEBOOKS:
        yield f"reads {written}, and {name} is a {source.kind}, which has no notebook", "read another value of it"
    elif is_rows and not (source.kind == "sql_task" and ("query" in work or "file" in work)):
        yield f"reads {written}, and {name} is no sql_task that selects rows", "read a sql_task with a file or query"
    elif value == ["output", "alert_state"] and source.kind != "alert_task" and "alert" not in work:
        yield f"reads {written}, and {name} evaluates no alert", "read an alert_task, or a sql_task with an alert"
    elif is_rows and len(value) > 2:
        yield from _column(graph, source, written, value[2])


def _column(graph: JobGraph, source: JobTask, written: str, column: str) -> Iterator[tuple[str, str]]:
    columns, where = columns_of_task(graph, source)
    if columns is not None and column.lower() not in [name.lower() for name in columns]:
        yield (
            f"reads {written}, and {where} selects {', '.join(columns)}",
            nearest(column, columns, f"name one of them, or select {column}"),
        )
