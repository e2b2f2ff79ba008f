"""SQL reads the lake, and with --files the files that a query names; it writes nothing, and reads no key."""

import os
import re
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from deltalake import write_deltalake

from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError
from local_runtime.inspection import read_only
from local_runtime.inspection.digest import digests
from local_runtime.inspection.query import answer, run_query
from local_runtime.inspection.read_only import LAKE_ONLY, SETTINGS, Reading, connect, lock, statements

ALL_SETTINGS = [name for (name,) in duckdb.sql("SELECT name FROM duckdb_settings() ORDER BY name").fetchall()]
OTHERS = [name for name in ALL_SETTINGS if name not in SETTINGS]
WITH_FILES = Reading(files=True)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a lake, a CSV file, and a key in .secrets, which is the current and the project's one."""
    write_deltalake(str(tmp_path / "lake" / "gold" / "x"), pa.table({"a": [1]}))
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    (tmp_path / ".secrets" / "scope").mkdir(parents=True)
    (tmp_path / ".secrets" / "scope" / "key").write_text("the key\n")
    monkeypatch.setattr(read_only, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder: Path):
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def locked(paths=()):
    connection = connect()
    lock(connection, paths)
    return connection


def test_no_setting_that_may_be_set_names_a_file():
    known = dict(duckdb.sql("SELECT lower(name), lower(description) FROM duckdb_settings()").fetchall())
    assert {setting.lower() for setting in SETTINGS} <= known.keys()
    for setting in SETTINGS:
        description = re.sub("search[_ ]path", "", known[setting.lower()])
        assert not {word for word in ("file", "path", "director", "url", "extension") if word in description}, setting


def test_every_other_setting_of_duckdb_is_refused_with_those_that_are_not():
    assert {"profiling_output", "profile_output", "log_query_path", "temp_directory", "allowed_paths"} <= {*OTHERS}
    connection = connect()
    for name in OTHERS:
        for text in (f"SET {name} = 1", f'SET GLOBAL "{name.upper()}" = 1', f"RESET {name}", f"PRAGMA {name} = 1"):
            with pytest.raises(LakehouseError, match=rf"(?i)^The setting {name} is refused: .* TimeZone"):
                statements(connection, text, LAKE_ONLY.advice)


def test_a_lock_of_duckdb_holds_every_other_setting_too():
    connection = locked()
    for name in OTHERS:
        with pytest.raises(duckdb.Error, match=r"locked|disabled|read-only|Not implemented|unrecognized|statically"):
            connection.execute(f"SET {name} = '/tmp/x'")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SET TimeZone = 'Asia/Tokyo'; SELECT current_setting('TimeZone') AS x", "x\nAsia/Tokyo\n"),
        ("SET TIME ZONE 'Asia/Tokyo'; SELECT current_setting('TimeZone') AS x", "x\nAsia/Tokyo\n"),
        ("SET SESSION schema = 'main'; SELECT current_schema() AS x", "x\nmain\n"),
        ("SET threads TO 1; RESET threads; USE gold; FROM x", "a\n1\n"),
        ("SET VARIABLE profiling_output = 2; SELECT getvariable('profiling_output') AS x", "x\n2\n"),
        ("SET default_null_order = 'nulls_first'; SELECT unnest([1, NULL]) AS x ORDER BY x", "x\n\n1\n"),
    ],
)
def test_what_changes_only_how_a_query_is_answered_can_be_set(place, text, expected):
    assert answer(Lake(place / "lake"), text, "csv") == expected


WRITING = [
    "SET enable_profiling = 'json'; SET profiling_output = '{file}'; SELECT 1",
    "SET log_query_path = '{file}'; SELECT 1",
    "PRAGMA enable_profiling = 'json'",
    "PRAGMA profiling_output = '{file}'",
    "PRAGMA import_database('{file}')",
    "CALL enable_logging('QueryLog', storage = 'file', storage_config = {{'path': '{file}'}})",
    "FROM enable_logging('QueryLog', storage = 'file', storage_config = {{'path': '{file}'}})",
    "FROM enable_profiling(format = 'json', save_location = '{file}')",
    "FROM query('FROM enable_profiling(format = ''json'', save_location = ''{file}'')')",
    "FROM query('WITH a AS (COPY (SELECT 1) TO ''{file}'') SELECT 1')",
    "FROM json_execute_serialized_sql(json_serialize_sql('WITH a AS (COPY (SELECT 1) TO ''{file}'') FROM a'))",
    "COPY (SELECT 1) TO '{file}'",
    "EXPORT DATABASE '{file}'",
    "ATTACH '{file}'",
    "ATTACH ':memory:' AS m",
    "FROM read_duckdb('{file}')",
    "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
    "CREATE PERSISTENT SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
    "INSTALL httpfs",
    "LOAD '{file}'",
]


@pytest.mark.parametrize("reading", [LAKE_ONLY, WITH_FILES])
def test_nothing_writes_or_opens_another_database(place, reading):
    before = contents(place)
    for text in WRITING:
        for file in ("new", str(next((place / "lake/gold/x").glob("*.parquet"))), "lake/gold/x/_delta_log/0.json"):
            with pytest.raises(LakehouseError):
                answer(Lake(place / "lake"), f"FROM gold.x; {text.format(file=file)}", "csv", reading=reading)
    assert contents(place) == before


