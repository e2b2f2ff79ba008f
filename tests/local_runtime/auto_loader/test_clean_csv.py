"""Clean CSV is read by DuckDB, and gives the rows that the reader in Python would have given."""

import gzip
import random

import pyarrow.parquet as pq
import pytest

from local_runtime.auto_loader import staging
from local_runtime.auto_loader.discovery import FoundFile
from local_runtime.auto_loader.formats.text import Rejected
from local_runtime.auto_loader.layout import Layout
from local_runtime.auto_loader.options import parse
from local_runtime.auto_loader.source import FileSource
from local_runtime.auto_loader.staging_csv import stage_clean_csv
from local_runtime.delta.ddl import parse_ddl
from tests.local_runtime.auto_loader.conftest import RESCUING, SCHEMA

HEADER = "id,name,note\n"
PLAIN = ["", "a", " x ", "é", "NULL", "\\N", "'", "#c", "1.50", "\x0b", "\u2028"]
NASTY = ['"', '""', '"a', 'a"b', '"a"b', '"x\ny"', "\x1a", "\0", "\x01", "\ufeff", "\r", "\n", ";"]
QUOTED = ['""', '"a"', '"x,y"', '"""q"""', '"a""b"', '"a,"",b"', '" "']


def rows_of(staged):
    found = [tuple(row.values()) for path in staged.paths for row in pq.read_table(path).to_pylist()]
    return sorted(found, key=repr)


@pytest.fixture
def read(tmp_path):
    """Reads a file's content both ways: the staged rows of each, None for DuckDB's where the file isn't clean."""

    def read_both(content, name="a.csv", schema=SCHEMA, **options):
        path = tmp_path / name
        path.write_bytes(content)
        about = path.stat()
        file = FoundFile(name, path, about.st_size, about.st_mtime_ns, None)
        options = parse(FileSource(str(tmp_path), {**RESCUING, **options}, schema))
        layout = Layout(parse_ddl(schema).types, options)
        clean = stage_clean_csv(file, layout, tmp_path / "clean.parquet")
        try:
            return clean, staging.stage_records(file, layout, tmp_path / "records.parquet")
        except Rejected:
            return clean, None

    return read_both


def check(clean, records):
    """The same rows, and the same of the file."""
    assert rows_of(clean) == rows_of(records)
    assert (clean.rows, clean.file, clean.sha256, clean.remark) == (records.rows, records.file, records.sha256, "")


@pytest.mark.parametrize(
    "text",
    [
        HEADER,
        HEADER + "1,a,b\n\n2,,\n",
        HEADER + "1,a,b",
        HEADER + ",,\n",
        '"id","name","x"\n1,"a, b","say ""hi"""\n2,"",\n',
        "name,id\nx,1\n",
    ],
)
@pytest.mark.parametrize("form", ["plain", "windows", "bom", "gzip", "cp1252"])
def test_clean_files_are_read_by_duckdb(read, text, form):
    written = {"windows": text.replace("\n", "\r\n"), "bom": "\ufeff" + text, "cp1252": text.replace("a", "ä")}
    content = written.get(form, text).encode("cp1252" if form == "cp1252" else "utf-8")
    clean, records = read(gzip.compress(content) if form == "gzip" else content, "a.csv.gz" if form == "gzip" else "a")
    assert clean is not None
    check(clean, records)


def test_cells_without_a_column_are_rescued_alike(read):
    text = 'id,say ""hi,_file_path,note,é\n1,"a ""b"" \\ /",x,,\n2,,,,\n3,\t,😀,y,"\x7f"\n'.replace(
        'say ""hi', "say hi"
    )
    clean, records = read(text.encode())
    check(clean, records)
    assert sum(row[-2] is not None for row in rows_of(clean)) == 2


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "1,a,b,\n",  # DuckDB would take an empty cell too many
        HEADER + "1,a\n",
        HEADER + '1,a"b,c\n',
        HEADER + '1,"a"b,c\n',
        HEADER + '1, "a",c\n',
        HEADER + '1,"a\nb",c\n',
        HEADER + '1,a,"b\n',
        HEADER + "1,a,b\n\x1a",
        HEADER + "1,a,b\n" * 20 + "1,\0,b\n",
        "\n" + HEADER + "1,a,b\n",
        "sep=;\nid;name\n1;a\n",
        "id,name,note,,\n1,a,b\n",
        "id\n1\n",
        "",
        "id,name,more\n1,a,\x1f\n",
        ",".join(f"c{place}" for place in range(2000)) + "\n",
    ],
)
def test_other_files_are_left_to_python(read, tmp_path, text):
    clean, records = read(text.encode())
    assert clean is None
    assert not (tmp_path / "clean.parquet").exists()
    assert records.rows == len(rows_of(records))


def test_columns_of_other_types_are_left_to_python(read):
    clean, _ = read(b"id,name\n1,x\n", schema="id INT, name STRING, _corrupt_record STRING")
    assert clean is None


@pytest.mark.parametrize("sep", [",", ";", "\t", "|", "."])
def test_of_any_file_that_is_taken_for_clean_the_rows_are_the_same(read, sep):
    draw = random.Random(sep)
    taken = 0
    for _ in range(60):
        words = [*PLAIN, *draw.choice([[], QUOTED, [draw.choice(NASTY)]])]
        lines = [[draw.choice(words) for _ in range(3)] for _ in range(draw.choice([0, 1, 30]))]
        text = "".join(sep.join(cells) + "\n" for cells in [["id", "name", "more"], *lines])
        clean, records = read(text.encode(), sep=sep)
        if clean is not None:
            taken += 1
            check(clean, records)
    assert taken > 10
