"""The bundle's configuration as the CLI merges it: files, a target's overrides, resolved references."""

import getpass
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import TypeAlias

import yaml

from local_runtime.errors import LakehouseError
from local_runtime.pipelines.placed_yaml import PlacedList, PlacedMapping, place_of, read_placed

Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"
Config: TypeAlias = dict[str, Value]

REFERENCE = re.compile(r"\$\{([^}]+)\}")
# Lists of a job that the CLI merges item by item, and the field that names an item.
KEYED_LISTS = {"tasks": "task_key", "parameters": "name", "job_clusters": "job_cluster_key"}
LANDING = "lakehouse.landing"
"""The key, in a pipeline's configuration, of the folder that files land in."""
# A target gives a variable a value, or a definition: a mapping with one of these sets of keys.
DEFINITIONS = ({"default"}, {"default", "type"}, {"default", "description"}, {"default", "type", "description"})


@dataclass(frozen=True)
class Bundle:
    """The bundle's files as one configuration, and for the key of each resource the file that holds it.

    `included` are the files that each pattern of its `include` section matches.
    """

    config: Config
    files: dict[str, Path]
    included: dict[str, list[Path]]


def read_bundle(root: Path) -> Bundle:
    """The bundle at `root`.

    Raises LakehouseError where two resources have one key, whatever their kinds: `databricks bundle run` uses the key.
    """
    main = root / "databricks.yml"
    if not main.is_file():
        raise LakehouseError(f"There is no bundle in {root}: databricks.yml is missing.")
    patterns = [as_text(pattern) for pattern in as_list(_read_yaml(main, root).get("include"))]
    included = {pattern: sorted(root.glob(pattern)) for pattern in patterns}
    config: Config = {}
    files: dict[str, Path] = {}
    of_targets: dict[str, Path] = {}
    for path in dict.fromkeys([main, *(path for paths in included.values() for path in paths)]):
        part = _read_yaml(path, root)
        for key in _resource_keys(part):
            if key in files:
                raise LakehouseError(f"Two resources have the key {key}: in {files[key]} and in {path}.")
            files[key] = path
        for overrides in as_mapping(part.get("targets")).values():
            of_targets |= dict.fromkeys(_resource_keys(as_mapping(overrides)), path)
        config = as_mapping(_merged(config, part))
    return Bundle(config, of_targets | files, included)


def folders_included(root: Path) -> set[Path]:
    """The folders in or below which all files of the bundle at `root` lie, other than its databricks.yml."""
    patterns = [as_text(pattern) for pattern in as_list(_read_yaml(root / "databricks.yml", root).get("include"))]
    fixed = (takewhile(_is_plain, Path(pattern).parts[:-1]) for pattern in patterns)
    return {root.joinpath(*parts) for parts in fixed}


def _is_plain(part: str) -> bool:
    return not any(sign in part for sign in "*?[{")


def for_target(config: Config, target: str | None = None) -> Config:
    """The configuration of one target, the default one without a name; `variables` are the values that variables have.

    Raises LakehouseError for a target that isn't there, and for a value of a variable that isn't declared.
    """
    targets = as_mapping(config.get("targets")) or {"default": {}}
    name = target or _default_target(targets)
    if name not in targets:
        raise LakehouseError(f"The bundle has no target {name}. There are: {', '.join(targets)}.")
    overrides = dict(as_mapping(targets[name]))
    values_given = as_mapping(overrides.pop("variables", {}))
    declared = as_mapping(config.get("variables"))
    unknown = values_given.keys() - declared.keys()
    if unknown:
        raise LakehouseError(f"The target {name} sets variables that aren't declared: {', '.join(sorted(unknown))}.")
    values = PlacedMapping({key: as_mapping(definition).get("default") for key, definition in declared.items()})
    values.places = {key: place for key in declared if (place := place_of(declared[key], "default"))}
    for key, given in values_given.items():
        values[key] = _value_given(given)
        place = place_of(given, "default") if values[key] is not given else place_of(values_given, key)
        values.places |= {key: place} if place else {}
    merged = as_mapping(_merged(config, overrides))
    merged = {key: part for key, part in merged.items() if key not in ("targets", "default")}
    return {**merged, "bundle": {**as_mapping(merged.get("bundle")), "target": name}, "variables": values}


def resolve(value: Value, config: Config, within: tuple[str, ...] = ()) -> Value:
    """`value` with its references resolved in the configuration of a target.

    A schema or secret scope is called by the key of its resource: `${resources.schemas.gold.name}` is `gold`, whatever
    the target calls it. `${workspace.current_user.short_name}` is this machine's user. What only a workspace can answer
    (the rest of `${workspace.…}`, the ids of resources) is left as it is.

    Raises LakehouseError for a variable without a value, and for a reference that leads nowhere or round in a circle.
    """
    if isinstance(value, dict):
        return {key: resolve(item, config, within) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, config, within) for item in value]
    if not isinstance(value, str):
        return value
    reference = REFERENCE.fullmatch(value)
    if reference:
        return _look_up(reference[1], config, within)
    return REFERENCE.sub(lambda match: as_text(_look_up(match[1], config, within)), value)


