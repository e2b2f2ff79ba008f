"""What goes wrong ends in a sentence, and the schema is as it was."""

import shutil

import psycopg
import pytest

from local_runtime.cli.arguments import main
from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError, UsageError
from publishing.postgres import connection, transaction
from tests.publishing.postgres.conftest import SCHEMAS, fill

SECRET = "hunter2-very-secret"


def state(ask):
    """What a reader sees."""
    tables = ("dim_title", "fact_playback", "kpi_genre")
    return [ask(f"SELECT * FROM lakehouse.{name} ORDER BY 1, 2") for name in tables], ask(
        "SELECT number, publication FROM lakehouse.publication"
    )


@pytest.mark.parametrize(
    "dsn",
    [
        f"postgresql://me:{SECRET}@nowhere.invalid/db",
        f"host=nowhere.invalid password={SECRET}",
        f"postgresql://me@nowhere.invalid/db?password={SECRET}",
        f"password='{SECRET}' host=nowhere.invalid sslpassword=x",
        f"postgresql://me:{SECRET}@[/db",
    ],
)
def test_an_address_with_a_password_is_refused_and_not_repeated(run, dsn):
    code, said = run(dsn=dsn)
    assert (code, SECRET in said, "PGPASSWORD" in said or "no address" in said) == (1, False, True)


def test_the_password_of_the_environment_is_said_nowhere(run, monkeypatch, caplog):
    monkeypatch.setenv("PGPASSWORD", SECRET)
    code, said = run(dsn="host=127.0.0.1 port=1 user=me dbname=db")
    assert (code, "No connection to PostgreSQL" in said) == (1, True)
    assert SECRET not in said + caplog.text


def test_an_address_may_come_from_the_environment_alone(run, lake, dsn, monkeypatch, capsys):
    for name, value in psycopg.conninfo.conninfo_to_dict(dsn).items():
        monkeypatch.setenv({"dbname": "PGDATABASE"}.get(name, f"PG{name.upper()}"), value)
    assert main(["publish", "postgres", "--lake", str(lake.root)]) == 0
    assert "3 created" in capsys.readouterr().out


def test_an_old_server_is_refused():
    with pytest.raises(LakehouseError, match=r"PostgreSQL 11; .* version 12 or newer"):
        connection._check_version(110_022)
    with pytest.raises(LakehouseError, match=r"PostgreSQL 9\.6; "):
        connection._check_version(90_624)
    connection._check_version(120_000)


def test_nothing_published_is_no_publication(lake, run):
    for path in (lake.root / "_publications").iterdir():
        path.unlink()
    code, said = run()
    assert (code, "is published yet" in said) == (1, True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("ADD COLUMN mine text", "added: mine"),
        ("DROP COLUMN title", "dropped: title"),
        ("ALTER COLUMN batch TYPE bigint", "of another type: batch"),
    ],
)
def test_columns_that_somebody_changed_are_left_until_a_rebuild(lake, run, ask, change, says):
    run()
    ask(f"ALTER TABLE lakehouse.dim_title {change}")
    fill(lake, 2)
    before = state(ask)
    code, said = run()
    assert (code, says in said, "--rebuild dim_title" in said) == (1, True, True)
    assert state(ask) == before
    code, said = run("--rebuild", "dim_title")
    assert (code, run("--check")[0]) == (0, 0), said
    assert ask("SELECT count(*) FROM pg_constraint WHERE contype = 'f'") == [(1,)]


@pytest.mark.parametrize("kind", ["TABLE lakehouse.kpi_genre (x int)", "VIEW lakehouse.kpi_genre AS SELECT 1"])
def test_somebody_elses_object_is_left_alone(run, ask, kind):
    ask(f"CREATE SCHEMA lakehouse; CREATE {kind}")
    code, said = run()
    assert (code, "lakehouse.kpi_genre is there and is no table of a publication of yours" in said) == (1, True)
    assert ask("SELECT 1 FROM pg_class WHERE relname = 'dim_title'") == []


