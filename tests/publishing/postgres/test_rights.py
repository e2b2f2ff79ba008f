"""Who may read, and whose rights nothing of somebody else may use."""

import shutil

import psycopg
import pyarrow as pa
import pytest

from publishing.postgres.record import COLUMNS
from tests.publishing.postgres.conftest import commit, fill, publish_all


@pytest.mark.parametrize("role", ["analyst", 'Odd " role'])
def test_a_reader_reads_what_is_there_and_what_comes(lake, run, ask, dsn, role):
    quoted = '"' + role.replace('"', '""') + '"'
    code, said = run("--reader", role)
    assert (code, "the server has no such role" in said) == (1, True)
    ask(f"CREATE ROLE {quoted} LOGIN")
    try:
        assert run("--reader", role)[0] == 0
        commit(lake, "kpi_country", [(1,)], pa.schema([("plays", pa.int64())]))
        publish_all(lake)
        assert run()[0] == 0
        with psycopg.connect(dsn, user=role) as connection:
            assert connection.execute("SELECT plays FROM lakehouse.kpi_country").fetchall() == [(1,)]
            assert connection.execute("SELECT count(*) FROM lakehouse.publication").fetchall() == [(2,)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("DELETE FROM lakehouse.kpi_country")
    finally:
        ask(f"DROP OWNED BY {quoted}; DROP ROLE {quoted}")


def test_a_revoked_right_stays_revoked_until_the_role_is_asked_for(lake, run, ask):
    ask("CREATE ROLE analyst")
    may = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'lakehouse'::regnamespace AND "
    may += "has_table_privilege('analyst', oid, 'SELECT') ORDER BY 1"
    try:
        run("--reader", "analyst")
        ask("REVOKE SELECT ON lakehouse.dim_title FROM analyst; REVOKE USAGE ON SCHEMA lakehouse FROM analyst")
        fill(lake, 2)
        commit(lake, "kpi_country", [(1,)], pa.schema([("plays", pa.int64())]))
        publish_all(lake)
        assert run()[0] == 0
        assert ask(may) == [("fact_playback",), ("kpi_country",), ("kpi_genre",), ("publication",)]
        assert ask("SELECT has_schema_privilege('analyst', 'lakehouse', 'USAGE')") == [(False,)]
        assert run("--reader", "analyst")[0] == 0
        assert ("dim_title",) in ask(may)
        assert ask("SELECT has_schema_privilege('analyst', 'lakehouse', 'USAGE')") == [(True,)]
    finally:
        ask("DROP OWNED BY analyst; DROP ROLE analyst")


TAKES_OVER = """
    CREATE FUNCTION {0}.take() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN EXECUTE $$ALTER ROLE other SUPERUSER$$; RETURN NEW; END';
    CREATE TRIGGER take BEFORE INSERT ON {1} FOR EACH STATEMENT EXECUTE FUNCTION {0}.take()
"""
IS_TAKEN_OVER = "SELECT rolsuper FROM pg_roles WHERE rolname = 'other'"


def as_other(dsn, statements):
    """Runs statements as the role `other`."""
    with psycopg.connect(dsn.replace("user=postgres", "user=other"), autocommit=True) as connected:
        connected.execute(statements)


@pytest.mark.parametrize("owns_schema", [True, False])
def test_a_superuser_runs_nothing_that_the_owner_of_a_schema_prepared(run, ask, dsn, roles, owns_schema):
    ((database,),) = ask("SELECT current_database()")
    ask(f"GRANT CREATE ON DATABASE {database} TO other")
    columns = ", ".join(f"{name} {kind} NOT NULL" for name, (kind, _) in COLUMNS.items())
    as_other(
        dsn,
        f"CREATE SCHEMA lakehouse; CREATE TABLE lakehouse.publication ({columns}); "
        + TAKES_OVER.format("lakehouse", "lakehouse.publication"),
    )
    if not owns_schema:
        ask("ALTER SCHEMA lakehouse OWNER TO postgres")
    code, said = run()
    says = "The schema lakehouse belongs to other" if owns_schema else "(owner: other)"
    assert (ask(IS_TAKEN_OVER), code, says in said) == ([(False,)], 1, True), said
    code, said = run("--check")
    assert (code, says in said) == (1, True), said


def test_a_trigger_of_another_user_runs_with_nobodys_rights(lake, run, ask, dsn, roles):
    run()
    ask("CREATE SCHEMA theirs AUTHORIZATION other; GRANT USAGE ON SCHEMA lakehouse TO other")
    ask("GRANT ALL ON ALL TABLES IN SCHEMA lakehouse TO other")
    as_other(dsn, TAKES_OVER.format("theirs", "lakehouse.dim_title"))
    fill(lake, 2)
    code, said = run()
    assert (ask(IS_TAKEN_OVER), code, "has the trigger take, whose function is other's" in said) == (
        *([(False,)], 1, True),
    ), said
    assert ask("SELECT DISTINCT batch FROM lakehouse.dim_title") == [(1,)]
    ask('DROP TRIGGER "take" ON "lakehouse"."dim_title"')
    assert run()[0] == 0


def test_an_object_that_took_the_place_of_a_table_no_longer_published_is_left_alone(lake, run, ask, dsn, roles):
    """A view's functions run with the rights of whoever reads it."""
    run()
    ask("DROP TABLE lakehouse.kpi_genre; GRANT ALL ON SCHEMA lakehouse TO other")
    as_other(
        dsn,
        """
        CREATE FUNCTION lakehouse.take() RETURNS text LANGUAGE plpgsql AS
            'BEGIN EXECUTE $$ALTER ROLE other SUPERUSER$$; RETURN 1; END';
        CREATE VIEW lakehouse.kpi_genre AS
            SELECT ''::text AS genre, 0::bigint AS plays, 0 AS batch WHERE lakehouse.take() <> ''
        """,
    )
    assert run("--check")[0] == 1
    shutil.rmtree(lake.path("gold.kpi_genre"))
    publish_all(lake)
    code, said = run()
    assert (ask(IS_TAKEN_OVER), code, "dropped" in said) == ([(False,)], 0, False), said
    assert ask("SELECT relkind FROM pg_class WHERE relname = 'kpi_genre'") == [("v",)]
