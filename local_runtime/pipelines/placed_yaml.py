"""YAML whose mappings and lists know the file and line of each of their values."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import yaml

if TYPE_CHECKING:
    from local_runtime.pipelines.bundle_config import Value

try:
    from yaml import CSafeLoader as Loader  # ten times as fast
except ImportError:
    from yaml import SafeLoader as Loader  # type: ignore[assignment]


NOTHING: Mapping[str, "Value"] = {}


@dataclass(frozen=True)
class Place:
    """A line, from 1, of a file below `root`."""

    root: Path
    file: str
    line: int

    @property
    def folder(self) -> Path:
        """The folder that paths in the file start from."""
        return (self.root / self.file).parent

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class PlacedMapping(dict[str, "Value"]):
    """A mapping with the place of each value; of a value that is a mapping or a list, its key's."""

    def __init__(self, items: Mapping[str, "Value"] = NOTHING, of: "Value" = None) -> None:
        """These items, with the places that they have in `of`."""
        super().__init__(items)
        self.place: Place | None = of.place if isinstance(of, PlacedMapping) else None
        self.places: dict[str, Place] = dict(of.places) if isinstance(of, PlacedMapping) else {}


class PlacedList(list["Value"]):
    """A list with the place of each item."""

    def __init__(self, items: Iterable["Value"] = (), places: Iterable[Place | None] = ()) -> None:
        super().__init__(items)
        self.places = [*places]


def read_placed(path: Path, root: Path) -> object:
    """The YAML of a file below `root`. Merged and repeated values have the place of their anchor.

    Raises yaml.YAMLError.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise yaml.YAMLError(f"line {line} has a character that is not UTF-8: save it as UTF-8") from None
    loader = _PlacedLoader(text)
    loader.root, loader.file = root, path.relative_to(root).as_posix()
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def place_of(holder: "Value", key: str | int | None = None) -> Place | None:
    """Where a mapping or list has the value of a key or index, or begins; None where that isn't known."""
    if isinstance(holder, PlacedMapping):
        return holder.place if key is None else holder.places.get(str(key))
    if isinstance(holder, PlacedList):
        index = key if isinstance(key, int) else 0
        return holder.places[index] if index < len(holder.places) else None
    return None


class _PlacedLoader(Loader):
    root: Path
    file: str

    def place(self, node: yaml.Node) -> Place:
        return Place(self.root, self.file, node.start_mark.line + 1)


def _mapping(loader: _PlacedLoader, node: yaml.MappingNode) -> Iterator[PlacedMapping]:
    mapping = PlacedMapping()
    mapping.place = loader.place(node)
    yield mapping
    mapping.update(cast("dict[str, Value]", loader.construct_mapping(node, deep=True)))
    for key, value in node.value:  # merged keys are among them now
        is_scalar = isinstance(value, yaml.ScalarNode)
        mapping.places[loader.construct_object(key, deep=True)] = loader.place(value if is_scalar else key)


def _sequence(loader: _PlacedLoader, node: yaml.SequenceNode) -> Iterator[PlacedList]:
    items = PlacedList(places=map(loader.place, node.value))
    yield items
    items.extend(loader.construct_sequence(node, deep=True))


_PlacedLoader.add_constructor("tag:yaml.org,2002:map", _mapping)
_PlacedLoader.add_constructor("tag:yaml.org,2002:seq", _sequence)
