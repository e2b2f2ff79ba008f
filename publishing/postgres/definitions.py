"""Schemas, tables, keys, indexes, comments and rights, in SQL that PostgreSQL 12 has."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping

from exports.tables import Table
from local_runtime.errors import LakehouseError
from local_runtime.quoting import DOUBLE, quoted, text_literal
from publishing.keys import Keys
from publishing.postgres.server import NO_KEY, RECORD, ForeignKey, Server
from publishing.postgres.types import server_type

LONGEST_NAME = 63  # bytes; PostgreSQL cuts longer ones


def columns_of(table: Table) -> dict[str, str]:
    """The table's columns and their types on the server. Raises LakehouseError for what PostgreSQL has no room for."""
    for name in (table.name, *(column.name for column in table.columns)):
        if len(name.encode()) > LONGEST_NAME:
            raise LakehouseError(
                f"gold.{table.name}: {name} is longer than names in PostgreSQL ({LONGEST_NAME} bytes)."
            )
    return {column.name: server_type(table, column) for column in table.columns}


def create_table(server: Server, table: Table) -> None:
    """Makes the table, without keys: rows are sent faster before those."""
    columns = ", ".join(f"{quoted(name, DOUBLE)} {kind}" for name, kind in columns_of(table).items())
    server.run(f"CREATE TABLE {server.named(table.name)} ({columns})")


def change_columns(server: Server, table: Table, before: Mapping[str, str]) -> None:
    """Gives the table the lake's columns, where they were `before`. A column of another type is another column."""
    after = columns_of(table)
    gone = [name for name, kind in before.items() if after.get(name) != kind]
    new = [name for name, kind in after.items() if before.get(name) != kind]
    parts = [f"DROP COLUMN {quoted(name, DOUBLE)}" for name in gone]
    parts += [f"ADD COLUMN {quoted(name, DOUBLE)} {after[name]}" for name in new]
    server.run(f"ALTER TABLE {server.named(table.name)} {', '.join(parts)}")


def add_keys(server: Server, table: Table, keys: Keys) -> None:
    """Adds the primary key, and indexes on foreign keys and dates, where they are missing."""
    there = {column.name for column in table.columns}
    primary = usable(table, keys)
    if primary and table.name not in server.primary_keys():
        names = ", ".join(quoted(name, DOUBLE) for name in primary)
        key = quoted(primary_key_name(table.name), DOUBLE)
        server.run(f"ALTER TABLE {server.named(table.name)} ADD CONSTRAINT {key} PRIMARY KEY ({names})")
    dates = [column.name for column in table.columns if column.type in ("date", "timestamp")]
    for name in dict.fromkeys([*keys.foreign, *dates]):
        if name in there and primary[:1] != (name,):
            index = quoted(_short(f"ix_{table.name}_{name}"), DOUBLE)
            server.run(f"CREATE INDEX IF NOT EXISTS {index} ON {server.named(table.name)} ({quoted(name, DOUBLE)})")


def usable(table: Table, keys: Keys) -> tuple[str, ...]:
    """The declared primary key, if this version of the table has all of its columns."""
    return keys.primary if {*keys.primary} <= {column.name for column in table.columns} else ()


def primary_key_name(table: str) -> str:
    """What the primary key of a table is called."""
    return _short(f"pk_{table}")


def drop_primary_key(server: Server, table: str) -> None:
    """Drops the primary key, if there is one; its columns may be null again."""
    name, columns = server.primary_keys().get(table, NO_KEY)
    parts = [f"ALTER COLUMN {quoted(column, DOUBLE)} DROP NOT NULL" for column in columns]
    if name:
        server.run(f"ALTER TABLE {server.named(table)} DROP CONSTRAINT {quoted(name, DOUBLE)}")
        server.run(f"ALTER TABLE {server.named(table)} {', '.join(parts)}")


def foreign_key_name(table: str, column: str) -> str:
    """What the foreign key of a column is called."""
    return _short(f"fk_{table}_{column}")


