"""Checks of who may do what in a shared target; dev belongs to who deploys it."""

from collections.abc import Iterator, Mapping

from deployment.findings import Finding
from deployment.permissions import (
    CHANGE_JOB,
    CHANGE_PIPELINE,
    CREATE_TABLES,
    LAND_FILES,
    MANAGE_SCHEMA,
    MANAGE_SECRETS,
    MANAGE_VOLUME,
    OPEN_DASHBOARD,
    READ_FILES,
    READ_SECRETS,
    READ_TABLES,
    SEE_JOB,
    SEE_PIPELINE,
    START_JOB,
    START_PIPELINE,
    WRITE_SECRETS,
    Capability,
    Permissions,
    called,
    kind_of,
    permissions_in,
    published_to,
)
from deployment.targets import (
    ACCESS_FILE,
    ANALYSTS,
    APP,
    OPERATORS,
    SERVICE_PRINCIPAL,
    UPLOADERS,
    Resource,
    Target,
    started_by,
)
from local_runtime.pipelines.bundle_config import as_text, at

SOMEBODY = "somebody else"

# What each group may do, all of it: the capability, and on which objects.
MAY: Mapping[str, Mapping[Capability, tuple[str, ...]]] = {
    OPERATORS: {
        READ_TABLES: ("tables.silver", "tables.gold", "tables.published", "tables.operations"),
        SEE_PIPELINE: ("pipelines",),
        SEE_JOB: ("jobs",),
        START_JOB: ("jobs",),
        OPEN_DASHBOARD: ("dashboards",),
    },
    ANALYSTS: {READ_TABLES: ("tables.gold", "tables.published"), OPEN_DASHBOARD: ("dashboards",)},
    APP: {READ_TABLES: ("tables.published",)},
    UPLOADERS: {READ_FILES: ("volumes",), LAND_FILES: ("volumes",)},
}
# What shows raw ids, or leads to them: only the service principal may do it.
REVEALING: Mapping[Capability, str] = {
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
    allowed = permissions_in(target, SOMEBODY)
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
    allowed = permissions_in(target, SOMEBODY)
    for job in target.resources("jobs"):
        for task in job.items("tasks"):
            if started := started_by(task):
                capability = START_PIPELINE if kind_of(started) == "pipelines" else START_JOB
                yield from _lacking(allowed, allowed.identity, capability, started, job.place)


def groups_can_work(target: Target) -> Iterator[Finding]:
    """Operators can follow the runbook, analysts read gold, uploaders land files."""
    if not target.is_shared:
        return
    allowed = permissions_in(target)
    for group, capabilities in MAY.items():
        for capability, objects in capabilities.items():
            for name in _matching(allowed, objects):
                yield from _lacking(allowed, group, capability, name, f"{target.name}: {name}")


def raw_ids_stay_in_bronze(target: Target) -> Iterator[Finding]:
    """Nobody reads raw ids or the key of the pseudonyms, or changes code that does. Uploaders bring the files."""
    if not target.is_shared:
        return
    allowed = permissions_in(target)
    for principal in allowed.principals:
        if principal == allowed.identity:
            continue
        for capability, name in allowed.allowed(principal):
            if _reveals(allowed, capability, name) and not _is_meant(allowed, principal, capability, name):
                yield _too_much(allowed, principal, capability, name)


def event_logs_apart(target: Target) -> Iterator[Finding]:
    """Event logs are for operators: they show queries, names of files, and errors with values in them."""
    allowed = permissions_in(target)
    for pipeline in target.resources("pipelines"):
        schema = target.resolved(pipeline.text("event_log", "schema"))
        for principal in allowed.principals if schema else ():
            is_meant = principal in (allowed.identity, OPERATORS)
            if not is_meant and allowed.may(principal, READ_TABLES, f"tables.{schema}"):
                problem = f"has its event log in {schema}, where {principal} read it"
                yield Finding(pipeline.place, problem, "publish it to the schema operations")


def _schemas(target: Target, pipeline: Resource) -> list[str]:
    """The keys of the bundle's schemas that a pipeline publishes to; `structure.resource_names` finds any other."""
    made = {resource.key for resource in target.resources("schemas")}
    return [schema for schema in published_to(target, pipeline) if schema in made]


def _matching(allowed: Permissions, objects: tuple[str, ...]) -> list[str]:
    """The objects of the target that have these names or are of these kinds."""
    return [name for name in allowed.parents if name in objects or kind_of(name) in objects]


def _is_meant(allowed: Permissions, principal: str, capability: Capability, name: str) -> bool:
    return name in _matching(allowed, MAY.get(principal, {}).get(capability, ()))


def _reveals(allowed: Permissions, capability: Capability, name: str) -> bool:
    return capability in REVEALING and name in _matching(allowed, (REVEALING[capability],))


def _lacking(allowed: Permissions, principal: str, capability: Capability, name: str, place: str) -> Iterator[Finding]:
    lacking = sorted(allowed.lacking(principal, capability, name))
    if lacking:
        problem = f"doesn't let {called(principal)} {capability.verb}: {', '.join(lacking)} is missing"
        yield Finding(place, problem, f"grant it in {ACCESS_FILE}")


def _too_much(allowed: Permissions, principal: str, capability: Capability, name: str) -> Finding:
    right = allowed.because(principal, capability, name)[-1]
    place = f"{allowed.target.name}: {name}"
    return Finding(
        place,
        f"lets {called(principal)} {capability.verb}, and so learn raw ids",
        f"remove {right.privilege} on {right.object}",
    )
