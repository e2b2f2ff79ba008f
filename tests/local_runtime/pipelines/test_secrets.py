"""Secrets: from the environment or a file that only its owner reads; a lake keeps to its own; no message shows one."""

import stat

import pytest

from local_runtime import errors
from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError, UnsupportedError
from local_runtime.pipelines import secrets


@pytest.fixture(autouse=True)
def no_variable(monkeypatch):
    monkeypatch.delenv("LAKEHOUSE_SECRET_SCOPE_KEY", raising=False)


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    first = secrets.secret_at(secrets.path_of("scope", "key", tmp_path))
    path = tmp_path / ".secrets" / "scope" / "key"
    assert len(bytes.fromhex(first)) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [*path.parent.iterdir()] == [path]
    assert secrets.secret_at(secrets.path_of("scope", "key", tmp_path)) == first


def test_the_environment_comes_first_and_makes_no_file(tmp_path, monkeypatch):
    monkeypatch.setenv("LAKEHOUSE_SECRET_SCOPE_KEY", "s3cret")
    assert secrets.secret_at(secrets.path_of("scope", "key", tmp_path)) == "s3cret"
    assert [*tmp_path.iterdir()] == []


def test_what_an_engine_says_is_told_without_a_secret_however_short(tmp_path, monkeypatch):
    monkeypatch.setattr(errors, "_secrets", set())
    monkeypatch.setenv("LAKEHOUSE_SECRET_SCOPE_KEY", "s3cret")
    secrets.InjectedDbutils(tmp_path).secrets.get("scope", "key")
    assert errors.message_of(RuntimeError("no function f('s3cret')")) == "no function f('…')"


@pytest.mark.parametrize(
    ("mode", "text", "told"),
    [(0o644, "x", "may be read by others"), (0o600, " \n", "is empty"), (0o600, b"\xff", "can't be read")],
)
def test_a_secret_that_is_open_or_empty_or_damaged_is_refused(tmp_path, mode, text, told):
    path = tmp_path / ".secrets" / "scope" / "key"
    path.parent.mkdir(parents=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    with pytest.raises(LakehouseError, match=told):
        secrets.secret_at(secrets.path_of("scope", "key", tmp_path))


def test_a_lake_with_tables_takes_no_other_secret(project):
    project.pipeline("bronze", "@dp.table\ndef events():\n    return read_csv('events').select('id')")
    project.land("events/1.csv", "id\n1\n")
    project.run()
    secrets.check_fingerprints(project.lake, {"scope/key": "one"})
    secrets.check_fingerprints(project.lake, {"scope/key": "one"})
    with pytest.raises(LakehouseError, match="filled with another secret scope/key"):
        secrets.check_fingerprints(project.lake, {"scope/key": "another"})
    assert "one" not in (project.lake.root / secrets.FINGERPRINTS).read_text()


def test_a_lake_without_tables_takes_any(tmp_path):
    lake = Lake(tmp_path / "lake")
    lake.root.mkdir()
    for value in ("one", "another"):
        secrets.check_fingerprints(lake, {"scope/key": value})


READS_A_SECRET = """
KEY = dbutils.secrets.get(scope="scope", key="key")

@dp.materialized_view
def keys():
    return spark.range(1).select(F.lit(len(KEY)).alias("length"))
"""


def test_pipeline_code_reads_a_secret_as_on_databricks_and_the_lake_keeps_to_it(project, monkeypatch):
    project.pipeline("gold", READS_A_SECRET)
    project.run()
    assert project.rows("gold.keys") == [(64,)]
    monkeypatch.setenv("LAKEHOUSE_SECRET_SCOPE_KEY", "another")
    with pytest.raises(LakehouseError, match="filled with another secret scope/key"):
        project.update()


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("dbutils.fs.ls('/')", r"dbutils\.fs"),
        ("dbutils.widgets.get('x')", r"dbutils\.widgets"),
        ("dbutils.secrets.list('scope')", r"dbutils\.secrets\.list"),
        ("dbutils.secrets.getBytes('scope', 'key')", r"dbutils\.secrets\.getBytes"),
    ],
)
def test_other_members_of_dbutils_are_refused_by_name(project, code, name):
    project.pipeline("gold", code)
    with pytest.raises(UnsupportedError, match=name):
        project.graph()


def test_a_placeholder_in_the_configuration_is_refused(project):
    project.pipeline("gold", "", key="{{secrets/scope/key}}")
    with pytest.raises(UnsupportedError, match=r"key in its configuration is \{\{secrets/scope/key\}\}.*dbutils"):
        project.graph()


def test_a_secret_is_in_no_message_of_an_engine(project):
    """The first line of Sail's error is its plan, with the literals that the key is in."""
    pad = "36" * 64
    project.pipeline(
        "silver",
        f"""
        @dp.materialized_view
        def users():
            hashed = F.sha2(F.concat(F.unhex(F.lit("{pad}")), F.col("id").cast("string").cast("binary")), 256)
            return spark.range(3).agg(F.max(F.max(hashed)))
        """,
    )
    try:
        said = " ".join(project.update().failures.values())
    except LakehouseError as error:
        said = str(error)
    assert "users" in said
    written = [said, *(path.read_text() for path in project.lake.root.rglob("*.json"))]
    assert not any("3636" in text for text in written)


def test_a_secret_that_is_made_is_reported_once(tmp_path):
    dbutils = secrets.InjectedDbutils(tmp_path)
    dbutils.secrets.get("scope", "key")
    (note,) = secrets.notes_on_made(dbutils.secrets.made)
    assert note.startswith(f"The secret scope/key was not set, so a random one was made: {tmp_path}")
    assert "LAKEHOUSE_SECRET_SCOPE_KEY" in note
    again = secrets.InjectedDbutils(tmp_path)
    again.secrets.get("scope", "key")
    assert again.secrets.made == []


@pytest.mark.parametrize(("scope", "key"), [("/tmp", "key"), ("..", "key"), ("a/b", "key"), ("", "key"), ("a", None)])
def test_a_name_that_is_no_scope_or_key_is_refused_and_makes_no_file(tmp_path, scope, key):
    with pytest.raises(LakehouseError, match="is not a name of a"):
        secrets.InjectedDbutils(tmp_path / "project").secrets.get(scope, key)
    assert [*tmp_path.iterdir()] == []


def test_code_may_ask_whether_dbutils_has_more(tmp_path):
    assert not hasattr(secrets.InjectedDbutils(tmp_path), "fs")