def add_foreign_keys(
    server: Server, tables: Iterable[Table], keys: Mapping[str, Keys], left_out: Collection[str]
) -> Iterator[str]:
    """Adds the declared foreign keys that aren't there, but for those that rows break; yields a sentence for each.

    They are checked when a transaction ends, so that dimensions and facts may be written in any order.
    """
    tables = list(tables)
    there = {key.name for key in server.foreign_keys()}
    types = {table.name: columns_of(table) for table in tables}
    server.run("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        for column, parent in keys.get(table.name, Keys()).foreign.items():
            name = foreign_key_name(table.name, column)
            kinds = {types[table.name].get(column), types.get(parent, {}).get(column)}
            is_possible = len(kinds) == 1 and None not in kinds and keys.get(parent, Keys()).primary == (column,)
            if name in there or not is_possible:
                continue
            if name in left_out or _has_orphans(server, table.name, column, parent):
                yield f"{table.name}.{column} has keys that {parent} lacks: it has no foreign key."
                continue
            server.run(
                f"ALTER TABLE {server.named(table.name)} ADD CONSTRAINT {quoted(name, DOUBLE)} "
                f"FOREIGN KEY ({quoted(column, DOUBLE)}) REFERENCES {server.named(parent)} ({quoted(column, DOUBLE)}) "
                "DEFERRABLE INITIALLY DEFERRED"
            )


def _has_orphans(server: Server, table: str, column: str, parent: str) -> bool:
    key = quoted(column, DOUBLE)
    return bool(
        server.rows(
            f"SELECT FROM {server.named(table)} t WHERE t.{key} IS NOT NULL AND NOT EXISTS "
            f"(SELECT FROM {server.named(parent)} p WHERE p.{key} = t.{key}) LIMIT 1"
        )
    )


def drop_foreign_keys(server: Server, found: Iterable[ForeignKey]) -> None:
    """Drops foreign keys."""
    for key in found:
        server.run(f"ALTER TABLE {server.named(key.table)} DROP CONSTRAINT {quoted(key.name, DOUBLE)}")


def write_comments(server: Server, table: Table) -> None:
    """Says what the table and its columns are, as the lake does."""
    texts = [(f"TABLE {server.named(table.name)}", table.comment)]
    texts += [(f"COLUMN {server.named(table.name)}.{quoted(it.name, DOUBLE)}", it.comment) for it in table.columns]
    server.run("; ".join(f"COMMENT ON {what} IS {text_literal(text) if text else 'NULL'}" for what, text in texts))


def grant_reading(server: Server, asked: Collection[str], tables: Collection[str], made: Collection[str]) -> None:
    """Lets roles read tables: those that are asked for all of them, those that could read the record before new ones.

    So a right that somebody has revoked stays revoked. Raises LakehouseError for a role that isn't there.
    """
    for role in asked:
        if not server.rows("SELECT FROM pg_roles WHERE rolname = %s", role):
            make = f"CREATE ROLE {quoted(role, DOUBLE)};"
            raise LakehouseError(f"--reader {role}: the server has no such role. Make it: {make}")
    schema = quoted(server.schema, DOUBLE)
    for role in dict.fromkeys([*asked, *_readers(server)]):
        reader = quoted(role, DOUBLE)
        if role not in asked:
            lacking = [name for name in _not_granted(server, role) if name in made]
            _grant_tables(server, lacking, reader)
            continue
        ((is_let_in,),) = server.rows("SELECT has_schema_privilege(%s, %s, 'USAGE')", role, server.schema)
        if not is_let_in:
            server.run(f"GRANT USAGE ON SCHEMA {schema} TO {reader}")
        lacking = [name for name in _not_granted(server, role) if name in tables]
        _grant_tables(server, lacking, reader)


def _grant_tables(server: Server, tables: Collection[str], reader: str) -> None:
    if tables:
        server.run(f"GRANT SELECT ON {', '.join(map(server.named, tables))} TO {reader}")


def _readers(server: Server) -> list[str]:
    """The roles that were given the right to read the record."""
    query = """
        SELECT pg_get_userbyid(right_.grantee) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
            aclexplode(c.relacl) AS right_
        WHERE n.nspname = %s AND c.relname = %s AND right_.privilege_type = 'SELECT'
            AND right_.grantee NOT IN (0, c.relowner)
    """
    return [name for (name,) in server.rows(query, server.schema, RECORD)]


def _not_granted(server: Server, role: str) -> list[str]:
    """The tables of the schema that the role was given no right to read."""
    query = """
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = %s AND c.relkind = 'r' AND NOT has_table_privilege(%s, c.oid, 'SELECT')
    """
    return [name for (name,) in server.rows(query, server.schema, role)]


def _short(name: str) -> str:
    """The name, or as much of it as fits, with a digest of the whole."""
    if len(name.encode()) <= LONGEST_NAME:
        return name
    return f"{name.encode()[:54].decode(errors='ignore')}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
