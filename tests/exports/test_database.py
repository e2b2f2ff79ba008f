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


@pytest.mark.parametrize(
    "kind", ["TABLE mine AS SELECT 1 AS one", "VIEW gold.mine AS SELECT 1 AS one", "MACRO mine() AS 1", "SEQUENCE mine"]
)
def test_what_somebody_keeps_in_the_database_is_not_lost(show, lake, tmp_path, kind):
    assert show()[0] == 0
    with duckdb.connect(str(tmp_path / "out" / "lake.duckdb")) as own:
        own.execute(f"CREATE {kind}")
    assert show()[0] == 0
    schema = SCHEMA.append(pa.field("more", pa.int32()))
    commit(lake, "dim_title", [(*row, 1) for row in ROWS], schema, schema_mode="overwrite")
    publish(lake, "next", ["gold.dim_title", "gold.kpi_genre"])
    code, said = show()
    assert (code, "mine in it would be lost" in said) == (1, True)
    with duckdb.connect(str(tmp_path / "out" / "lake.duckdb"), read_only=True) as own:
        assert count(own) == 3


def test_another_folder_is_left_alone(run, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    code, said = run(tmp_path / "out", "--format", "duckdb")
    assert (code, "mine.txt" in said) == (1, True)


def test_folders_of_somebody_are_left_alone_whatever_they_are_called(run, tmp_path):
    theirs = tmp_path / "docs" / "publications" / "2021-paper"
    theirs.mkdir(parents=True)
    (theirs / "p.tex").write_text("mine")
    for form in ("duckdb", "parquet"):
        code, _ = run(tmp_path / "docs", "--format", form)
        assert (code, (theirs / "p.tex").read_text()) == (1, "mine")


def test_one_format_takes_no_folder_of_another(run, show, tmp_path):
    assert run(tmp_path / "out", "--format", "csv")[0] == 0
    assert show()[0] == 1
    assert run(tmp_path / "other", "--format", "duckdb")[0] == 0
    code, said = run(tmp_path / "other", "--format", "csv")
    assert (code, "of the format duckdb" in said) == (1, True)


def test_names_of_folders_become_no_columns_and_patterns_are_refused(run, tmp_path):
    assert run(tmp_path / "title=x" / "env=prod", "--format", "duckdb")[0] == 0
    with duckdb.connect(str(tmp_path / "title=x" / "env=prod" / "lake.duckdb"), read_only=True) as found:
        assert found.sql("FROM gold.dim_title").columns == SCHEMA.names
        assert found.execute("SELECT count(DISTINCT title) FROM gold.dim_title").fetchone() == (2,)
    code, said = run(tmp_path / "st*r", "--format", "duckdb")
    assert (code, "pattern" in said) == (1, True)


def test_a_failed_first_export_leaves_nothing(run, tmp_path, lake):
    (file,) = lake.path("gold.kpi_genre").glob("*.parquet")
    file.write_bytes(b"PAR1" + b"x" * (file.stat().st_size - 8) + b"PAR1")
    code, said = run(tmp_path / "out", "--format", "duckdb")
    assert (code, str(file.name) in said, "Traceback" in said) == (1, True, False), said
    assert not (tmp_path / "out").exists()
