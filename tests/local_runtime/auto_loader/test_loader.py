"""Auto Loader's semantics: https://docs.databricks.com/aws/en/ingestion/cloud-object-storage/auto-loader"""

import gzip
import json
import os
import re

import pytest

from local_runtime.auto_loader.loader import load_increment
from local_runtime.auto_loader.options import FIXED, FORMATS, parse
from local_runtime.auto_loader.source import FileSource
from local_runtime.errors import LakehouseError, UnsupportedError
from tests.local_runtime.auto_loader.conftest import BASE, RESCUING, SCHEMA, reasons


def test_a_file_is_loaded_once(source):
    source.land("a.csv", "id,name\n1,x\n")
    assert len(source.load()[1]) == 1
    increment, rows = source.load()
    assert (increment.records, rows) == ([], [])


def test_files_are_found_at_any_depth_but_hidden_ones_are_not(source):
    source.land("deep/b.csv", "id,name\n1,x\n")
    source.land(".hidden.csv", "id,name\n2,x\n")
    source.land("_SUCCESS", "")
    assert [row["id"] for row in source.load()[1]] == ["1"]


def test_the_same_content_under_another_name_is_another_file(source):
    source.land("a.csv", "id,name\n1,x\n")
    source.land("b.csv", "id,name\n1,x\n")
    assert len(source.load()[1]) == 2


def test_a_loaded_file_that_changes_is_refused_and_says_so(source):
    source.land("a.csv", "id,name\n1,x\n")
    source.load()
    source.land("a.csv", "id,name\n1,x\n2,y\n")
    increment, rows = source.load()
    assert rows == []
    assert reasons(increment) == {"a.csv": "changed_after_load"}
    assert "immutable" in increment.records[0].message
    assert source.load()[0].records == []


def test_a_changed_file_that_is_put_back_is_well_again(source):
    source.land("a.csv", "id,name\n1,x\n")
    source.load()
    source.land("a.csv", "id,name\n1,x\n2,y\n")
    source.load()
    source.land("a.csv", "id,name\n1,x\n")
    assert source.load()[1] == []
    assert source.ledger.rejected() == {}


def test_a_file_that_is_only_touched_is_not_loaded_again(source):
    path = source.land("a.csv", "id,name\n1,x\n")
    source.load()
    os.utime(path, (1, 1))
    assert source.load()[0].records == []


def test_a_rejected_file_that_is_mended_under_its_own_name_is_passed_over_as_auto_loader_does(source):
    source.land("a.csv", "id,name\n1,x\0\n")
    assert source.reasons() == {"a.csv": "encoding"}
    assert source.load()[0].records == []
    source.land("a.csv", "id,name\n1,x\n")
    increment, rows = source.load()
    assert (rows, reasons(increment)) == ([], {"a.csv": "changed_after_rejection"})
    source.land("b.csv", "id,name\n1,x\n")
    assert [row["id"] for row in source.load()[1]] == ["1"]


def test_a_rejected_file_that_is_taken_away_is_settled(source):
    rejected = source.land("a.csv", "id,name\n1,x\0\n")
    source.load()
    rejected.unlink()
    increment, _ = source.load()
    assert [(record.name, record.state) for record in increment.records] == [("a.csv", "gone")]
    assert source.ledger.rejected() == {}
    assert source.load()[0].records == []


def test_a_rejected_file_that_is_put_back_is_rejected_again(source):
    rejected = source.land("a.csv", "id,name\n1,x\0\n")
    source.load()
    aside = rejected.rename(source.folder.parent / "a.csv")
    source.load()
    aside.rename(rejected)
    assert source.reasons() == {"a.csv": "encoding"}
    assert list(source.ledger.rejected()) == ["a.csv"]


def test_files_that_were_loaded_are_counted_once(source):
    for content in ("id,name\n1,x\n", "id,name\n2,x\n", "id,name\n1,x\n"):
        source.land("a.csv", content)
        source.load()
    assert source.ledger.loaded() == 1


@pytest.mark.parametrize("pattern", ["*.{csv,txt}", "[^x]*.csv", "[!x]*.csv"])
def test_patterns_that_mean_something_else_on_databricks_are_refused(source, pattern):
    with pytest.raises(UnsupportedError, match="pathGlobFilter"):
        source.load(pathGlobFilter=pattern)


@pytest.mark.parametrize(("path", "message"), [("a.csv", "is a file where a folder is expected"), ("*.csv", "folders")])
def test_only_folders_are_loaded(source, path, message):
    source.land("a.csv", "id,name\n1,x\n")
    with pytest.raises(UnsupportedError, match=message):
        load_increment(FileSource(str(source.folder / path), RESCUING, SCHEMA), {}, source.ledger, source.staging)


