"""A SQL warehouse's stand-in: it runs statements of the Databricks dialect on DuckDB, over tables at versions."""

import threading
from datetime import UTC, datetime

import duckdb
import sqlglot
from sqlglot import exp

from serving.backends.connections import Connections
from serving.backends.publications import WarehouseStore
from serving.backends.settings import Settings
from serving.databricks_app import LIMITS
from serving.loading import load
from serving.sources import newest_source

CATALOG, PUBLISHED = "prod", "lakehouse_published"
SETTINGS = Settings(
    host="workspace.example",
    port=8000,
    warehouse_id="abc",
    catalog=CATALOG,
    published_schema=PUBLISHED,
)


class StandIn:
    """Tables of one or several published states; `asked` are the statements that ran, and the tokens they came with.

    `fails` may return the error that a statement ends with; `slow` statements run until they are cancelled.
    """

    def __init__(self):
        self.database = duckdb.connect()
        self.database.execute("SET TimeZone = 'UTC'")
        self.database.execute(f"ATTACH ':memory:' AS {CATALOG}")
        for schema in (PUBLISHED, "meta"):
            self.database.execute(f"CREATE SCHEMA {CATALOG}.{schema}")
        self.asked, self.opened, self.closed = [], [], 0
        self.fails = lambda token, sql: None
        self.slow = False
        self.execute(
            f"CREATE TABLE {CATALOG}.{PUBLISHED}.publications "
            "(update_id VARCHAR, published_at TIMESTAMPTZ, table_name VARCHAR, version BIGINT)"
        )
        columns = "table_schema VARCHAR, table_name VARCHAR, column_name VARCHAR"
        self.execute(f"CREATE TABLE {CATALOG}.meta.columns ({columns})")

    def execute(self, sql, parameters=None):
        return self.database.execute(sql, parameters)

    def publish(self, update_id, tables, version):
        """Adds tables (Arrow, by `schema.table`) at a version, and records them as a state."""
        names = []
        for name, table in tables.items():
            short = name.partition(".")[2]
            self.database.register("rows", table)
            self.execute(f'CREATE TABLE {CATALOG}.{PUBLISHED}."{short}@{version}" AS FROM rows')
            self.execute(f"DELETE FROM {CATALOG}.meta.columns WHERE table_name = ?", [short])
            for column in table.column_names:
                self.execute(f"INSERT INTO {CATALOG}.meta.columns VALUES (?, ?, ?)", [PUBLISHED, short, column])
            names.append(f"{CATALOG}.{PUBLISHED}.{short}")
        self.record(update_id, dict.fromkeys(names, version))

    def record(self, update_id, versions):
        """Adds the rows of one state."""
        now = datetime.now(UTC)
        for name, version in versions.items():
            row = [update_id, now, name, version]
            self.execute(f"INSERT INTO {CATALOG}.{PUBLISHED}.publications VALUES (?, ?, ?, ?)", row)

    def connect(self, token):
        self.opened.append(token)
        error = self.fails(token, "")
        if error:
            raise error
        return _Connection(self, token)

    def store(self, settings=SETTINGS, limits=LIMITS):
        return WarehouseStore(settings, limits, Connections(self.connect))


class _Connection:
    def __init__(self, stand_in, token):
        self._stand_in, self._token = stand_in, token

    def cursor(self):
        return _Cursor(self._stand_in, self._token)

    def close(self):
        self._stand_in.closed += 1


class _Cursor:
    def __init__(self, stand_in, token):
        self._stand_in, self._token = stand_in, token
        self._cursor = stand_in.database.cursor()
        self._cancelled = threading.Event()

    def execute(self, sql, parameters=None):
        self._stand_in.asked.append((self._token, sql, parameters))
        error = self._stand_in.fails(self._token, sql)
        if error:
            raise error
        if self._stand_in.slow:
            from databricks.sql.exc import RequestError

            if not self._cancelled.wait(10):
                raise AssertionError("nobody cancelled it")
            raise RequestError("the operation was closed")
        self._cursor.execute(on_duckdb(sql), parameters or {})

    def fetchall_arrow(self):
        return self._cursor.to_arrow_table()

    def cancel(self):
        self._cancelled.set()

    def close(self):
        self._cursor.close()


def on_duckdb(sql):
    """A statement of Databricks for DuckDB. A table of the published ones must be named with its version."""
    parsed = sqlglot.parse_one(sql, dialect="databricks")
    for table in [*parsed.find_all(exp.Table)]:
        version = table.args.get("version")
        if version is not None:
            if (table.catalog, table.db) != (CATALOG, PUBLISHED):
                raise AssertionError(f"it is of another schema: {table}")
            table.set("this", exp.to_identifier(f"{table.name}@{version.expression.name}", quoted=True))
            table.set("version", None)
        elif table.db == "information_schema":
            table.set("db", exp.to_identifier("meta"))
        elif table.db and (table.db, table.name) != (PUBLISHED, "publications"):
            raise AssertionError(f"the newest version is read: {table}")
    parsed = parsed.transform(_without_accents).transform(_whole_division)
    return parsed.sql(dialect="duckdb")


def _without_accents(node):
    """The collation UNICODE_CI_AI, as DuckDB's functions say it."""
    if isinstance(node, exp.Contains) and isinstance(node.this, exp.Collate):
        texts = (node.this.this, node.expression)
        return exp.func("CONTAINS", *(exp.func("STRIP_ACCENTS", exp.Lower(this=text.copy())) for text in texts))
    return node


def _whole_division(node):
    """DIV of whole numbers that are decimals: DuckDB would divide them as floating-point numbers."""
    if isinstance(node, exp.IntDiv) and not isinstance(node.this, exp.Cast):
        return exp.IntDiv(**{side: exp.cast(node.args[side], "INT128") for side in ("this", "expression")})
    return node


def tables_of(lake):
    """The served tables of a lake's newest publication, as Arrow, by `schema.table`."""
    connection = load(lake, newest_source(lake))
    names = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
    found = {f"{schema}.{name}": connection.execute(f"FROM {schema}.{name}").to_arrow_table() for schema, name in names}
    connection.close()
    return found
