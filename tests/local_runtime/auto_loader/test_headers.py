"""One odd header, or one odd byte, costs no more than it must, and no other file."""

import json

import pytest

from local_runtime.auto_loader.loader import columns_now
from local_runtime.auto_loader.source import FileSource
from local_runtime.errors import LakehouseError
from tests.local_runtime.auto_loader.conftest import RESCUING, SCHEMA, reasons

ROWS = "1,x\n2,y\n3,z\n"
THREE = [("1", "x"), ("2", "y"), ("3", "z")]
MODES = ("addNewColumns", "rescue", "failOnNewColumns", "none")


def values(rows):
    return [(row["id"], row["name"]) for row in rows]


def rescued(row):
    found = json.loads(row["_rescued_data"] or "{}")
    found.pop("_file_path", None)
    return found


def inferring(mode="addNewColumns", **options):
    """Options of a source without a schema."""
    kept = {"rescuedDataColumn": ""} if mode == "none" else {}
    return {"schema": None, "cloudFiles.schemaEvolutionMode": mode, "readerCaseSensitive": "true", **kept, **options}


def test_110_a_header_may_span_lines(source):
    source.land("a.csv", 'id,"release\nyear",name\n1,2021,x\n')
    _, (row,) = source.load()
    assert (values([row]), rescued(row)) == ([("1", "x")], {"release\nyear": "2021"})


@pytest.mark.parametrize("name", ["_corrupt_record", "_metadata", "_rescued_data"])
def test_110_a_column_of_a_reserved_name_is_rescued_under_it(source, name):
    source.land("a.csv", f"id,name,{name}\n1,x,kept\n")
    _, (row,) = source.load()
    assert (values([row]), rescued(row), row["_corrupt_record"]) == ([("1", "x")], {name: "kept"}, None)


def test_110_a_column_called_file_path_is_rescued_under_a_key_of_its_own(source):
    path = source.land("a.csv", "id,_file_path,_file_path_\n1,mine,other\n")
    _, (row,) = source.load()
    found = json.loads(row["_rescued_data"])
    assert found == {"_file_path__": "mine", "_file_path_": "other", "_file_path": path.as_uri()}


@pytest.mark.parametrize("name", ["_corrupt_record", "_metadata", "_rescued_data"])
def test_110_where_nothing_is_rescued_a_reserved_name_rejects_that_file(source, name):
    source.land("a.csv", f"id,name,{name}\n1,x,lost?\n")
    source.land("b.csv", "id,name\n2,y\n")
    increment, rows = source.load(rescuedDataColumn="")
    assert (reasons(increment), values(rows)) == ({"a.csv": "reserved_column"}, [("2", "y")])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("header", ["_metadata", "_rescued_data", "_METADATA", "Id", "_corrupt_record"])
def test_112_one_files_header_never_stops_the_others(source, mode, header):
    source.land("a.csv", f"id,name,{header}\n1,x,odd\n")
    source.land("b.csv", "id,name\n2,y\n")
    increment, rows = source.load(**inferring(mode))
    there = dict(values(rows))
    assert there["2"] == "y"
    assert list(increment.columns) == ["id", "name"]
    if mode == "none":
        assert list(reasons(increment)) == ["a.csv"]
    else:
        assert (there["1"], rescued(rows[0])) == ("x", {header: "odd"})
    source.land("c.csv", "id,name\n3,z\n")
    assert values(source.load(**inferring(mode))[1]) == [("3", "z")]


def test_112_names_that_differ_in_case_are_one_column_spelled_as_it_was_first(source):
    """https://docs.databricks.com/aws/en/ingestion/cloud-object-storage/auto-loader/schema"""
    source.land("a.csv", "title\nA\n")
    source.land("b.csv", "Title\nB\n")
    increment, rows = source.load(**inferring())
    assert list(increment.columns) == ["title"]
    assert [(row["title"], rescued(row)) for row in rows] == [("A", {}), (None, {"Title": "B"})]