def test_a_broken_file_does_not_hold_up_the_others(source):
    source.land("a.csv.gz", gzip.compress(b"id,name\n1,x\n" * 5000)[:-9])
    source.land("b.csv", "id,name\n2,y\n")
    source.land("c.csv", ",".join(f"c{i}" for i in range(100_000)))
    source.land("d.csv", "id,name,ID\n")
    increment, rows = source.load()
    assert [row["id"] for row in rows] == ["2"]
    assert reasons(increment) == {
        "a.csv.gz": "corrupt_gzip",
        "c.csv": "too_many_columns",
        "d.csv": "duplicate_column",
    }


def test_a_file_of_nothing_but_broken_lines_is_rejected(source):
    source.land("a.csv", "id,name\n1,x\n" + '"' + "x\n" * 120_000)
    assert source.reasons() == {"a.csv": "not_csv"}


def test_empty_and_header_only_files_count_with_no_rows(source):
    source.land("a.csv", "")
    source.land("b.csv", "id,name\n")
    increment, rows = source.load()
    assert rows == []
    assert {record.name: (record.state, record.rows) for record in increment.records} == {
        "a.csv": ("loaded", 0),
        "b.csv": ("loaded", 0),
    }


def test_columns_are_read_by_name_never_by_place(source):
    source.land("a.csv", "NAME,new,Id\nx,n,1\n")
    source.land("b.csv", "name\ny\n")
    _, rows = source.load()
    assert [(row["id"], row["name"]) for row in rows] == [("1", "x"), (None, "y")]
    rescued = json.loads(rows[0]["_rescued_data"])
    assert rescued.pop("_file_path").endswith("/in/a.csv")
    assert rescued == {"new": "n"}
    assert rows[1]["_rescued_data"] is None


def test_case_matters_by_default_as_on_databricks(source):
    source.land("a.csv", "Id,name\n1,x\n")
    _, rows = source.load(readerCaseSensitive="true")
    assert rows[0]["id"] is None
    assert json.loads(rows[0]["_rescued_data"])["Id"] == "1"


def test_columns_without_a_name_are_rescued_where_they_hold_anything(source):
    source.land("a.csv", "id,name,,\n1,x,,\n2,y,z,\n")
    _, rows = source.load()
    assert [row["_rescued_data"] and json.loads(row["_rescued_data"]).get("_c2") for row in rows] == [None, "z"]


def test_a_malformed_record_is_kept_as_text(source):
    source.land("a.csv", "id,name\n1,x\n2\n3,z\n")
    _, rows = source.load()
    assert [(row["id"], row["_corrupt_record"]) for row in rows] == [("1", None), (None, "2"), ("3", None)]


def test_a_malformed_record_without_a_column_for_it_rejects_the_file(source):
    source.land("a.csv", "id,name\n1\n")
    assert source.reasons(schema="id STRING, name STRING") == {"a.csv": "malformed_record"}


def test_metadata_says_which_file_a_row_is_from(source):
    path = source.land("a.csv", "id,name\n1,x\n")
    os.utime(path, (1_600_000_000.5, 1_600_000_000.123456))
    _, (row,) = source.load()
    assert row["_metadata"]["file_path"] == path.as_uri()
    assert row["_metadata"]["file_size"] == 12
    assert row["_metadata"]["file_modification_time"].isoformat() == "2020-09-13T12:26:40.123000+00:00"


def test_without_a_schema_columns_are_inferred_as_text_and_hints_give_types(source):
    source.land("a.csv", "id,name,seen\n1,x,2021-09-25\nmany,y,\n")
    increment, rows = source.load(schema=None, **{"cloudFiles.schemaHints": "id INT, seen DATE, extra DECIMAL(4,1)"})
    assert increment.columns == {"id": "int", "name": "string", "seen": "date", "extra": "decimal(4,1)"}
    assert [(row["id"], str(row["seen"])) for row in rows] == [(1, "2021-09-25"), (None, "None")]
    assert json.loads(rows[1]["_rescued_data"])["id"] == "many"


