"""A schema on the server: statements in it, what is there, and the lock of its one publisher."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local_runtime.errors import LakehouseError
from local_runtime.quoting import DOUBLE, quoted, text_literal

if TYPE_CHECKING:
    from publishing.postgres.connection import Connection

RECORD = "publication"
"""The table that says which publication the schema holds."""
NO_KEY: tuple[str, tuple[str, ...]] = ("", ())
"""The primary key of a table without one."""
OURS = """(SELECT CASE WHEN rolsuper THEN oid = {0} ELSE pg_has_role({0}, 'USAGE') END
    FROM pg_roles WHERE rolname = current_user)"""
"""Whether an owner is this user or a role that it is a member of. A superuser counts as a member of every role, though
others' triggers would run with its rights: only what it owns itself is its own."""
PUBLISHERS = 0x1A4E  # the class of the advisory locks that publishers take, one for each schema


@dataclass(frozen=True)
class Relation:
    """What has a name in the schema: a table or something else, whether its owner is this user, and its columns."""

    is_table: bool
    owner: str
    is_ours: bool
    columns: Mapping[str, str]

    def has(self, columns: Mapping[str, str]) -> bool:
        """Whether these are its columns, with their types, in any order."""
        return dict(self.columns) == dict(columns)


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key on the server, whoever made it: its table, its name, and the table that it refers to."""

    table: str
    name: str
    parent: str


class Server:
    """One schema of a connection's database."""

    def __init__(self, connection: "Connection", schema: str) -> None:
        self.connection, self.schema = connection, schema

    def named(self, table: str) -> str:
        """The table's name in SQL."""
        return f"{quoted(self.schema, DOUBLE)}.{quoted(table, DOUBLE)}"

    def run(self, statement: str, *values: Any) -> int:
        """Runs a statement, several where there are no values; returns how many rows the last one wrote."""
        return self.connection.execute(statement.encode(), values or None).rowcount

    @property
    def is_usable(self) -> bool:
        """Whether statements can go on: the connection is there, and none has failed."""
        return not self.connection.broken and self.connection.info.transaction_status.name == "INTRANS"

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.connection.execute(query.encode(), values or None).fetchall()

    def lock(self) -> None:
        """Keeps other publishers out until the transaction ends. Raises LakehouseError where one is at work."""
        place = (PUBLISHERS, self.schema)
        ((is_free,),) = self.rows("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", *place)
        if is_free:
            return
        holders = self.rows(
            """
            SELECT pid, usename, application_name, client_addr::text, to_char(backend_start, 'HH24:MI:SS') || ' UTC'
            FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND pg_locks.database =
                (SELECT oid FROM pg_database WHERE datname = current_database())
                AND classid::bigint = %s AND objid::bigint = hashtext(%s)::bigint & 4294967295
            """,
            *place,
        )
        raise LakehouseError(f"Another publisher is at work on schema {self.schema}{_described(holders)}. Wait for it.")

    def exists(self) -> bool:
        """Whether the schema is there."""
        return bool(self.rows("SELECT FROM pg_namespace WHERE nspname = %s", self.schema))

    def is_superuser(self) -> bool:
        """Whether this user is a superuser."""
        return bool(self.rows("SELECT FROM pg_roles WHERE rolname = current_user AND rolsuper"))

    def check_owner(self) -> None:
        """Raises LakehouseError where this user is a superuser, and the schema somebody else's."""
        query = (
            f"SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = %s AND NOT {OURS.format('nspowner')}"
        )
        for (owner,) in self.rows(query, self.schema) if self.is_superuser() else []:
            raise LakehouseError(
                f"The schema {self.schema} belongs to {owner}, and you are a superuser: what {owner} has made in it "
                f"would run with your rights. Connect as {owner}, or use another schema (--schema). Nothing was done."
            )

    def check_triggers(self, tables: Iterable[str]) -> None:
        """Keeps others from making triggers on the tables until the transaction ends; readers go on.

        Raises LakehouseError where there is one whose function is neither this user's nor a superuser's: it would run
        with this user's rights.
        """
        if names := ", ".join(map(self.named, tables)):
            self.run(f"LOCK TABLE {names} IN ROW EXCLUSIVE MODE")
        found = self.rows(
            f"""
            SELECT c.relname, t.tgname, pg_get_userbyid(p.proowner) FROM pg_trigger t
            JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_roles r ON r.oid = p.proowner
            WHERE n.nspname = %s AND NOT t.tgisinternal AND NOT r.rolsuper AND NOT {OURS.format("p.proowner")}
            """,
            self.schema,
        )
        for table, trigger, owner in found:
            where = self.named(table)
            raise LakehouseError(
                f"{where} has the trigger {trigger}, whose function is {owner}'s and would run with your rights. Drop "
                f"it (DROP TRIGGER {quoted(trigger, DOUBLE)} ON {where}), and revoke the right to make one (TRIGGER) "
                "from whoever has it. Nothing was changed."
            )

    def primary_keys(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """The primary key of each table that has one: its name, and its columns in order."""
        found = self.rows(
            """
            SELECT c.relname, k.conname, ARRAY(
                SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(num, place)
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.num ORDER BY place)
            FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE k.contype = 'p' AND n.nspname = %s
            """,
            self.schema,
        )
        return {table: (name, tuple(columns)) for table, name, columns in found}

    def relations(self) -> dict[str, Relation]:
        """Everything in the schema that has the name of a table: tables, views, sequences, indexes."""
        found = self.rows(
            f"""
            SELECT c.relname, c.relkind = 'r', pg_get_userbyid(c.relowner), {OURS.format("c.relowner")},
                coalesce((SELECT jsonb_object_agg(attname, format_type(atttypid, atttypmod)) FROM pg_attribute
                    WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped), '{{}}')
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s
            """,
            self.schema,
        )
        return {name: Relation(*rest) for name, *rest in found}

    def foreign_keys(self) -> list[ForeignKey]:
        """The foreign keys between tables of the schema."""
        found = self.rows(
            """
            SELECT child.relname, k.conname, parent.relname FROM pg_constraint k
            JOIN pg_class child ON child.oid = k.conrelid JOIN pg_class parent ON parent.oid = k.confrelid
            JOIN pg_namespace n ON n.oid = child.relnamespace AND n.oid = parent.relnamespace
            WHERE k.contype = 'f' AND n.nspname = %s
            """,
            self.schema,
        )
        return [ForeignKey(*row) for row in found]

    def counts(self, tables: Iterable[str]) -> dict[str, int]:
        """How many rows the tables have."""
        queries = [f"SELECT {text_literal(name)}, count(*) FROM {self.named(name)}" for name in tables]
        return dict(self.rows(" UNION ALL ".join(queries))) if queries else {}


def _described(holders: list[tuple[Any, ...]]) -> str:
    if not holders:
        return ""
    pid, user, application, address, since = holders[0]
    parts = [f"process {pid}", f"user {user}", *([application] if application else [])]
    parts += [f"from {address}" if address else "from this server's machine", *([f"since {since}"] if since else [])]
    return f" ({', '.join(parts)})"
