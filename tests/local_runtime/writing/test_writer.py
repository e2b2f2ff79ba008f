"""The one writer: a commit carries rows and progress, and stays readable for every engine."""

import json

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from pyspark.sql import functions as F

from local_runtime.delta.lake import Lake
from local_runtime.errors import CorruptTableError, LakehouseError, UnsupportedError
from local_runtime.state.progress import FlowProgress, Intake, TableProgress, progress_of
from local_runtime.writing.writer import Writer


@pytest.fixture
def table(tmp_path, sail):
    return Table(tmp_path, sail)


class Table:
    """The table s.t of a lake; each write is of a flow whose progress is a number."""

    def __init__(self, root, session):
        self.lake, self.session = Lake(root), session
        self.log = self.lake.log("s.t")

    @property
    def path(self):
        return str(self.log.path)

    def write(self, rows, schema="id BIGINT", mode="append", n=1):
        return self.write_frame(self.session.createDataFrame(rows, schema), mode, n)

    def write_flow(self, **progress):
        self.write_frame(
            self.session.createDataFrame([(1,)], "id BIGINT"),
            flow=FlowProgress(kind="append", code="code", intake=Intake(**progress)),
        )

    def write_frame(self, frame, mode="append", n=1, flow=None, **more):
        flow = flow or FlowProgress(kind="append", code="code", intake=Intake(snapshot_version=n))
        progress = TableProgress("update", -1, 0, {"f": flow})
        writer = Writer(self.session, self.lake)
        return writer.commit_rows(writer.stage("s.t", frame, mode), progress, **more)

    @property
    def n(self):
        return progress_of(self.log).flows["f"].intake.snapshot_version


def test_a_commit_carries_rows_and_progress(table):
    assert table.write([(1,), (2,)], n=1) == 2
    assert table.write([(3,)], n=2) == 1
    found = progress_of(table.log)
    assert (found.version, found.rows, found.flows["f"].intake.snapshot_version) == (1, 3, 2)
    assert DeltaTable(table.path).metadata().configuration["lakehouse.progress"] == found.to_json()


@pytest.mark.parametrize("mode", ["append", "overwrite"])
def test_progress_without_rows_is_committed_too(table, mode):
    table.write([], n=1)
    assert table.write([], mode=mode, n=2) == 0
    assert (table.log.versions(), table.n) == ([0, 1], 2)


def test_an_overwrite_is_one_commit(table):
    table.write([(1,)], n=1)
    table.write([("x",)], "name STRING", mode="overwrite", n=2)
    assert table.log.versions() == [0, 1]
    assert DeltaTable(table.path).to_pyarrow_table().to_pylist() == [{"name": "x"}]


def test_an_append_of_another_type_is_refused(table):
    table.write([(1,)], n=1)
    with pytest.raises(LakehouseError, match="column id is bigint there, and string in the rows to write"):
        table.write([("5",)], "id STRING", n=2)
    assert table.n == 1


def test_an_append_adds_columns_that_stay_readable(table):
    """Sail writes a computed column as NOT NULL, which makes older rows unreadable."""
    table.write([(1,)])
    table.write_frame(table.session.createDataFrame([(2,)], "id BIGINT").withColumn("one", F.lit(1)))
    rows = table.session.read.format("delta").load(table.path).orderBy("id").collect()
    assert [row.one for row in rows] == [None, 1]


def test_comments_of_table_and_columns_are_kept(table):
    frame = table.session.createDataFrame([(1,)], "id BIGINT")
    table.write_frame(frame, declared="id BIGINT COMMENT 'which one'", comment="One row per thing.")
    table.write([(2,)])
    assert DeltaTable(table.path).metadata().description == "One row per thing."
    assert DeltaTable(table.path).schema().fields[0].metadata["comment"] == "which one"


def test_a_column_without_time_zone_is_readable_everywhere(table):
    table.write_frame(table.session.sql("SELECT TIMESTAMP_NTZ'2021-09-25 10:00:00' AS at"))
    assert str(DeltaTable(table.path).to_pyarrow_table()["at"][0]) == "2021-09-25 10:00:00"
    assert table.session.read.format("delta").load(table.path).count() == 1


def test_a_restore_takes_progress_back(table):
    for n in (1, 2, 3):
        table.write([(n,)], n=n)
    DeltaTable(table.path).restore(1)
    assert table.n == 2
    table.write([(4,)], n=4)
    assert (table.n, progress_of(table.log).rows) == (4, 3)


def test_another_writers_commits_leave_progress_as_it_is(table):
    table.write([(1,)], n=1)
    write_deltalake(table.path, pa.table({"id": pa.array([2], pa.int64())}), mode="append")
    DeltaTable(table.path).optimize.compact()
    DeltaTable(table.path).alter.set_table_properties({"delta.logRetentionDuration": "interval 1 days"})
    assert table.n == 1
    table.write([(3,)], n=2)
    assert progress_of(table.log).rows == 3


