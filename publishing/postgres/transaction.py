"""One transaction for all tables of a publication: readers see the publication before it, or this one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from exports.tables import State, Table
from local_runtime.errors import LakehouseError
from local_runtime.quoting import DOUBLE, quoted
from publishing.keys import Keys, declared_keys
from publishing.postgres import definitions
from publishing.postgres.connection import connected, reason, sentences
from publishing.postgres.copying import send_all, send_difference
from publishing.postgres.lake_rows import Summary, all_rows, difference, summaries
from publishing.postgres.plan import Need, Step, check_lake, plan, vanished, with_new_keys
from publishing.postgres.record import Sent, make_record, read_record, write_record
from publishing.postgres.server import RECORD, Server
from publishing.postgres.types import WHOLE, digest_text, has_digest

if TYPE_CHECKING:
    import duckdb

    from publishing.postgres.connection import Connection


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where to publish to, who may read it, which tables are made again, and whether it may be another lake's."""

    dsn: str | None
    schema: str
    readers: tuple[str, ...] = ()
    rebuilt: tuple[str, ...] = ()
    replaces: bool = False


@dataclass
class Outcome:
    """What was done: the tables by what was done to them, rows that came and went, and sentences for the user."""

    publication: str
    done: dict[str, list[str]] = field(default_factory=dict)
    came: int = 0
    went: int = 0
    notes: list[str] = field(default_factory=list)

    def add(self, what: str, table: str, came: int = 0, went: int = 0) -> None:
        """Adds a table."""
        self.done.setdefault(what, []).append(table)
        self.came += came
        self.went += went


def publish(state: State, target: Target, say: Callable[[str], None] = lambda step: None) -> Outcome:
    """Publishes the state; `say` is told the step that begins.

    Raises LakehouseError where that can't be: the schema is then as it was. Says so, too, where the connection was lost
    in the very moment of the commit, when nobody knows which of both it is.
    """
    from psycopg.errors import ForeignKeyViolation

    say("Connecting …")
    broken: set[str] = set()
    with connected(target.dsn) as connection, sentences(target.schema):
        while True:
            try:
                outcome = _Transaction(connection, state, target, say, broken).run()
                break
            except ForeignKeyViolation as error:
                connection.rollback()
                name = error.diag.constraint_name
                if name is None or name in broken or not _is_ours(state, name):
                    raise LakehouseError(f"{reason(error)} Schema {target.schema} is as it was.") from None
                broken.add(name)
        say("Committing …")
        _commit(connection, target.schema)
    return outcome


def _is_ours(state: State, foreign_key: str) -> bool:
    keys = declared_keys()
    ours = [(table.name, column) for table in state.tables for column in keys.get(table.name, Keys()).foreign]
    return foreign_key in {definitions.foreign_key_name(*each) for each in ours}


def _commit(connection: "Connection", schema: str) -> None:
    import psycopg

    try:
        connection.commit()
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        if error.sqlstate is not None and not connection.broken:
            raise
        raise LakehouseError(
            f"The connection was lost while the publication was committed ({reason(error)}). Schema {schema} has all "
            "of it or nothing of it. Publish again: that finds out, and sends what is missing."
        ) from None


