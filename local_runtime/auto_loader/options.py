"""Auto Loader's options: what they mean here, and a refusal of every one that isn't supported."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from local_runtime.errors import LakehouseError, UnsupportedError
from local_runtime.session import FileSource

EvolutionMode = Literal["addNewColumns", "rescue", "failOnNewColumns", "none"]
DEFAULT_RESCUED = "_rescued_data"
COLUMN = re.compile(r"^\s*`?([^`\s]+)`?\s+(.+?)\s*$", re.DOTALL)

# Options with one supported value: the reader is strict and follows RFC 4180.
FIXED = {
    "cloudFiles.format": "csv",
    "cloudFiles.inferColumnTypes": "false",
    "cloudFiles.allowOverwrites": "false",
    "cloudFiles.includeExistingFiles": "true",
    "header": "true",
    "multiLine": "true",
    "quote": '"',
    "escape": '"',
    "mode": "PERMISSIVE",
}
OWN = {
    "cloudFiles.schemaHints",
    "cloudFiles.schemaEvolutionMode",
    "cloudFiles.rescuedDataColumn",
    "rescuedDataColumn",
    "columnNameOfCorruptRecord",
    "readerCaseSensitive",
    "sep",
    "delimiter",
    "pathGlobFilter",
}
REQUIRED = ("cloudFiles.format", "header", "multiLine", "escape")


@dataclass(frozen=True)
class Options:
    """How a source's files are read. `columns` maps names to types; None means: inferred from the headers, as text."""

    columns: Mapping[str, str] | None
    hints: Mapping[str, str]
    evolution: EvolutionMode
    rescued: str | None
    corrupt: str
    case_sensitive: bool
    separator: str
    glob: str


def parse(source: FileSource) -> Options:
    """The source's options.

    Raises UnsupportedError for an option or a value that would change the result and isn't supported.
    """
    given = source.options
    for key, value in given.items():
        if key not in FIXED and key not in OWN:
            raise UnsupportedError(f"cloudFiles option {key}: not supported by the local runtime.")
        if key in FIXED and value.lower() != FIXED[key].lower():
            raise UnsupportedError(
                f"cloudFiles option {key}={value!r}: the local runtime supports {FIXED[key]!r} only."
            )
    for key in REQUIRED:
        if key not in given:
            raise UnsupportedError(
                f"cloudFiles needs the option {key}={FIXED[key]!r} for the local runtime to read {source.path}."
            )
    hints = columns_of(given.get("cloudFiles.schemaHints", ""))
    if hints and source.schema:
        raise UnsupportedError(
            "cloudFiles.schemaHints beside a schema: Databricks ignores the hints; leave one of them out."
        )
    rescued = given.get("rescuedDataColumn") or given.get("cloudFiles.rescuedDataColumn")
    return Options(
        columns=columns_of(source.schema) if source.schema else None,
        hints=hints,
        evolution=_evolution(given, bool(source.schema)),
        rescued=rescued or (None if source.schema else DEFAULT_RESCUED),
        corrupt=given.get("columnNameOfCorruptRecord", "_corrupt_record"),
        case_sensitive=given.get("readerCaseSensitive", "true").lower() == "true",
        separator=given.get("sep") or given.get("delimiter") or ",",
        glob=given.get("pathGlobFilter", "*"),
    )


def _evolution(given: Mapping[str, str], has_schema: bool) -> EvolutionMode:
    """The mode; Databricks' defaults are `none` with a schema and `addNewColumns` without one."""
    mode = given.get("cloudFiles.schemaEvolutionMode", "none" if has_schema else "addNewColumns")
    match mode:
        case "addNewColumns" if has_schema:
            raise LakehouseError("cloudFiles.schemaEvolutionMode=addNewColumns is not allowed where a schema is given.")
        case "addNewColumns" | "rescue" | "failOnNewColumns" | "none":
            return mode
        case _:
            raise UnsupportedError(f"cloudFiles.schemaEvolutionMode={mode!r} is not known.")


def columns_of(ddl: str) -> dict[str, str]:
    """Names and types of a DDL column list."""
    columns = {}
    for part in re.split(r",(?![^<(]*[>)])", ddl):
        if part.strip():
            match = COLUMN.match(part)
            if not match:
                raise LakehouseError(f"{part.strip()!r} is no column definition (name and type).")
            columns[match.group(1)] = match.group(2).lower()
    return columns
