"""Files that change after they were loaded, or while they are read."""

import gzip
import hashlib
import os

import pytest

from local_runtime.auto_loader import discovery, loader, staging_csv, staging_lines
from local_runtime.auto_loader.formats import text
from tests.local_runtime.auto_loader.conftest import reasons
from tests.local_runtime.auto_loader.test_json_lines import Events

ONE = "id,name\n1,x\n"


def test_124_a_changed_file_is_well_again_once_the_runbooks_remedy_was_followed(source):
    path = source.land("a.csv", ONE)
    before = path.stat()
    source.load()
    path.write_text("id,name\n1,x\n2,y\n")
    assert source.reasons() == {"a.csv": "changed_after_load"}
    path.rename(source.folder / "b.csv")
    source.land("a.csv", ONE)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    _, rows = source.load()
    assert [row["id"] for row in rows] == ["1", "2"]
    assert source.ledger.rejected() == {}
    assert source.load()[0].records == []


def test_124_a_changed_file_that_is_taken_away_is_settled_whatever_comes_back(source):
    path = source.land("a.csv", ONE)
    source.load()
    for content, left in (
        ("id,name\n9,z\n", ["a.csv"]),
        (None, []),
        ("id,name\n9,z\n", ["a.csv"]),
        (None, []),
        (ONE, []),
    ):
        path.unlink() if content is None else path.write_text(content)
        assert source.load()[1] == []
        assert list(source.ledger.rejected()) == left
    assert source.load()[0].records == []


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_124_the_hash_of_a_loaded_file_is_that_of_what_was_read(source, name):
    content = ONE.encode() if name == "a.csv" else gzip.compress(ONE.encode()) + gzip.compress(b"2,y\n")
    source.land(name, content)
    (record,) = source.load()[0].records
    assert (record.sha256, record.size) == (hashlib.sha256(content).hexdigest(), len(content))


def test_124_a_file_that_grows_while_it_is_read_is_loaded_whole_by_the_next_run(source, monkeypatch):
    quoted = ONE + '2,y"\n'
    path = source.land("a.csv", quoted)
    read = text._Guarded.readinto

    def growing(self, buffer):
        size = read(self, buffer)
        if not size and path.read_text() == quoted:
            path.write_text(quoted + "3,z\n")
        return size

    monkeypatch.setattr(text._Guarded, "readinto", growing)
    increment, rows = source.load()
    assert (reasons(increment), rows) == ({"a.csv": "changed_while_read"}, [])
    assert [row["id"] for row in source.load()[1]] == ["1", "2", "3"]
    assert source.ledger.rejected() == {}
    assert source.load()[0].records == []


def test_a_clean_file_that_grows_before_duckdb_reads_it_is_read_again(source, monkeypatch):
    path = source.land("a.csv", ONE)
    lines_sql = staging_csv.lines_sql

    def growing(*arguments):
        path.write_text(ONE + "2,y\n")
        return lines_sql(*arguments)

    monkeypatch.setattr(staging_csv, "lines_sql", growing)
    increment, rows = source.load()
    assert [row["id"] for row in rows] == ["1", "2"]
    assert increment.records[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert source.load()[0].records == []


@pytest.mark.parametrize("how", ["grows", "is rewritten", "is replaced"])
def test_124_a_file_of_lines_that_changes_before_duckdb_reads_it_is_loaded_by_the_next_run(source, monkeypatch, how):
    source = Events(source.folder.parent)
    path = source.land("a.json", '{"id":"1"}\n')
    about, query = path.stat(), staging_lines.lines_sql

    def changing(*arguments):
        if how == "is replaced":
            path.rename(source.folder.parent / "old")
        path.write_text('{"id":"2"}\n' * (2 if how == "grows" else 1))
        if how == "is rewritten":
            os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
        return query(*arguments)

    monkeypatch.setattr(staging_lines, "lines_sql", changing)
    increment, rows = source.load()
    assert (reasons(increment), rows) == ({"a.json": "changed_while_read"}, [])
    monkeypatch.undo()
    assert [row["id"] for row in source.load()[1]] == ["2"] * (2 if how == "grows" else 1)


def test_124_a_file_that_grows_between_listing_and_reading_is_known_as_it_was_read(source, monkeypatch):
    source.land("a.csv", ONE)
    listed = list(discovery.list_files(source.folder, "*"))
    path = source.land("a.csv", ONE + "2,y\n")
    monkeypatch.setattr(loader, "list_files", lambda *_: listed)
    increment, rows = source.load()
    assert (len(rows), increment.records[0].size) == (2, path.stat().st_size)
    assert {row["_metadata"]["file_size"] for row in rows} == {path.stat().st_size}
    monkeypatch.undo()
    assert source.load()[0].records == []
