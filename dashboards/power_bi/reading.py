"""A strict reader of the model's TMDL: it knows what this project writes, and nothing else.

No open parser of TMDL says which properties an object may have. A misspelt one would be found by Power BI Desktop
alone, which shows no message for some mistakes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

FLAG = "flag"
ANY = re.compile(r".+")
NAME = r"(?:[A-Za-z_]\w*|'(?:[^']|'')+')"
COLUMN = re.compile(rf"({NAME})\.({NAME})")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OBJECT = re.compile(rf"(?P<kind>[a-zA-Z]+)(?: (?P<name>{NAME}|{UUID.pattern}))?(?: =(?: (?P<value>.+))?)?")
PROPERTY = re.compile(r"(?P<key>[a-zA-Z]+): (?P<value>.+)")
Rule = re.Pattern[str] | str
TYPES = re.compile("string|int64|double|decimal|dateTime|boolean")


@dataclass(frozen=True)
class Kind:
    """What an object may have: properties (those with an exclamation mark must be there), and children."""

    properties: Mapping[str, Rule] = field(default_factory=dict)
    children: tuple[str, ...] = ()
    has_name: bool = True
    has_value: bool | None = False
    has_description: bool = False
    value: re.Pattern[str] = ANY

    def required(self) -> list[str]:
        """The properties that must be there."""
        return [name.rstrip("!") for name in self.properties if name.endswith("!")]

    def rule(self, name: str) -> Rule | None:
        """What a property's value must be; None for one that isn't allowed."""
        return self.properties.get(name) or self.properties.get(f"{name}!")


_TAG: dict[str, Rule] = {"lineageTag!": UUID}
KINDS = {
    "database": Kind({"compatibilityLevel!": re.compile(r"16\d\d")}, has_name=False),
    "model": Kind(
        {
            "culture!": re.compile("[a-z]{2}-[A-Z]{2}"),
            "defaultPowerBIDataSourceVersion!": re.compile("powerBI_V3"),
            "discourageImplicitMeasures!": FLAG,
            "sourceQueryCulture": re.compile("[a-z]{2}-[A-Z]{2}"),
        }
    ),
    "annotation": Kind(has_value=True, value=re.compile("0")),
    "expression": Kind(_TAG, has_value=True, has_description=True),
    "relationship": Kind(
        {
            "isActive": re.compile("false"),
            "crossFilteringBehavior": re.compile("bothDirections"),
            "fromColumn!": COLUMN,
            "toColumn!": COLUMN,
        }
    ),
    "table": Kind(
        {"isHidden": FLAG, "dataCategory": re.compile("Time"), **_TAG},
        ("measure", "column", "hierarchy", "partition"),
        has_description=True,
    ),
    "measure": Kind(
        {"formatString!": ANY, "isHidden": FLAG, "displayFolder!": ANY, **_TAG}, has_value=True, has_description=True
    ),
    "column": Kind(
        {
            "dataType!": TYPES,
            "isHidden": FLAG,
            "isKey": FLAG,
            "formatString": ANY,
            "summarizeBy!": re.compile("none"),
            "sourceColumn": re.compile(r"\w+"),
            "sortByColumn": re.compile(NAME),
            **_TAG,
        },
        ("relatedColumnDetails",),
        has_value=None,
        has_description=True,
    ),
    "relatedColumnDetails": Kind({"groupByColumn!": re.compile(NAME)}, has_name=False),
    "hierarchy": Kind(_TAG, ("level",)),
    "level": Kind({"column!": re.compile(NAME), **_TAG}),
    "partition": Kind({"mode!": re.compile("import|directQuery"), "source!": ANY}, has_value=True),
}
TOP = {
    "database.tmdl": ("database",),
    "model.tmdl": ("model", "annotation", "ref"),
    "expressions.tmdl": ("expression",),
    "relationships.tmdl": ("relationship",),
}


@dataclass
class Node:
    """An object of the model, with the line on which it begins."""

    kind: str
    name: str
    line: int
    value: str = ""
    description: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)

    def all(self, kind: str) -> Iterator["Node"]:
        """The children of a kind."""
        return (child for child in self.children if child.kind == kind)


def unquoted(name: str) -> str:
    """A name without TMDL's quotes."""
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def split_column(text: str) -> tuple[str, str]:
    """The table and column of a relationship's end."""
    found = COLUMN.fullmatch(text)
    return (unquoted(found[1]), unquoted(found[2])) if found else ("", text)


