"""The bundle as far as the local runtime needs it: its pipelines in the jobs' order, as one of its targets has them."""

import glob
from collections.abc import Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from local_runtime.errors import LakehouseError, UnsupportedError
from local_runtime.pipelines.bundle_config import (
    REFERENCE,
    Bundle,
    Config,
    as_list,
    as_mapping,
    as_text,
    for_target,
    read_bundle,
    resolve,
)
from local_runtime.pipelines.secrets import with_secrets

LANDING = "lakehouse.landing"
# What Databricks executes of a folder that `/**` includes.
SOURCE_SUFFIXES = (".py", ".sql", ".ipynb")


@dataclass(frozen=True)
class Pipeline:
    """A pipeline resource: the schema that it publishes to, its source files, and its configuration.

    `secrets` are those in its configuration, by `scope/key`.
    """

    key: str
    name: str
    schema: str
    root_path: Path
    sources: tuple[Path, ...]
    configuration: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


def load_pipelines(root: Path, landing: Path, target: str | None = None) -> list[Pipeline]:
    """The pipelines of the bundle at `root`, as a target has them (else the default one), in the order of its jobs.

    The configuration is that of the CLI for the target, from the bundle's files alone: no --var, no BUNDLE_VAR_… .
    Two things are local: schemas are called by the keys of their resources (`bronze`, not `dev_me_lakehouse_bronze`),
    and the landing volume is the folder `landing`.

    Raises LakehouseError where the bundle has no pipeline, or doesn't say what one needs.
    """
    bundle = read_bundle(root)
    config = for_target(bundle.config, target)
    resources = as_mapping(config.get("resources"))
    pipelines = {
        key: _pipeline(key, as_mapping(spec), bundle.files[key].parent, config, landing, root)
        for key, spec in as_mapping(resources.get("pipelines")).items()
    }
    ordered = _in_job_order(as_mapping(resources.get("jobs")), list(pipelines))
    if not ordered:
        raise _no_pipeline(root, bundle, as_text(as_mapping(config.get("bundle")).get("target")))
    return [pipelines[key] for key in ordered]


def _no_pipeline(root: Path, bundle: Bundle, target: str) -> LakehouseError:
    """The error for a bundle without a pipeline: it says where one was looked for."""
    where = f"the bundle {root}" + (f" for the target {target}" if bundle.config.get("targets") else "")
    if not bundle.included:
        return LakehouseError(f"No pipeline in {where}: databricks.yml defines none and includes no file.")
    unmatched = [pattern for pattern, paths in bundle.included.items() if not paths]
    more = f"; no file matches {', '.join(unmatched)}" if unmatched else ""
    return LakehouseError(
        f"No pipeline in {where}: databricks.yml and the files that it includes ({', '.join(bundle.included)}) define "
        f"none{more}."
    )


def _pipeline(key: str, spec: Config, folder: Path, config: Config, landing: Path, root: Path) -> Pipeline:
    lacking = [name for name in ("name", "schema", "root_path", "libraries") if name not in spec]
    if lacking:
        raise LakehouseError(f"Pipeline {key} in {folder} lacks {', '.join(lacking)}, which a pipeline needs to run.")
    configuration = as_mapping(spec.get("configuration"))
    if LANDING in configuration:
        configuration = {**configuration, LANDING: str(landing)}
    try:
        name, schema, root_path = (as_text(resolve(spec[it], config)) for it in ("name", "schema", "root_path"))
        libraries = map(as_mapping, as_list(resolve(spec["libraries"], config)))
        sources = {path for library in libraries for path in _sources(library, folder)}
        texts = {it: as_text(value) for it, value in as_mapping(resolve(configuration, config)).items()}
        values = {it: with_secrets(text, root) for it, text in texts.items()}
    except LakehouseError as error:
        raise type(error)(f"Pipeline {key}: {error}") from None
    given = {it: value for it, (value, _) in values.items()}
    secrets = {it: value for _, found in values.values() for it, value in found.items()}
    return Pipeline(key, name, schema, (folder / root_path).resolve(), tuple(sorted(sources)), given, secrets)


def _sources(library: Config, folder: Path) -> list[Path]:
    """The files of a library. In a glob Databricks knows two things: a file, and a folder that ends in `/**`."""
    match library:
        case {"glob": {"include": str(pattern)}} if pattern.endswith("/**"):
            below = (folder / pattern.removesuffix("/**")).rglob("*")
            found = [path for path in below if path.suffix in SOURCE_SUFFIXES]
        case {"glob": {"include": str(pattern)}} if "*" in pattern:
            raise LakehouseError(f"{pattern} is no glob on Databricks: name a file, or a folder that ends in /**.")
        case {"glob": {"include": str(pattern)}}:
            found = [folder / pattern]
        case {"file": {"path": str(pattern)}} | {"notebook": {"path": str(pattern)}}:
            found = [Path(path) for path in glob.glob(f"{glob.escape(str(folder))}/{pattern}")]
        case _:
            raise UnsupportedError(f"libraries of the kind {', '.join(library)} don't run locally.")
    found = [path.resolve() for path in found if path.is_file()]
    if not found:
        raise LakehouseError(f"no file matches {pattern} (from {folder}).")
    for path in found:
        if path.suffix != ".py":
            raise UnsupportedError(f"{path} is no Python file. SQL files and notebooks don't run locally.")
    return found


def _in_job_order(jobs: Config, keys: list[str]) -> list[str]:
    """Pipeline keys in the order of the jobs' tasks, one job after the other; those that no job runs come last."""
    named = [key for job, spec in jobs.items() for key in _pipelines_of(job, as_mapping(spec))]
    return list(dict.fromkeys([*(key for key in named if key in keys), *keys]))


def _pipelines_of(job: str, spec: Config) -> list[str]:
    """The keys of the pipelines that a job's tasks run, dependencies first."""
    tasks = {as_text(task.get("task_key")): task for task in map(as_mapping, as_list(spec.get("tasks")))}
    after = {
        name: [as_text(as_mapping(earlier).get("task_key")) for earlier in as_list(task.get("depends_on"))]
        for name, task in tasks.items()
    }
    missing = {earlier for names in after.values() for earlier in names} - tasks.keys()
    if missing:
        raise LakehouseError(f"Tasks of the job {job} depend on tasks that aren't there: {', '.join(sorted(missing))}.")
    try:
        ordered = list(TopologicalSorter(after).static_order())
    except CycleError as error:
        raise LakehouseError(f"Tasks of the job {job} wait for each other: {' → '.join(error.args[1])}.") from None
    ids = [as_text(as_mapping(tasks[name].get("pipeline_task")).get("pipeline_id")) for name in ordered]
    paths = [match[1].split(".") for match in map(REFERENCE.fullmatch, ids) if match]
    return [path[2] for path in paths if path[:2] == ["resources", "pipelines"]]
