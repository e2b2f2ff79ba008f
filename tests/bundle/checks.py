"""What a real workspace asks of the bundle, as functions over its configuration that return what they find wrong.

A configuration is the bundle's files as one (`read_bundle(…).config`). The rules come from the CLI's sources and from
the vendor's documents; a finding says where and what.
"""

import re
from collections.abc import Callable, Iterator

from local_runtime.pipelines.bundle_config import Config, for_target, resolve

DEV, SHARED = "dev", ("staging", "prod")
CLI_VERSION = (0, 295, 0)
PINNED = {"spark.sql.legacy.timeParserPolicy": "CORRECTED", "spark.sql.session.timeZone": "UTC"}
EVERYBODY = {"users", "account users"}
RUNS = {"USE_SCHEMA", "CREATE_TABLE", "CREATE_MATERIALIZED_VIEW"}
SCHEMA_NAME = re.compile(r"\$\{resources\.schemas\.(\w+)\.name\}")
VOLUME_PATH = re.compile(
    r"/Volumes/\$\{var\.catalog\}/\$\{resources\.schemas\.\w+\.name\}/\$\{resources\.volumes\.\w+\.name\}/?"
)


def resources(config: Config, target: str, *kinds: str) -> Iterator[tuple[str, Config]]:
    """A target's resources of some kinds (else all), each with where it is."""
    for kind, entries in for_target(config, target)["resources"].items():
        if not kinds or kind in kinds:
            for key, spec in entries.items():
                yield f"{target}: resources.{kind}.{key}", spec


def principals(config: Config, target: str, spec: Config) -> dict[str, set[str]]:
    """Whom a resource gives something, and what: privileges or levels."""
    given: dict[str, set[str]] = {}
    merged = for_target(config, target)
    for grant in spec.get("grants", []):
        given.setdefault(resolve(grant["principal"], merged), set()).update(grant["privileges"])
    for permission in spec.get("permissions", []):
        names = [value for field, value in permission.items() if field != "level"]
        given.setdefault(resolve(names[0], merged), set()).add(permission["level"])
    return given


def variable(config: Config, target: str, name: str) -> object:
    """A variable's value, or None."""
    return for_target(config, target)["variables"].get(name)


def targets(config: Config) -> list[str]:
    """Dev is the default, in development mode; what is shared is in production mode."""
    found = config["targets"]
    wrong = [f"{name} is missing" for name in (DEV, *SHARED) if name not in found]
    wrong += [f"{name}: not in production mode" for name in SHARED if found.get(name, {}).get("mode") != "production"]
    if found[DEV].get("mode") != "development" or not found[DEV].get("default"):
        wrong.append("dev: not the default, or not in development mode")
    return wrong


def top_level_permissions(config: Config) -> list[str]:
    """`validate` compares them with the folder's own list, and warns of the deployer's inherited CAN_MANAGE."""
    places = {"the bundle": config, **{f"target {name}": spec for name, spec in config["targets"].items()}}
    wrong = [f"{place}: permissions at the top level" for place, spec in places.items() if "permissions" in spec]
    for target in SHARED:
        for place, spec in resources(config, target, "jobs", "pipelines", "sql_warehouses"):
            if not spec.get("permissions"):
                wrong.append(f"{place}: no permissions; nobody but its owner sees it")
    return wrong


def values_in_targets(config: Config) -> list[str]:
    """A value that comes by --var is forgotten once; another catalog recreates every schema."""
    wrong = []
    if "default" in config["variables"]["catalog"]:
        wrong.append("catalog: a default lets a target forget its own")
    for target in config["targets"]:
        for name in config["variables"]:
            if variable(config, target, name) is None:
                wrong.append(f"{target}: the variable {name} has no value but by --var")
    for target in SHARED:
        for name in ("service_principal", "operators", "analysts", "uploaders"):
            if variable(config, target, name) == "":
                wrong.append(f"{target}: the variable {name} is empty")
    return wrong


def schema_names(config: Config) -> list[str]:
    """A schema carries the bundle's name, and everything else refers to it."""
    wrong = []
    for target in config["targets"]:
        for place, spec in resources(config, target, "schemas"):
            if "${bundle.name}" not in spec["name"]:
                wrong.append(f"{place}: {spec['name']} doesn't carry the bundle's name")
        for place, spec in resources(config, target, "pipelines", "volumes"):
            schemas = [spec.get("schema"), spec.get("schema_name"), spec.get("event_log", {}).get("schema")]
            settings = spec.get("configuration", {})
            # Foreign keys name their parents in full.
            schemas += [v.removeprefix("${var.catalog}.") for key, v in settings.items() if key.endswith("_schema")]
            wrong += [f"{place}: {name} is spelled" for name in schemas if name and not SCHEMA_NAME.fullmatch(name)]
            catalogs = [spec.get("catalog"), spec.get("catalog_name"), spec.get("event_log", {}).get("catalog")]
            wrong += [f"{place}: {name} is spelled" for name in catalogs if name and name != "${var.catalog}"]
        for place, spec in resources(config, target):
            for text in texts(spec):
                if "/Volumes/" in text and not VOLUME_PATH.fullmatch(text):
                    wrong.append(f"{place}: {text} is spelled")
    return wrong


