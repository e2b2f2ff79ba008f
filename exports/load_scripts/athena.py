"""Athena: an external table over each table's folder in S3."""

from collections.abc import Mapping, Sequence

from exports.load_scripts.types import type_in
from exports.tables import Column, Table
from local_runtime.quoting import BACKTICK, quoted

FOLDER = "load/athena"
NAMES = {
    "string": "string",
    "long": "bigint",
    "integer": "int",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "double": "double",
    "decimal": "decimal",
}
PLACE = "s3://BUCKET/FOLDER"
"""What the reader replaces by the place of the files."""


def scripts(tables: Sequence[Table]) -> Mapping[str, str]:
    """A file with all tables."""
    head = f"-- Replace {PLACE} by the place of the files: aws s3 sync . s3://bucket/folder\n"
    head += "-- Athena runs one statement at a time.\n"
    return {f"{FOLDER}/tables.sql": head + "\n".join(f"{create_table(table)};\n" for table in tables)}


def create_table(table: Table) -> str:
    """The statement that makes the table."""
    columns = ",\n".join(f"  {_column(column)}" for column in table.columns)
    return (
        f"CREATE EXTERNAL TABLE {quoted(table.name, BACKTICK)} (\n{columns}\n)\nCOMMENT {_text(table.comment)}\n"
        f"STORED AS PARQUET\nLOCATION {_text(f'{PLACE}/{table.name}/')}"
    )


def _column(column: Column) -> str:
    kind = type_in("Athena", NAMES, column.element or column.type)
    kind = f"array<{kind}>" if column.element else kind
    return f"{quoted(column.name, BACKTICK)} {kind} COMMENT {_text(column.comment)}"


def _text(text: str) -> str:
    """A literal of Hive's SQL, on one line."""
    escaped = " ".join(text.split()).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
