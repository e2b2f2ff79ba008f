"""A PostgreSQL for the session, a database of its own for each test, and a lake of three tables of the model."""

import os
from itertools import count

import psycopg
import pyarrow as pa
import pytest
from deltalake import write_deltalake

from local_runtime.delta.lake import Lake
from local_runtime.state.publications import publish as publish_lake
from tests.helpers import postgres

TABLES = ("dim_title", "fact_playback", "kpi_genre")
SCHEMAS = {
    "dim_title": pa.schema([("title_key", pa.int64()), ("title", pa.string()), ("batch", pa.int32())]),
    "fact_playback": pa.schema(
        [
            ("session_key", pa.int64()),
            ("title_key", pa.int64()),
            ("started_at", pa.timestamp("us", "UTC")),
            ("completion", pa.decimal128(18, 6)),
            ("batch", pa.int32()),
        ]
    ),
    "kpi_genre": pa.schema([("genre", pa.string()), ("plays", pa.int64()), ("batch", pa.int32())]),
}
"""Tables of the model, with columns enough for their keys. `batch` is the same in all of a publication's rows."""
numbers = count()


@pytest.fixture(scope="session")
def sockets():
    """The folder of the server's socket."""
    programs = postgres.programs()
    if programs is None:
        pytest.skip("there is no PostgreSQL below /usr/lib/postgresql (Debian: apt-get install postgresql)")
    with postgres.running(programs) as folder:
        yield folder


@pytest.fixture
def dsn(sockets, monkeypatch):
    """The address of a new database."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    name = f"test_{next(numbers)}"
    with psycopg.connect(f"host={sockets} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"host={sockets} user=postgres dbname={name}"


@pytest.fixture
def ask(dsn):
    """Runs SQL on the server, each time in a connection of its own; its rows."""

    def run(query, *values):
        with psycopg.connect(dsn, autocommit=True) as connection:
            cursor = connection.execute(query, values or None)
            return cursor.fetchall() if cursor.description else []

    return run


def commit(lake, name, rows, schema=None, **options):
    """Writes a table of gold completely."""
    schema = schema or SCHEMAS[name]
    table = pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema)
    write_deltalake(str(lake.path(f"gold.{name}")), table, mode="overwrite", **options)


def publish_all(lake):
    """Publishes all tables of the lake as they are now."""
    return publish_lake(lake, f"update {next(numbers)}", lake.tables())


def fill(lake, batch, titles=3, plays=6):
    """A publication of three tables, whose rows all say `batch`."""
    commit(lake, "dim_title", [(key, f"Title {key}", batch) for key in range(-1, titles)])
    commit(lake, "fact_playback", [(key, key % titles, None, None, batch) for key in range(plays)])
    commit(lake, "kpi_genre", [("Dramas", plays, batch), ("Dramas", plays, batch), (None, 0, batch)])
    return publish_all(lake)


@pytest.fixture
def lake(tmp_path):
    """The lake, with one publication."""
    made = Lake(tmp_path / "lake")
    fill(made, 1)
    return made


@pytest.fixture
def run(lake, dsn, capsys):
    """Runs `publish postgres`: its code, and what it says."""
    from local_runtime.cli.arguments import main

    def publish(*arguments, dsn=dsn):
        code = main(["publish", "postgres", "--lake", str(lake.root), "--dsn", dsn, *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return publish


@pytest.fixture
def roles(ask):
    """Two users without rights, but that the first may make schemas."""
    ask("CREATE ROLE publisher LOGIN; CREATE ROLE other LOGIN; CREATE ROLE reader LOGIN")
    ((database,),) = ask("SELECT current_database()")
    ask(f"GRANT CREATE ON DATABASE {database} TO publisher")
    yield
    ask("DROP OWNED BY publisher, other, reader CASCADE; DROP ROLE publisher, other, reader")
