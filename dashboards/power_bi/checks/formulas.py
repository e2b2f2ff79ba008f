"""DAX: whether it is well-formed, and its names, functions and types are those that there are.

No open engine runs DAX. This knows the functions that this project writes, how many arguments they take, and of what
type a column must be that they add up or compare.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dashboards.power_bi.checks.reading_model import Model, models
from metrics.registry import Registry

TOKEN = re.compile(
    r"""\s*(?:(?P<column>'[^']+'\[[^\]]+\])|(?P<table>'[^']+')|(?P<measure>\[[^\]]+\])|(?P<text>"(?:[^"]|"")*")"""
    r"""|(?P<number>\d+(?:\.\d+)?)|(?P<word>[A-Za-z][A-Za-z0-9.]*)|(?P<sign><>|<=|>=|[-+*/=<>(),{}]))"""
)
MANY = 100
# How many arguments each function takes, from and to.
FUNCTIONS = {
    "ALLEXCEPT": (2, MANY),
    "ALLSELECTED": (0, 1),
    "CALCULATE": (1, MANY),
    "CALCULATETABLE": (2, MANY),
    "CONVERT": (2, 2),
    "COUNT": (1, 1),
    "COUNTROWS": (1, 1),
    "DATE": (3, 3),
    "DISTINCTCOUNT": (1, 1),
    "DISTINCTCOUNTNOBLANK": (1, 1),
    "DIVIDE": (2, 2),
    "HASONEVALUE": (1, 1),
    "IF": (2, 3),
    "ISBLANK": (1, 1),
    "ISINSCOPE": (1, 1),
    "KEEPFILTERS": (1, 1),
    "MAX": (1, 1),
    "MAXX": (2, 2),
    "RELATED": (1, 1),
    "REMOVEFILTERS": (0, MANY),
    "ROUND": (2, 2),
    "SUM": (1, 1),
    "SUMX": (2, 2),
    "TREATAS": (2, MANY),
    "TRUE": (0, 0),
    "FALSE": (0, 0),
    "USERELATIONSHIP": (2, 2),
    "VALUES": (1, 1),
    "YEAR": (1, 1),
}
TAKES_COLUMN = {"SUM", "COUNT", "DISTINCTCOUNT", "DISTINCTCOUNTNOBLANK", "HASONEVALUE", "ISINSCOPE", "MAX", "RELATED"}
TAKES_TABLE = {"COUNTROWS", "SUMX", "MAXX"}
KEYWORDS = {"VAR", "RETURN", "NOT", "IN", "DOUBLE"}
NUMBERS = {"int64", "decimal", "double"}
COMPARISON = re.compile(r"('[^']+')\[([^\]]+)\] (?:=|<>|<=|>=|<|>) (\"|-?\d|TRUE|FALSE)")
OF_TYPE = {'"': {"string"}, "T": {"boolean"}, "F": {"boolean"}}


@dataclass(frozen=True)
class Token:
    """A part of DAX."""

    kind: str
    text: str


