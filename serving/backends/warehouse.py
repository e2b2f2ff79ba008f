"""A publication on a SQL warehouse: every statement names the published version of every table that it reads."""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp

from serving.backends import Parameters, Reader, Session
from serving.backends.connections import Connections, Cursor
from serving.backends.refusals import is_of_the_connector, problem_of
from serving.problems import Problem
from serving.sources import Source

if TYPE_CHECKING:
    import pyarrow as pa

DIALECT = "databricks"
MOST = 5000


@dataclass(frozen=True)
class Published:
    """Where a table's published version is: its name in Unity Catalog, part by part, and the version."""

    name: tuple[str, str, str]
    version: int


class Pinned:
    """Statements whose tables are at the versions of one publication; each is rewritten once."""

    def __init__(self, tables: Mapping[str, Published]) -> None:
        self.tables = tables
        self._known: dict[str, str] = {}

    def sql(self, sql: str) -> str:
        """The statement over the published versions.

        Raises Problem for a table that the publication lacks: its newest version would mix two publications.
        """
        known = self._known.get(sql)
        if known is None:
            if len(self._known) >= MOST:
                self._known.clear()
            known = self._known[sql] = self._rewritten(sql)
        return known

    def _rewritten(self, sql: str) -> str:
        parsed = sqlglot.parse_one(sql, dialect=DIALECT)
        steps = {step.alias for step in parsed.find_all(exp.CTE)}
        for table in [*parsed.find_all(exp.Table)]:
            if not table.db and table.name in steps:
                continue
            published = self.tables.get(f"{table.db}.{table.name}")
            if published is None:
                detail = f"The publication has no table {table.db}.{table.name}. The next run of the job publishes it."
                raise Problem(503, "not-published", detail)
            catalog, schema, name = published.name
            pinned = exp.table_(name, db=schema, catalog=catalog, quoted=True, alias=table.alias_or_name)
            version = exp.Literal.number(published.version)
            pinned.set("version", exp.Version(this="VERSION", kind="AS OF", expression=version))
            pinned.set("joins", table.args.get("joins"))
            table.replace(pinned)
        return parsed.sql(dialect=DIALECT)


class WarehouseSession:
    """Runs statements on one connection."""

    dialect = DIALECT

    def __init__(self, pinned: Pinned, cursor: Cursor) -> None:
        self._pinned, self._cursor = pinned, cursor

    def table(self, sql: str, parameters: Parameters = ()) -> "pa.Table":
        """The rows of one statement; its parameters have names."""
        values: dict[str, Any] = dict(parameters) if isinstance(parameters, Mapping) else {}
        self._cursor.execute(self._pinned.sql(sql), values or None)
        return self._cursor.fetchall_arrow()

    def has(self, table: str) -> bool:
        """Whether the publication has the table."""
        return table in self._pinned.tables


class PublishedVersions:
    """A publication on a warehouse. `columns` asks for those of gold's tables; `own_rights`: readers send tokens."""

    dialect = DIALECT

    def __init__(
        self,
        connections: Connections,
        tables: Mapping[str, Published],
        columns: Callable[[], Mapping[str, Collection[str]]],
        own_rights: bool = False,
    ) -> None:
        self._connections, self._pinned, self.own_rights = connections, Pinned(tables), own_rights
        self.columns = columns
        self._running: set[Cursor] = set()

    @contextmanager
    def session(self, reader: Reader, seconds: float) -> Iterator[Session]:
        """A session with the reader's rights, cancelled after `seconds`.

        Raises TimeoutError then, and Problem for what the warehouse refuses, or a reader without a token.
        """
        if self.own_rights and reader.token is None:
            raise no_token()
        expired = threading.Event()
        try:
            with self._connections.of(reader) as connection, _cursor(connection.cursor) as cursor:
                timer = threading.Timer(seconds, _cancel, (cursor, expired))
                timer.daemon = True
                timer.start()
                self._running.add(cursor)
                try:
                    yield WarehouseSession(self._pinned, cursor)
                finally:
                    self._running.discard(cursor)
                    timer.cancel()
        except Exception as error:
            if expired.is_set():
                raise TimeoutError from None
            if is_of_the_connector(error):
                raise problem_of(error, self.own_rights) from error
            raise

    def interrupt(self) -> None:
        """Cancels what runs."""
        for cursor in list(self._running):
            _cancel(cursor, threading.Event())

    def close(self) -> None:
        """Nothing: the connections go on, on newer publications."""


def no_token() -> Problem:
    """A request that should have come with the reader's own token."""
    detail = (
        "This App reads with the rights of whoever asks, and the request came without a login of Databricks. Open it "
        "at its own address; of programs, it takes an OAuth token of a user."
    )
    return Problem(401, "login-needed", detail)


@contextmanager
def _cursor(opened: Callable[[], Cursor]) -> Iterator[Cursor]:
    cursor = opened()
    try:
        yield cursor
    finally:
        cursor.close()


def _cancel(cursor: Cursor, expired: threading.Event) -> None:
    expired.set()
    try:
        cursor.cancel()
    except Exception:  # it has ended meanwhile; the warehouse's own limit holds, too
        return


def tables_of(source: Source, catalog: str, schema: str) -> dict[str, Published]:
    """Where the tables of a publication are: each under its own name in the schema of published tables."""
    return {
        name: Published((catalog, schema, name.partition(".")[2]), version) for name, version in source.versions.items()
    }
