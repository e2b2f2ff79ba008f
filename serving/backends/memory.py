"""A publication in the memory of DuckDB."""

import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from local_runtime.delta.lake import DEFAULT_SCHEMA
from serving.backends import Parameters, Reader, Session

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

PARSED = 300
"""Statements that are kept parsed, of some 100 KB each: more than the pages ask without filters."""
COLUMNS = "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = $1"
TABLES = "SELECT count(*) FROM duckdb_tables() WHERE schema_name || '.' || table_name = $1"


@lru_cache(PARSED)
def _parsed(sql: str) -> "duckdb.Statement":
    """The statement, parsed once: pages ask it again with other parameters, and parsing is a fifth of the work."""
    import duckdb

    (found,) = duckdb.extract_statements(sql)
    return found


class MemorySession:
    """Runs statements on a cursor."""

    dialect = "duckdb"

    def __init__(self, cursor: "duckdb.DuckDBPyConnection") -> None:
        self.cursor = cursor

    def table(self, sql: str, parameters: Parameters = ()) -> "pa.Table":
        """The rows of one statement."""
        return self.cursor.execute(_parsed(sql), parameters).to_arrow_table()

    def has(self, table: str) -> bool:
        """Whether the table is loaded."""
        return bool(self.cursor.execute(TABLES, [table]).fetchall()[0][0])


class Memory:
    """The tables of a publication, loaded into DuckDB."""

    dialect = "duckdb"
    own_rights = False

    def __init__(self, connection: "duckdb.DuckDBPyConnection") -> None:
        self.connection = connection
        self._running: set[duckdb.DuckDBPyConnection] = set()

    @contextmanager
    def session(self, reader: Reader, seconds: float) -> Iterator[Session]:
        """A cursor, interrupted after `seconds`. Raises TimeoutError then."""
        import duckdb

        with self.connection.cursor() as cursor:
            timer = threading.Timer(seconds, cursor.interrupt)
            timer.daemon = True
            timer.start()
            self._running.add(cursor)
            try:
                yield MemorySession(cursor)
            except duckdb.InterruptException:
                raise TimeoutError from None
            finally:
                self._running.discard(cursor)
                timer.cancel()

    def columns(self) -> Mapping[str, Collection[str]]:
        """The columns of each loaded table of gold."""
        found: dict[str, set[str]] = {}
        for table, column in self.connection.execute(COLUMNS, [DEFAULT_SCHEMA]).fetchall():
            found.setdefault(table, set()).add(column)
        return found

    def interrupt(self) -> None:
        """Interrupts all cursors."""
        for cursor in list(self._running):
            cursor.interrupt()

    def close(self) -> None:
        """Frees the memory."""
        self.connection.close()
