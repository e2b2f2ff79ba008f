"""What tasks do: one kind of work each, in an environment that is there, tried again only where that helps."""

import re
from collections.abc import Iterator

from deployment.findings import Finding
from deployment.job_graph.dependencies import nearest
from deployment.job_graph.model import KINDS, JobGraph, JobTask
from local_runtime.pipelines.bundle_config import as_text, at
from local_runtime.pipelines.placed_yaml import place_of

SQL_WORK = ("query", "file", "alert", "dashboard")
COMPUTE = ("environment_key", "job_cluster_key", "existing_cluster_id", "new_cluster")
NEED_AN_ENVIRONMENT = ("spark_python_task", "python_wheel_task", "dbt_task")
RESOURCE = re.compile(r"\$\{resources\.(\w+)\.([\w-]+)[^}]*\}")
# Fields with the id of a resource, and its kind.
IDS = {
    ("pipeline_task", "pipeline_id"): "pipelines",
    ("run_job_task", "job_id"): "jobs",
    ("alert_task", "alert_id"): "alerts",
    ("sql_task", "warehouse_id"): "sql_warehouses",
    ("dashboard_task", "dashboard_id"): "dashboards",
}
COMPARISONS = ("EQUAL_TO", "NOT_EQUAL")
NUMERIC_COMPARISONS = ("GREATER_THAN", "GREATER_THAN_OR_EQUAL", "LESS_THAN", "LESS_THAN_OR_EQUAL")
WITHOUT_RETRIES = {
    "pipeline_task": "the update that it starts retries by itself, up to five times, and the two multiply",
    "run_job_task": "the tasks of the job that it starts have their own, and the two multiply",
    "condition_task": "a condition is evaluated once",
    "for_each_task": "only the retries of the task that it repeats count",
}


def kinds(graph: JobGraph) -> Iterator[Finding]:
    """A task has one kind of work, and a sql_task one thing to run."""
    for task in graph.all_tasks:
        unknown = [field for field in task.spec if field.endswith("_task") and field not in KINDS]
        if len(task.kinds) > 1:
            place = place_of(task.spec, task.kinds[1])
            yield task.finding(f"is {' and '.join(task.kinds)} at once", "make a task of each", place)
        elif not task.kinds:
            what = f"has {unknown[0]}, which is no kind of task" if unknown else "does nothing"
            remedy = nearest(unknown[0] if unknown else "", KINDS, "give it one kind of work, such as pipeline_task")
            place = place_of(task.spec, unknown[0]) if unknown else None
            yield task.finding(what, remedy, place, may_be_new=bool(unknown))
        elif task.kind == "sql_task":
            things = [name for name in SQL_WORK if task.work.get(name) is not None]
            if len(things) != 1:
                place = place_of(task.spec, "sql_task")
                yield task.finding(
                    f"runs {' and '.join(things) or 'nothing'}", f"give it one of {', '.join(SQL_WORK)}", place
                )


def compute(graph: JobGraph) -> Iterator[Finding]:
    """Environments and clusters that tasks name are declared, and a Python task has one of them."""
    declared = {
        "environment_key": ("environments", graph.job.items("environments")),
        "job_cluster_key": ("job_clusters", graph.job.items("job_clusters")),
    }
    for task in graph.all_tasks:
        for field, (section, items) in declared.items():
            name, names = graph.target.resolved(task.spec.get(field)), [as_text(item.get(field)) for item in items]
            if name and name not in names:
                yield task.finding(
                    f"has {field}: {name}, which the job doesn't declare",
                    nearest(name, names, f"add it to the job's {section}"),
                    graph.place(task.spec, field),
                )
        if task.kind in NEED_AN_ENVIRONMENT and not any(task.spec.get(field) for field in COMPUTE):
            place = place_of(task.spec, task.kind)
            yield task.finding(
                "has no environment, without which serverless runs no Python", "set environment_key", place
            )


def retries(graph: JobGraph) -> Iterator[Finding]:
    """What is tried again by itself isn't tried again by its task, and a task that never times out not after that."""
    for task in graph.all_tasks:
        times = graph.target.resolved(task.spec.get("max_retries"))
        if task.kind in WITHOUT_RETRIES and times not in ("", "0"):
            place = place_of(task.spec, "max_retries")
            yield task.finding(f"has max_retries, and {WITHOUT_RETRIES[task.kind]}", "remove max_retries", place)
        after_timeout = graph.target.resolved(task.spec.get("retry_on_timeout"))
        if after_timeout == "true" and graph.target.resolved(task.spec.get("timeout_seconds")) in ("", "0"):
            place = place_of(task.spec, "retry_on_timeout")
            yield task.finding("retries on a timeout and has none", "set timeout_seconds", place)


def conditions(graph: JobGraph) -> Iterator[Finding]:
    """A condition compares two sides by a known operator, and numbers only with numbers."""
    for task in graph.all_tasks:
        if task.kind != "condition_task":
            continue
        operator = graph.target.resolved(task.work.get("op"))
        lacking = [field for field in ("op", "left", "right") if task.work.get(field) is None]
        if lacking:
            place = place_of(task.spec, "condition_task")
            yield task.finding(f"compares without {' and '.join(lacking)}", f"set {lacking[0]}", place)
        elif operator not in (*COMPARISONS, *NUMERIC_COMPARISONS):
            operators = (*COMPARISONS, *NUMERIC_COMPARISONS)
            remedy = nearest(operator, operators, f"write one of {', '.join(operators)}")
            yield task.finding(f"compares by {operator}", remedy, graph.place(task.work, "op"), may_be_new=True)
        elif operator in NUMERIC_COMPARISONS:
            yield from _words(graph, task, operator)


def _words(graph: JobGraph, task: JobTask, operator: str) -> Iterator[Finding]:
    for side in ("left", "right"):
        text = graph.target.resolved(task.work.get(side))
        if text and "{{" not in text and not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", text.strip()):
            yield task.finding(
                f"compares {text!r} by {operator}, which takes numbers only and fails",
                "write a number, or compare by EQUAL_TO or NOT_EQUAL",
                graph.place(task.work, side),
            )


def resources(graph: JobGraph) -> Iterator[Finding]:
    """Resources that a task refers to are in the target, and of the kind that the field takes."""
    known = graph.target.config.get("resources")
    for task in graph.all_tasks:
        for text, place in graph.texts_of(task):
            for match in RESOURCE.finditer(text):
                if at(known, match[1], match[2]) is None:
                    others = [resource.key for resource in graph.target.resources(match[1])]
                    yield task.finding(
                        f"refers to {match[0]}, and there is no such resource",
                        nearest(match[2], others, f"add it to resources.{match[1]}"),
                        place,
                    )
        for (kind, field), expected in IDS.items():
            match_of_id = RESOURCE.fullmatch(as_text(at(task.spec, kind, field)))
            if match_of_id and match_of_id[1] != expected:
                yield task.finding(
                    f"has the id of one of the {match_of_id[1]} for {field}",
                    f"refer to one of resources.{expected}",
                    graph.place(task.spec[kind], field),
                )