class Reader:
    """Reads one file: `nodes` are its objects, `refs` the tables that it refers to, `problems` what is wrong."""

    def __init__(self, path: str, text: str):
        self.path, self.lines = path, text.split("\n")
        self.nodes: list[Node] = []
        self.refs: list[str] = []
        self.problems: list[str] = []
        self._place = 0
        if not text.endswith("\n"):
            self._say("the file doesn't end with a line's end")
        self._read(0, self.nodes, TOP.get(path.rpartition("/")[2], ("table",)))
        if self._place < len(self.lines):
            self._say(f"{self.lines[self._place].strip()!r} isn't expected here")
        for node in self.nodes:
            self._check(node)

    def _say(self, sentence: str, line: int | None = None) -> None:
        self.problems.append(f"{self.path}:{line or self._place + 1}: {sentence}")

    def _read(self, depth: int, nodes: list[Node], kinds: tuple[str, ...], owner: Node | None = None) -> None:
        """Objects and properties at a depth, until a line that is less deep."""
        description: list[str] = []
        while self._place < len(self.lines):
            line = self.lines[self._place]
            text = line.lstrip("\t")
            if not text:
                self._place += 1
                continue
            if len(line) - len(text) != depth:
                return
            self._place += 1
            if text.startswith("/// "):
                description.append(text[4:])
            elif text.startswith("ref table "):
                self.refs.append(unquoted(text.removeprefix("ref table ")))
            elif not self._property(text, depth, owner):
                self._object(text, depth, nodes, kinds, " ".join(description))
                description = []

    def _property(self, text: str, depth: int, owner: Node | None) -> bool:
        """Whether the line is a property of the owner."""
        if owner is None:
            return False
        found = PROPERTY.fullmatch(text)
        key, value = (found["key"], found["value"]) if found else (text.removesuffix(" ="), FLAG)
        if not found and (KINDS[owner.kind].rule(key) is None or (text != key) != (key == "source")):
            return False
        if key in owner.properties:
            self._say(f"{key} is there twice", self._place)
        owner.properties[key] = self._expression(depth) if key == "source" else value
        return True

    def _object(self, text: str, depth: int, nodes: list[Node], kinds: tuple[str, ...], description: str) -> None:
        found = OBJECT.fullmatch(text)
        if not found or found["kind"] not in kinds:
            self._say(f"{text!r} isn't one of {', '.join(kinds)}", self._place)
            return
        node = Node(found["kind"], unquoted(found["name"] or ""), self._place, description=description)
        node.value = found["value"] or (self._expression(depth) if text.endswith(" =") else "")
        nodes.append(node)
        self._read(depth + 1, node.children, KINDS[node.kind].children, node)

    def _expression(self, depth: int) -> str:
        """The lines of an expression, which are two deeper than what they belong to."""
        lines = []
        indent = "\t" * (depth + 2)
        while self._place < len(self.lines) and self.lines[self._place].startswith(indent):
            lines.append(self.lines[self._place].removeprefix(indent))
            self._place += 1
        return "\n".join(lines)

    def _check(self, node: Node) -> None:
        kind, what = KINDS[node.kind], f"{node.kind} {node.name}".strip()
        if bool(node.name) != kind.has_name:
            self._say(f"{what}: its name", node.line)
        if kind.has_value is not None and bool(node.value) != kind.has_value:
            self._say(f"{what}: {'its expression is missing' if kind.has_value else 'it has no expression'}", node.line)
        if node.value and not re.compile(kind.value.pattern, re.DOTALL).fullmatch(node.value):
            self._say(f"{what}: it can't be {node.value!r}", node.line)
        if bool(node.description) != kind.has_description:
            self._say(f"{what}: its description", node.line)
        for name, value in node.properties.items():
            rule = kind.rule(name)
            if rule is None:
                self._say(f"{what}: {name} isn't a property of it", node.line)
            elif value != rule if isinstance(rule, str) else not re.compile(rule.pattern, re.DOTALL).fullmatch(value):
                self._say(f"{what}: {name} can't be {value!r}", node.line)
        for name in kind.required():
            if name not in node.properties:
                self._say(f"{what}: {name} is missing", node.line)
        for child in node.children:
            self._check(child)
