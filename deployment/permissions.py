"""Who may do what in a target: Unity Catalog's privileges, and the permissions of pipelines, jobs and secret scopes.

https://docs.databricks.com/aws/en/data-governance/unity-catalog/access-control/permissions-concepts: privileges are
inherited by what is below; nothing below a catalog or schema can be used without USE CATALOG and USE SCHEMA; an owner
has every privilege on the object itself, not on what others own below it, and may grant all of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from deployment.targets import APP, OF_AN_APP, SERVICE_PRINCIPAL, Resource, Target
from local_runtime.pipelines.bundle_config import REFERENCE

YOU = "you"
EVERYBODY = ("account users", "users")
OWNER = "owner"
CATALOG = "catalog"
# From least to most: each level includes those before it.
LEVELS = {
    "pipelines": ("CAN_VIEW", "CAN_RUN", "CAN_MANAGE", "IS_OWNER"),
    "jobs": ("CAN_VIEW", "CAN_MANAGE_RUN", "CAN_MANAGE", "IS_OWNER"),
    "secret_scopes": ("READ", "WRITE", "MANAGE"),
    "dashboards": ("CAN_READ", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE"),
}


@dataclass(frozen=True)
class Capability:
    """What somebody may be able to do to objects of one kind, and the privileges that it needs, each on a kind."""

    verb: str
    kind: str
    needs: tuple[tuple[str, str], ...]


_IN_CATALOG = ((CATALOG, "USE_CATALOG"),)
_IN_SCHEMA = (*_IN_CATALOG, ("schemas", "USE_SCHEMA"))

CREATE_SCHEMAS = Capability("create schemas", CATALOG, (*_IN_CATALOG, (CATALOG, "CREATE_SCHEMA")))
READ_TABLES = Capability("read", "tables", (*_IN_SCHEMA, ("tables", "SELECT")))
CREATE_TABLES = Capability(
    "create tables", "schemas", (*_IN_SCHEMA, ("schemas", "CREATE_TABLE"), ("schemas", "CREATE_MATERIALIZED_VIEW"))
)
MANAGE_SCHEMA = Capability("manage", "schemas", (*_IN_CATALOG, ("schemas", "MANAGE")))
READ_FILES = Capability("read files", "volumes", (*_IN_SCHEMA, ("volumes", "READ_VOLUME")))
LAND_FILES = Capability("land files", "volumes", (*_IN_SCHEMA, ("volumes", "READ_VOLUME"), ("volumes", "WRITE_VOLUME")))
MANAGE_VOLUME = Capability("manage", "volumes", (*_IN_SCHEMA, ("volumes", "MANAGE")))
SEE_PIPELINE = Capability("see", "pipelines", (("pipelines", "CAN_VIEW"),))
START_PIPELINE = Capability("start", "pipelines", (("pipelines", "CAN_RUN"),))
CHANGE_PIPELINE = Capability("change", "pipelines", (("pipelines", "CAN_MANAGE"),))
SEE_JOB = Capability("see", "jobs", (("jobs", "CAN_VIEW"),))
START_JOB = Capability("start", "jobs", (("jobs", "CAN_MANAGE_RUN"),))
CHANGE_JOB = Capability("change", "jobs", (("jobs", "CAN_MANAGE"),))
READ_SECRETS = Capability("read", "secret_scopes", (("secret_scopes", "READ"),))
WRITE_SECRETS = Capability("write", "secret_scopes", (("secret_scopes", "WRITE"),))
MANAGE_SECRETS = Capability("manage", "secret_scopes", (("secret_scopes", "MANAGE"),))
OPEN_DASHBOARD = Capability("open", "dashboards", (("dashboards", "CAN_READ"),))
CHANGE_DASHBOARD = Capability("change", "dashboards", (("dashboards", "CAN_EDIT"),))

CAPABILITIES = (
    CREATE_SCHEMAS,
    READ_TABLES,
    CREATE_TABLES,
    MANAGE_SCHEMA,
    READ_FILES,
    LAND_FILES,
    MANAGE_VOLUME,
    SEE_PIPELINE,
    START_PIPELINE,
    CHANGE_PIPELINE,
    SEE_JOB,
    START_JOB,
    CHANGE_JOB,
    READ_SECRETS,
    WRITE_SECRETS,
    MANAGE_SECRETS,
    OPEN_DASHBOARD,
    CHANGE_DASHBOARD,
)


@dataclass(frozen=True)
class Right:
    """A privilege, level or ownership of a principal on an object, and where it comes from."""

    principal: str
    object: str
    privilege: str
    source: str


@dataclass(frozen=True)
class Permissions:
    """Who may do what in a target that `deployer` has deployed.

    Principals are called by their variables (`operators`), others by their names. Objects are `catalog`, the addresses
    of resources (`schemas.gold`), and `tables.gold`: what pipelines have created in a schema.
    """

    target: Target
    deployer: str
    files: Mapping[tuple[str, str], str]

    @cached_property
    def rights(self) -> tuple[Right, ...]:
        """All rights: of the catalog's owner's making, of who deployed, and of the bundle's grants."""
        inside = (*self._of_owners(), *self._of_grants())
        return (*self._of_catalog(right.principal for right in inside), *inside)

    @property
    def identity(self) -> str:
        """Who pipelines and jobs run as."""
        return role(self.target.run_as) or self.deployer

    @property
    def principals(self) -> list[str]:
        """Everyone with a right."""
        return list(dict.fromkeys(right.principal for right in self.rights))

    @cached_property
    def parents(self) -> Mapping[str, tuple[str, ...]]:
        """For each object, what it is in, nearest first."""
        found: dict[str, tuple[str, ...]] = {CATALOG: ()}
        for resource in self.target.resources():
            found[resource.address] = ()
            if resource.kind == "schemas":
                found[resource.address] = self._catalogs(resource)
                found[f"tables.{resource.key}"] = (resource.address, *self._catalogs(resource))
            if resource.kind == "volumes":
                schema = f"schemas.{self.target.resolved(resource.text('schema_name'))}"
                found[resource.address] = (schema, *self._catalogs(resource))
        return found

    def lacking(self, principal: str, capability: Capability, name: str) -> list[str]:
        """What the principal lacks to do this to an object: empty where it may."""
        return [
            f"{privilege} on {place}"
            for place, privilege in self._needed(capability, name)
            if not self._having(principal, place, privilege)
        ]

    def may(self, principal: str, capability: Capability, name: str) -> bool:
        """Whether the principal may do this to an object."""
        return not self.lacking(principal, capability, name)

    def because(self, principal: str, capability: Capability, name: str) -> list[Right]:
        """The rights by which the principal may do this to an object; none where it may not."""
        if self.lacking(principal, capability, name):
            return []
        return [self._having(principal, place, privilege)[0] for place, privilege in self._needed(capability, name)]

    def allowed(self, principal: str) -> Iterator[tuple[Capability, str]]:
        """Everything that the principal may do, object by object."""
        for name in self.parents:
            yield from (
                (capability, name)
                for capability in CAPABILITIES
                if capability.kind == kind_of(name)
                if self.may(principal, capability, name)
            )

    def _catalogs(self, resource: Resource) -> tuple[str, ...]:
        """The catalog of a schema or volume, and its address where the bundle makes it, too."""
        name = self.target.resolved(resource.text("catalog_name"))
        made = self.target.resources("catalogs")
        return CATALOG, *(one.address for one in made if self.target.resolved(one.text("name")) in ("", name))

    def _above(self, name: str) -> tuple[str, ...]:
        """What an object is in, nearest first; the bundle need not make the schema."""
        kind, _, key = name.partition(".")
        unknown = (f"schemas.{key}", CATALOG) if kind == "tables" else (CATALOG,)
        return self.parents.get(name, unknown)

    def _needed(self, capability: Capability, name: str) -> list[tuple[str, str]]:
        """The objects and privileges that a capability on an object needs."""
        chain = {kind_of(place): place for place in (name, *self._above(name))}
        return [(chain[kind], privilege) for kind, privilege in capability.needs]

    def _having(self, principal: str, name: str, privilege: str) -> list[Right]:
        """The rights by which the principal has a privilege on an object, its own first."""
        return [
            right
            for place in (name, *self._above(name))
            for right in self.rights
            if right.object == place
            and right.principal in (principal, *EVERYBODY)
            and _includes(right.privilege, privilege, kind_of(place), is_inherited=place != name)
        ]

    def _of_catalog(self, principals: Iterator[str]) -> Iterator[Right]:
        for principal in dict.fromkeys((self.identity, self.deployer, *principals)):
            yield Right(principal, CATALOG, "USE_CATALOG", "the catalog's owner")
            if principal in (self.identity, self.deployer):
                yield Right(principal, CATALOG, "CREATE_SCHEMA", "the catalog's owner")

    def _of_owners(self) -> Iterator[Right]:
        """Who creates an object owns it. Tables are created by what pipelines and jobs run as."""
        by_pipelines: set[str] = set()
        for resource in self.target.resources():
            level = LEVELS.get(resource.kind, (OWNER,))[-1]
            yield Right(self.deployer, resource.address, level, "deploys it")
            if resource.kind == "pipelines":
                by_pipelines |= {*published_to(self.target, resource)}
                for schema in published_to(self.target, resource):
                    yield Right(self.identity, f"tables.{schema}", OWNER, "its pipelines run as it")

        for resource in self.target.resources("schemas"):
            if resource.key not in by_pipelines:
                yield Right(self.identity, f"tables.{resource.key}", OWNER, "its jobs run as it")

    def _of_grants(self) -> Iterator[Right]:
        for resource in self.target.resources():
            places = ((self.target.name, resource.address), ("", resource.address))
            source = next((self.files[place] for place in places if place in self.files), "the bundle")
            for principal, privilege in self.target.granted(resource):
                yield Right(role(principal), resource.address, privilege, source)


