"""The bundle as one of its targets has it, with its resources."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from local_runtime.errors import LakehouseError
from local_runtime.pipelines.bundle_config import (
    Config,
    Value,
    as_list,
    as_mapping,
    as_text,
    at,
    for_target,
    read_bundle,
    resolve,
)
from local_runtime.pipelines.placed_yaml import PlacedMapping

TARGETS_FILE = "bundle/targets.yml"
ACCESS_FILE = "bundle/access.yml"
DEV = "dev"
# The variables that name who works with a shared target.
SERVICE_PRINCIPAL, OPERATORS, ANALYSTS, UPLOADERS = "service_principal", "operators", "analysts", "uploaders"
APP = "the App"
"""The service principal that Databricks makes for the bundle's app; a name of a role, as its id isn't known before."""
ROLES = (SERVICE_PRINCIPAL, OPERATORS, ANALYSTS, UPLOADERS)
VARIABLE = re.compile(r"\$\{var\.([\w-]+)\}")
STARTED = re.compile(r"\$\{resources\.((pipelines|jobs)\.[\w-]+)\.id\}")
OF_AN_APP = re.compile(r"\$\{resources\.apps\.\w+\.service_principal_client_id\}")
GRANT = re.compile(r"\$\{resources\.(\w+)\.(\w+)\.grants\[(\d+)\]\.principal\}")


@dataclass(frozen=True)
class Resource:
    """A resource as one target has it."""

    target: str
    kind: str
    key: str
    spec: Config

    @property
    def address(self) -> str:
        """Its kind and key: `jobs.medallion`."""
        return f"{self.kind}.{self.key}"

    @property
    def place(self) -> str:
        """Where it is, for a message."""
        return f"{self.target}: resources.{self.address}"

    def text(self, *path: str) -> str:
        """A field as text, with its references; empty where it isn't set."""
        return as_text(at(self.spec, *path))

    def items(self, *path: str) -> list[Config]:
        """A field that is a list of mappings; empty where it isn't set."""
        return [as_mapping(item) for item in as_list(at(self.spec, *path))]


@dataclass(frozen=True)
class Target:
    """A target of the bundle; `bundle` is the configuration of all targets."""

    name: str
    bundle: Config

    @property
    def is_shared(self) -> bool:
        """Whether more than one person works with what it deploys: in development mode, everybody has a copy."""
        return as_text(at(self.bundle, "targets", self.name, "mode")) != "development"

    @cached_property
    def config(self) -> Config:
        """The configuration with the target's overrides and the values of its variables.

        A variable that the CLI looks up on the workspace has its definition for a value: `{lookup: {…}}`.
        """
        config = for_target(self.bundle, self.name)
        values = as_mapping(config["variables"])
        looked_up: Config = {
            name: {"lookup": at(definition, "lookup")}
            for name, definition in as_mapping(self.bundle.get("variables")).items()
            if values.get(name) is None and at(definition, "lookup")
        }
        return {**config, "variables": PlacedMapping({**values, **looked_up}, of=values)}

    def resources(self, *kinds: str) -> list[Resource]:
        """The resources of some kinds, else all."""
        return [
            Resource(self.name, kind, key, as_mapping(spec))
            for kind, entries in as_mapping(self.config.get("resources")).items()
            if not kinds or kind in kinds
            for key, spec in as_mapping(entries).items()
        ]

    def granted(self, resource: Resource) -> Iterator[tuple[str, str]]:
        """Who has what by a resource's grants or permissions: the principal with its variable, a privilege or level."""
        for grant in resource.items("grants"):
            principal, _ = self.principal(as_text(grant.get("principal")))
            yield from ((principal, as_text(privilege)) for privilege in as_list(grant.get("privileges")))
        for permission in resource.items("permissions"):
            names = [as_text(name) for field, name in permission.items() if field != "level"]
            yield from ((name, as_text(permission.get("level"))) for name in names)

    def variable(self, name: str) -> Value:
        """A variable's value, or None."""
        return as_mapping(self.config.get("variables")).get(name)

    def resolved(self, value: Value) -> str:
        """`value` with its references resolved, a schema as its key; empty where they lead nowhere."""
        try:
            return as_text(resolve(value, self.config))
        except LakehouseError:
            return ""

    def principal(self, written: str) -> tuple[str, list[str]]:
        """A principal as it is written, or as the grant has it that it refers to; and the addresses on the way there.

        The CLI makes what refers to a grant after the grants (0.295: "Support references to/from grants").
        """
        passed: list[str] = []
        while (match := GRANT.fullmatch(written)) and f"{match[1]}.{match[2]}" not in passed:
            passed.append(f"{match[1]}.{match[2]}")
            grants = as_list(at(self.config, "resources", match[1], match[2], "grants"))
            written = as_text(at(grants[int(match[3])], "principal")) if int(match[3]) < len(grants) else ""
        return written, passed

    @property
    def run_as(self) -> str:
        """The service principal that everything runs as, as it is written; empty without one."""
        return as_text(at(self.config, "run_as", "service_principal_name"))


def read_targets(root: Path) -> list[Target]:
    """The targets of the bundle at `root`, in its order."""
    return targets_of(read_bundle(root).config)


def targets_of(config: Config) -> list[Target]:
    """The targets of a bundle, in its order."""
    return [Target(name, config) for name in as_mapping(config.get("targets"))]


def started_by(task: Config) -> str:
    """The address of the pipeline or job that a task starts (`jobs.medallion`); empty where it does something else."""
    references = (at(task, "pipeline_task", "pipeline_id"), at(task, "run_job_task", "job_id"))
    matches = (STARTED.fullmatch(as_text(reference)) for reference in references)
    return next((match[1] for match in matches if match), "")


def texts(value: Value) -> Iterator[str]:
    """Every text in a configuration."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from texts(item)
    if isinstance(value, str):
        yield value


def files_of_grants(root: Path) -> Mapping[tuple[str, str], str]:
    """The file, below `root`, that grants something on a resource: by the target ("" for all) and its address."""
    found: dict[tuple[str, str], str] = {}
    for path in [root / "databricks.yml", *sorted(root.glob("bundle/*.yml")), *sorted(root.glob("resources/*.yml"))]:
        part = as_mapping(yaml.safe_load(path.read_text(encoding="utf-8")))
        levels = {"": part, **{name: as_mapping(spec) for name, spec in as_mapping(part.get("targets")).items()}}
        for target, level in levels.items():
            for kind, entries in as_mapping(level.get("resources")).items():
                for key, spec in as_mapping(entries).items():
                    if {"grants", "permissions"} & as_mapping(spec).keys():
                        found[target, f"{kind}.{key}"] = path.relative_to(root).as_posix()
    return found