@pytest.mark.parametrize(
    ("mode", "columns", "rescued"),
    [("addNewColumns", ["id", "new"], None), ("rescue", ["id"], "n"), ("none", ["id"], "n")],
)
def test_schema_evolution(source, mode, columns, rescued):
    source.land("a.csv", "id\n1\n")
    source.load(schema=None, **{"cloudFiles.schemaEvolutionMode": mode})
    source.land("b.csv", "id,new\n2,n\n")
    increment, (row,) = source.load(schema=None, **{"cloudFiles.schemaEvolutionMode": mode})
    assert list(increment.columns) == columns
    assert (row["_rescued_data"] and json.loads(row["_rescued_data"])["new"]) == rescued


def test_fail_on_new_columns_names_them(source):
    mode = {"cloudFiles.schemaEvolutionMode": "failOnNewColumns"}
    source.land("a.csv", "id\n1\n")
    source.load(schema=None, **mode)
    source.land("b.csv", "id,new\n2,n\n")
    with pytest.raises(LakehouseError, match="New columns new"):
        source.load(schema=None, **mode)


@pytest.mark.parametrize("value", ["true", "false", "if_available"])
def test_file_events_change_nothing_here(source, value):
    source.land("a.csv", "id\n1\n")
    _, (row,) = source.load(**{"cloudFiles.useManagedFileEvents": value})
    assert row["id"] == "1"


def test_file_events_that_databricks_rules_out_are_refused(source):
    events = {"cloudFiles.useManagedFileEvents": "true"}
    with pytest.raises(LakehouseError, match="used together"):
        source.load(**events, **{"cloudFiles.backfillInterval": "1 day"})
    with pytest.raises(LakehouseError, match="neither true, false nor if_available"):
        source.load(**{"cloudFiles.useManagedFileEvents": "yes"})


@pytest.mark.parametrize(
    "options",
    [
        {"cloudFiles.useNotifications": "true"},
        {"cloudFiles.format": "avro"},
        {"cloudFiles.schemaHints": "id INT"},
        {"header": "false"},
        {"encoding": "UTF-16"},
    ],
)
def test_what_is_not_supported_is_refused_by_name(source, options):
    with pytest.raises(UnsupportedError, match=next(iter(options)).replace(".", r"\.")):
        source.load(**options)


@pytest.mark.parametrize(
    ("known", "option"),
    [
        pytest.param(known, option, id=f"{known.name}-{option}")
        for known in FORMATS.values()
        for option in {**FIXED, **known.fixed}
    ],
)
def test_another_value_of_a_fixed_option_is_refused_with_the_one_that_is_supported(source, known, option):
    given = {key: known.fixed[key] for key in known.required} | {"cloudFiles.format": known.name, option: "other"}
    with pytest.raises(UnsupportedError, match=rf"{re.escape(option)}='other': the local runtime supports '.*' only"):
        parse(FileSource(str(source.folder), given, "value STRING"))


@pytest.mark.parametrize(
    ("schema", "mode", "is_there"),
    [("id STRING", "rescue", True), ("id STRING", None, False), (None, None, True), (None, "none", False)],
)
def test_the_rescued_data_column_is_there_by_default_where_a_mode_may_rescue(source, schema, mode, is_there):
    """https://docs.databricks.com/aws/en/ingestion/cloud-object-storage/auto-loader/schema"""
    source.land("a.csv", "id\n1\n")
    asked = FileSource(
        str(source.folder), {**BASE, **({"cloudFiles.schemaEvolutionMode": mode} if mode else {})}, schema
    )
    increment = load_increment(asked, {}, source.ledger, source.staging)
    assert ("`_rescued_data`" in increment.ddl) is is_there


@pytest.mark.parametrize("option", ["rescuedDataColumn", "cloudFiles.rescuedDataColumn"])
def test_the_rescued_data_column_has_the_name_that_either_option_gives(source, option):
    source.land("a.csv", "id,new\n1,n\n")
    asked = FileSource(str(source.folder), {**BASE, option: "_left_over"}, "id STRING")
    assert "`_left_over`" in load_increment(asked, {}, source.ledger, source.staging).ddl


@pytest.mark.parametrize("option", ["sep", "delimiter"])
def test_columns_are_separated_as_either_option_says(source, option):
    source.land("a.csv", "id;name\n1;x\n")
    _, (row,) = source.load(**{option: ";"})
    assert (row["id"], row["name"]) == ("1", "x")


def test_header_names_keep_their_white_space(source):
    """`ignoreLeadingWhiteSpace` is false on Databricks, so ` name` is another column than `name`."""
    source.land("a.csv", "id, name,  \n1,x,z\n")
    _, (row,) = source.load()
    assert (row["id"], row["name"]) == ("1", None)
    rescued = json.loads(row["_rescued_data"])
    assert (rescued[" name"], rescued["_c2"]) == ("x", "z")