def tokens(text: str) -> list[Token] | None:
    """The parts of a formula; None where there is something that isn't a part of DAX."""
    found, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            return None
        found.append(Token(match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return found


def problems(registry: Registry, files: Mapping[str, str]) -> list[str]:
    """Sentences about the measures and calculated columns of the models."""
    return [sentence for model in models(files) for sentence in _of_model(model)]


def _of_model(model: Model) -> Iterator[str]:
    for name, table in model.tables.items():
        for kind in ("measure", "column"):
            for node in table.all(kind):
                if node.value:
                    place = f"{model.places[name]}:{node.line}: {node.name}"
                    yield from (f"{place}: {sentence}" for sentence in _Formula(model, node.value).problems())
                    if kind == "column" and f"'{name}'" != "".join(sorted(set(re.findall(r"'[^']+'", node.value)))):
                        yield f"{place}: a calculated column is of its own table's columns"
    yield from _circles(model)


def _circles(model: Model) -> Iterator[str]:
    """Measures that are made of themselves."""
    made_of = {node.name: set(re.findall(r"(?<!')\[([^\]]+)\]", node.value)) for node in model.measures()}
    for name in made_of:
        seen: set[str] = set()
        following = {name}
        while following - seen:
            seen |= following
            following = {part for one in following for part in made_of.get(one, ())}
            if name in following:
                yield f"{model.name}: {name} is made of itself"
                break


class _Formula:
    def __init__(self, model: Model, text: str):
        self.model, self.text = model, text
        self.found: list[str] = []

    def problems(self) -> list[str]:
        parts = tokens(self.text)
        if parts is None:
            return [f"{self.text!r} isn't DAX"]
        self.parts = parts
        self._names()
        self._variables()
        self._calls(0, len(parts))
        self._comparisons()
        return self.found

    def _names(self) -> None:
        for part in self.parts:
            if part.kind == "table" and part.text.strip("'") not in self.model.tables:
                self.found.append(f"there is no table {part.text}")
            if part.kind == "measure" and self.model.measure(part.text[1:-1]) is None:
                self.found.append(f"there is no measure {part.text}")
            if part.kind == "column" and self._type(part.text) is None:
                self.found.append(f"there is no column {part.text}")

    def _type(self, column: str) -> str | None:
        table, _, name = column.partition("[")
        node = self.model.column(table.strip("'"), name.removesuffix("]"))
        return node.properties.get("dataType") if node else None

    def _variables(self) -> None:
        words = [part.text for part in self.parts if part.kind == "word"]
        defined = [words[place + 1] for place, word in enumerate(words[:-1]) if word == "VAR"]
        known = {*defined, *FUNCTIONS, *KEYWORDS}
        self.found += [
            f"{word} is neither a function that is known here nor a variable" for word in words if word not in known
        ]
        self.found += [f"the variable {name} isn't used" for name in defined if words.count(name) < 2]
        if ("VAR" in words) != ("RETURN" in words):
            self.found.append("VAR and RETURN belong together")

    def _calls(self, start: int, end: int) -> None:
        """Functions, their parentheses, and their arguments."""
        place = start
        while place < end:
            part = self.parts[place]
            if part.text == "(" or part.text == ")":
                following = self._closing(place)
                if part.text == ")" or following is None:
                    self.found.append("a parenthesis has no partner")
                    return
                function = self.parts[place - 1].text if place and self.parts[place - 1].kind == "word" else ""
                self._call(function, place + 1, following)
                self._calls(place + 1, following)
                place = following
            elif part.text in FUNCTIONS and (place + 1 >= end or self.parts[place + 1].text != "("):
                self.found.append(f"{part.text} is called without parentheses")
            place += 1

    def _closing(self, place: int) -> int | None:
        depth = 0
        for following in range(place, len(self.parts)):
            depth += {"(": 1, ")": -1}.get(self.parts[following].text, 0)
            if depth == 0:
                return following
        return None

    def _call(self, function: str, start: int, end: int) -> None:
        if function not in FUNCTIONS:
            return
        arguments = self._arguments(start, end)
        least, most = FUNCTIONS[function]
        if not least <= len(arguments) <= most or any(not argument for argument in arguments):
            self.found.append(f"{function} takes other arguments")
            return
        first = arguments[0] if arguments else []
        if function in TAKES_COLUMN and [part.kind for part in first] != ["column"]:
            self.found.append(f"{function} takes a column")
        elif (
            function in TAKES_TABLE and [part.kind for part in first] != ["table"] and first[0].text != "CALCULATETABLE"
        ):
            self.found.append(f"{function} takes a table")
        elif function == "SUM" and self._type(first[0].text) not in NUMBERS:
            self.found.append(f"{first[0].text} can't be added up")
        elif function == "USERELATIONSHIP":
            self._relationship([argument[0].text for argument in arguments])

    def _arguments(self, start: int, end: int) -> list[list[Token]]:
        if start == end:
            return []
        arguments: list[list[Token]] = [[]]
        depth = 0
        for part in self.parts[start:end]:
            depth += {"(": 1, ")": -1, "{": 1, "}": -1}.get(part.text, 0)
            if part.text == "," and depth == 0:
                arguments.append([])
            else:
                arguments[-1].append(part)
        return arguments

    def _relationship(self, ends: list[str]) -> None:
        known = [
            [f"'{link.many}'[{link.column}]", f"'{link.one}'[{link.key}]"]
            for link in self.model.links
            if not link.is_active
        ]
        if ends not in known:
            self.found.append(f"{' and '.join(ends)} have no inactive relationship")

    def _comparisons(self) -> None:
        for table, column, value in COMPARISON.findall(self.text):
            if self._type(f"{table}[{column}]") not in OF_TYPE.get(value[0], NUMBERS):
                self.found.append(f"{table}[{column}] is compared with a value of another type")
