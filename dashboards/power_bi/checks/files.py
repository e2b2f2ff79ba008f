"""Which files the project has, whether they can be read, and whether they refer to each other."""

import json
import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from dashboards.power_bi.project import FOLDER, MODELS, NAME
from dashboards.power_bi.project import SCHEMAS as BASE
from dashboards.power_bi.reading import UUID
from metrics.registry import Registry

PARTS = {
    "Report": (
        ".platform",
        "definition.pbir",
        "definition/version.json",
        "definition/report.json",
        "definition/pages/pages.json",
    ),
    "SemanticModel": (
        ".platform",
        "definition.pbism",
        "definition/database.tmdl",
        "definition/model.tmdl",
        "definition/expressions.tmdl",
        "definition/relationships.tmdl",
    ),
}
SCHEMAS = {
    ".platform": f"{BASE}/gitIntegration/platformProperties/2.1.0/schema.json",
    ".pbip": f"{BASE}/pbip/pbipProperties/1.0.0/schema.json",
    ".pbir": f"{BASE}/item/report/definitionProperties/2.0.0/schema.json",
    ".pbism": f"{BASE}/item/semanticModel/definitionProperties/1.0.0/schema.json",
}
VERSIONS = {".pbip": "1.0", ".pbir": "4.0", ".pbism": "4.2", "version.json": "2.0.0"}


def problems(registry: Registry, files: Mapping[str, str]) -> list[str]:
    """Sentences about the project's files as files."""
    return [*_texts(files), *_missing(files), *_contents(files)]


def content(text: str) -> Any:
    """A JSON file's content; an empty object for one that can't be read, which `problems` tells."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return {}


def _texts(files: Mapping[str, str]) -> Iterator[str]:
    for path, text in files.items():
        try:
            text.encode()
        except UnicodeEncodeError:
            yield f"{path} isn't UTF-8"
        if "\ufeff" in text:
            yield f"{path} has a byte order mark"
        if "\r" in text:
            yield f"{path} has a carriage return: lines end with \\n alone"
        if not path.endswith(".tmdl"):
            yield from _json(path, text)


def _json(path: str, text: str) -> Iterator[str]:
    repeated: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in found]
        repeated.extend(sorted({name for name in names if names.count(name) > 1}))
        return dict(found)

    try:
        read = json.loads(text, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        yield f"{path} isn't JSON: {error}"
        return
    yield from (f"{path} has {name!r} twice" for name in repeated)
    if not isinstance(read, dict) or "$schema" not in read:
        yield f"{path} names no $schema"


def _missing(files: Mapping[str, str]) -> Iterator[str]:
    items = {f"{NAME}.Report": "Report", **{f"{model}.SemanticModel": "SemanticModel" for model in MODELS}}
    wanted = {f"{FOLDER}/{NAME}.pbip"}
    wanted |= {f"{FOLDER}/{item}/{part}" for item, kind in items.items() for part in PARTS[kind]}
    yield from (f"{path} is missing" for path in sorted(wanted - files.keys()))
    folders = [f"{FOLDER}/{item}/definition/{part}/" for item in items for part in ("tables", "pages")]
    for path in files:
        if path not in wanted and not any(path.startswith(folder) for folder in folders):
            yield f"{path} is no part of the project"


def _contents(files: Mapping[str, str]) -> Iterator[str]:
    identities: dict[str, str] = {}
    for path, text in files.items():
        folder, _, name = path.rpartition("/")
        if name == ".platform":
            platform = content(text)
            identity = str(platform.get("config", {}).get("logicalId"))
            if not UUID.fullmatch(identity) or platform.get("config", {}).get("version") != "2.0":
                yield f"{path}: its config has the version 2.0 and a logicalId"
            if identity in identities:
                yield f"{path} has the logicalId of {identities[identity]}"
            identities[identity] = path
            wanted = folder.rpartition("/")[2].rpartition(".")
            metadata = platform.get("metadata", {})
            if (metadata.get("displayName"), metadata.get("type")) != (wanted[0], wanted[2]):
                yield f"{path} isn't that of {wanted[0]}.{wanted[2]}"
        schema = next((value for end, value in SCHEMAS.items() if name.endswith(end)), None)
        if schema and content(text).get("$schema") != schema:
            yield f"{path}: its $schema isn't {schema}"
        version = next((value for end, value in VERSIONS.items() if name.endswith(end)), None)
        if version and content(text).get("version") != version:
            yield f"{path}: version isn't {version}"
    yield from _references(files)


def _references(files: Mapping[str, str]) -> Iterator[str]:
    shortcut, report = f"{FOLDER}/{NAME}.pbip", f"{FOLDER}/{NAME}.Report"
    artifacts = content(files.get(shortcut, "")).get("artifacts", [])
    if artifacts != [{"report": {"path": f"{NAME}.Report"}}]:
        yield f"{shortcut}: its only artifact is the report"
    found = (
        content(files.get(f"{report}/definition.pbir", "")).get("datasetReference", {}).get("byPath", {}).get("path")
    )
    model = posixpath.normpath(f"{report}/{found}")
    if f"{model}/definition.pbism" not in files:
        yield f"{report}/definition.pbir: there is no model {found}"
