"""The permissions of the bundle's targets as a document: docs/permissions.md."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from deployment.permissions import (
    CAPABILITIES,
    CATALOG,
    EVERYBODY,
    OWNER,
    READ_FILES,
    READ_SECRETS,
    READ_TABLES,
    YOU,
    Permissions,
    Right,
    called,
    kind_of,
    permissions_in,
)
from deployment.targets import (
    ANALYSTS,
    DEV,
    OPERATORS,
    SERVICE_PRINCIPAL,
    UPLOADERS,
    Target,
    files_of_grants,
    read_targets,
)

PERSON = "a person"
NOTHING = "-"
LAYERS = ("bronze", "silver", "gold", "operations")
KIND_NAMES = {
    CATALOG: "the catalog",
    "schemas": "schema",
    "tables": "tables of",
    "volumes": "volume",
    "pipelines": "pipeline",
    "jobs": "job",
    "secret_scopes": "secret scope",
}
# A row of the matrix says the strongest of each.
STRONGER = (("see", "start", "change"), ("read files", "land files"), ("read", "write", "manage"))
HEAD = """\
# Permissions

Made by `./lakehouse dictionary` from the bundle's YAML; a test keeps it current. Who may do what, and by which grant,
as Databricks documents it; not seen on a workspace yet. Groups are called by their variables in `bundle/targets.yml`.
"""
RULES = """\

## How it is computed

- A privilege on a catalog or schema holds for everything in it. Nothing in a catalog can be used without
  `USE_CATALOG`, and nothing in a schema without `USE_SCHEMA`.
- Who creates an object owns it. So who deploys owns the schemas, the volume, the pipelines, the jobs and the secret
  scope, and the identity that the pipelines run as owns the tables. An owner has every privilege on the object. What
  others own in it, an owner may grant, but has no access to it without a grant.
- Pipelines, jobs and secret scopes have levels. Each level includes those before it.
"""
OUTSIDE = """\

## Outside the bundle

The catalog's owner lets everybody in, once, with the target's own names:

```sql
{grants}
```

{unmodelled}\
These tables don't show what isn't in the YAML: what somebody has on the catalog itself, which everything in it
inherits; the SQL warehouse that operators and analysts need; workspace admins, who may manage jobs and pipelines and
read secrets; the owner of the catalog and the admins of the metastore, who may grant themselves anything.
"""
RAW = """\

## Who sees raw ids

User ids are in the tables of bronze and in the files of the landing volume. Whoever has the key in the secret scope can
work out which pseudonym is whose. Who can read each:

{lines}

Uploaders bring the files, and writing to a volume needs `READ_VOLUME` as well, so whoever lands files can read what
others have landed. Sources that must not see each other's files need volumes of their own.
"""
DEPLOYED_FIRST = """\

## If a person deployed first

Schemas, pipelines and jobs then belong to that person. The service principal still runs them, by the grants in
`bundle/access.yml`, but the next deployment as the service principal fails, because it may not:

{lines}

