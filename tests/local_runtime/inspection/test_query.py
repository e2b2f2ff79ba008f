"""SQL over the lake."""

import csv
import io
import json

import pytest

from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError
from local_runtime.inspection.digest import digests
from local_runtime.inspection.formats import Room
from local_runtime.inspection.query import answer, run_query
from local_runtime.inspection.read_only import Advice
from local_runtime.inspection.sql_text import with_versions
from local_runtime.writing.vacuum import delete_unneeded_files
from tests.local_runtime.writing.test_writer import Table

NOT_ALL = Advice().see_all


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """A lake without tables."""
    return Lake(tmp_path_factory.mktemp("lake"))


@pytest.fixture
def table(tmp_path, sail):
    """A table of a lake, which tests write to."""
    return Table(tmp_path, sail)


def name_of(table):
    return f"{table.log.path.parent.name}.{table.log.path.name}"


def lake_of(table):
    return Lake(table.log.path.parent.parent)


def json_of(lake, query):
    return json.loads(answer(lake, query, "json"))


def test_126_two_columns_of_one_name_are_both_in_json(lake):
    assert json_of(lake, "SELECT 1 AS a, 2 AS a, 3 AS a_1, 4 AS a") == [{"a": 1, "a_2": 2, "a_1": 3, "a_3": 4}]


def test_126_json_has_no_nan_and_keeps_every_digit(lake):
    text = answer(
        lake,
        """SELECT 'NaN'::DOUBLE AS a, ['-inf'::FLOAT, 0.5] AS b, 12345678901234567890.123456789::DECIMAL(38, 9) AS c,
           {'d': 1.50::DECIMAL(4, 2)} AS d, 170141183460469231731687303715884105727::HUGEINT AS e, 'a'::BLOB AS f,
           INTERVAL 3 MONTH AS g""",
        "json",
    )
    assert json.loads(text, parse_constant=pytest.fail, parse_float=str, parse_int=str) == [
        {
            "a": "NaN",
            "b": ["-Infinity", "0.5"],
            "c": "12345678901234567890.123456789",
            "d": {"d": "1.50"},
            "e": "170141183460469231731687303715884105727",
            "f": "61",
            "g": "3 months",
        }
    ]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 'gold.x@v0'",
        'SELECT 1 AS "gold.x@v0"',
        "SELECT 1 /* gold.x@v0 */ -- gold.x@v0",
        "SELECT $$gold.x@v0$$, 'it''s gold.x@v1', E'\\' gold.x@v1'",
        "SELECT 'é→😀 gold.x@v0'",
    ],
)
def test_126_what_only_looks_like_a_version_stays_as_it_is(lake, query):
    assert with_versions(query) == query
    assert len(run_query(lake, query).fetchall()) == 1


def test_126_versions_are_found_after_any_letters_and_of_quoted_names():
    given = "SELECT 'é→😀', * FROM gold.x@v0 JOIN gold.\"Y z\"@V12 USING (a)"
    assert with_versions(given) == 'SELECT \'é→😀\', * FROM "gold@v0".x JOIN "gold@v12"."Y z" USING (a)'


def test_126_a_version_whose_files_were_vacuumed_says_which_can_be_read(table):
    for n in range(4):
        table.write([(n,)], mode="overwrite")
    delete_unneeded_files(table.log, hours=0)
    lake, name = lake_of(table), name_of(table)
    with pytest.raises(LakehouseError, match=r"v0: data files are gone \(1 of 1\); the oldest .* is v3"):
        answer(lake, f"FROM {name}@v0", "table")
    assert json_of(lake, f"FROM {name}@v3") == [{"id": 3}]
    table.write([(4,)])
    with pytest.raises(LakehouseError, match="the oldest version that can be read is v3, the newest is v4"):
        answer(lake, f"FROM {name}@v2", "table")


def test_126_a_version_whose_log_was_cleaned_up_says_which_can_be_read(table):
    for n in range(12):
        table.write([(n,)])
    for version in range(11):
        (table.log.folder / f"{version:020}.json").unlink()
    lake, name = lake_of(table), name_of(table)
    with pytest.raises(LakehouseError, match="log entries were cleaned up; the oldest version that can be read is v10"):
        answer(lake, f"FROM {name}@v4", "table")
    assert json_of(lake, f"SELECT count(*) AS n FROM {name}@v10") == [{"n": 11}]


