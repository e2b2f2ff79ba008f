"""The part of the bundle that the local runtime needs: the pipelines of a target in the order of its jobs."""

import glob
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from local_runtime.errors import LakehouseError, UnsupportedError
from local_runtime.pipelines.bundle_config import (
    LANDING,
    Bundle,
    Config,
    Value,
    as_list,
    as_mapping,
    as_text,
    for_target,
    read_bundle,
    resolve,
)
from local_runtime.pipelines.jobs import in_job_order, tasks_before
from local_runtime.state.release_decisions import SETTING, Decision, merged

# What Databricks executes of a folder that `/**` includes.
SOURCE_SUFFIXES = (".py", ".sql", ".ipynb")
SECRET_PLACEHOLDER = re.compile(r"\{\{ *secrets/")


@dataclass(frozen=True)
class Pipeline:
    """A pipeline resource: the schema that it publishes to, its source files, and its configuration.

    `landing_is_prepared`: a job runs a Python task over the landing folder before the pipeline, as one does that makes
    the folders that are streamed from.
    """

    key: str
    name: str
    schema: str
    root_path: Path
    sources: tuple[Path, ...]
    configuration: Mapping[str, str]
    landing_is_prepared: bool = False

    def with_decisions(self, decisions: Mapping[str, Decision]) -> Self:
        """The pipeline with decisions about releases that replace those of its setting, if it has the setting."""
        if not decisions or SETTING not in self.configuration:
            return self
        setting = merged(self.configuration[SETTING], decisions)
        return replace(self, configuration={**self.configuration, SETTING: setting})


def load_pipelines(root: Path, landing: Path, target: str | None = None) -> list[Pipeline]:
    """The pipelines of the bundle at `root` for a target (else the default one), in the order of its jobs.

    The configuration is that of the CLI for the target, from the bundle's files alone: no --var, no BUNDLE_VAR_… .
    Three things are local: schemas and secret scopes are called by the keys of their resources (`bronze`, not
    `dev_me_lakehouse_bronze`), and the landing volume is the folder `landing`.

    Raises LakehouseError where the bundle has no pipeline, or doesn't say what one needs.
    """
    bundle = read_bundle(root)
    config = for_target(bundle.config, target)
    resources = as_mapping(config.get("resources"))
    pipelines = {
        key: _pipeline(key, as_mapping(spec), bundle, config, landing)
        for key, spec in as_mapping(resources.get("pipelines")).items()
    }
    ordered = in_job_order(as_mapping(resources.get("jobs")), list(pipelines))
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


def _pipeline(key: str, spec: Config, bundle: Bundle, config: Config, landing: Path) -> Pipeline:
    folder = bundle.files[key].parent
    lacking = [name for name in ("name", "schema", "root_path", "libraries") if name not in spec]
    if lacking:
        raise LakehouseError(f"Pipeline {key} in {folder} lacks {', '.join(lacking)}, which a pipeline needs to run.")
    if as_text(resolve(spec.get("continuous"), config)) == "true":
        raise UnsupportedError(f"Pipeline {key}: continuous: true; the local runtime runs one update at a time.")
    configuration = as_mapping(spec.get("configuration"))
    given_landing = configuration.get(LANDING)
    if LANDING in configuration:
        configuration = {**configuration, LANDING: str(landing)}
    try:
        name, schema, root_path = (as_text(resolve(spec[key], config)) for key in ("name", "schema", "root_path"))
        libraries = map(as_mapping, as_list(resolve(spec["libraries"], config)))
        sources = {path for library in libraries for path in _sources(library, folder)}
        values = {key: as_text(value) for key, value in as_mapping(resolve(configuration, config)).items()}
        _refuse_placeholders(values)
    except LakehouseError as error:
        raise type(error)(f"Pipeline {key}: {error}") from None
    jobs = as_mapping(as_mapping(config.get("resources")).get("jobs"))
    return Pipeline(
        key=key,
        name=name,
        schema=schema,
        root_path=(folder / root_path).resolve(),
        sources=tuple(sorted(sources)),
        configuration=values,
        landing_is_prepared=any(
            _is_given(given_landing, task, bundle.files[job].parent) for job, task in tasks_before(key, jobs)
        ),
    )


def _sources(library: Config, folder: Path) -> list[Path]:
    """The files of a library. In a glob Databricks knows two things: a file, and a folder that ends in `/**`."""
    match library:
        case {"glob": {"include": str(pattern)}} if pattern.endswith("/**"):
            below = (folder / pattern.removesuffix("/**")).rglob("*")
            paths = [path for path in below if path.suffix in SOURCE_SUFFIXES]
        case {"glob": {"include": str(pattern)}} if "*" in pattern:
            raise LakehouseError(f"{pattern} is not a glob on Databricks: name a file, or a folder that ends in /**.")
        case {"glob": {"include": str(pattern)}}:
            paths = [folder / pattern]
        case {"file": {"path": str(pattern)}} | {"notebook": {"path": str(pattern)}}:
            paths = [Path(path) for path in glob.glob(f"{glob.escape(str(folder))}/{pattern}")]
        case _:
            raise UnsupportedError(f"libraries of the kind {', '.join(library)} don't run locally.")
    paths = [path.resolve() for path in paths if path.is_file()]
    if not paths:
        raise LakehouseError(f"no file matches {pattern} (from {folder}).")
    for path in paths:
        if path.suffix != ".py":
            raise UnsupportedError(f"{path} is not a Python file. SQL files and notebooks don't run locally.")
    return paths


def _is_given(value: Value, task: Config, folder: Path) -> bool:
    """Whether a job's task runs a Python file that is there, with `value`, as the bundle writes it, as a parameter."""
    work = as_mapping(task.get("spark_python_task"))
    is_there = (folder / as_text(work.get("python_file"))).is_file()
    return value is not None and is_there and value in as_list(work.get("parameters"))


def _refuse_placeholders(configuration: Mapping[str, str]) -> None:
    """Raises UnsupportedError for a secret's placeholder, which only classic compute replaces."""
    for key, value in configuration.items():
        if SECRET_PLACEHOLDER.search(value):
            raise UnsupportedError(
                f"{key} in its configuration is {value}, which is documented for classic compute only. Read the secret "
                "in the pipeline's code: dbutils.secrets.get(scope, key)."
            )
