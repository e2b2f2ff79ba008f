"""The record of an export: which files hold which tables of which published state, with columns and digests."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exports.replacing import RECORD, digest_of
from exports.tables import Column, State, Table

KINDS = {
    "string": "string",
    "long": "integer",
    "integer": "integer",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "datetime",
    "double": "number",
    "decimal": "number",
}
"""Types of Table Schema."""


@dataclass(frozen=True)
class Written:
    """A table's file, below the export's folder, and how many rows it has."""

    table: Table
    path: str
    rows: int


def write_record(
    folder: Path, state: State, form: str, written: Sequence[Written], others: Iterable[str], separator: str = ""
) -> None:
    """Writes the record of an export: a Data Package, with the publication and the table's versions beside."""
    publication = state.publication
    record: dict[str, Any] = {
        "name": "lakehouse-gold",
        "version": state.name,
        **({"created": publication.published_at.isoformat()} if publication else {}),
        **({"update_id": publication.update_id} if publication else {}),
        "format": form,
        "resources": [_resource(folder, one, form, separator) for one in written],
        "files": {name: digest_of(folder / name) for name in sorted(others)},
    }
    (folder / RECORD).write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _resource(folder: Path, one: Written, form: str, separator: str) -> Mapping[str, Any]:
    path = folder / one.path
    return {
        "name": one.table.name,
        "path": one.path,
        "format": form,
        "description": one.table.comment,
        "table_version": one.table.version,
        "rows": one.rows,
        "bytes": path.stat().st_size,
        "hash": digest_of(path),
        **({"dialect": {"delimiter": separator}, "encoding": "utf-8"} if form == "csv" else {}),
        "schema": {"fields": [_field(column, form) for column in one.table.columns]},
    }


def _field(column: Column, form: str) -> Mapping[str, str]:
    kind = "array" if column.element else KINDS[str(column.type).partition("(")[0]]
    kind = "string" if kind == "array" and form != "parquet" else kind
    return {"name": column.name, "type": kind, "description": column.comment}