def test_112_the_other_spelling_is_read_too_where_the_reader_tells_no_case_apart(source):
    source.land("a.csv", "title\nA\n")
    source.land("b.csv", "Title\nB\n")
    _, rows = source.load(**inferring(readerCaseSensitive="false"))
    assert [row["title"] for row in rows] == ["A", "B"]


def test_112_schema_hints_say_how_a_column_is_spelled(source):
    source.land("a.csv", "title,TITLE\nA,B\n")
    increment, (row,) = source.load(**inferring(**{"cloudFiles.schemaHints": "TITLE STRING"}))
    assert (list(increment.columns), row["TITLE"], rescued(row)) == (["TITLE"], "B", {"title": "A"})


def test_112_names_of_any_characters_reach_the_table(project):
    project.land("in/a.csv", 'id,b`k,"two\nlines",ü😀\n1,x,y,z\n')
    project.pipeline(
        "bronze",
        "@dp.table\ndef t():\n    return read_csv('in', **{'cloudFiles.schemaEvolutionMode': 'addNewColumns'})\n",
    )
    project.run()
    assert project.rows("bronze.t", "id", "b`k", "two\nlines", "ü😀") == [("1", "x", "y", "z")]
    project.land("in/b.csv", "id,_metadata,ID\n2,m,i\n")
    project.run()
    assert [row[0] for row in project.rows("bronze.t", "id")] == ["1", "2"]


@pytest.mark.parametrize(
    "schema",
    [
        "id STRING, ID STRING",
        "id STRING, _metadata STRING",
        "id STRING, _rescued_data STRING",
        "id STRING, _corrupt_record INT",
        "id BINARY",
        "id ARRAY<INT>",
    ],
)
def test_112_a_schema_that_cannot_be_is_refused_before_files_are_read(source, schema):
    source.land("a.csv", "id\n1\n")
    with pytest.raises(LakehouseError):
        columns_now(FileSource(str(source.folder), RESCUING, schema), {}, source.ledger)


def test_112_a_name_that_is_repeated_is_rescued_by_place_unless_it_is_a_column(source):
    source.land("a.csv", "id,note,note,name,Note\n1,p,q,x,r\n")
    source.land("b.csv", "id,name,NAME\n2,y,z\n")
    increment, (row,) = source.load()
    assert (values([row]), rescued(row)) == ([("1", "x")], {"note1": "p", "note2": "q", "Note4": "r"})
    assert reasons(increment) == {"b.csv": "duplicate_column"}


def test_112_a_name_that_is_repeated_is_never_inferred_as_a_column(source):
    source.land("a.csv", "id,note,note\n1,p,q\n")
    increment, (row,) = source.load(**inferring())
    assert (list(increment.columns), rescued(row)) == (["id"], {"note1": "p", "note2": "q"})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(f'id,"name\n{ROWS}', "doesn't close", id="a lone quote in the header"),
        pytest.param(f'"id,name\n{ROWS}', "doesn't close", id="a lone quote before the header"),
        pytest.param(f"id,name,\n{ROWS}", "header ends in 1 more", id="a separator at the end of the header"),
        pytest.param(f"id,name,,,\n{ROWS}", "header ends in 3 more", id="separators at the end of the header"),
        pytest.param("id,name\n1,x,\n2,y,\n3,z,\n", "rows end in 1 more", id="a separator at the end of the rows"),
        pytest.param("id,name,\n1,x,\n2,y,\n3,z,\n", "", id="a separator at the end of all lines"),
        pytest.param(f"sep=,\nid,name\n{ROWS}", "sep=,", id="sep=,"),
        pytest.param("sep=;\n\nid;name\n1;x\n2;y\n3;z\n", "sep=;", id="sep=;"),
        pytest.param(f"\ufeff\ufeffid,name\n{ROWS}", "", id="two byte order marks"),
        pytest.param(f'\ufeff"id","name"\n{ROWS}', "", id="a byte order mark before a quote"),
        pytest.param(f"\n \n\ufeff\n{ROWS}", None, id="no header"),
        pytest.param(f"id,name\n{ROWS}\x1a", "", id="DOS' end of file"),
        pytest.param(
            f",id,name\n{''.join('0,' + row + chr(10) for row in ROWS.split())}", "", id="an index without a name"
        ),
    ],
)
def test_110_one_odd_header_or_byte_costs_no_row(source, content, told):
    source.land("a.csv", content)
    increment, rows = source.load()
    if told is None:  # a row has become the header, as everywhere
        assert len(rows) == 3
        return
    assert values(rows) == THREE
    assert told in increment.records[0].message
    assert bool(told) is bool(increment.records[0].message)