def test_a_user_needs_no_more_than_to_make_a_schema(lake, run, dsn, roles):
    mine = dsn.replace("user=postgres", "user=publisher")
    assert run("--reader", "reader", dsn=mine)[0] == 0
    fill(lake, 2)
    assert run(dsn=mine)[0] == 0
    assert run("--check", dsn=mine)[0] == 0
    assert run("--check", dsn=dsn.replace("user=postgres", "user=reader"))[0] == 0


def test_another_owners_schema_is_left_alone(lake, run, ask, dsn, roles):
    theirs, others = (dsn.replace("user=postgres", f"user={name}") for name in ("publisher", "other"))
    run(dsn=theirs)
    before = state(ask)
    fill(lake, 2)
    code, said = run(dsn=others)
    assert (code, "lakehouse.publication is there and isn't the record" in said) == (1, True)
    assert "owner: publisher" in said
    code, said = run("--schema", "mine", dsn=others)
    assert (code, "permission denied for database" in said, "Schema mine is as it was" in said) == (1, True, True)
    ask("ALTER TABLE lakehouse.kpi_genre OWNER TO other")
    code, said = run(dsn=theirs)
    assert (code, "lakehouse.kpi_genre is there" in said, "(owner: other)" in said) == (1, True, True)
    assert state(ask) == before


def test_a_record_of_another_kind_is_left_alone(run, ask):
    ask("CREATE SCHEMA lakehouse; CREATE TABLE lakehouse.publication (isbn text)")
    code, said = run()
    assert (code, "isn't the record of a publisher" in said) == (1, True)


def test_a_second_publisher_is_told_who_is_at_work(lake, run, dsn, ask, monkeypatch):
    run()
    fill(lake, 2)
    said = []
    genuine = transaction.send_difference

    def meanwhile(*arguments):
        said.append(run())
        return genuine(*arguments)

    monkeypatch.setattr(transaction, "send_difference", meanwhile)
    assert run()[0] == 0
    assert {code for code, _ in said} == {1}
    assert "Another publisher is at work on schema lakehouse (process " in said[0][1]
    assert "user postgres, lakehouse publish" in said[0][1]
    assert run("--schema", "other")[0] == 0


@pytest.mark.parametrize("moment", ["send_difference", "_commit"])
def test_a_lost_connection_leaves_the_star(lake, run, ask, monkeypatch, moment):
    run()
    before = state(ask)
    fill(lake, 2)
    genuine = getattr(transaction, moment)

    def cut_off(*arguments):
        ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lakehouse publish'")
        return genuine(*arguments)

    monkeypatch.setattr(transaction, moment, cut_off)
    code, said = run()
    assert (code, "onnection" in said and "was lost" in said, "ublish again" in said) == (1, True, True), said
    assert state(ask) == before
    monkeypatch.setattr(transaction, moment, genuine)
    assert run()[0] == 0
    assert state(ask) != before


def test_a_table_that_somebody_locks_ends_in_a_sentence(lake, run, ask, dsn, monkeypatch):
    run()
    before = state(ask)
    fill(lake, 2)
    monkeypatch.setitem(connection.SETTINGS, "lock_timeout", "100ms")
    with psycopg.connect(dsn) as other:
        other.execute("LOCK TABLE lakehouse.dim_title IN SHARE MODE")
        code, said = run()
        assert (code, "publish again later" in said) == (1, True), said
    assert state(ask) == before


def test_a_file_of_the_lake_that_is_gone_ends_in_a_sentence(lake, run, ask):
    run()
    before = state(ask)
    fill(lake, 2)
    for path in lake.path("gold.kpi_genre").glob("*.parquet"):
        path.unlink()
    code, said = run()
    assert (code, "gold.kpi_genre" in said, state(ask) == before) == (1, True, True)


def test_a_name_of_a_schema_is_checked_before_anything_is_read(run):
    with pytest.raises(SystemExit):
        run("--schema", 'x"; DROP SCHEMA public; --')


