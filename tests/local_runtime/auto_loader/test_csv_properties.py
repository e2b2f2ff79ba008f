"""CSV of any kind against Python's own reader: 300 files in every run, 6,000 more with `./lakehouse test --all`."""

import csv
import gzip
import io
import json
import tempfile
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_runtime.auto_loader.loader import load_increment
from local_runtime.auto_loader.source import FileSource
from local_runtime.state.file_ledger import FileLedger
from tests.local_runtime.auto_loader.conftest import RESCUING

NAMES = ["id", "name", "note"]
SCHEMA = "id STRING, name STRING, note STRING, _corrupt_record STRING"
HEADER = ",".join(NAMES) + "\n"

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
nasty = st.text('ab,"\n\r \té😀\u2028\x1c\x1a\ufeff;\\', max_size=8)
cells = st.one_of(texts, nasty, st.sampled_from(["", '"', "\n", ",", '""', "NULL", "\\N", " x "]))
tables = st.lists(st.tuples(cells, cells, cells), max_size=8)
styles = st.fixed_dictionaries(
    {
        "quoting": st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
        "lineterminator": st.sampled_from(["\n", "\r\n", "\r"]),
    }
)
lines = st.text('ab,"\n ,"é', max_size=60)


def loaded(content, name="a.csv"):
    """The rows of a file: lists of texts, and malformed lines as text."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "in").mkdir()
        (Path(folder) / "in" / name).write_bytes(content)
        ledger = FileLedger(Path(folder) / "table")
        increment = load_increment(FileSource(f"{folder}/in", RESCUING, SCHEMA), {}, ledger, Path(folder) / "staging")
        (record,) = increment.records
        assert (record.state, record.reason) == ("loaded", "")
        found = [row for path in increment.staged for row in pq.read_table(path).to_pylist()]
    for row in found:
        row["rescued"] = json.loads(row["_rescued_data"] or "{}")
    return found


def cells_of(row):
    return [row[name] or "" for name in NAMES]


def one_line_end(text):
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_what_a_writer_wrote(table, style, mark, packed):
    text = io.StringIO(newline="")
    if any({*cell} & {"\r", "\n"} for row in table for cell in row):  # a writer that quotes little leaves one unquoted
        style = {**style, "quoting": csv.QUOTE_ALL}
    csv.writer(text, **style).writerows([NAMES, *table])
    written = mark + text.getvalue()
    content = gzip.compress(written.encode()) if packed else written.encode()
    rows = loaded(content, "a.csv.gz" if packed else "a.csv")
    expected = [row for row in csv.reader(io.StringIO(one_line_end(text.getvalue()))) if row][1:]
    assert [cells_of(row) for row in rows] == expected
    assert not any(row["_corrupt_record"] or row["rescued"] for row in rows)


def check_what_nobody_meant(text):
    rows = loaded((HEADER + text).encode())
    try:
        strict = [record for record in csv.reader(io.StringIO(text), strict=True) if record]
    except csv.Error:
        strict = None
    if strict and all(len(record) == len(NAMES) for record in strict):
        assert [cells_of(row) for row in rows] == strict
    kept = "".join("".join(cells_of(row)) + (row["_corrupt_record"] or "") for row in rows)
    kept += "".join(value for row in rows for key, value in row["rescued"].items() if key != "_file_path")
    letters = Counter(letter for letter in text if letter in "abé")
    assert Counter(letter for letter in kept if letter in "abé") == letters


def check_that_neighbours_are_kept(table, broken, place):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(table)
    records = [line for line in csv.reader(io.StringIO(one_line_end(text.getvalue())))]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows(records[:place])
    out.write(broken + "\n")
    writer.writerows(records[place:])
    rows = [cells_of(row) for row in loaded((HEADER + out.getvalue()).encode()) if not row["_corrupt_record"]]
    assert [row for row in rows if row != ["", "", ""]] == [row for row in records if row != ["", "", ""]]


plain = st.lists(st.tuples(*[st.text("ab,é😀 ", min_size=1, max_size=8)] * 3), min_size=1, max_size=6)
broken_lines = st.sampled_from(
    ["too,few", "one,too,many,cells", 's9,"never closed', 's9,x,"open', '"', '"a"b,c', 'x,"y"z"']
)
marks = st.sampled_from(["", "\ufeff"])
few, many = (
    settings(max_examples=100, derandomize=True, deadline=None),
    settings(max_examples=2000, derandomize=True, deadline=None),
)


@few
@given(tables, styles, marks, st.booleans())
def test_110_what_a_writer_wrote_is_read_as_python_reads_it(table, style, mark, packed):
    check_what_a_writer_wrote(table, style, mark, packed)


@few
@given(lines)
def test_110_of_what_nobody_meant_no_letter_is_lost(text):
    check_what_nobody_meant(text)


@few
@given(plain, broken_lines, st.integers(0, 6))
def test_110_a_broken_line_anywhere_takes_no_neighbour_with_it(table, broken, place):
    check_that_neighbours_are_kept(table, broken, place)


@pytest.mark.large
@many
@given(tables, styles, marks, st.booleans())
def test_what_a_writer_wrote_is_read_as_python_reads_it_many(table, style, mark, packed):
    check_what_a_writer_wrote(table, style, mark, packed)


@pytest.mark.large
@many
@given(lines)
def test_of_what_nobody_meant_no_letter_is_lost_many(text):
    check_what_nobody_meant(text)


@pytest.mark.large
@many
@given(plain, broken_lines, st.integers(0, 6))
def test_a_broken_line_anywhere_takes_no_neighbour_with_it_many(table, broken, place):
    check_that_neighbours_are_kept(table, broken, place)
