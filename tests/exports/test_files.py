"""What other programs read in exported files is what the lake has."""

import hashlib
import json
import re
import shutil
import zipfile
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exports.tables import state_of
from local_runtime.errors import LakehouseError
from tests.exports.conftest import ROWS, SCHEMA, commit

CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def test_parquet_has_the_rows_in_their_types(run, tmp_path):
    assert run(tmp_path / "out")[0] == 0
    found = pq.read_table(tmp_path / "out" / "dim_title" / "dim_title.parquet")
    types = [pa.list_(pa.string()) if pa.types.is_list(kind) else kind for kind in SCHEMA.types]
    assert [re.sub("l: |element: |item: ", "", str(kind)) for kind in found.schema.types] == [
        re.sub("item: ", "", str(kind)) for kind in types
    ]
    assert [tuple(row.values()) for row in found.to_pylist()] == ROWS


@pytest.mark.parametrize(("separator", "sign"), [(",", ","), (";", ";"), ("tab", "\t")])
def test_csv_keeps_every_digit_and_tells_nothing_from_empty(run, tmp_path, separator, sign):
    assert run(tmp_path / "out", "dim_title", "--format", "csv", "--separator", separator)[0] == 0
    written = (tmp_path / "out" / "dim_title.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    lines = [
        [f'"{name}"' for name in SCHEMA.names],
        [
            *("9223372036854775807", "20240229", '"\'=1+1;""two""\nlines"', "true", "2024-02-29"),
            *('"2024-02-29 23:59:58"', "0.333333", '"Drama, It\'s"'),
        ],
        ["-5", "1", '""', "false", "1899-12-31", '"2024-02-29 23:59:58.00012"', "123456789012.345678", '""'],
        [""] * 8,
    ]
    assert written.decode("utf-8-sig") == "".join(sign.join(line) + "\n" for line in lines)


def cells_of(path):
    """The rows of a workbook's sheet: a text, or (number, its format)."""
    with zipfile.ZipFile(path) as book:
        rows = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{CELL}row")
        return [
            {
                re.sub(r"\d", "", cell.get("r")): "".join(cell.itertext())
                if cell.get("t") == "inlineStr"
                else float(cell.findtext(f"{CELL}v"))
                for cell in row
            }
            for row in rows
        ]


def test_a_workbook_rounds_no_number_and_computes_no_text(run, tmp_path):
    assert run(tmp_path / "out", "dim_title", "--format", "xlsx")[0] == 0
    header, first, second, *rest = cells_of(tmp_path / "out" / "dim_title.xlsx")
    assert list(header.values()) == SCHEMA.names
    assert list(first.values()) == [
        *("9223372036854775807", 20240229, '=1+1;"two"\nlines', 1, 45351),
        *(pytest.approx(45351.999977), 0.333333, "Drama, It's"),
    ]
    assert list(second.values()) == [
        *("-5", 1, "", 0, "1899-12-31", "2024-02-29 23:59:58.000120", "123456789012.345678", "")
    ]
    assert rest in ([], [{}])


def test_what_a_sheet_has_no_room_for_is_refused(run, tmp_path, lake):
    commit(lake, "dim_title", [(1, 1, "x" * 40_000, None, None, None, None, None)])
    code, said = run(tmp_path / "out", "dim_title", "--format", "xlsx", "--latest")
    assert (code, "dim_title.title" in said, "csv or parquet" in said) == (1, True, True)
    assert not (tmp_path / "out").exists()


def test_the_record_names_state_rows_and_columns(run, tmp_path):
    code, said = run(tmp_path / "out")
    assert (code, "2 tables, 6 rows of p1" in said) == (0, True)
    record = json.loads((tmp_path / "out" / "datapackage.json").read_text())
    assert (record["version"], record["update_id"]) == ("p1", "an update")
    title = record["resources"][0]
    assert (title["name"], title["rows"], title["path"]) == ("dim_title", 3, "dim_title/dim_title.parquet")
    assert title["schema"]["fields"][0] == {"name": "title_key", "type": "integer", "description": "the title's key"}
    content = (tmp_path / "out" / title["path"]).read_bytes()
    assert title["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_a_publication_is_exported_though_newer_commits_wait(run, tmp_path, lake):
    commit(lake, "dim_title", ROWS[:1])
    assert "2 tables, 6 rows of p1" in run(tmp_path / "out")[1]
    assert "2 tables, 4 rows of latest" in run(tmp_path / "out", "--latest")[1]


def test_a_table_that_is_not_there_is_named_with_the_nearest(run, tmp_path):
    code, said = run(tmp_path / "out", "dim_titel")
    assert (code, "dim_titel" in said, "Nearest: dim_title" in said) == (1, True, True)


def test_a_table_that_is_built_again_meanwhile_is_not_exported_as_the_old_one(lake):
    state = state_of(lake, "p1")
    shutil.rmtree(lake.path("gold.dim_title"))
    commit(lake, "dim_title", ROWS[:1])
    with pytest.raises(LakehouseError, match="was built again"):
        state.tables[0].relation()


def test_what_does_not_fit_is_wrong_usage(run, tmp_path):
    assert "--separator is of CSV" in run(tmp_path / "out", "--separator", ";")[1]
    assert "only tables of gold" in run(tmp_path / "out", "silver.titles")[1]
    assert run(tmp_path / "out", "GOLD.Dim_Title")[0] == 0
