"""Checks of who may do what in a shared target; dev belongs to who deploys it."""

import re
from collections.abc import Iterator, Mapping

from deployment.findings import Finding
from deployment.grants import ACCESS_FILE
from deployment.permissions import (
    CHANGE_JOB,
    CHANGE_PIPELINE,
    CREATE_TABLES,
    LAND_FILES,
    MANAGE_SCHEMA,
    MANAGE_SECRETS,
    MANAGE_VOLUME,
    READ_FILES,
    READ_SECRETS,
    READ_TABLES,
    SEE_JOB,
    SEE_PIPELINE,
    START_JOB,
    START_PIPELINE,
    WRITE_SECRETS,
    Action,
    Permissions,
    called,
    kind_of,
    permissions,
    published_to,
)
from deployment.targets import ANALYSTS, OPERATORS, SERVICE_PRINCIPAL, UPLOADERS, Resource, Target, at
from local_runtime.pipelines.bundle_config import as_text

SOMEBODY = "somebody else"
STARTED = re.compile(r"\$\{resources\.((pipelines|jobs)\.\w+)\.id\}")

# What each group may do, all of it: the action, and on which objects.
MAY: Mapping[str, Mapping[Action, tuple[str, ...]]] = {
    OPERATORS: {
        READ_TABLES: ("tables.silver", "tables.gold", "tables.operations"),
        SEE_PIPELINE: ("pipelines",),
        START_PIPELINE: ("pipelines",),
        SEE_JOB: ("jobs",),
        START_JOB: ("jobs",),
    },
    ANALYSTS: {READ_TABLES: ("tables.gold",)},
    UPLOADERS: {READ_FILES: ("volumes",), LAND_FILES: ("volumes",)},
}
# What shows raw ids, or leads to them: only the service principal may do it.
REVEALING: Mapping[Action, str] = {
    READ_TABLES: "tables.bronze",
    READ_FILES: "volumes",
    READ_SECRETS: "secret_scopes",
    WRITE_SECRETS: "secret_scopes",
    MANAGE_SECRETS: "secret_scopes",
    MANAGE_SCHEMA: "schemas.bronze",
    MANAGE_VOLUME: "volumes",
    CHANGE_PIPELINE: "pipelines",
    CHANGE_JOB: "jobs",
}


def is_given(target: Target) -> bool:
    """Whether the target grants anything to anybody, as a shared one must."""
    return not target.is_shared or any(True for it in target.resources() for _ in target.granted(it))


def given(target: Target) -> Iterator[Finding]:
    """A shared target without any grant was copied from another one without its access."""
    if not is_given(target):
        remedy = f"add `{target.name}: {{resources: *shared}}` below `targets` in {ACCESS_FILE}"
        yield Finding(target.name, "grants nothing to anybody and protects nothing", remedy)


def one_identity(target: Target) -> Iterator[Finding]:
    """A service principal deploys, runs, and so owns what there is."""
    if not target.is_shared:
        return
    if not target.resolved(target.run_as):
        yield Finding(
            target.name,
            "has no service principal in run_as",
            f"set service_principal_name to ${{var.{SERVICE_PRINCIPAL}}}",
        )
        return
    path = as_text(at(target.bundle, "targets", target.name, "workspace", "root_path"))
    if not path.startswith(f"/Workspace/Users/{target.run_as}/"):
        yield Finding(
            f"{target.name}: root_path {path!r}",
            "is not in the home folder of the service principal that it runs as, so another identity could deploy and "
            "would own the schemas",
            f"begin it with /Workspace/Users/{target.run_as}/",
        )


def created_after_grants(target: Target) -> Iterator[Finding]:
    """Whoever deploys, a pipeline is created after the grants that it needs.

    The CLI creates resources in any order that their references allow: databricks/cli#4573.
    """
    if not target.is_shared:
        return
    for pipeline in target.resources("pipelines"):
        _, passed = target.principal(pipeline.text("run_as", "service_principal_name"))
        for schema in _schemas(target, pipeline):
            if f"schemas.{schema}" not in passed:
                yield Finding(
                    pipeline.place,
                    f"may be created before the grants of the schema {schema}",
                    f"refer to the schema's grants in its run_as, as the shipped {ACCESS_FILE} does",
                )


