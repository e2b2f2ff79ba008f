"""Secrets: from the environment or a file that only its owner reads; a lake keeps to its own; none is told."""

import stat

import pytest

from local_runtime import errors
from local_runtime.errors import LakehouseError
from local_runtime.lake.lake import Lake
from local_runtime.pipelines import secrets


@pytest.fixture(autouse=True)
def no_variable(monkeypatch):
    monkeypatch.delenv("LAKEHOUSE_SECRET_SCOPE_KEY", raising=False)


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    first, found = secrets.with_secrets("{{secrets/scope/key}}", tmp_path)
    path = tmp_path / ".secrets" / "scope" / "key"
    assert found == {"scope/key": first}
    assert len(bytes.fromhex(first)) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [*path.parent.iterdir()] == [path]
    assert secrets.with_secrets("{{secrets/scope/key}}", tmp_path)[0] == first


def test_the_environment_comes_first_and_makes_no_file(tmp_path, monkeypatch):
    monkeypatch.setenv("LAKEHOUSE_SECRET_SCOPE_KEY", "s3cret")
    assert secrets.with_secrets("a {{secrets/scope/key}} b", tmp_path)[0] == "a s3cret b"
    assert [*tmp_path.iterdir()] == []


def test_what_an_engine_says_is_told_without_a_secret_however_short(tmp_path, monkeypatch):
    monkeypatch.setattr(errors, "_secrets", set())
    monkeypatch.setenv("LAKEHOUSE_SECRET_SCOPE_KEY", "s3cret")
    secrets.with_secrets("{{secrets/scope/key}}", tmp_path)
    assert errors.told(RuntimeError("no function f('s3cret')")) == "no function f('…')"


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
        secrets.secret_of("scope", "key", tmp_path)


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
