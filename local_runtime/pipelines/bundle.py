"""The bundle as far as the local runtime needs it: its pipelines in the job's order, with references resolved."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from local_runtime.errors import LakehouseError

REFERENCE = re.compile(r"\$\{([^}]+)\}")
LANDING = "lakehouse.landing"


@dataclass(frozen=True)
class Pipeline:
    """A pipeline resource: the schema that it publishes to, its source files, and its configuration."""

    key: str
    name: str
    schema: str
    root_path: Path
    sources: tuple[Path, ...]
    configuration: Mapping[str, str]


def load_pipelines(root: Path, landing: Path) -> list[Pipeline]:
    """The pipelines of the bundle at `root`, in the order in which its job runs them.

    Schema names stand as the bundle spells them (no development prefix); the landing volume is the folder `landing`.

    Raises LakehouseError where the bundle doesn't say what a pipeline needs.
    """
    config, files = _read(root)
    resources = config.get("resources", {})
    pipelines = {
        key: _pipeline(key, _resolved(spec, config), files["pipelines", key].parent, landing)
        for key, spec in resources.get("pipelines", {}).items()
    }
    return [pipelines[key] for key in _in_job_order(resources.get("jobs", {}), list(pipelines))]


def code_hash(pipeline: Pipeline) -> str:
    """A hash of everything that defines a pipeline's tables: the source tree and the configuration."""
    digest = hashlib.sha256(repr(sorted(pipeline.configuration.items())).encode())
    for path in sorted(pipeline.root_path.rglob("*.py")):
        digest.update(path.relative_to(pipeline.root_path).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _read(root: Path) -> tuple[dict[str, Any], dict[tuple[str, str], Path]]:
    """The merged configuration, and for each resource (kind, key) the file that holds it."""
    main = root / "databricks.yml"
    if not main.is_file():
        raise LakehouseError(f"There is no bundle in {root}: databricks.yml is missing.")
    config: dict[str, Any] = yaml.safe_load(main.read_text())
    files: dict[tuple[str, str], Path] = {}
    for pattern in config.get("include", []):
        for path in sorted(root.glob(pattern)):
            part = yaml.safe_load(path.read_text()) or {}
            for kind, entries in part.get("resources", {}).items():
                files |= {(kind, key): path for key in entries}
            _merge(config, part)
    return config, files


def _merge(into: dict[str, Any], part: Mapping[str, Any]) -> None:
    for key, value in part.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def _resolved(value: Any, config: Mapping[str, Any]) -> Any:
    """`value` with every ${…} that the bundle itself can answer replaced; others stand as they are."""
    if isinstance(value, dict):
        return {key: _resolved(item, config) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolved(item, config) for item in value]
    if isinstance(value, str):
        return REFERENCE.sub(lambda match: _look_up(match, config), value)
    return value


def _look_up(match: re.Match[str], config: Mapping[str, Any]) -> str:
    path = match.group(1).split(".")
    if path[0] == "var":
        path = ["variables", path[1], "default"]
    found: Any = config
    for part in path:
        found = found.get(part) if isinstance(found, Mapping) else None
    return str(_resolved(found, config)) if isinstance(found, str | int) else match.group(0)


def _pipeline(key: str, spec: Mapping[str, Any], folder: Path, landing: Path) -> Pipeline:
    try:
        globs = [library["glob"]["include"] for library in spec["libraries"]]
        configuration = {name: str(value) for name, value in spec.get("configuration", {}).items()}
        name, schema, root_path = spec["name"], spec["schema"], (folder / spec["root_path"]).resolve()
    except KeyError as missing:
        raise LakehouseError(f"Pipeline {key} in {folder} lacks {missing}, which a pipeline needs to run.") from None
    sources = tuple(sorted(path for pattern in globs for path in _glob(folder, pattern)))
    if not sources:
        raise LakehouseError(f"Pipeline {key}: no file matches {', '.join(globs)} (from {folder}).")
    if LANDING in configuration:
        configuration[LANDING] = str(landing)
    return Pipeline(key, name, schema, root_path, sources, configuration)


def _glob(folder: Path, pattern: str) -> list[Path]:
    start = folder
    while pattern.startswith("../"):
        start, pattern = start.parent, pattern[3:]
    return [path for path in start.glob(pattern) if path.is_file()]


def _in_job_order(jobs: Mapping[str, Any], keys: list[str]) -> list[str]:
    """Pipeline keys in the order of the first job's tasks, dependencies first; unused ones at the end."""
    job: Mapping[str, Any] = next(iter(jobs.values()), {})
    tasks = job.get("tasks", [])
    after = {task["task_key"]: [d["task_key"] for d in task.get("depends_on", [])] for task in tasks}
    ordered: list[str] = []

    def visit(task: str) -> None:
        for earlier in after.get(task, []):
            visit(earlier)
        if task not in ordered:
            ordered.append(task)

    for task in after:
        visit(task)
    of_task = {
        task["task_key"]: REFERENCE.sub(r"\1", task.get("pipeline_task", {}).get("pipeline_id", "")) for task in tasks
    }
    named = [of_task[task].split(".")[2] for task in ordered if of_task[task].startswith("resources.pipelines.")]
    return [key for key in named if key in keys] + [key for key in keys if key not in named]
