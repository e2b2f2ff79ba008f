"""Reading a table's log: the table as it is, and what a range of versions added."""

import json

import pytest
from deltalake import DeltaTable

from local_runtime.delta.actions import rows_in
from local_runtime.errors import CorruptTableError, LakehouseError
from local_runtime.file_identity import SMALL
from tests.local_runtime.writing.test_writer import Table


@pytest.fixture
def table(tmp_path, sail):
    return Table(tmp_path, sail)


def test_a_snapshot_is_the_table_as_delta_rs_sees_it(table):
    for n in range(13):
        table.write([(n,)], n=n, mode="overwrite" if n == 5 else "append")
        if n == 7:
            DeltaTable(table.path).optimize.compact()
    for version in (3, 5, 9, None):
        snapshot = table.log.snapshot(version)
        theirs = DeltaTable(table.path, version=version)
        assert sorted(snapshot.files) == sorted(theirs.get_add_actions()["path"].to_pylist())
        assert rows_in(table.log.path, snapshot) == theirs.count()


def test_a_table_without_older_entries_is_read_from_its_checkpoint(table):
    for n in range(13):
        table.write([(n,)], n=n)
    for version in range(11):
        (table.log.folder / f"{version:020}.json").unlink()
    assert rows_in(table.log.path, table.log.snapshot()) == 13
    assert (table.log.newest_version(), table.n) == (12, 12)
    with pytest.raises(LakehouseError, match="doesn't hold all that version 4 is made of"):
        table.log.snapshot(4)


def test_added_files_are_those_of_appends_and_not_of_a_compaction(table):
    table.write([(1,)])
    table.write([(2,)])
    DeltaTable(table.path).optimize.compact()
    assert len(table.log.added_files(after=0, upto=2)) == 1
    table.write([(3,)], mode="overwrite")
    with pytest.raises(LakehouseError, match="changed or lost rows in version 3"):
        table.log.added_files(after=0, upto=3)


@pytest.mark.parametrize("torn", [b"", b'{"commitInfo":{"timest', b"\xff\xfe"])
def test_a_torn_newest_entry_is_an_error_that_says_what_to_do(table, torn):
    table.write([(1,)])
    table.write([(2,)])
    (table.log.folder / f"{1:020}.json").write_bytes(torn)
    with pytest.raises(CorruptTableError, match="run again"):
        table.log.check_newest_entry()


def test_a_torn_checkpoint_hint_is_taken_away(table):
    for n in range(12):
        table.write([(n,)])
    hint = table.log.folder / "_last_checkpoint"
    assert json.loads(hint.read_text())["version"] == 10
    hint.write_text('{"version":1')
    table.log.check_newest_entry()
    assert not hint.exists()
    assert table.session.read.format("delta").load(table.path).count() == 12


def test_an_entry_that_is_gone_is_told_as_gone(table):
    table.write([(1,)])
    table.write([(2,)], n=2)
    (table.log.folder / f"{0:020}.json").unlink()
    with pytest.raises(CorruptTableError, match=r"0\.json is gone, and no checkpoint covers it.*full refresh"):
        table.log.entry(0)


def test_an_entry_that_is_written_again_is_read_again(table):
    """Entries are kept in memory, and known by their file."""
    table.write([(1,)], n=1)
    path = table.log.folder / f"{0:020}.json"
    before = table.log.entry(0)
    assert table.log.entry(0).actions is before.actions
    path.write_text(path.read_text().replace('"mode":"Append"', '"mode":"Other!"'))
    assert table.log.entry(0).info["operationParameters"]["mode"] == "Other!"
    path.unlink()
    with pytest.raises(CorruptTableError, match="is gone"):
        table.log.entry(0)


def test_a_large_entry_is_not_kept_in_memory(table):
    table.write([(1,)], n=1)
    path = table.log.folder / f"{0:020}.json"
    path.write_text(path.read_text().replace('"mode":"Append"', f'"mode":"{"x" * SMALL}"'))
    entry = table.log.entry(0)
    assert table.log.entry(0).actions == entry.actions
    assert table.log.entry(0).actions is not entry.actions
