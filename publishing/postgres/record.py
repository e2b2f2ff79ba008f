"""The table `publication`: one row per publication of the schema. The newest row says what the schema holds."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from local_runtime.errors import LakehouseError
from local_runtime.quoting import text_literal
from local_runtime.state.publications import Publication
from publishing.postgres.server import RECORD, Relation, Server

COLUMNS = {
    "number": ("bigint", "1, 2, …: the row with the highest number is what the tables hold"),
    "publication": ("text", "the published state of the lake (p3)"),
    "update_id": ("text", "the update that published it"),
    "published_at": ("timestamp with time zone", "when the lake published it"),
    "sent_at": ("timestamp with time zone", "when it was sent here"),
    "tables": (
        "jsonb",
        "for each table its Delta version (version, id, content), rows, digest (null: none), columns with their types",
    ),
}


@dataclass(frozen=True)
class Sent:
    """A table as a publication has it; `digest` is None for a table that has none, `columns` are types by name.

    `content` is that of the version; records of an older program have none.
    """

    version: int
    id: str
    rows: int
    digest: str | None
    columns: Mapping[str, str]
    content: str = ""


@dataclass(frozen=True)
class Record:
    """The newest row of `publication`; `number` is 0 before the first one."""

    number: int
    publication: str
    update_id: str
    tables: Mapping[str, Sent]


def read_record(server: Server, relations: Mapping[str, Relation], *, to_write: bool = True) -> Record:
    """What the schema holds.

    Raises LakehouseError where `publication` is no table of this program's, or, `to_write`, of another user's.
    """
    if RECORD not in relations:
        return Record(0, "", "", {})
    found = relations[RECORD]
    if (
        not found.is_table
        or (to_write and not found.is_ours)
        or not found.has({name: kind for name, (kind, _) in COLUMNS.items()})
    ):
        raise LakehouseError(
            f"{server.schema}.{RECORD} is there and isn't the record of a publisher (owner: {found.owner}). Publish to "
            "another schema (--schema), or rename it."
        )
    rows = server.rows(
        f"SELECT number, publication, update_id, tables FROM {server.named(RECORD)} ORDER BY number DESC LIMIT 1"
    )
    if not rows:
        return Record(0, "", "", {})
    ((number, publication, update, tables),) = rows
    return Record(number, publication, update, {name: Sent(**values) for name, values in tables.items()})


def make_record(server: Server) -> None:
    """Makes the table."""
    table = server.named(RECORD)
    columns = ", ".join(f"{name} {kind} NOT NULL" for name, (kind, _) in COLUMNS.items())
    server.run(f"CREATE TABLE {table} ({columns}, PRIMARY KEY (number))")
    texts = {f"COLUMN {table}.{name}": text for name, (_, text) in COLUMNS.items()}
    texts[f"TABLE {table}"] = "One row per publication of this schema. All its tables are of the newest one."
    server.run("; ".join(f"COMMENT ON {what} IS {text_literal(text)}" for what, text in texts.items()))


def write_record(server: Server, number: int, publication: Publication, tables: Mapping[str, Sent]) -> None:
    """Adds the row of a publication."""
    values: dict[str, Any] = {name: asdict(sent) for name, sent in sorted(tables.items())}
    server.run(
        f"INSERT INTO {server.named(RECORD)} VALUES (%s, %s, %s, %s, clock_timestamp(), %s)",
        *(number, publication.name, publication.update_id, publication.published_at, json.dumps(values)),
    )
