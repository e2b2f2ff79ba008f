"""Checks of each grant and permission in the YAML: a role has what its work needs, and nobody else has anything."""

from collections.abc import Iterator, Mapping

from deployment.findings import Finding
from deployment.permissions import EVERYBODY, called, role
from deployment.targets import ACCESS_FILE, ANALYSTS, APP, OPERATORS, ROLES, SERVICE_PRINCIPAL, UPLOADERS, Target
from local_runtime.pipelines.bundle_config import as_mapping, as_text

NEEDED_IN = "deployment/grants.py"
_READS = ("USE_SCHEMA", "SELECT")
_CATALOG_USE = {"catalogs": ("USE_CATALOG",)}
_QUERIES = {
    "sql_warehouses": ("CAN_VIEW", "CAN_USE"),
    "dashboards": ("CAN_READ", "CAN_RUN"),
    "apps": ("CAN_USE",),
    "schemas.published": _READS,
}
# All that the YAML may give to each group: the privileges or levels, on an object or on all objects of a kind.
NEEDED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    OPERATORS: {
        "schemas.silver": _READS,
        "schemas.gold": _READS,
        "schemas.operations": _READS,
        # An update beside the job's runs would mix two states in what src/tasks/publish_state.py copies.
        "pipelines": ("CAN_VIEW",),
        "jobs": ("CAN_VIEW", "CAN_MANAGE_RUN"),
        **_CATALOG_USE,
        **_QUERIES,
    },
    ANALYSTS: {"schemas.gold": _READS, **_CATALOG_USE, **_QUERIES},
    APP: {"schemas.published": _READS, "sql_warehouses": ("CAN_USE",)},
    UPLOADERS: {"schemas.bronze": ("USE_SCHEMA",), "volumes": ("READ_VOLUME", "WRITE_VOLUME"), **_CATALOG_USE},
}


def no_more_than_needed(target: Target) -> Iterator[Finding]:
    """Operators, analysts and uploaders have what their work needs, and only they and the service principal have any.

    The service principal owns everything, so a grant gives it nothing more. `open_to_nobody` finds what is everybody's.
    """
    if not target.is_shared:
        return
    for resource in target.resources():
        excess: dict[str, list[str]] = {}
        for written, privilege in target.granted(resource):
            needed = NEEDED.get(role(written), {})
            allowed = (*needed.get(resource.kind, ()), *needed.get(resource.address, ()))
            if role(written) != SERVICE_PRINCIPAL and privilege not in allowed:
                excess.setdefault(written, []).append(privilege)
        for written, privileges in excess.items():
            given = f"gives {role(written)} {', '.join(privileges)}"
            if role(written) in (*ROLES, APP):
                yield Finding(resource.place, f"{given}, which they don't need", f"remove it from {ACCESS_FILE}")
            elif target.resolved(written) not in EVERYBODY:
                yield Finding(
                    resource.place,
                    f"{given}, who have no role in the bundle",
                    f"remove it, or name a role by its variable, such as ${{var.{ANALYSTS}}} (all are in {NEEDED_IN})",
                )


def open_to_nobody(target: Target) -> Iterator[Finding]:
    """Dev gives nobody but its own App anything, nothing is everybody's, and no two roles are one group."""
    for resource in target.resources():
        given = {
            target.resolved(principal): privilege
            for principal, privilege in target.granted(resource)
            if role(principal) != APP
        }
        if given and not target.is_shared:
            yield Finding(
                resource.place, f"gives {', '.join(sorted(given))} something in dev", f"do so in {ACCESS_FILE}"
            )
        elif given.keys() & set(EVERYBODY):
            yield Finding(resource.place, "is open to everybody", "name a group")
    if target.is_shared:
        names = {name: target.resolved(target.variable(name)) for name in ROLES}
        for name, group in names.items():
            others = [other for other in ROLES if other != name and names[other] == group]
            if group and others:
                yield Finding(
                    f"{target.name}: the variable {name}",
                    f"names the same as {', '.join(others)}, and so has their rights too",
                    "name a group of its own",
                )


def visible(target: Target) -> Iterator[Finding]:
    """In a shared target somebody besides the owner sees jobs and pipelines."""
    for resource in target.resources("jobs", "pipelines", "sql_warehouses", "apps"):
        if target.is_shared and not resource.items("permissions"):
            yield Finding(resource.place, "has no permissions, so only its owner sees it", f"add them in {ACCESS_FILE}")


def one_run_as(target: Target) -> Iterator[Finding]:
    """No job or pipeline runs as anybody but the target's service principal."""
    expected = target.resolved(target.run_as).lower()
    for resource in target.resources("jobs", "pipelines") if target.is_shared and expected else ():
        for field, written in as_mapping(resource.spec.get("run_as")).items():
            principal, _ = target.principal(as_text(written))
            if field != "service_principal_name" or target.resolved(principal).lower() != expected:
                yield Finding(
                    resource.place,
                    f"runs as {called(role(principal))}, unlike the rest of the target",
                    "run it as the same service principal",
                )
