"""The same number on PostgreSQL: a published star answers the registry's SQL as the lake does."""

import pytest

pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")

import psycopg

from local_runtime.cli.arguments import main
from metrics.kpis import kpi_query, kpi_tables
from metrics.registry import load_registry
from metrics.sql import statement
from tests.helpers import postgres
from tests.helpers.matrix import questions
from tests.helpers.registry import answered, as_texts

REGISTRY = load_registry()
SOME = 5
"""Of an entity's questions, every so many-th is asked: each metric in some, and a seed would add nothing to that."""


@pytest.fixture(scope="module")
def star(made_lake):
    """A connection to a server that the lake is published to, as its schema gold."""
    programs = postgres.programs()
    if programs is None:
        pytest.skip("there is no PostgreSQL below /usr/lib/postgresql (Debian: apt-get install postgresql)")
    with postgres.running(programs) as sockets:
        dsn = f"host={sockets} user=postgres dbname=postgres"
        assert main(["publish", "postgres", "--lake", str(made_lake.root), "--dsn", dsn, "--schema", "gold"]) == 0
        with psycopg.connect(dsn, autocommit=True) as connection:
            yield connection


def asked(star, query):
    """The query's rows of the server, as texts."""
    wanted = statement(REGISTRY, query, "postgres")
    return as_texts(star.execute(wanted.sql, dict(wanted.parameters) or None).fetchall())


@pytest.mark.parametrize("name", kpi_tables(REGISTRY))
def test_every_kpi_table_is_the_registrys_query(star, made_lake, name):
    query = kpi_query(REGISTRY, name)
    rows = asked(star, query)
    _, of_the_lake, _ = answered(made_lake, query)
    assert rows == as_texts(of_the_lake) != []


def test_questions_of_every_entity_have_the_lakes_answers(star, made_lake):
    for entity, queries in questions(REGISTRY).items():
        for query in queries[::SOME]:
            _, of_the_lake, _ = answered(made_lake, query)
            assert asked(star, query) == as_texts(of_the_lake), (entity, query)
