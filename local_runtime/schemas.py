"""Declared schemas: what DDL says of a table, and whether what is produced agrees."""

import re
from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame

from local_runtime.errors import LakehouseError
from local_runtime.model import Dataset

CONSTRAINT = re.compile(r"^(constraint|primary\s+key|foreign\s+key)\b", re.IGNORECASE)
EXTRAS = re.compile(r"\s+(not\s+null|comment\s+'(?:[^']|'')*'|primary\s+key.*)", re.IGNORECASE | re.DOTALL)


def ddl_of(schema: Any) -> str:
    """A schema, given as DDL or as a StructType, as DDL."""
    if isinstance(schema, str):
        return schema
    return ", ".join(f"`{column.name}` {column.dataType.simpleString()}" for column in schema.fields)


def declared_columns(ddl: str) -> Mapping[str, str]:
    """Names and types (lower case) of a table's DDL; constraints, comments and NOT NULL are left out."""
    columns = {}
    for part in _parts(ddl):
        if not CONSTRAINT.match(part):
            name, _, data_type = EXTRAS.sub("", part).strip().partition(" ")
            columns[name.strip("`")] = re.sub(r"\s*([,<>:()])\s*", r"\1", data_type.strip().lower())
    return columns


def columns_only(ddl: str) -> str:
    """A table's DDL as an engine takes it for rows: without constraints, comments and NOT NULL."""
    return ", ".join(f"`{name}` {data_type}" for name, data_type in declared_columns(ddl).items())


def _parts(ddl: str) -> list[str]:
    """The DDL cut at its top-level commas."""
    parts, depth, quoted = [""], 0, False
    for character in ddl:
        quoted ^= character == "'"
        depth += 0 if quoted else (character in "(<") - (character in ")>")
        if character == "," and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def check_declared(dataset: Dataset, rows: DataFrame) -> None:
    """Raises LakehouseError where the rows' columns are not those that the dataset declares, in order and type."""
    if dataset.schema is not None:
        check_columns(dataset.name, declared_columns(dataset.schema), rows.schema)


def check_columns(table: str, declared: Mapping[str, str], schema: Any) -> None:
    """Raises LakehouseError where the schema's columns are not the declared ones, in order and type."""
    produced = {column.name: column.dataType.simpleString() for column in schema.fields}
    if list(produced.items()) != list(declared.items()):
        wrong = [
            f"{name} is {produced.get(name, 'missing')}, declared {data_type}"
            for name, data_type in declared.items()
            if produced.get(name) != data_type
        ]
        wrong += [f"{name} is not declared" for name in produced if name not in declared]
        raise LakehouseError(
            f"{table}: its rows are not of its declared schema: {'; '.join(wrong) or 'another order'}."
        )