def runs_can_create(target: Target) -> Iterator[Finding]:
    """What runs can create tables and read what lands, by grants too: a schema may get another owner."""
    if not target.is_shared or not target.resolved(target.run_as):
        return
    allowed = permissions(target, SOMEBODY)
    for pipeline in target.resources("pipelines"):
        for schema in _schemas(target, pipeline):
            yield from _lacking(allowed, allowed.identity, CREATE_TABLES, f"schemas.{schema}", pipeline.place)
    for volume in target.resources("volumes"):
        yield from _lacking(allowed, allowed.identity, LAND_FILES, volume.address, volume.place)
    for scope in target.resources("secret_scopes"):
        # With less, another deployer's deployment takes it away: the CLI sets what is written, and MANAGE for itself.
        yield from _lacking(allowed, allowed.identity, MANAGE_SECRETS, scope.address, scope.place)


def runs_can_start(target: Target) -> Iterator[Finding]:
    """What jobs run as can start the pipelines and jobs of their tasks, whoever owns those."""
    if not target.is_shared or not target.resolved(target.run_as):
        return
    allowed = permissions(target, SOMEBODY)
    for job in target.resources("jobs"):
        for task in job.items("tasks"):
            for reference in (at(task, "pipeline_task", "pipeline_id"), at(task, "run_job_task", "job_id")):
                if match := STARTED.fullmatch(as_text(reference)):
                    action = START_PIPELINE if match[2] == "pipelines" else START_JOB
                    yield from _lacking(allowed, allowed.identity, action, match[1], job.place)


def groups_can_work(target: Target) -> Iterator[Finding]:
    """Operators can follow the runbook, analysts read gold, uploaders land files."""
    if not target.is_shared:
        return
    allowed = permissions(target)
    for group, actions in MAY.items():
        for action, objects in actions.items():
            for name in _matching(allowed, objects):
                yield from _lacking(allowed, group, action, name, f"{target.name}: {name}")


def raw_ids_stay_in_bronze(target: Target) -> Iterator[Finding]:
    """Nobody reads raw ids or the key of the pseudonyms, or changes code that does. Uploaders bring the files."""
    if not target.is_shared:
        return
    allowed = permissions(target)
    for principal in allowed.principals:
        if principal == allowed.identity:
            continue
        for action, name in allowed.allowed(principal):
            if _reveals(allowed, action, name) and not _is_meant(allowed, principal, action, name):
                yield _too_much(allowed, principal, action, name)


def event_logs_apart(target: Target) -> Iterator[Finding]:
    """Event logs are for operators: they show queries, names of files, and errors with values in them."""
    allowed = permissions(target)
    for pipeline in target.resources("pipelines"):
        schema = target.resolved(pipeline.text("event_log", "schema"))
        for principal in allowed.principals if schema else ():
            is_meant = principal in (allowed.identity, OPERATORS)
            if not is_meant and allowed.may(principal, READ_TABLES, f"tables.{schema}"):
                problem = f"has its event log in {schema}, where {principal} read it"
                yield Finding(pipeline.place, problem, "publish it to the schema operations")


def _schemas(target: Target, pipeline: Resource) -> list[str]:
    """The keys of the bundle's schemas that a pipeline publishes to; `structure.names` finds any other."""
    made = {resource.key for resource in target.resources("schemas")}
    return [schema for schema in published_to(target, pipeline) if schema in made]


def _matching(allowed: Permissions, objects: tuple[str, ...]) -> list[str]:
    """The objects of the target that have these names or are of these kinds."""
    return [name for name in allowed.parents if name in objects or kind_of(name) in objects]


def _is_meant(allowed: Permissions, principal: str, action: Action, name: str) -> bool:
    return name in _matching(allowed, MAY.get(principal, {}).get(action, ()))


def _reveals(allowed: Permissions, action: Action, name: str) -> bool:
    return action in REVEALING and name in _matching(allowed, (REVEALING[action],))


def _lacking(allowed: Permissions, principal: str, action: Action, name: str, place: str) -> Iterator[Finding]:
    lacking = sorted(allowed.lacking(principal, action, name))
    if lacking:
        problem = f"doesn't let {called(principal)} {action.verb}: {', '.join(lacking)} is missing"
        yield Finding(place, problem, f"grant it in {ACCESS_FILE}")


def _too_much(allowed: Permissions, principal: str, action: Action, name: str) -> Finding:
    right = allowed.because(principal, action, name)[-1]
    place = f"{allowed.target.name}: {name}"
    return Finding(
        place,
        f"lets {called(principal)} {action.verb}, and so learn raw ids",
        f"remove {right.privilege} on {right.object}",
    )
