import os
import time

import pytest
from deltalake import DeltaTable

from local_runtime.state.file_ledger import FileLedger, FileRecord
from local_runtime.writing.vacuum import delete_unneeded_files
from tests.local_runtime.writing.test_writer import Table


@pytest.fixture
def table(tmp_path, sail):
    return Table(tmp_path, sail)


def record(name):
    return FileRecord(name, "loaded", 1, 1, "hash")


def test_vacuum_deletes_what_no_version_within_the_retention_needs(table):
    table.write([(1,)])
    table.write([(2,)], mode="overwrite")
    orphan = table.log.path / "part-orphan.parquet"
    orphan.write_bytes(b"never committed")
    assert delete_unneeded_files(table.log, hours=1) == []
    deleted = delete_unneeded_files(table.log, hours=0)
    assert orphan in deleted
    assert len(deleted) == 2
    assert DeltaTable(table.path).to_pyarrow_table().to_pylist() == [{"id": 2}]


def test_vacuum_keeps_what_was_removed_within_the_retention(table):
    table.write([(1,)])
    old = time.time() - 7200
    for path in table.log.path.glob("*.parquet"):
        os.utime(path, (old, old))
    table.write([(2,)], mode="overwrite")
    assert delete_unneeded_files(table.log, hours=1) == []
    assert DeltaTable(table.path, version=0).to_pyarrow_table().to_pylist() == [{"id": 1}]


def test_vacuum_deletes_segments_of_the_ledger_that_no_commit_names(table):
    ledger = FileLedger(table.log.path)
    named, unnamed = ledger.add([record("a")]), ledger.add([record("b")])
    table.write_flow(files=named)
    assert [path.name for path in delete_unneeded_files(table.log, hours=0)] == [unnamed[0].name]


def test_deltas_own_vacuum_passes_over_the_ledger(table):
    named = FileLedger(table.log.path).add([record("a")])
    table.write_flow(files=named)
    DeltaTable(table.path).vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True)
    assert list(FileLedger(table.log.path, named).newest()) == ["a"]
