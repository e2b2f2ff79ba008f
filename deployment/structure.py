"""Checks of the bundle's structure: targets, values, names, folders, settings, and what is uploaded."""

import posixpath
import re
from collections.abc import Iterator

from deployment.findings import Finding
from deployment.targets import ACCESS_FILE, DEV, ROLES, TARGETS_FILE, Resource, Target, texts
from local_runtime.pipelines.bundle_config import Config, as_list, as_mapping, as_text, at

CLI_VERSION = (0, 298, 0)
PINNED = {"spark.sql.legacy.timeParserPolicy": "CORRECTED", "spark.sql.session.timeZone": "UTC"}
SCHEMA_NAME = re.compile(r"\$\{resources\.schemas\.(\w+)\.name\}")
VOLUME_PATH = re.compile(
    r"/Volumes/\$\{var\.catalog\}/\$\{resources\.schemas\.\w+\.name\}/\$\{resources\.volumes\.\w+\.name\}/?"
)
NEVER_EMPTY = ("catalog", "secret_scope")
NUMERIC_VALUE = re.compile(r"\d+([.]\d+)?")


def target_modes(bundle: Config) -> Iterator[Finding]:
    """Dev is there, the default, and in development mode; others are in production mode, and there is one of those."""
    found = as_mapping(bundle.get("targets"))
    modes = {name: at(found, name, "mode") for name in found}
    if "production" not in modes.values():
        yield Finding("The bundle", "has no target in production mode", f"add one, such as prod, to {TARGETS_FILE}")
    for name, mode in modes.items():
        if name != DEV and mode not in ("production", "development"):
            yield Finding(name, "is not in production mode", "set mode: production")
    if DEV not in found:
        yield Finding(DEV, "is missing, the target for everybody's own copy", f"add it to {TARGETS_FILE}")
    elif at(found, DEV, "mode") != "development" or not at(found, DEV, "default"):
        yield Finding(DEV, "is not the default, or not in development mode", "set mode: development and default: true")


def top_level_permissions(bundle: Config) -> Iterator[Finding]:
    """`validate` compares them with the folder's own list, and warns of the deployer's inherited CAN_MANAGE."""
    places = {"the bundle": bundle}
    places |= {f"target {name}": as_mapping(spec) for name, spec in as_mapping(bundle.get("targets")).items()}
    for place, spec in places.items():
        if "permissions" in spec:
            yield Finding(
                place,
                "has permissions at the top level, of which `validate --strict` makes an error",
                f"give them to each resource in {ACCESS_FILE}",
            )


def command_line_version(bundle: Config) -> Iterator[Finding]:
    """Knows the direct engine, keeps secret scopes with their keys, and resolves references in an app's config."""
    if at(bundle, "bundle", "engine") != "direct":
        yield Finding("engine", "is not direct", "set bundle.engine: direct in databricks.yml")
    found = re.fullmatch(r">= (\d+)\.(\d+)\.(\d+)", as_text(at(bundle, "bundle", "databricks_cli_version")))
    if not found or tuple(map(int, found.groups())) < CLI_VERSION:
        yield Finding(
            "databricks_cli_version",
            "is not at least 0.298.0, the oldest that deploys the App as it is declared",
            "raise it",
        )


def shared_values(bundle: Config) -> Iterator[Finding]:
    """Another catalog recreates every schema; one folder for all targets mixes them."""
    if "default" in as_mapping(at(bundle, "variables", "catalog")):
        yield Finding("catalog", "has a default, so a target may forget its own", "remove the default")
    if at(bundle, "workspace", "root_path") is not None:
        yield Finding("the bundle", "has one root_path for all targets", "set it in each target")
    for name in ("failure_emails", "pipeline_notifications"):
        if at(bundle, "variables", name, "default") != []:
            yield Finding(name, "is not empty where a target sets nothing", "set its default to []")


def variables(target: Target) -> Iterator[Finding]:
    """No deployment depends on a --var, which somebody will forget."""
    for name, definition in as_mapping(target.bundle.get("variables")).items():
        place, where = f"{target.name}: the variable {name}", f"set targets.{target.name}.variables.{name}"
        value, default = target.variable(name), as_mapping(definition).get("default")
        if value is None:
            yield Finding(place, "has no value but by --var", f"{where} in {TARGETS_FILE}")
        elif value == "" and (name in NEVER_EMPTY or (target.is_shared and name in ROLES)):
            yield Finding(place, "is empty", f"{where} in {TARGETS_FILE}")
        elif NUMERIC_VALUE.fullmatch(as_text(default)) and not NUMERIC_VALUE.fullmatch(as_text(value)):
            yield Finding(place, f"is {as_text(value)!r}, and must be a number", f"{where} to one, such as {default}")
        elif name == "catalog" and not re.fullmatch(r"\w+", as_text(value)):
            yield Finding(
                place,
                f"is {as_text(value)!r}, and foreign keys name it without quotes",
                f"{where} to a name of letters, digits and _",
            )