@pytest.mark.parametrize(
    "text",
    [
        "FROM 'x.csv'",
        "FROM read_csv('x.csv')",
        "FROM read_text('.secrets/scope/key')",
        "FROM read_text('lake/../.secrets/scope/key')",
        "FROM read_text('lake/link')",
        "FROM read_blob('/proc/self/environ')",
        "FROM glob('.secrets/**')",
        "FROM sniff_csv('x.csv')",
        "FROM duckdb_secrets()",
        "FROM query('FROM ''x.csv''')",
    ],
)
def test_no_file_outside_the_lake_is_read(place, text):
    (place / "lake" / "link").symlink_to(place / ".secrets" / "scope" / "key")
    with pytest.raises(LakehouseError, match=r"is not in the lake\. `./lakehouse sql --files"):
        answer(Lake(place / "lake"), text, "csv")


@pytest.mark.parametrize(
    "text", ["FROM 'https://example.com/x.csv'", "FROM 's3://bucket/x.parquet'", "FROM read_csv('https://a.b/c')"]
)
def test_the_network_is_not_asked(place, text):
    with pytest.raises(LakehouseError, match="reads files of this machine only"):
        answer(Lake(place / "lake"), text, "csv", reading=WITH_FILES)


@pytest.mark.parametrize(
    "text",
    [
        "FROM 'x.csv'",
        'FROM "x.csv"',
        "FROM read_csv('./x.csv')",
        "FROM '*.csv'",
        "FROM 'lake/../x*.csv'",
        "SELECT b.* FROM gold.x JOIN 'x.csv' b USING (a)",
        "SET VARIABLE f = 'x.csv'; FROM read_csv(getvariable('f'))",
    ],
)
def test_with_files_those_that_a_query_names_are_read(place, text):
    assert answer(Lake(place / "lake"), text, "csv", reading=WITH_FILES) == "a,b\n1,2\n"


@pytest.mark.parametrize(
    "named",
    [
        *[".secrets/scope/key", ".secrets/../.secrets/*/key", ".secrets/scope/*", "link", "folder/scope/key", "other"],
        *["**/key", "/proc/self/environ", "/proc/self/cwd/.secrets/scope/key"],
    ],
)
def test_no_key_is_read_by_whatever_name(place, named):
    (place / "link").symlink_to(".secrets/scope/key")
    (place / "folder").symlink_to(".secrets")
    os.link(place / ".secrets" / "scope" / "key", place / "other")
    name = named if "/" in named else f"./{named}"
    with pytest.raises(LakehouseError, match="reads no file that may hold a key"):
        answer(Lake(place / "lake"), f"FROM read_text('{name}')", "csv", reading=WITH_FILES)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("FROM read_text('.sec' || 'rets/scope/key')", "has its whole name in quotation marks"),
        ("FROM query('FROM ''x.csv''')", "has its whole name in quotation marks"),
        ("FROM 'none.csv'", r"There is no file none\.csv\."),
    ],
)
def test_a_file_that_no_text_names_is_not_read(place, text, message):
    with pytest.raises(LakehouseError, match=message):
        answer(Lake(place / "lake"), text, "csv", reading=WITH_FILES)


@pytest.mark.parametrize("schema", ["x\"; COPY (SELECT 42) TO 'f'; --", 'ev"il', "it's", "a b", "main"])
def test_a_folder_of_any_name_is_a_schema(place, schema):
    lake = Lake(place / "lake")
    quoted = '"' + schema.replace('"', '""') + '"'
    write_deltalake(str(lake.root / schema / 'ta"b'), pa.table({"a\"'b": [{'c"d': 5}]}))
    write_deltalake(str(lake.root / schema / 'ta"b'), pa.table({"a\"'b": [{'c"d': 6}]}), mode="append")
    assert run_query(lake, "FROM x").fetchall() == [(1,)]
    assert len(run_query(lake, f'FROM {quoted}."ta""b"').fetchall()) == 2
    assert run_query(lake, f'FROM {quoted}."ta""b"@v0').fetchall() == [({'c"d': 5},)]
    assert {name: rows for name, (rows, _) in digests(lake, schema).items()} == {f'{schema}.ta"b': 2}
    assert not (place / "f").exists()


def test_a_folder_with_a_dot_in_its_name_is_no_table(place):
    write_deltalake(str(place / "lake" / "gold" / "a.b"), pa.table({"a": [1]}))
    assert Lake(place / "lake").tables() == ["gold.x"]


def test_a_type_that_a_log_makes_up_is_not_run(place):
    entry = next((place / "lake/gold/x/_delta_log").glob("*.json"))
    made_up = entry.read_text().replace('\\"long\\"', "\\\"INT); COPY (SELECT 42) TO 'f'; --\\\"")
    assert made_up != entry.read_text()
    entry.write_text(made_up)
    with pytest.raises(LakehouseError, match="is no type of a column"):
        answer(Lake(place / "lake"), "FROM gold.x", "csv")
    assert not (place / "f").exists()


def test_what_does_not_fit_into_memory_goes_where_all_temporary_files_go(place):
    text = "SELECT current_setting('temp_directory') AS folder"
    (_, folder) = answer(Lake(place / "lake"), text, "csv").splitlines()
    assert Path(folder).parent == Path(tempfile.gettempdir())