def test_126_data_files_that_are_gone_are_a_sentence(table):
    table.write([(1,)])
    next(table.log.path.glob("*.parquet")).unlink()
    lake = lake_of(table)
    rebuilt = (
        rf"(?s)data files are gone \(1 of 1: .*`\./lakehouse run --full-refresh {name_of(table)} --lake {lake.root}`"
    )
    with pytest.raises(LakehouseError, match=rebuilt):
        answer(lake, f"FROM {name_of(table)}", "table")


def test_126_a_data_file_that_is_cut_is_a_sentence(table):
    table.write([(1,)])
    file = next(table.log.path.glob("*.parquet"))
    file.write_bytes(file.read_bytes()[:20])
    with pytest.raises(LakehouseError, match=file.name):
        answer(lake_of(table), f"FROM {name_of(table)}", "table")


def test_126_a_data_file_that_is_damaged_within_is_a_sentence(table):
    table.write([(n,) for n in range(5000)])
    file = next(table.log.path.glob("*.parquet"))
    whole = file.read_bytes()
    file.write_bytes(whole[:4] + b"\0" * 3000 + whole[3004:])
    with pytest.raises(LakehouseError):
        answer(lake_of(table), f"FROM {name_of(table)}", "csv")
    with pytest.raises(LakehouseError):
        digests(lake_of(table), "s")


def test_126_a_folder_whose_log_is_empty_is_no_table(table):
    table.write([(1,)])
    lake, name = lake_of(table), name_of(table)
    for entry in table.log.folder.iterdir():
        entry.unlink()
    with pytest.raises(LakehouseError, match="There are no tables in"):
        answer(lake, f"FROM {name}", "table")
    assert digests(lake, name.split(".")[0]) == {}
    assert delete_unneeded_files(table.log, hours=0) == []


def test_137_a_misspelt_table_gets_the_nearest_names_of_the_lake(table):
    table.write([(1,)])
    lake, name = lake_of(table), name_of(table)
    schema, own = name.split(".")
    for wrong in (f"{schema}.{own}s", f"{schema}x.{own}", own, f"{schema}.{own}x@v0"):
        with pytest.raises(LakehouseError) as refused:
            answer(lake, f"FROM {wrong}", "table")
        assert str(refused.value) == f"There is no table {wrong.partition('@')[0]}.\nNearest: {name}."
    with pytest.raises(LakehouseError, match=rf"There is no table gold\.zzzzzz\.\nThere are: {name}\."):
        answer(lake, "FROM gold.zzzzzz", "table")


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO gold.x VALUES (1)",
        "CREATE TABLE x (a INT)",
        "DROP TABLE gold.x",
        "COPY (SELECT 1) TO '{}'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{}'",
        "EXPLAIN /* a */ ANALYZE COPY (SELECT 1) TO '{}'",
        "SELECT 1; COPY (SELECT 1) TO '{}'",
        "WITH a AS (COPY (SELECT 1) TO '{}') SELECT 1",
        "EXPLAIN ANALYZE WITH a AS (COPY (SELECT 1) TO '{}') SELECT 1",
        "SELECT * FROM (WITH a AS (DELETE FROM t RETURNING *) FROM a)",
        "SET VARIABLE v = (WITH a AS (COPY (SELECT 1) TO '{}') SELECT 1)",
        "WITH a AS (COPY (SELECT 1) TO '{}') PIVOT a ON x USING sum(y)",
        "PREPARE p AS COPY (SELECT 1) TO '{}'",
        "EXPORT DATABASE '{}'",
        "ATTACH '{}'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "PRAGMA version",
        "UPDATE gold.x SET a = 1",
        "MERGE INTO x USING y ON true WHEN MATCHED THEN DELETE",
        "WITH a AS (SELECT 1) INSERT INTO x FROM a",
    ],
)
def test_137_what_does_more_than_read_is_refused(lake, tmp_path, query):
    with pytest.raises(LakehouseError, match=r"^[A-Z]+( of this)? is refused: `sql` only reads"):
        answer(lake, query.format(tmp_path / "written"), "table")
    assert list(tmp_path.iterdir()) == []


