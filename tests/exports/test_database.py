"""A database that tools keep open shows each new export."""

import os

import duckdb
import pyarrow as pa
import pytest

from local_runtime.state.publications import publish
from tests.exports.conftest import ROWS, SCHEMA, commit


@pytest.fixture
def show(run, tmp_path):
    return lambda: run(tmp_path / "out", "--format", "duckdb")


@pytest.fixture
def reader(show, tmp_path):
    """A program that has opened the database."""
    assert show()[0] == 0
    with duckdb.connect(str(tmp_path / "out" / "lake.duckdb"), read_only=True) as connection:
        yield connection


def count(reader):
    return reader.execute("SELECT count(*) FROM gold.dim_title").fetchone()[0]


def test_an_open_database_shows_a_new_publication_and_is_not_written(show, reader, lake, tmp_path):
    file = tmp_path / "out" / "lake.duckdb"
    before = (count(reader), os.stat(file).st_mtime_ns)
    commit(lake, "dim_title", ROWS[:1])
    publish(lake, "next", ["gold.dim_title", "gold.kpi_genre"])
    assert show()[0] == 0
    assert (before[0], count(reader), os.stat(file).st_mtime_ns) == (3, 1, before[1])


def test_two_publications_are_kept(show, lake, tmp_path):
    for _ in range(4):
        assert show()[0] == 0
    assert len(list((tmp_path / "out" / "publications").iterdir())) == 2


def test_another_column_makes_the_database_again(show, reader, lake, tmp_path):
    schema = SCHEMA.append(pa.field("more", pa.int32()))
    commit(lake, "dim_title", [(*row, 1) for row in ROWS], schema, schema_mode="overwrite")
    publish(lake, "next", ["gold.dim_title", "gold.kpi_genre"])
    code, said = show()
    assert code == 0, said
    with duckdb.connect(str(tmp_path / "out" / "lake.duckdb"), read_only=True) as again:
        assert again.execute("SELECT sum(more) FROM gold.dim_title").fetchone() == (3,)


def test_what_somebody_keeps_in_the_database_is_not_lost(show, lake, tmp_path):
    assert show()[0] == 0
    with duckdb.connect(str(tmp_path / "out" / "lake.duckdb")) as own:
        own.execute("CREATE TABLE mine AS SELECT 1 AS one")
    assert show()[0] == 0
    schema = SCHEMA.append(pa.field("more", pa.int32()))
    commit(lake, "dim_title", [(*row, 1) for row in ROWS], schema, schema_mode="overwrite")
    publish(lake, "next", ["gold.dim_title", "gold.kpi_genre"])
    code, said = show()
    assert (code, "mine in it would be lost" in said) == (1, True)
    with duckdb.connect(str(tmp_path / "out" / "lake.duckdb"), read_only=True) as own:
        assert own.execute("FROM mine").fetchall() == [(1,)]
        assert count(own) == 3


def test_another_folder_is_left_alone(run, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    code, said = run(tmp_path / "out", "--format", "duckdb")
    assert (code, "mine.txt" in said) == (1, True)
