"""What is wrong with the project's files, as sentences: what they name is there, and keys tell rows apart.

From their texts and gold's columns alone, so that it needs no data. Tests read the project as LookML, and compare its
numbers with the registry's.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from dashboards.gold import gold_tables
from dashboards.looker.project import FOLDER
from metrics.registry import Registry

OBJECT = re.compile(r"^(view|explore): (\w+) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
PART = re.compile(r"^  (dimension|dimension_group|measure|join): (\w+) \{\n(.*?)^  \}", re.MULTILINE | re.DOTALL)
FRAMES, TABLE = re.compile(r"timeframes: \[(.*)\]"), re.compile(r"sql_table_name: @\{\w+\}\.(\w+) ;;")
OWN, REFERENCE = re.compile(r"\$\{TABLE\}\.(\w+)"), re.compile(r"\$\{(\w+)\.(\w+)\}")
CONSTANT = re.compile(r"@\{(\w+)\}")


def problems(registry: Registry, files: Mapping[str, str]) -> list[str]:
    """All that is wrong with constants, tables, columns, keys and references."""
    found = _objects(files)
    views, explores = found["view"], found["explore"]
    fields = {name: {*_fields(text)} for name, text in views.items()}
    aliases = {name: {name: name, **_joins(text)} for name, text in explores.items()}
    declared = {*re.findall(r"^constant: (\w+)", files.get(f"{FOLDER}/manifest.lkml", ""), re.MULTILINE)}
    used = {*CONSTANT.findall("\n".join(files.values()))}
    sentences = [f"@{{{name}}} isn't declared" for name in sorted(used - declared)]
    for name, text in views.items():
        sentences += [f"{name}: {sentence}" for sentence in (*_columns(text), *_key(text))]
        known = aliases.get(name, {name: name})
        sentences += [f"{name}: {one}" for one in _references(REFERENCE.findall(text), known, fields)]
    for name, text in explores.items():
        sentences += [f"explore {name}: {one}" for one in _references(REFERENCE.findall(text), aliases[name], fields)]
    return sentences + list(_boards(files, aliases, fields))


def _objects(files: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"view": {}, "explore": {}}
    for path, text in files.items():
        if path.endswith((".view.lkml", ".model.lkml")):
            for kind, name, body in OBJECT.findall(text):
                found[kind][name] = body
    return found


def _fields(text: str) -> Iterator[str]:
    for _, name, body in PART.findall(text):
        frames = FRAMES.search(body)
        yield from [f"{name}_{frame}" for frame in frames[1].split(", ")] if frames else [name]


def _joins(text: str) -> dict[str, str]:
    """The views of an explore's joins, by what they are called in it."""
    found: dict[str, str] = {}
    for kind, name, body in PART.findall(text):
        view = re.search(r"^    from: (\w+)$", body, re.MULTILINE)
        found |= {name: view[1] if view else name} if kind == "join" else {}
    return found


def _columns(text: str) -> Iterator[str]:
    table = TABLE.search(text)
    if table is None:
        return
    if table[1] not in gold_tables():
        yield f"gold has no table {table[1]}"
        return
    missing = {*OWN.findall(text)} - {*gold_tables()[table[1]].columns}
    yield from (f"gold.{table[1]} has no column {name}" for name in sorted(missing))


def _key(text: str) -> Iterator[str]:
    """One primary key, which has the key of the table, or all keys that a table without one has."""
    keys = [body for _, _, body in PART.findall(text) if "primary_key: yes\n" in body]
    if len(keys) != 1:
        yield f"it has {len(keys)} primary keys"
        return
    table = TABLE.search(text)
    gold = gold_tables().get(table[1]) if table else None
    if gold is not None:
        needed = gold.primary_key or [name for name in gold.columns if name.endswith("_key")]
        lacking = sorted({*needed} - {*OWN.findall(keys[0])})
        yield from (f"its primary key lacks {name}" for name in lacking)


def _references(
    named: list[tuple[str, str]], aliases: Mapping[str, str], fields: Mapping[str, set[str]]
) -> Iterator[str]:
    for alias, field in dict.fromkeys(named):
        if field not in fields.get(aliases.get(alias, ""), ()):
            yield f"there is no field {alias}.{field}"


def _boards(
    files: Mapping[str, str], aliases: Mapping[str, Mapping[str, str]], fields: Mapping[str, set[str]]
) -> Iterator[str]:
    """Fields of dashboards are those of their explores."""
    for path, text in files.items():
        if not path.endswith(".dashboard.lookml"):
            continue
        try:
            boards: list[dict[str, Any]] = yaml.safe_load(text)
        except yaml.YAMLError as error:
            yield f"{path}: {error}"
            continue
        for one in (part for board in boards for kind in ("filters", "elements") for part in board[kind]):
            names = [*one.get("fields", []), *one.get("pivots", []), *one.get("listen", {}).values()]
            names += [one["field"]] if "field" in one else []
            known = aliases.get(one["explore"], {})
            pairs = [(name.partition(".")[0], name.partition(".")[2]) for name in names]
            yield from (f"{path}: {one['name']}: {text}" for text in _references(pairs, known, fields))