def texts(value: object) -> Iterator[str]:
    """Every string in a configuration."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from texts(item)
    if isinstance(value, str):
        yield value


def protection(config: Config) -> list[str]:
    """What holds tables or files isn't destroyed in a shared target (a pipeline goes with its tables); dev's is."""
    wrong = []
    for target in (DEV, *SHARED):
        for place, spec in resources(config, target, "schemas", "volumes", "pipelines"):
            kept = spec.get("lifecycle", {}).get("prevent_destroy", False)
            if target in SHARED and not kept:
                wrong.append(f"{place}: may be destroyed")
            if target == DEV and kept:
                wrong.append(f"{place}: can't be destroyed")
    return wrong


def root_paths(config: Config) -> list[str]:
    """One place per shared target, whoever deploys; /Workspace/Shared draws a warning."""
    wrong = []
    for target in SHARED:
        path = config["targets"][target].get("workspace", {}).get("root_path", "")
        if not path.startswith("/Workspace/") or "${workspace." in path:
            wrong.append(f"{target}: root_path {path!r} depends on who deploys")
        if path.startswith("/Workspace/Shared"):
            wrong.append(f"{target}: root_path {path!r} is everybody's to write")
        if "${bundle.name}" not in path or "${bundle.target}" not in path:
            wrong.append(f"{target}: root_path {path!r} isn't this bundle's and this target's alone")
    if "root_path" in config.get("workspace", {}):
        wrong.append("the bundle: one root_path for all targets")
    return wrong


def identities(config: Config) -> list[str]:
    """Shared targets run as a service principal, which may create what the pipelines publish and read what lands."""
    wrong = []
    for target in SHARED:
        merged = for_target(config, target)
        identity = resolve(merged.get("run_as", {}).get("service_principal_name", ""), merged)
        if not identity:
            wrong.append(f"{target}: no service principal in run_as")
            continue
        schemas = {place.split(".")[-1]: spec for place, spec in resources(config, target, "schemas")}
        for place, spec in resources(config, target, "pipelines"):
            for name in (spec["schema"], spec["event_log"]["schema"]):
                schema = resolve(name, merged)
                lacking = RUNS - principals(config, target, schemas.get(schema, {})).get(identity, set())
                if lacking:
                    wrong.append(f"{place}: run_as lacks {', '.join(sorted(lacking))} on {schema}")
        for place, spec in resources(config, target, "volumes"):
            if "READ_VOLUME" not in principals(config, target, spec).get(identity, set()):
                wrong.append(f"{place}: run_as lacks READ_VOLUME")
    return wrong


def notifications(config: Config) -> list[str]:
    """Addresses come from variables whose default is an empty list: the deployer may be a service principal."""
    wrong = []
    for target in config["targets"]:
        for place, spec in resources(config, target, "jobs", "pipelines"):
            found = [*spec.get("email_notifications", {}).values(), spec.get("notifications", "${var.none}")]
            for value in found:
                if not re.fullmatch(r"\$\{var\.\w+\}", str(value)):
                    wrong.append(f"{place}: mail goes to {value}, no variable")
    for name in ("failure_emails", "pipeline_notifications"):
        if config["variables"].get(name, {}).get("default") != []:
            wrong.append(f"{name}: not empty where a target says nothing")
    return wrong


def command_line_version(config: Config) -> list[str]:
    """The direct engine needs a CLI that knows it."""
    bundle = config["bundle"]
    found = re.fullmatch(r">= (\d+)\.(\d+)\.(\d+)", str(bundle.get("databricks_cli_version")))
    if bundle.get("engine") == "direct" and (not found or tuple(map(int, found.groups())) < CLI_VERSION):
        return ["databricks_cli_version: not at least 0.295.0, which engine: direct needs"]
    return [] if bundle.get("engine") == "direct" else ["engine: not direct"]


def access(config: Config) -> list[str]:
    """Dev gives nobody anything; nothing is everybody's; uploaders can land files; analysts can't read event logs."""
    wrong = [
        f"{place}: gives {', '.join(spec)} in dev"
        for place, spec in ((place, principals(config, DEV, spec)) for place, spec in resources(config, DEV))
        if spec
    ]
    for target in SHARED:
        merged = for_target(config, target)
        given = {place: principals(config, target, spec) for place, spec in resources(config, target)}
        wrong += [f"{place}: open to everybody" for place, whom in given.items() if whom.keys() & EVERYBODY]
        schemas = {place.split(".")[-1]: given[place] for place, _ in resources(config, target, "schemas")}
        uploaders, analysts = variable(config, target, "uploaders"), variable(config, target, "analysts")
        for place, spec in resources(config, target, "volumes"):
            schema = resolve(spec["schema_name"], merged)
            lacking = {"READ_VOLUME", "WRITE_VOLUME"} - given[place].get(uploaders, set())
            lacking |= {"USE_SCHEMA"} - schemas.get(schema, {}).get(uploaders, set())
            if lacking:
                wrong.append(f"{place}: uploaders lack {', '.join(sorted(lacking))}")
        for place, spec in resources(config, target, "pipelines"):
            schema = resolve(spec["event_log"]["schema"], merged)
            if schemas.get(schema, {}).get(analysts):
                wrong.append(f"{place}: analysts can read the event log in {schema}")
    return wrong


def pinned_settings(config: Config) -> list[str]:
    """Serverless may parse dates with the policy EXCEPTION and in another time zone."""
    return [
        f"{place}: {key} is not {value}"
        for target in config["targets"]
        for place, spec in resources(config, target, "pipelines")
        for key, value in PINNED.items()
        if spec.get("configuration", {}).get(key) != value
    ]


CHECKS: tuple[Callable[[Config], list[str]], ...] = (
    targets,
    top_level_permissions,
    values_in_targets,
    schema_names,
    protection,
    root_paths,
    identities,
    notifications,
    command_line_version,
    access,
    pinned_settings,
)
