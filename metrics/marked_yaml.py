"""YAML with marks: every value knows its file and line, for messages."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from local_runtime.errors import LakehouseError
from local_runtime.root import ROOT

Place = tuple[str | int, ...]
"""The keys that lead to a value: ("measures", "titles", "of")."""
LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C where there is one, which takes a tenth of the time."""


class Marks:
    """Where each value of a file is."""

    def __init__(self, path: Path):
        self.path = path
        self.lines: dict[Place, int] = {}

    def at(self, place: Place) -> str:
        """`file:line` of a value, or of the nearest value around it."""
        parts = tuple(place)
        while parts and parts not in self.lines:
            parts = parts[:-1]
        path = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{path}:{self.lines.get(parts, 1)}"


def read_marked(path: Path) -> tuple[Any, Marks]:
    """A file's content, and where each part of it is.

    Raises LakehouseError, with file and line, for what isn't YAML, a key that is there twice, and one that isn't text.
    """
    marks = Marks(path)
    try:
        text = path.read_text(encoding="utf-8")
        loader = LOADER(text)
        node = loader.get_single_node()
        content = _value(loader, node, (), marks) if node is not None else {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise LakehouseError(f"{path}:{line}: this is no YAML: {error.problem}.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise LakehouseError(f"{path} can't be read: {getattr(error, 'strerror', None) or error}.") from None
    return content, marks


def _value(loader: yaml.SafeLoader, node: yaml.Node, place: Place, marks: Marks) -> Any:
    marks.lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        content: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node)
            where = f"{marks.at(place).rpartition(':')[0]}:{key_node.start_mark.line + 1}"
            if not isinstance(key, str):
                raise LakehouseError(f"{where}: the key {key_node.value!r} is {key!r} to YAML: choose another word.")
            if key in content:
                raise LakehouseError(f"{where}: {key!r} is there twice: leave one of them out.")
            marks.lines[(*place, key)] = key_node.start_mark.line + 1
            content[key] = _value(loader, value_node, (*place, key), marks)
        return content
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item, (*place, number), marks) for number, item in enumerate(node.value)]
    return loader.construct_object(node)