The first deployment itself succeeds: pipelines refer to the grants of their schemas, so the CLI creates them afterwards
(without that, in any order: databricks/cli#4573). An owner needs no grant. [The
runbook](runbook.md#a-person-deployed-first) says how to repair it.
"""


def documents(root: Path) -> dict[Path, str]:
    """The text of docs/permissions.md of the bundle at `root`, by its path."""
    targets = {target.name: target for target in read_targets(root)}
    files = files_of_grants(root)
    shared = [permissions_in(target, files=files) for target in targets.values() if target.is_shared]
    parts = [HEAD]
    for title, same in _alike(shared):
        parts += [f"\n## {title}\n", *_matrix(same), *_details(same)]
    if DEV in targets:
        parts += ["\n## Dev\n\nEverything belongs to the person who deploys it.\n"]
        parts += _matrix(permissions_in(targets[DEV], YOU, files))
    if shared:
        parts += [RAW.format(lines=_raw(shared[-1])), DEPLOYED_FIRST.format(lines=_lost(shared[-1]))]
        grants = "\n".join(catalog_grants(shared[-1]))
        parts += [OUTSIDE.format(grants=grants, unmodelled=_unmodelled(targets.values()))]
    parts += [RULES, *_needs()]
    return {root / "docs" / "permissions.md": "\n".join(parts).replace("\n\n\n", "\n\n")}


def catalog_grants(allowed: Permissions, names: dict[str, str] | None = None) -> list[str]:
    """The statements that the catalog's owner runs; `names` has the names of the catalog and of principals."""
    names = names or {name: f"<{name.replace('_', ' ')}>" for name in (CATALOG, *allowed.principals)}
    found: dict[str, list[str]] = {}
    for right in allowed.rights:
        if right.object == CATALOG:
            found.setdefault(right.principal, []).append(right.privilege.replace("_", " "))
    return [
        f"GRANT {', '.join(privileges)} ON CATALOG {names[CATALOG]} TO `{names[principal]}`;"
        for principal, privileges in found.items()
    ]


def _alike(shared: list[Permissions]) -> Iterator[tuple[str, Permissions]]:
    """Targets with the same rights, under one title."""
    groups: dict[tuple[Right, ...], list[Permissions]] = {}
    for allowed in shared:
        groups.setdefault(allowed.rights, []).append(allowed)
    for same in groups.values():
        yield " and ".join(allowed.target.name for allowed in same).capitalize(), same[0]


def _matrix(allowed: Permissions) -> Iterator[str]:
    """Who may do what, most of all."""
    columns = _columns(allowed)
    yield f"| | {' | '.join(columns)} |"
    yield "|---|" + "---|" * len(columns)
    for principal in [*_in_order(allowed.principals), EVERYBODY[0]]:
        cells = [_cell(allowed, principal, names) for names in columns.values()]
        name = "everybody else" if principal in EVERYBODY else called(principal)
        yield f"| {name} | {' | '.join(cells)} |"


def _columns(allowed: Permissions) -> dict[str, list[str]]:
    """The columns of the matrix, and the objects of each."""
    names = _sorted(allowed.parents)
    schemas = [name.partition(".")[2] for name in names if kind_of(name) == "schemas"]
    columns = {CATALOG: [CATALOG], **{name: [f"schemas.{name}", f"tables.{name}"] for name in schemas}}
    for title, kind in (("volume", "volumes"), ("pipelines",) * 2, ("jobs",) * 2, ("secret scope", "secret_scopes")):
        columns[title] = [name for name in names if kind_of(name) == kind]
    return columns


def _cell(allowed: Permissions, principal: str, names: Iterable[str]) -> str:
    verbs: dict[str, None] = {}
    for name in names:
        capabilities = [capability for capability in CAPABILITIES if capability.kind == kind_of(name)]
        able = [capability.verb for capability in capabilities if allowed.may(principal, capability, name)]
        verbs |= dict.fromkeys(_strongest(able) if kind_of(name) != "tables" else able)
    return ", ".join(verbs) or NOTHING


def _strongest(verbs: list[str]) -> list[str]:
    weaker = {
        verb for chain in STRONGER for verb, *more in (chain[at:] for at in range(len(chain))) if set(more) & set(verbs)
    }
    return [verb for verb in verbs if verb not in weaker]


def _details(allowed: Permissions) -> Iterator[str]:
    """For everyone, a row for each set of objects of which they may do the same by the same rights."""
    for principal in _in_order(allowed.principals):
        rows: dict[tuple[str, str], list[str]] = {}
        for name in _sorted(allowed.parents):
            capabilities = [capability for capability, place in allowed.allowed(principal) if place == name]
            rights = dict.fromkeys(
                right for capability in capabilities for right in allowed.because(principal, capability, name)
            )
            if capabilities:
                rows.setdefault((", ".join(capability.verb for capability in capabilities), _by(rights)), []).append(
                    _title(name)
                )
        yield f"\n**{called(principal).capitalize()}**\n\n| on | may | by |\n|---|---|---|"
        yield from (f"| {', '.join(names)} | {verbs} | {by} |" for (verbs, by), names in rows.items())


def _by(rights: Iterable[Right]) -> str:
    """What the rights are, and where they come from."""
    sources: dict[str, dict[str, None]] = {}
    for right in rights:
        # An owner is one because of what it does, which says enough.
        sources.setdefault(right.source, {}).setdefault(right.privilege, None)
    return "; ".join(
        f"{', '.join('owner' if name == OWNER else f'`{name}`' for name in names)}: "
        f"{f'`{source}`' if source.endswith('.yml') else source}"
        for source, names in sources.items()
    )


def _title(name: str) -> str:
    kind, _, key = name.partition(".")
    return f"{KIND_NAMES[kind]} {key}".strip()


def _raw(allowed: Permissions) -> str:
    """Who can read what shows raw ids."""
    asked = {"volumes": READ_FILES, "secret_scopes": READ_SECRETS}
    names = {"tables.bronze": READ_TABLES} | {
        name: asked[kind_of(name)] for name in allowed.parents if kind_of(name) in asked
    }
    lines = []
    for name, capability in ((name, names[name]) for name in _sorted(names)):
        able = (called(who) for who in _in_order(allowed.principals) if allowed.may(who, capability, name))
        lines.append(f"- {_title(name)}: {', '.join(able)}")
    return "\n".join(lines)


def _lost(allowed: Permissions) -> str:
    """What the service principal may not do where a person has deployed."""
    then = permissions_in(allowed.target, PERSON)
    lost: dict[str, list[str]] = {}
    for name in _sorted(allowed.parents):
        verbs = [
            capability.verb
            for capability, place in allowed.allowed(allowed.identity)
            if place == name and not then.may(allowed.identity, capability, name)
        ]
        if verbs:
            lost.setdefault(", ".join(verbs), []).append(_title(name))
    return "\n".join(f"- {verbs}: {', '.join(names)}" for verbs, names in lost.items())


def _unmodelled(targets: Iterable[Target]) -> str:
    """A sentence that names the resources of kinds that the tables don't have; empty without any."""
    names = {
        resource.address for target in targets for resource in target.resources() if resource.kind not in KIND_NAMES
    }
    return f"The bundle has resources that these tables leave out: {', '.join(sorted(names))}.\n\n" if names else ""


def _needs() -> Iterator[str]:
    yield "\n| to | on | one needs |\n|---|---|---|"
    for capability in CAPABILITIES:
        needs = ", ".join(f"`{privilege}`" for _, privilege in capability.needs)
        yield f"| {capability.verb} | {KIND_NAMES[capability.kind].removesuffix(' of')} | {needs} |"
    yield ""


def _in_order(principals: Iterable[str]) -> list[str]:
    known = (SERVICE_PRINCIPAL, OPERATORS, ANALYSTS, UPLOADERS)
    return sorted(principals, key=lambda name: (known.index(name) if name in known else len(known), name))


def _sorted(names: Iterable[str]) -> list[str]:
    """By kind, and within a kind bronze before silver before gold: what belongs to a layer carries its name.

    Kinds without a title are left out.
    """

    def place(name: str) -> tuple[int, int, str]:
        kind, _, key = name.partition(".")
        layers = [at for at, layer in enumerate(LAYERS) if key.startswith(layer)]
        return list(KIND_NAMES).index(kind), layers[0] if layers else len(LAYERS), key

    return sorted((name for name in names if kind_of(name) in KIND_NAMES), key=place)
