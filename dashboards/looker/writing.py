"""Writes LookML: objects as dictionaries, as the parser `lkml` gives them back."""

from collections.abc import Iterator
from typing import Any

NAMED = {
    "views": "view",
    "explores": "explore",
    "joins": "join",
    "dimensions": "dimension",
    "dimension_groups": "dimension_group",
    "measures": "measure",
    "tests": "test",
    "asserts": "assert",
    "columns": "column",
    "constants": "constant",
}
BLOCKS = ("derived_table", "explore_source")
SQL = ("sql", "sql_on", "sql_table_name", "sql_always_where", "expression")
QUOTED = ("label", "description", "value_format", "connection", "value")
NAMES = ("timeframes", "required_fields")


def written(content: dict[str, Any]) -> str:
    """The text of a file. Raises ValueError for a text that LookML's quotes can't hold."""
    return "\n".join(_lines(content, 0)) + "\n"


def _lines(content: dict[str, Any], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for key, value in content.items():
        if key == "name":
            continue
        if key == "includes":
            yield from (f"{indent}include: {_quoted(path)}" for path in value)
        elif key in NAMED:
            for one in value:
                yield from ("", f"{indent}{NAMED[key]}: {one['name']} {{", *_lines(one, depth + 1), f"{indent}}}")
        elif key in BLOCKS:
            name = f"{value['name']} " if "name" in value else ""
            yield from (f"{indent}{key}: {name}{{", *_lines(value, depth + 1), f"{indent}}}")
        elif key == "filters":
            pairs = (f"{name}: {_quoted(text)}" for one in value for name, text in one.items())
            yield f"{indent}filters: [{', '.join(pairs)}]"
        elif key in NAMES:
            yield f"{indent}{key}: [{', '.join(value)}]"
        else:
            yield f"{indent}{key}: {_value(key, value)}"


def _value(key: str, value: str) -> str:
    if key in SQL:
        return f"{value} ;;"
    return _quoted(value) if key in QUOTED else value


def _quoted(text: str) -> str:
    if "\n" in text or "\\" in text:
        raise ValueError(f"LookML has no place for a line break or a backslash in quotes: {text!r}")
    return '"' + text.replace('"', '\\"') + '"'