class _Transaction:
    """The statements of one publication; the caller commits."""

    def __init__(
        self,
        connection: "Connection",
        state: State,
        target: Target,
        say: Callable[[str], None],
        broken: set[str],
    ) -> None:
        self.server, self.state, self.target, self.say = Server(connection, target.schema), state, target, say
        self.broken = broken
        self.outcome = Outcome(state.name)
        self.tables: dict[str, Sent] = {}
        self.keys: Mapping[str, Keys] = {}
        self.summaries: Mapping[str, Summary] = {}
        self.rows: Iterator[duckdb.DuckDBPyRelation] = iter(())

    def run(self) -> Outcome:
        """Does everything but the commit."""
        server = self.server
        server.lock()
        server.check_owner()
        relations = server.relations()
        record = read_record(server, relations)
        if not self.target.replaces:
            check_lake(server, record, self.state)
        steps = plan(server, self.state.tables, record, relations, self.target.rebuilt)
        gone = [*vanished(record, self.state.tables, relations)]
        assert self.state.publication is not None
        is_new = (record.publication, record.update_id) != (self.state.name, self.state.publication.update_id)
        if is_new or gone or any(step.need is not Need.NOTHING for step in steps):
            server.check_triggers(
                name for name in {RECORD, *record.tables} & relations.keys() if relations[name].is_ours
            )
            self.keys = declared_keys()
            steps = [*with_new_keys(server, steps, self.keys)]
            self._define(steps, gone, relations.keys())
            complete = [step.table for step in steps if step.need in (Need.ALL, Need.CREATE)]
            self.say("Reading the lake …")
            self.summaries, self.rows = summaries(complete), all_rows(complete)
            for step in steps:
                self._send(step)
            self._finish(steps)
            write_record(server, record.number + 1, self.state.publication, self.tables)
        else:
            for step in steps:
                self.outcome.add("unchanged", step.table.name)
        names = {RECORD, *(table.name for table in self.state.tables)}
        made = {RECORD} - relations.keys() | {*self.outcome.done.get("created", [])}
        definitions.grant_reading(server, self.target.readers, names, made)
        return self.outcome

    def _define(self, steps: Iterable[Step], gone: Iterable[str], there: Iterable[str]) -> None:
        """Makes what is missing and drops what is no more; foreign keys that stand in the way come back at the end."""
        server, steps, gone, there = self.server, list(steps), list(gone), {*there}
        if not server.exists():
            server.run(f"CREATE SCHEMA {quoted(server.schema, DOUBLE)}")
        if RECORD not in there:
            make_record(server)
        remade = [step.table.name for step in steps if step.need is Need.CREATE and step.table.name in there]
        altered = [step.table.name for step in steps if step.has_new_columns]
        rekeyed = [step.table.name for step in steps if step.has_new_key]
        touched = {*gone, *remade, *altered, *rekeyed}
        definitions.drop_foreign_keys(
            server,
            [k for k in server.foreign_keys() if {k.table, k.parent} & touched or k.name in self.broken],
        )
        for name in rekeyed:
            definitions.drop_primary_key(server, name)
        for name in [*gone, *remade]:
            server.run(f"DROP TABLE {server.named(name)}")
        for name in gone:
            self.outcome.add("dropped", name)
        for step in steps:
            if step.need is Need.CREATE:
                definitions.create_table(server, step.table)
            elif step.has_new_columns and step.before:
                definitions.change_columns(server, step.table, step.before.columns)

    def _send(self, step: Step) -> None:
        """Brings a table's rows to the lake's."""
        name, before = step.table.name, step.before
        if step.need is Need.NOTHING and before is not None:
            if step.has_new_key:
                definitions.add_keys(self.server, step.table, self.keys[name])
            self.tables[name] = before
            self.outcome.add("unchanged", name)
            return
        self.say(f"Sending {name} …")
        keys = self.keys.get(name, Keys())
        # Where they are new, keys are added faster, or only, when the rows are there.
        is_made = before is None or step.has_new_columns or step.has_new_key
        if not is_made:
            definitions.add_keys(self.server, step.table, keys)
        if before is None:
            self._send_all(step.table, "created", self.summaries[name], next(self.rows))
        elif step.need is Need.ALL:
            self._replace(step, before, self.summaries[name], next(self.rows))
        elif instead := self._send_changes(step, before, definitions.usable(step.table, keys)):
            self._replace(instead, before, summaries([step.table])[name], next(all_rows([step.table])))
        if is_made:
            definitions.add_keys(self.server, step.table, keys)
        definitions.write_comments(self.server, step.table)

    def _send_changes(self, step: Step, before: Sent, key: tuple[str, ...]) -> Step | None:
        """Sends what differs from the version before; where all of the table has to be sent, that step instead."""
        table = step.table
        if not key and not has_digest(table.columns):
            return replace(step, why="its rows have no key and no digest")
        changes = difference(table, before.version, key)
        if isinstance(changes, str):
            return replace(step, why=changes)
        replaced = send_difference(self.server, table, changes, key)
        if replaced is None:
            return replace(step, why="rows of it were changed on the server", is_edited=True)
        total = None
        if changes.total is not None and before.digest is not None:
            total = (int(before.digest, 16) + changes.total) % WHOLE
        elif has_digest(table.columns):
            total = summaries([table])[table.name].total
        self._note_nul(table, replaced)
        came, went = changes.came.num_rows, changes.rows_gone
        self._sent(table, Summary(before.rows + changes.rows, total))
        self.outcome.add("changed" if came or went else "unchanged", table.name, came, went)
        return None

    def _replace(self, step: Step, before: Sent, found: Summary, rows: "duckdb.DuckDBPyRelation") -> None:
        """Sends all rows in place of those that are there, unless they are the same."""
        is_same = found.total is not None and (found.rows, digest_text(found.total)) == (before.rows, before.digest)
        if is_same and not step.has_new_columns and not step.is_edited:
            self._sent(step.table, found)
            self.outcome.add("unchanged", step.table.name)
            return
        if step.why:
            self.outcome.notes.append(f"{step.table.name}: {step.why}, so all of it is sent.")
        deleted = self.server.run(f"DELETE FROM {self.server.named(step.table.name)}")
        self._send_all(step.table, "changed", found, rows, deleted)

    def _send_all(
        self, table: Table, what: str, found: Summary, rows: "duckdb.DuckDBPyRelation", deleted: int = 0
    ) -> None:
        self._note_nul(table, send_all(self.server, table, rows))
        self._sent(table, found)
        self.outcome.add(what, table.name, found.rows, deleted)

    def _sent(self, table: Table, found: Summary) -> None:
        digest = None if found.total is None else digest_text(found.total)
        self.tables[table.name] = Sent(
            version=table.version,
            id=table.id,
            rows=found.rows,
            digest=digest,
            columns=definitions.columns_of(table),
            content=table.content,
        )

    def _note_nul(self, table: Table, replaced: int) -> None:
        if replaced:
            self.outcome.notes.append(
                f"{table.name}: PostgreSQL's texts have no NUL: {replaced:,} are sent as \N{REPLACEMENT CHARACTER}."
            )

    def _finish(self, steps: Iterable[Step]) -> None:
        """Foreign keys, statistics, and whether the server has as many rows as the lake."""
        self.say("Checking keys …")
        tables = [step.table for step in steps]
        self.outcome.notes += definitions.add_foreign_keys(self.server, tables, self.keys, self.broken)
        written = [name for what in ("created", "changed") for name in self.outcome.done.get(what, [])]
        for name, rows in self.server.counts(written).items():
            if rows != self.tables[name].rows:
                raise LakehouseError(
                    f"{self.server.schema}.{name} would have {rows:,} rows, and the lake has "
                    f"{self.tables[name].rows:,}: a trigger or a rule on the server changes rows. Drop it, and publish "
                    "again. Nothing was changed."
                )
        if written:
            self.server.run("; ".join(f"ANALYZE {self.server.named(name)}" for name in written))
