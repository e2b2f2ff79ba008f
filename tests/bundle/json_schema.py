"""The part of JSON Schema that `databricks bundle schema` speaks: fields, which of them must be, types, choices."""

import re
from typing import Any

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}


def problems(value: Any, schema: Any, root: Any, place: str = "bundle") -> list[str]:
    """What `schema`, whose references start from `root`, says against `value`."""
    if "$ref" in schema:
        found = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return problems(value, found, root, place)
    alternatives = schema.get("oneOf") or schema.get("anyOf")
    if alternatives:
        # A type, or a reference to a variable. Of a value that is of neither, what is said first.
        tried = [problems(value, alternative, root, place) for alternative in alternatives]
        return next((found for found in tried if not any(f"{place}: {value!r} is no " in it for it in found)), tried[0])
    expected = TYPES.get(schema.get("type"), object)
    if not isinstance(value, expected) or (isinstance(value, bool) and expected not in (bool, object)):
        return [f"{place}: {value!r} is no {schema['type']}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{place}: {value!r} is no choice of {', '.join(schema['enum'])}"]
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return [f"{place}: {value!r} is no {schema['pattern']}"]
    if isinstance(value, list):
        return [
            finding
            for index, item in enumerate(value)
            for finding in problems(item, schema.get("items", {}), root, f"{place}[{index}]")
        ]
    return _fields(value, schema, root, place) if isinstance(value, dict) else []


def _fields(value: dict[str, Any], schema: Any, root: Any, place: str) -> list[str]:
    known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
    found = [f"{place}: lacks {name}" for name in schema.get("required", []) if name not in value]
    for name, item in value.items():
        if name in known:
            found += problems(item, known[name], root, f"{place}.{name}")
        elif others is False:
            found.append(f"{place}: unknown field {name}")
        elif isinstance(others, dict):
            found += problems(item, others, root, f"{place}.{name}")
    return found
