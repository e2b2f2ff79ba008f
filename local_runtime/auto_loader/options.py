"""Auto Loader's options: what they mean here, and a refusal of every one that isn't supported."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from local_runtime.auto_loader.formats.by_lines import JSON, TEXT
from local_runtime.auto_loader.formats.csv import CSV, UNQUOTED
from local_runtime.auto_loader.formats.records import Format
from local_runtime.auto_loader.source import FileSource
from local_runtime.errors import LakehouseError, UnsupportedError

EvolutionMode = Literal["addNewColumns", "rescue", "failOnNewColumns", "none"]
DEFAULT_RESCUED = "_rescued_data"
DEFAULT_CORRUPT = "_corrupt_record"
FORMATS: Mapping[str, Format] = {known.name: known for known in (CSV, JSON, TEXT)}

MAX_FILES = 1000  # as on Databricks
MAX_BYTES = 2**30
"""The default for a micro-batch, which bounds memory. Databricks has no default."""

# Options of every format: those with one supported value, and free ones with their meaning (docs/reference).
FIXED = {
    "cloudFiles.inferColumnTypes": "false",
    "cloudFiles.allowOverwrites": "false",
    "cloudFiles.includeExistingFiles": "true",
}
OWN = {
    "cloudFiles.format": "csv, json or text",
    "cloudFiles.schemaHints": "types and spellings of columns, as DDL; not together with a schema",
    "cloudFiles.schemaEvolutionMode": "rescue, none or failOnNewColumns; addNewColumns without a schema, where it is "
    "the default (else none)",
    "cloudFiles.rescuedDataColumn": "the same as rescuedDataColumn",
    "rescuedDataColumn": f"column of values that fit no column; {DEFAULT_RESCUED} by default unless the mode is none",
    "columnNameOfCorruptRecord": "column of the text of a record that can't be parsed, if the schema has it; "
    f"{DEFAULT_CORRUPT} by default",
    "readerCaseSensitive": "whether column names are case-sensitive; true by default",
    "pathGlobFilter": "pattern of file names, with *, ? and [abc]",
    "cloudFiles.maxFilesPerTrigger": f"most files in a micro-batch; {MAX_FILES:,} by default",
    "cloudFiles.maxBytesPerTrigger": "most bytes in a micro-batch, such as 10g, but at least one file; 1g by default",
    "cloudFiles.useManagedFileEvents": "true, false or if_available; changes nothing here. Not true together with "
    "cloudFiles.backfillInterval",
}
BYTES = re.compile(r"([0-9]+) *(b|k|m|g|t|kb|mb|gb|tb|)", re.IGNORECASE)


@dataclass(frozen=True)
class Options:
    """How a source's files are read: `schema` and `hints` are DDL; without a schema columns are inferred, as text.

    `max_files` and `max_bytes` bound a micro-batch, which has one file at least.
    """

    format: Format
    schema: str | None
    hints: str | None
    evolution: EvolutionMode
    rescued: str | None
    corrupt: str
    case_sensitive: bool
    separator: str
    glob: str
    max_files: int
    max_bytes: int


def parse(source: FileSource) -> Options:
    """The source's options.

    Raises UnsupportedError for an option or a value that would change the result and isn't supported.
    """
    options = source.options
    _check_file_events(options)
    file_format = _format(source)
    _check_options(source, file_format)
    _check_patterns(source)
    _check_schema(source, file_format)
    rescued = options.get("rescuedDataColumn") or options.get("cloudFiles.rescuedDataColumn")
    evolution = _evolution(options, bool(source.schema))
    return Options(
        format=file_format,
        schema=source.schema,
        hints=options.get("cloudFiles.schemaHints"),
        evolution=evolution,
        # Documented: the column exists by default in every mode other than `none`.
        rescued=rescued or (None if evolution == "none" else DEFAULT_RESCUED),
        corrupt=options.get("columnNameOfCorruptRecord", DEFAULT_CORRUPT),
        case_sensitive=options.get("readerCaseSensitive", "true").lower() == "true",
        separator=options.get("sep") or options.get("delimiter") or ",",
        glob=options.get("pathGlobFilter", "*"),
        max_files=_limit(options, "cloudFiles.maxFilesPerTrigger", MAX_FILES),
        max_bytes=_limit(options, "cloudFiles.maxBytesPerTrigger", MAX_BYTES),
    )


def _check_options(source: FileSource, file_format: Format) -> None:
    """Raises UnsupportedError for an unsupported option or value, and for a missing option."""
    fixed = {**FIXED, **file_format.fixed}
    for key, value in source.options.items():
        if key not in fixed and key not in {**OWN, **file_format.own}:
            raise UnsupportedError(
                f"cloudFiles option {key}: not supported by the local runtime; docs/reference/auto-loader-options.md "
                "has those that are."
            )
        if key in fixed and value.lower() != fixed[key].lower():
            raise UnsupportedError(
                f"cloudFiles option {key}={value!r}: the local runtime supports {fixed[key]!r} only."
            )
    for key in file_format.required:
        if key not in source.options:
            raise UnsupportedError(
                f"cloudFiles needs the option {key}={fixed[key]!r} for the local runtime to read {source.path}."
            )


def _check_schema(source: FileSource, file_format: Format) -> None:
    """Raises UnsupportedError for schema hints next to a schema, and for a format that needs a schema."""
    if source.options.get("cloudFiles.schemaHints") and source.schema:
        raise UnsupportedError(
            "cloudFiles.schemaHints beside a schema: Databricks ignores the hints; leave one of them out."
        )
    if file_format.by_lines and not source.schema:
        raise UnsupportedError(
            f"{file_format.name} files of {source.path} without a schema: the local runtime infers none of them. Give "
            "one (.schema(…)), with columns of type STRING."
        )


def _check_file_events(options: Mapping[str, str]) -> None:
    """How Databricks finds new files changes nothing here. Raises LakehouseError for what its documents rule out."""
    value = options.get("cloudFiles.useManagedFileEvents", "false").lower()
    if value not in ("true", "false", "if_available"):
        raise LakehouseError(f"cloudFiles.useManagedFileEvents={value!r} is neither true, false nor if_available.")
    if value == "true" and "cloudFiles.backfillInterval" in options:
        raise LakehouseError(
            "cloudFiles.useManagedFileEvents beside cloudFiles.backfillInterval: Databricks documents that they aren't "
            "used together; leave one of them out."
        )


def _limit(options: Mapping[str, str], key: str, default: int) -> int:
    """A number, or a number of bytes (10g). Raises LakehouseError for any other text, including an empty one."""
    match = BYTES.fullmatch(options.get(key, str(default)).strip())
    value = int(match[1]) * 1024 ** "bkmgt".index(match[2][:1].lower() or "b") if match else 0
    if value < 1:
        raise LakehouseError(f"cloudFiles option {key}={options[key]!r} is not a number above 0.")
    return value


def _evolution(options: Mapping[str, str], has_schema: bool) -> EvolutionMode:
    """The mode; Databricks' defaults are `none` with a schema and `addNewColumns` without one."""
    mode = options.get("cloudFiles.schemaEvolutionMode", "none" if has_schema else "addNewColumns")
    match mode:
        case "addNewColumns" if has_schema:
            raise LakehouseError("cloudFiles.schemaEvolutionMode=addNewColumns is not allowed where a schema is given.")
        case "addNewColumns" | "rescue" | "failOnNewColumns" | "none":
            return mode
        case _:
            raise UnsupportedError(f"cloudFiles.schemaEvolutionMode={mode!r} is not known.")


def _check_patterns(source: FileSource) -> None:
    """Raises UnsupportedError for patterns that would match other files here than on Databricks."""
    pattern = source.options.get("pathGlobFilter", "*")
    if any(part in pattern for part in ("{", "[^", "[!", "\\")):
        raise UnsupportedError(
            f"cloudFiles option pathGlobFilter={pattern!r}: the local runtime knows *, ? and [abc] in it."
        )
    path = Path(source.path)
    if path.is_file():
        raise UnsupportedError(f"{path} is a file where a folder is expected: move it into a folder of that name.")
    if not path.exists() and any(part in path.name for part in "*?[{"):
        raise UnsupportedError(f"load({source.path!r}): the local runtime loads folders; use pathGlobFilter for names.")


def _format(source: FileSource) -> Format:
    name = source.options.get("cloudFiles.format")
    if name is None or name.lower() not in FORMATS:
        raise UnsupportedError(
            f"cloudFiles option cloudFiles.format={name!r} of {source.path}: the local runtime reads only "
            f"{', '.join(FORMATS)}."
        )
    file_format = FORMATS[name.lower()]
    return UNQUOTED if file_format is CSV and source.options.get("quote") == "" else file_format