def test_137_what_reads_is_answered(table):
    table.write([(1,), (2,)])
    lake, name = lake_of(table), name_of(table)
    schema, own = name.split(".")
    for query in (
        f"FROM {name}",
        f"DESCRIBE {name}",
        f"SUMMARIZE {name}",
        f"EXPLAIN FROM {name}",
        f"EXPLAIN ANALYZE SELECT count(*) FROM {name}",
        f"PIVOT {name} ON id USING count(*)",
        f"USE {schema}; FROM {own}",
        f"FROM query('FROM {name}')",
        f"SELECT * FROM information_schema.tables WHERE table_name = '{own}'",
        f"SELECT t.id, a.id FROM {name} t JOIN {name}@v0 AS a USING (id)",
        f'SELECT "one t".id FROM "{schema}"."{own}" "one t"; FROM {name}',
        f"WITH copy AS (SELECT 1 AS delete) SELECT * FROM copy, {name}",
        f"WITH {own} AS (SELECT 5) FROM {own}",
    ):
        assert own in query
        assert answer(lake, query, "table").strip(), query


def test_137_only_tables_that_are_named_are_read(table):
    table.write([(1,)])
    lake, name = lake_of(table), name_of(table)
    other = lake.log("s.broken")
    other.folder.mkdir(parents=True)
    (other.folder / f"{0:020}.json").write_text("torn")
    assert answer(lake, f"SELECT 's.broken', id FROM {name} x; FROM {name}", "csv").count("1") == 2
    with pytest.raises(LakehouseError, match="is damaged"):
        answer(lake, "FROM s.broken", "csv")


def test_137_several_statements_show_several_results(lake):
    query = "SET VARIABLE a = 2; SELECT 1 AS n; SELECT getvariable('a') AS n;"
    assert answer(lake, query, "csv") == "n\n1\n\nn\n2\n"
    assert answer(lake, query, "table").count("┌") == 2
    first, second = answer(lake, query, "json").split("]\n", 1)
    assert (json.loads(first + "]"), json.loads(second)) == ([{"n": 1}], [{"n": 2}])


@pytest.mark.parametrize("text", ["SELECT 6 AS n; -- it's the end", "SELECT 6 AS n; /* end */", "SELECT 6 AS n -- end"])
def test_137_a_comment_may_follow_a_statement(lake, text):
    assert "6" in answer(lake, text, "table")
    assert answer(lake, f"{text}\n; SELECT 7 AS m", "csv") == "n\n6\n\nm\n7\n"


def test_137_csv_tells_null_from_an_empty_text(lake):
    rows = "SELECT NULL AS a, '' AS b, 'x,\"y\"' AS c, 'two\nlines' AS d, true AS e, [NULL, ''] AS f"
    text = answer(lake, rows, "csv")
    assert text == 'a,b,c,d,e,f\n,"","x,""y""","two\nlines",true,"[null, """"]"\n'
    assert list(csv.reader(io.StringIO(text)))[1] == ["", "", 'x,"y"', "two\nlines", "true", '[null, ""]']


@pytest.mark.parametrize(
    "query",
    [
        "FROM range(100)",
        "FROM range(20000)",
        "SELECT " + ", ".join(f"{n} AS column_number_{n}" for n in range(20)),
    ],
)
def test_137_where_not_all_is_shown_it_says_how_to_get_the_rest(lake, query):
    drawn = answer(lake, query, "table", Room(width=80, rows=10))
    assert drawn.endswith(f"{NOT_ALL}\n")
    assert "shown)" in drawn


def test_137_where_all_is_shown_it_says_nothing(lake):
    assert NOT_ALL not in answer(lake, "FROM range(10)", "table", Room(80, 10))
    wide = "SELECT repeat('x', 300) AS a, repeat('y', 300) AS b"
    assert NOT_ALL not in answer(lake, wide, "table")
    assert NOT_ALL in answer(lake, wide, "table", Room(80, 10))


def test_digests_leave_out_load_times_also_within_columns(project):
    code = """
    @dp.materialized_view
    def t():
        loaded = F.lit("{time}")
        row = F.struct(loaded.alias("_ingested_at"), F.lit({value}).alias("value"))
        return spark.range(1).select(loaded.alias("release_ingested_at"), row.alias("bronze_row"))
    """

    def digest(time, value):
        project.pipeline("silver", code.format(time=time, value=value))
        project.run()
        return digests(project.lake, "silver")

    assert digest("today", 1) == digest("tomorrow", 1) != digest("tomorrow", 2)