def test_110_a_line_separator_of_unicode_ends_no_line(source):
    source.land("a.csv", "id,name\n1,x\u2028y\x85z\x0b\x0c\x1c\n")
    assert values(source.load()[1]) == [("1", "x\u2028y\x85z\x0b\x0c\x1c")]


def test_110_cells_beyond_the_header_are_malformed_where_some_rows_fit_it(source):
    """One row with a separator more may be one whose cells are shifted: nobody can know."""
    source.land("a.csv", "id,name\n1,x\n2,y,\n")
    _, rows = source.load()
    assert [row["_corrupt_record"] for row in rows] == [None, "2,y,"]


def test_110_separators_at_the_end_of_some_rows_only_cost_no_row_and_no_value(source):
    source.land("a.csv", "id,name\n" + "1,x,\n" * 200 + "2,y\n3,z,lost?\n")
    _, rows = source.load()
    assert [(row["id"], row["_corrupt_record"]) for row in rows[-3:]] == [("1", None), ("2", None), (None, "3,z,lost?")]


@pytest.mark.parametrize("content", ["id,name\n1,x,\n", "id,name\n1,x\n"])
def test_110_separators_at_the_end_of_rows_make_no_column(source, content):
    source.land("a.csv", content)
    assert list(source.load(**inferring())[0].columns) == ["id", "name"]


def test_110_a_stray_nul_byte_costs_its_line(source):
    source.land("a.csv", b"id,name\n" + b"1,x\n" * 30 + b'2,y\0\n3,"two\nli\0nes"\n4,z\n')
    _, rows = source.load()
    assert [row["_corrupt_record"] for row in rows[30:]] == ["2,y\0", '3,"two', 'li\0nes"', None]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_110_utf_16_is_rejected_with_what_to_do(source, encoding):
    source.land("a.csv", ("id,name\n" + ROWS * 30).encode(encoding))
    increment, _ = source.load()
    assert reasons(increment) == {"a.csv": "encoding"}
    assert "save it as UTF-8" in increment.records[0].message


@pytest.mark.parametrize("content", [f"Netflix titles\nid,name\n{ROWS}", '"id","name"\n"1",1,"x"\n"2",2,"y"\n'])
def test_110_a_file_in_which_no_row_fits_the_header_is_kept_and_told(source, content):
    source.land("a.csv", content)
    increment, rows = source.load()
    assert all(row["_corrupt_record"] for row in rows)
    assert "none is a record of as many cells" in increment.records[0].message


def test_110_what_was_read_in_spite_of_something_is_told_by_the_run(source):
    from local_runtime.cli.run_messages import file_messages
    from local_runtime.update.results import Result

    source.land("a.csv", f"id,name,\n{ROWS}")
    increment, _ = source.load()
    (told,) = file_messages(Result("bronze.t", "t", files={record.name: record for record in increment.records}))
    assert "check it: a.csv: its header ends in 1 more" in told


def test_schema_without_reserved_names_is_read(source):
    source.land("a.csv", "id,name\n1,x\n")
    assert values(source.load(schema=SCHEMA)[1]) == [("1", "x")]