def permissions_in(
    target: Target, deployer: str | None = None, files: Mapping[tuple[str, str], str] | None = None
) -> Permissions:
    """The permissions in a target: deployed by `deployer`, else by the service principal, in dev by you."""
    return Permissions(target, deployer or role(target.run_as) or YOU, files or {})


def published_to(target: Target, pipeline: Resource) -> list[str]:
    """The keys of a pipeline's schemas, each once; the name of one that the bundle doesn't make."""
    schemas = (target.resolved(name) for name in (pipeline.text("schema"), pipeline.text("event_log", "schema")))
    return list(dict.fromkeys(schema for schema in schemas if schema))


def kind_of(name: str) -> str:
    """The kind of an object."""
    return name.partition(".")[0]


def role(principal: str) -> str:
    """A principal's name: that of the variable that holds it, of the App, else the name itself."""
    if OF_AN_APP.fullmatch(principal):
        return APP
    reference = REFERENCE.fullmatch(principal)
    return reference[1].removeprefix("var.") if reference else principal


def called(principal: str) -> str:
    """A principal in a sentence."""
    return "the service principal" if principal == SERVICE_PRINCIPAL else principal


def _includes(has: str, needs: str, kind: str, is_inherited: bool) -> bool:
    """Whether what one has on an object of a kind includes a privilege on it, or on an object below it."""
    if kind in LEVELS:
        levels = LEVELS[kind]
        return has in levels and levels.index(has) >= levels.index(needs)
    if has == OWNER:
        # Owners grant what is below, too, but don't have it.
        return not is_inherited or needs == "MANAGE"
    return has == needs or (has == "ALL_PRIVILEGES" and needs != "MANAGE")
