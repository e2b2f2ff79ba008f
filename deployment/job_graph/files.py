"""The files that tasks execute are there, below the file that names them."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from deployment.findings import Finding
from deployment.job_graph.model import JobGraph, JobTask
from local_runtime.pipelines.bundle_config import Value, as_mapping, at
from local_runtime.pipelines.placed_yaml import Place

FIELDS = {
    "spark_python_task": ("python_file",),
    "notebook_task": ("notebook_path",),
    "sql_task": ("file", "path"),
    "dbt_task": ("project_directory",),
}
UPLOADED = "${workspace.file_path}/"
"""What begins with it is where the bundle's root is uploaded to."""


def exist(graph: JobGraph) -> Iterator[Finding]:
    """Each file of this machine that a task executes is there."""
    for task in graph.all_tasks:
        path, place = local_file(graph, task)
        if path and not path.exists():
            written = graph.target.resolved(at(task.work, *FIELDS[task.kind]))
            yield task.finding(f"executes {written}, which isn't there", f"add {_below(path, place)}", place)


def executed(graphs: Iterable[JobGraph]) -> set[Path]:
    """The files and folders of this machine that tasks execute, whether they are there or not."""
    return {path for graph in graphs for task in graph.all_tasks if (path := local_file(graph, task)[0])}


def local_file(graph: JobGraph, task: JobTask) -> tuple[Path | None, Place | None]:
    """The file or folder that a task executes, None if it isn't one of the bundle's; and where it is written."""
    fields = FIELDS.get(task.kind, ())
    if not fields:
        return None, None
    holder: Value = task.work
    for field in fields[:-1]:
        holder = as_mapping(holder).get(field)
    written = graph.target.resolved(at(holder, fields[-1]))
    place = graph.place(holder, fields[-1])
    source = at(holder, "source") or ("GIT" if "git_source" in graph.job.spec else "WORKSPACE")
    if place is None or not written or source == "GIT":
        return None, place
    if written.startswith(UPLOADED):
        return place.root / written.removeprefix(UPLOADED), place
    if written.startswith(("/", "${", "{{")) or ":/" in written:
        return None, place
    return place.folder / written, place


def _below(path: Path, place: Place | None) -> str:
    return os.path.relpath(path, place.root) if place else str(path)
