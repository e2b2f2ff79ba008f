"""The columns that SQL selects, for what refers to them by name: alerts, and references to a sql_task's rows."""

import logging
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from deployment.findings import Finding
from deployment.job_graph.dependencies import nearest
from deployment.job_graph.files import local_file
from deployment.job_graph.model import JobGraph, JobTask
from deployment.targets import Resource, Target
from local_runtime.pipelines.bundle_config import as_mapping, as_text, at
from local_runtime.pipelines.placed_yaml import place_of


@cache
def selected_columns(sql: str) -> tuple[str, ...] | None:
    """The columns of the last of some statements; None where the text alone doesn't tell.

    So it is with a star, with a column without a name, and with what isn't a query.
    """
    import sqlglot
    from sqlglot import expressions
    from sqlglot.errors import SqlglotError

    # Statements that it reads as mere text draw a warning.
    logger = logging.getLogger("sqlglot")
    was_disabled, logger.disabled = logger.disabled, True
    try:
        statements = [statement for statement in sqlglot.parse(sql, dialect="databricks") if statement]
    except SqlglotError:
        return None
    finally:
        logger.disabled = was_disabled
    query = statements[-1] if statements else None
    if not isinstance(query, expressions.Query) or query.is_star:
        return None
    names = query.named_selects
    return tuple(names) if names and all(names) else None


def columns_of_task(graph: JobGraph, task: JobTask) -> tuple[tuple[str, ...] | None, str]:
    """The columns that a sql_task's file selects, None where that isn't known; and the file."""
    path, _ = local_file(graph, task)
    if task.kind != "sql_task" or path is None or not path.is_file():
        return None, ""
    return selected_columns(path.read_text(encoding="utf-8")), Path(path).name


def alert_columns(target: Target) -> Iterator[Finding]:
    """An alert looks at columns that its query selects."""
    for alert in target.resources("alerts"):
        sql = target.resolved(alert.spec.get("query_text"))
        evaluation = as_mapping(alert.spec.get("evaluation"))
        holders = (as_mapping(evaluation.get("source")), as_mapping(at(evaluation, "threshold", "column")))
        columns = selected_columns(sql) if sql and any(holders) else None
        for holder in holders if columns is not None else ():
            name = target.resolved(holder.get("name"))
            if name and name.lower() not in [column.lower() for column in columns or ()]:
                yield _lacks(alert, name, columns or (), str(place_of(holder, "name") or ""))


def _lacks(alert: Resource, name: str, columns: tuple[str, ...], line: str) -> Finding:
    return Finding(
        f"the alert {alert.key}",
        f"looks at the column {name}, and its query selects {as_text(', '.join(columns))}",
        nearest(name, columns, f"select {name}"),
        line=line,
    )
