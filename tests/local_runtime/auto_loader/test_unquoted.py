"""Tab-separated files without quotes, as IMDb writes them: the same rows as Spark's own reader gives."""

import gzip
import json

import pyarrow.parquet as pq
import pytest

from local_runtime.auto_loader.loader import load_increment
from local_runtime.auto_loader.source import FileSource
from local_runtime.errors import UnsupportedError
from tests.local_runtime.auto_loader.conftest import Source, reasons

OPTIONS = {"header": "true", "sep": "\t", "quote": "", "readerCaseSensitive": "false"}
RESCUED = {"rescuedDataColumn": "_rescued_data"}
SCHEMA = "`id` STRING, `name` STRING, `_corrupt_record` STRING"
CELLS = (
    *("\\N", "a\\\\b", '"x', '\\"y"', 'x"y', "a\\", '"a,b"', " sp ", '"', '""', "\\\\N", '["Self \\"q\\" - Host"]'),
    *("#c", "a\\tb", "'", "é", "日本", "\u2028", "\x85", "a\x01b", "a\x1ab", "x" * 100_000),
)


class Lines(Source):
    """A folder of such files."""

    def load(self, schema=SCHEMA, **options):
        asked = FileSource(str(self.folder), {"cloudFiles.format": "csv", **OPTIONS, **options}, schema)
        increment = load_increment(asked, self.columns, self.ledger, self.staging)
        assert increment is not None
        self.ledger = type(self.ledger)(self.ledger.folder.parent, self.ledger.add(increment.records))
        return increment, [row for path in increment.staged for row in pq.read_table(path).to_pylist()]

    def cells(self, content, name="a.tsv", **options):
        """The rows of a file, without their metadata, in any order."""
        self.land(name, content)
        rows = self.load(**options)[1]
        return sorted((tuple(row.values())[:-1] for row in rows), key=repr)


@pytest.fixture
def lines(tmp_path):
    (tmp_path / "in").mkdir()
    return Lines(tmp_path)


def test_quotes_and_backslashes_are_characters(lines):
    text = "id\tname\n" + "".join(f"{place}\t{cell}\n" for place, cell in enumerate(CELLS))
    assert lines.cells(text) == sorted(((str(p), cell, None) for p, cell in enumerate(CELLS)), key=repr)


@pytest.mark.spark
def test_spark_reads_the_same(lines, spark):
    rows = "".join(f"{place}\t{cell}\n" for place, cell in enumerate(CELLS))
    text = f"id\tname\n{rows}\n \t \n\t\t\nfew\nmany\ta\tb\n\tx\n"
    mine = lines.cells(text)
    read = spark.read.format("csv").options(columnNameOfCorruptRecord="_corrupt_record", **OPTIONS).schema(SCHEMA)
    # Of a malformed line Spark keeps the first cells; here it is in _corrupt_record alone.
    found = [row if row[2] is None else (None, None, row[2]) for row in read.load(str(lines.folder)).collect()]
    assert sorted(map(tuple, found), key=repr) == mine


def test_columns_are_found_by_name_and_others_are_rescued(lines):
    found = lines.cells("NAME\tnote\tid\nAnn\tx\t1\nBo\t\t2\n", **RESCUED)
    (first, second) = sorted(found)
    assert second == ("2", "Bo", None, None)
    assert first[:3] == ("1", "Ann", None)
    rescued = json.loads(first[3])
    assert rescued.pop("_file_path").endswith("/a.tsv")
    assert rescued == {"note": "x"}


def test_a_line_of_another_width_costs_that_line(lines):
    found = lines.cells("\n \nid\tname\n1\tAnn\n2\n3\tBo\tx\n\n\t\n4\tCy")
    assert found == [("1", "Ann", None), ("4", "Cy", None), (None, None, "2"), (None, None, "3\tBo\tx")]
    (record,) = lines.ledger.records()
    assert (record.rows, record.message) == (4, "")


def test_without_a_column_for_malformed_lines_the_file_is_rejected(lines):
    lines.land("a.tsv", "id\tname\n1\n")
    assert reasons(lines.load("id STRING, name STRING")[0]) == {"a.tsv": "malformed_record"}


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
def test_lines_end_in_any_way_and_a_file_may_be_compressed_or_have_a_mark(lines, ends):
    content = ("\ufeffid\tname\n1\tAnn\n").replace("\n", ends).encode()
    expected = [("1", "Ann", None)]
    assert lines.cells(content) == expected
    assert lines.cells(gzip.compress(content), "b.tsv.gz") == expected


def test_files_that_cannot_be_read_are_rejected_and_empty_ones_have_no_rows(lines):
    lines.land("cut.tsv.gz", gzip.compress(b"id\tname\n" + b"1\tAnn\n" * 1000)[:-20])
    lines.land("empty.tsv", "")
    lines.land("header.tsv", "id\tname\n")
    lines.land("twice.tsv", "id\tname\tID\n1\tAnn\t2\n")
    increment, rows = lines.load(**RESCUED)
    assert rows == []
    assert reasons(increment) == {"cut.tsv.gz": "corrupt_gzip", "twice.tsv": "duplicate_column"}


def test_a_file_of_which_no_line_fits_is_told(lines):
    lines.land("a.tsv", "id,name\n1\tAnn\n2\tBo\n")
    (record,) = lines.load(**RESCUED)[0].records
    assert "of its 2 lines none is a record of as many cells as its header names (1)" in record.message


def test_what_is_not_read_is_refused(lines):
    lines.land("a.tsv", "id\tname\n")
    with pytest.raises(UnsupportedError, match="multiLine"):
        lines.load(multiLine="true")
    with pytest.raises(UnsupportedError, match="escape"):
        lines.load(escape='"')
    with pytest.raises(UnsupportedError, match="must be of type STRING"):
        lines.load("id INT")