def test_another_program_that_commits_at_the_same_time_is_told_and_nothing_is_lost(table, monkeypatch):
    table.write([(1,)], n=1)
    details = table.log.details()
    table.write([(2,)], n=2)
    monkeypatch.setattr(type(table.log), "details", lambda log: details)
    with pytest.raises(LakehouseError, match="another program committed version 1"):
        table.write([(3,)], n=3)
    monkeypatch.undo()
    assert (table.n, DeltaTable(table.path).to_pyarrow_table().num_rows) == (2, 2)


def test_a_table_that_asks_more_of_its_writers_is_refused(table):
    table.write([(1,)])
    DeltaTable(table.path).alter.set_table_properties({"delta.enableChangeDataFeed": "true"})
    with pytest.raises(UnsupportedError, match="can't do"):
        table.write([(2,)])


def test_progress_that_cannot_be_read_says_what_to_do(table):
    table.write([(1,)])
    entry = table.log.folder / f"{0:020}.json"
    entry.write_text(entry.read_text().replace('\\"format\\":2', '\\"format\\":9'))
    with pytest.raises(CorruptTableError, match=r"newer version of this program.*refresh the table in full"):
        progress_of(table.log)


def test_every_tenth_commit_makes_a_checkpoint(table):
    for n in range(21):
        table.write([(n,)], n=n)
    assert sorted(path.name[:20] for path in table.log.folder.glob("*.checkpoint.parquet")) == [
        f"{10:020}",
        f"{20:020}",
    ]
    assert json.loads((table.log.folder / "_last_checkpoint").read_text())["version"] == 20
    assert table.session.read.format("delta").load(table.path).count() == 21


def test_a_table_that_another_program_partitioned_is_refused(table):
    table.write([("a", "1")], "name STRING, id STRING")
    rows = pa.table({"name": ["a"], "id": ["1"]})
    write_deltalake(table.path, rows, mode="overwrite", partition_by=["name"], schema_mode="overwrite")
    with pytest.raises(LakehouseError, match="is partitioned by name, and its code says nothing"):
        table.write([("c", "2")], "name STRING, id STRING")


def test_columns_that_differ_in_case_only_are_refused(table):
    table.write([(1,)], "id BIGINT")
    with pytest.raises(LakehouseError, match="id, ID, which are one to Delta"):
        table.write([(1,)], "ID BIGINT")


@pytest.mark.parametrize("inside", ["{}", "ARRAY<{}>", "MAP<STRING, {}>", "STRUCT<deep: {}>"])
def test_108_fields_that_differ_in_case_only_are_refused(table, inside):
    schema = f"s {inside.format('STRUCT<a: INT, A: INT>')}"
    with pytest.raises(LakehouseError, match=r"s\S*\.a, s\S*\.A, which are one to Delta"):
        table.write([], schema)
    assert not table.log.exists()


@pytest.mark.parametrize("text", ["a\u2028b", "a\x85b", "a\x0bb"])
def test_entries_with_other_line_ends_inside_texts_are_whole(table, text):
    """delta-rs writes them raw into the statistics of a column."""
    table.write([(text,)], "name STRING")
    write_deltalake(table.path, pa.table({"name": [text]}), mode="append")
    DeltaTable(table.path).optimize.compact()
    table.log.check_newest_entry()
    table.write([(text,)], "name STRING")
    assert progress_of(table.log).rows == 3


def test_properties_of_every_checkpoint_are_known(table):
    """A vacuum must keep the ledger's segments that a RESTORE to a checkpoint's version needs."""
    for n in range(12):
        table.write([(n,)], n=1000 + n)
    for version in range(11):
        (table.log.folder / f"{version:020}.json").unlink()
    assert any("1010" in text for text in table.log.configurations())


def test_what_a_checkpoint_says_was_removed_is_known(table):
    for n in range(11):
        table.write([(n,)], mode="overwrite", n=n)
    before = table.log.removed_since(0)
    for version in range(10):
        (table.log.folder / f"{version:020}.json").unlink()
    assert table.log.removed_since(0) == before
    assert len(before) == 10


def test_a_checkpoint_of_which_a_part_is_missing_is_none(table):
    for n in range(11):
        table.write([(n,)], n=n)
    (whole,) = table.log.folder.glob("*.checkpoint.parquet")
    whole.rename(whole.with_name(f"{10:020}.checkpoint.{1:010}.{2:010}.parquet"))
    assert len(table.log.snapshot().files) == 11
    (table.log.folder / f"{0:020}.json").unlink()
    with pytest.raises(CorruptTableError):
        table.log.snapshot()
