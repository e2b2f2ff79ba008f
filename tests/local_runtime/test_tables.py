"""Progress in the tables' own commits, the one writer, and what a lake withstands."""

import json

import pytest
from deltalake import DeltaTable, write_deltalake

from local_runtime.delta_log import DeltaLog
from local_runtime.errors import CorruptTableError, LakehouseError
from local_runtime.lake import Lake
from local_runtime.writer import Writer


@pytest.fixture
def table(tmp_path, sail):
    return Table(tmp_path / "t", sail)


class Table:
    def __init__(self, path, session):
        self.path, self.session, self.log = path, session, DeltaLog(path)

    def write(self, rows, schema="id BIGINT", mode="append", **progress):
        frame = self.session.createDataFrame(rows, schema)
        return Writer(self.session).write(frame, self.path, mode, {"flow": "f", **progress})

    def numbers(self, flow="f"):
        return [progress["n"] for progress in self.log.progress_of(flow)]


def test_a_commit_carries_rows_and_progress(table):
    assert table.write([(1,), (2,)], n=1) == 2
    assert table.log.commit(0).progress == {"flow": "f", "n": 1}
    assert DeltaTable(str(table.path)).history()[0]["userMetadata"] == '{"flow": "f", "n": 1}'


@pytest.mark.parametrize("mode", ["append", "overwrite"])
def test_progress_without_rows_is_committed_too(table, mode):
    table.write([], n=1)
    assert table.write([], mode=mode, n=2) == 0
    assert table.numbers() == [2, 1]


def test_an_overwrite_is_one_commit(table):
    table.write([(1,)], n=1)
    table.write([("x",)], "name STRING", mode="overwrite", n=2)
    assert table.log.versions() == [0, 1]
    assert [action.keys() & {"add", "remove"} for action in table.log.commit(1).actions].count({"remove"}) == 1


def test_an_append_of_another_type_is_refused_where_sail_would_cast(table):
    table.write([(1,)], n=1)
    with pytest.raises(LakehouseError, match="column id is bigint there, and string in the rows"):
        table.write([("5",)], "id STRING", n=2)
    assert table.numbers() == [1]


def test_an_append_adds_columns_that_stay_readable(table):
    """Sail adds a computed column as NOT NULL, which makes a table unreadable."""
    from pyspark.sql import functions as F

    table.write([(1,)], n=1)
    wider = table.session.createDataFrame([(2,)], "id BIGINT").withColumn("one", F.lit(1))
    Writer(table.session).write(wider, table.path, "append", {"flow": "f", "n": 2})
    rows = table.session.read.format("delta").load(str(table.path)).orderBy("id").collect()
    assert [row.one for row in rows] == [None, 1]


def test_a_restore_takes_progress_back(table):
    for n in (1, 2, 3):
        table.write([(n,)], n=n)
    DeltaTable(str(table.path)).restore(1)
    assert table.numbers() == [2, 1]
    table.write([(4,)], n=4)
    assert table.numbers() == [4, 2, 1]


def test_a_full_refresh_ends_what_counts(table):
    table.write([(1,)], n=1)
    table.write([(1,)], mode="overwrite", n=2, reset=True)
    assert table.numbers() == [2]


def test_another_writers_commit_is_no_progress(table):
    import pyarrow as pa

    table.write([(1,)], n=1)
    write_deltalake(str(table.path), pa.table({"id": pa.array([2], pa.int64())}), mode="append")
    DeltaTable(str(table.path)).optimize.compact()
    assert table.numbers() == [1]


def test_added_files_are_those_of_appends_and_not_of_a_compaction(table):
    table.write([(1,)], n=1)
    table.write([(2,)], n=2)
    DeltaTable(str(table.path)).optimize.compact()
    assert len(table.log.added_files(after=0, upto=2)) == 1
    table.write([(3,)], mode="overwrite", n=3)
    with pytest.raises(LakehouseError, match="changed or lost rows in version 3"):
        table.log.added_files(after=0, upto=3)


@pytest.mark.parametrize("torn", [b"", b'{"commitInfo":{"timest', b"\xff\xfe"])
def test_a_torn_newest_entry_is_an_error_that_says_what_to_do(tmp_path, table, torn):
    lake = Lake(table.path.parent.parent)
    table.write([(1,)], n=1)
    table.write([(2,)], n=2)
    newest = table.log.folder / f"{1:020}.json"
    newest.write_bytes(torn)
    with pytest.raises(CorruptTableError, match="run again"):
        lake.log(f"{table.path.parent.name}.t").check()


def test_a_torn_checkpoint_hint_is_taken_away(table):
    for n in range(12):
        table.write([(n,)], n=n)
    DeltaTable(str(table.path)).create_checkpoint()
    hint = table.log.folder / "_last_checkpoint"
    assert json.loads(hint.read_text())["version"]
    hint.write_text('{"version":1')
    table.log.check()
    assert not hint.exists()
    assert table.session.read.format("delta").load(str(table.path)).count() == 12


def test_a_lake_lets_one_run_in(tmp_path):
    lake = Lake(tmp_path / "lake")
    with lake.locked(), pytest.raises(LakehouseError, match="Another run is at work"), lake.locked():
        pass
    with lake.locked():
        pass