def resource_names(target: Target) -> Iterator[Finding]:
    """A schema carries the bundle's name, and everything else refers to it."""
    for resource in target.resources():
        for spelled in _spelled(resource):
            yield Finding(
                resource.place, f"spells {spelled}, which other targets call otherwise", "refer to the resource"
            )
        if resource.kind == "schemas" and "${bundle.name}" not in resource.text("name"):
            yield Finding(
                resource.place,
                f"is called {resource.text('name')}, a name that others in the catalog may have",
                "put ${bundle.name} into its name",
            )


def _spelled(resource: Resource) -> Iterator[str]:
    """The names of schemas, catalogs and volumes that are written out."""
    if resource.kind in ("pipelines", "volumes"):
        configuration = as_mapping(resource.spec.get("configuration"))
        # Foreign keys name their parents in full.
        settings = [as_text(configuration[key]) for key in configuration if key.endswith("_schema")]
        schemas = [name.removeprefix("${var.catalog}.") for name in settings]
        schemas += [resource.text("schema"), resource.text("schema_name"), resource.text("event_log", "schema")]
        yield from (name for name in schemas if name and not SCHEMA_NAME.fullmatch(name))
        catalogs = [resource.text("catalog"), resource.text("catalog_name"), resource.text("event_log", "catalog")]
        yield from (name for name in catalogs if name and name != "${var.catalog}")
    for text in texts(resource.spec):
        if "/Volumes/" in text and not VOLUME_PATH.fullmatch(text):
            yield text


def protection(target: Target) -> Iterator[Finding]:
    """What has tables, files or keys isn't destroyed in a shared target (a pipeline goes with its tables); dev's is."""
    for resource in target.resources("schemas", "volumes", "pipelines", "secret_scopes"):
        is_kept = bool(at(resource.spec, "lifecycle", "prevent_destroy"))
        if target.is_shared and not is_kept:
            yield Finding(resource.place, "may be destroyed", f"set lifecycle.prevent_destroy in {ACCESS_FILE}")
        if not target.is_shared and is_kept:
            yield Finding(resource.place, "can't be destroyed", "set lifecycle.prevent_destroy in shared targets only")


def root_paths(target: Target) -> Iterator[Finding]:
    """One place for each shared target, whoever deploys; /Workspace/Shared draws a warning."""
    if not target.is_shared:
        return
    path = as_text(at(target.bundle, "targets", target.name, "workspace", "root_path"))
    place, remedy = f"{target.name}: root_path {path!r}", f"write it as in the shipped {TARGETS_FILE}"
    if not path.startswith("/Workspace/") or "${workspace." in path:
        yield Finding(place, "depends on who deploys", remedy)
    if path.startswith("/Workspace/Shared"):
        yield Finding(place, "can be written by everybody", remedy)
    if "${bundle.name}" not in path or "${bundle.target}" not in path:
        yield Finding(place, "doesn't belong to this bundle and this target alone", remedy)


def pinned_settings(target: Target) -> Iterator[Finding]:
    """Serverless may parse dates with the policy EXCEPTION and in another time zone."""
    for resource in target.resources("pipelines"):
        for key, value in PINNED.items():
            if at(resource.spec, "configuration", key) != value:
                yield Finding(resource.place, f"lacks {key}: {value}", "add it to its configuration")


def uploads(target: Target) -> Iterator[Finding]:
    """What is executed is uploaded, and nothing else: without `sync.paths` the whole repository is.

    An app has all that is uploaded, and runs a module of one of these folders (`python -m serving.…`).
    """
    # Paths start from the file that has them, which is a folder below the bundle's root, as resources are.
    paths = [posixpath.normpath(f"bundle/{path}") for path in as_list(at(target.config, "sync", "paths"))]
    if not paths or "." in paths:
        yield Finding(target.name, "uploads the whole repository", "set sync.paths in bundle/sync.yml to ../src")
        return
    for app in target.resources("apps"):
        command = [as_text(word) for word in as_list(at(app.spec, "config", "command"))]
        package = command[2].partition(".")[0] if command[:2] == ["python", "-m"] and len(command) > 2 else ""
        if package not in paths:
            problem = f"runs {' '.join(command) or 'nothing'}, which isn't a module of what is uploaded"
            yield Finding(app.place, problem, "add its folder to sync.paths")
    for resource in target.resources("pipelines", "jobs"):
        for path in _executed(resource):
            below = posixpath.normpath(f"resources/{path}")
            if not any(posixpath.commonpath((below, root)) == root for root in paths):
                yield Finding(resource.place, f"executes {path}, which isn't uploaded", "add its folder to sync.paths")


def _executed(resource: Resource) -> Iterator[str]:
    yield from (as_text(at(library, "glob", "include")) for library in resource.items("libraries"))
    scripts = (as_mapping(at(task, "spark_python_task")) for task in resource.items("tasks"))
    yield from (as_text(one["python_file"]) for one in scripts if one.get("python_file") and one.get("source") != "GIT")