def test_rows_that_a_trigger_takes_away_are_missed(lake, run, ask):
    run()
    ask("CREATE RULE none AS ON INSERT TO lakehouse.kpi_genre DO INSTEAD NOTHING")
    ask("""
        CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER nothing BEFORE INSERT ON lakehouse.kpi_genre FOR EACH ROW EXECUTE FUNCTION nothing()
    """)
    before = state(ask)
    fill(lake, 2)
    code, said = run()
    assert (code, "a trigger or a rule on the server changes rows" in said, state(ask) == before) == (1, True, True)


def test_unknown_names_are_usage_errors(run):
    code, said = run("--rebuild", "dim_nothing")
    assert (code, "this publication has no such table" in said) == (1, True)
    code, said = run("--check", "--publication", "p1")
    assert (code, "--check changes nothing" in said) == (1, True)
    assert issubclass(UsageError, LakehouseError)


def test_a_file_of_the_lake_that_is_damaged_ends_in_a_sentence(lake, run, ask):
    run()
    before = state(ask)
    fill(lake, 2, plays=40)
    for path in lake.path("gold.fact_playback").glob("*.parquet"):
        content = bytearray(path.read_bytes())
        content[4:40] = bytes(36)  # pages; the footer stays
        path.write_bytes(content)
    code, said = run()
    assert (code, "gold.fact_playback can't be read" in said, state(ask) == before) == (1, True, True), said


def test_a_database_that_lacks_characters_is_refused(run, ask, dsn):
    ask("CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    try:
        code, said = run(dsn=f"{dsn.rpartition(' dbname=')[0]} dbname=latin")
        assert (code, "The database is in LATIN1" in said) == (1, True)
    finally:
        ask("DROP DATABASE latin")


@pytest.mark.parametrize("name", connection.SECRETS)
def test_no_secret_of_libpq_is_taken_from_the_address(run, name):
    code, said = run(dsn=f"host=nowhere.invalid {name}={SECRET}")
    assert (code, SECRET in said, "every user of this machine could read" in said) == (1, False, True), said


@pytest.mark.parametrize("name", ["information_schema", "public", "pg_catalog", "pg_mine"])
def test_a_schema_of_the_servers_own_is_refused(run, ask, name):
    with pytest.raises(SystemExit):
        run("--schema", name)
    assert ask("SELECT 1 FROM pg_class WHERE relname = 'dim_title'") == []


def test_another_lakes_schema_is_left_alone_until_it_is_to_be_replaced(lake, run, ask, tmp_path, dsn, capsys):
    run()
    other = Lake(tmp_path / "other")
    fill(other, 7)
    publish = ["publish", "postgres", "--lake", str(other.root), "--dsn", dsn]
    before = state(ask)
    assert main(publish) == 1
    said = capsys.readouterr().err
    assert ("has p1 of another lake" in said, "--replace" in said, state(ask) == before) == (True, True, True), said
    assert main([*publish, "--replace"]) == 0
    assert ask("SELECT DISTINCT batch FROM lakehouse.dim_title") == [(7,)]
    capsys.readouterr()
    assert run()[0] == 1


def test_a_lake_whose_gold_was_built_again_is_the_same_lake(lake, run, ask):
    run()
    for name in SCHEMAS:
        shutil.rmtree(lake.path(f"gold.{name}"))
    fill(lake, 2)
    code, said = run()
    assert (code, ask("SELECT DISTINCT batch FROM lakehouse.dim_title")) == (0, [(2,)]), said


def test_without_a_server_it_says_how_one_is_named(lake, dsn, monkeypatch, capsys):
    monkeypatch.setenv("PGPORT", "1")
    assert main(["publish", "postgres", "--lake", str(lake.root)]) == 1
    said = capsys.readouterr().err
    assert "?." not in said
    assert "Say where the server is: --dsn postgresql://USER@HOST/DATABASE" in said
