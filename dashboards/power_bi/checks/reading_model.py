"""The models as their files have them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from dashboards.power_bi.project import FOLDER, MODELS
from dashboards.power_bi.reading import Node, Reader, split_column


@dataclass(frozen=True)
class Link:
    """A relationship, from the table of many rows to that of one."""

    many: str
    column: str
    one: str
    key: str
    both: bool
    is_active: bool
    line: str


@dataclass
class Model:
    """A model that was read; `problems` are what the reader didn't expect."""

    name: str
    mode: str
    tables: dict[str, Node] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    tags: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def column(self, table: str, column: str) -> Node | None:
        """A column of a table."""
        node = self.tables.get(table)
        return next((one for one in node.all("column") if one.name == column), None) if node else None

    def measures(self) -> Iterator[Node]:
        """All measures."""
        for node in self.tables.values():
            yield from node.all("measure")

    def measure(self, name: str) -> Node | None:
        """A measure by its name."""
        return next((one for one in self.measures() if one.name == name), None)


@lru_cache(maxsize=1000)
def _read(path: str, text: str) -> Reader:
    return Reader(path, text)


def models(files: Mapping[str, str]) -> list[Model]:
    """The models of the project."""
    return [_model(files, name, mode) for name, mode in MODELS.items()]


def _model(files: Mapping[str, str], name: str, mode: str) -> Model:
    model, folder = Model(name, mode), f"{FOLDER}/{name}.SemanticModel/definition/"
    for path in sorted(path for path in files if path.startswith(folder)):
        if not path.endswith(".tmdl"):
            model.problems.append(f"{path} isn't TMDL")
            continue
        reader = _read(path, files[path])
        model.problems += reader.problems
        model.refs += reader.refs
        for node in reader.nodes:
            model.tags += _tags(node, f"{path}:{node.line}")
            if node.kind == "table":
                if node.name in model.tables:
                    model.problems.append(f"{path}: there is another table {node.name!r}")
                model.tables[node.name], model.places[node.name] = node, path
            elif node.kind == "relationship":
                model.links.append(_link(path, node))
            elif node.kind == "expression":
                model.parameters[node.name] = node.value
    return model


def _tags(node: Node, place: str) -> list[tuple[str, str]]:
    own = [(node.properties["lineageTag"], place)] if "lineageTag" in node.properties else []
    return [*own, *(found for child in node.children for found in _tags(child, place))]


def _link(path: str, node: Node) -> Link:
    properties = node.properties
    many, column = split_column(properties.get("fromColumn", ""))
    one, key = split_column(properties.get("toColumn", ""))
    both, active = "crossFilteringBehavior" in properties, "isActive" not in properties
    return Link(many, column, one, key, both, active, f"{path}:{node.line}")