def as_mapping(value: Value) -> Config:
    """`value` if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Value) -> list[Value]:
    """`value` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: Value) -> str:
    """A scalar as YAML writes it."""
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def at(config: Value, *path: str) -> Value:
    """What is at a path of keys; None where one of them is missing."""
    for key in path:
        config = as_mapping(config).get(key)
    return config


def tasks_of(job: Config) -> dict[str, Config]:
    """The tasks of a job by their keys."""
    return {as_text(task.get("task_key")): task for task in map(as_mapping, as_list(job.get("tasks")))}


def dependencies_of(task: Config) -> list[str]:
    """The keys of the tasks that a task waits for."""
    return [as_text(at(dependency, "task_key")) for dependency in as_list(task.get("depends_on"))]


def earlier_tasks(task: Config, tasks: Mapping[str, Config]) -> dict[str, Config]:
    """Those of a job's `tasks` that a task waits for, directly or not, in the order of `tasks`.

    Dependencies on missing tasks are ignored, and tasks that wait for each other are followed once.
    """
    earlier: set[str] = set()
    waiting = [task]
    while waiting:
        new = {key for key in dependencies_of(waiting.pop()) if key in tasks} - earlier
        earlier |= new
        waiting += [tasks[key] for key in new]
    return {key: tasks[key] for key in tasks if key in earlier}


def _look_up(reference: str, config: Config, within: tuple[str, ...]) -> Value:
    if reference in within:
        raise LakehouseError(f"The references {' → '.join([*within, reference])} go round in a circle.")
    path = reference.split(".")
    match path:
        case ["workspace", "current_user", "short_name"]:
            return _user()
        case ["workspace", *_] | ["resources", _, _, "id"]:
            return f"${{{reference}}}"
        case ["resources", "schemas" | "secret_scopes", key, "name"] if at(config, *path) is not None:
            return key
        case ["var", name, *_] if as_mapping(config["variables"]).get(name) is None:
            target = as_text(at(config, "bundle", "target"))
            raise LakehouseError(
                f"The variable {name} has no value. Set targets.{target}.variables.{name} in the bundle."
            )
        case ["var", *rest]:
            path = ["variables", *rest]
    value = at(config, *path)
    if value is None:
        raise LakehouseError(f"The reference ${{{reference}}} leads nowhere.")
    return resolve(value, config, (*within, reference))


def _default_target(targets: Config) -> str:
    marked = [name for name, overrides in targets.items() if as_mapping(overrides).get("default")]
    names = list(targets) if len(targets) == 1 else marked
    if len(names) != 1:
        raise LakehouseError(f"The bundle has no default target. Name one by --target: {', '.join(targets)}.")
    return names[0]


def _user() -> str:
    """Who runs this, spelled as Databricks spells a short name: it may be part of a schema's name."""
    try:
        return re.sub(r"\W+", "_", getpass.getuser().lower())
    except (KeyError, OSError):
        return "me"


def _value_given(value: Value) -> Value:
    return value["default"] if isinstance(value, dict) and value.keys() in DEFINITIONS else value


def _read_yaml(path: Path, root: Path) -> Config:
    try:
        found = read_placed(path, root)
    except yaml.YAMLError as error:
        raise LakehouseError(f"{path} is not YAML: {error}") from None
    return found if isinstance(found, PlacedMapping) else {}


def _resource_keys(part: Config) -> list[str]:
    return [key for entries in as_mapping(part.get("resources")).values() for key in as_mapping(entries)]


def _merged(old: Value, new: Value, path: tuple[str, ...] = ()) -> Value:
    """Mappings are merged by key, lists concatenated, those of KEYED_LISTS merged; otherwise the new value wins.

    What is merged keeps its places.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        merged = PlacedMapping(old, of=old)
        for key, value in new.items():
            merged[key] = _merged(old.get(key), value, (*path, key))
            place = place_of(new, key)
            if place and value is not None:
                merged.places[key] = place
        return merged
    if isinstance(old, list) and isinstance(new, list):
        field = KEYED_LISTS.get(path[-1]) if path[-4:-2] == ("resources", "jobs") else None
        return _joined(old, new, field, path)
    return old if new is None else new


def _joined(old: list[Value], new: list[Value], field: str | None, path: tuple[str, ...]) -> PlacedList:
    """The items of both lists; an item of the new one is merged into that of the old one with the same field."""
    joined = PlacedList(old, [place_of(old, index) for index in range(len(old))])
    unmerged = {as_text(at(item, field)): index for index, item in enumerate(old)} if field else {}
    for position, item in enumerate(new):
        index = unmerged.pop(as_text(at(item, field)), None) if field else None
        if index is not None:
            joined[index] = _merged(joined[index], item, (*path, "item"))
        else:
            joined.append(item)
            joined.places.append(place_of(new, position))
    return joined
