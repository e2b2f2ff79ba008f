"""What `diff` says of two versions of a table."""

import json

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from local_runtime.cli.arguments import main
from local_runtime.cli.differing import lines
from local_runtime.delta.lake import Lake
from local_runtime.errors import UsageError
from local_runtime.inspection.differences import Difference, state_named
from local_runtime.state.publications import publish

OLD = [(1, "a", 10, ["x"]), (2, "b", None, None), (3, "c", 30, []), (None, "none", 0, None)]
NEW = [(1, "a", 10, ["x"]), (2, "b", 20, None), (4, "d", 40, []), (None, "none", 0, ["y"])]
SCHEMA = pa.schema([("key", pa.int64()), ("name", pa.string()), ("value", pa.int32()), ("tags", pa.list_(pa.string()))])


def commit(lake, rows, name="bronze.things", schema=SCHEMA, **options):
    columns = [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), schema, strict=True)]
    write_deltalake(str(lake.path(name)), pa.Table.from_arrays(columns, schema=schema), mode="overwrite", **options)


@pytest.fixture
def lake(tmp_path):
    made = Lake(tmp_path / "lake")
    commit(made, OLD)
    commit(made, NEW)
    return made


def difference(lake, key=("key",), old="bronze.things@v0", new="bronze.things@v1"):
    return Difference(lake, state_named(old), state_named(new), key)


def test_rows_are_told_apart_by_their_key(lake):
    found = difference(lake)
    assert list(lines(found)) == [
        "bronze.things@v0 → bronze.things@v1: 1 added, 1 gone, 2 changed, 1 same",
        "  changed in tags (1), value (1)",
    ]
    assert sorted(map(str, found.rows().fetchall())) == sorted(
        map(
            str,
            [
                ("added", 4, "name", None, "d"),
                ("added", 4, "value", None, "40"),
                ("added", 4, "tags", None, "[]"),
                ("changed", 2, "value", None, "20"),
                ("changed", None, "tags", None, "[y]"),
                ("gone", 3, "name", "c", None),
                ("gone", 3, "value", "30", None),
                ("gone", 3, "tags", "[]", None),
            ],
        )
    )


def test_without_a_unique_key_a_change_is_one_that_went_and_one_that_came(lake):
    commit(lake, [*NEW, NEW[0]])
    found = difference(lake, new="bronze.things@v2")
    assert (found.key, found.counts.added, found.counts.gone, found.counts.same) == ([], 4, 3, 1)
    assert len(found.rows().fetchall()) == 7
    assert "no unique key" in list(lines(found))[-1]


def test_equal_versions_are_the_same_and_columns_that_one_lacks_are_named(lake):
    commit(
        lake, [(*row, 1) for row in NEW], schema=SCHEMA.append(pa.field("more", pa.int32())), schema_mode="overwrite"
    )
    assert list(lines(difference(lake, old="bronze.things@v1", new="bronze.things"))) == [
        "bronze.things@v1 → bronze.things: the same 4 rows",
        "  new columns: more",
    ]


def test_no_more_of_each_kind_than_wanted(lake):
    commit(lake, [(key, "x", 0, None) for key in range(100, 200)])
    rows = difference(lake, new="bronze.things@v2").rows(3).fetchall()
    assert [row[0] for row in rows] == ["added"] * 3 + ["gone"] * 3


@pytest.mark.parametrize("text", ["", "a b", "x@v", "gold.x@v1; DROP TABLE x", "a.b.c", 'x"y'])
def test_what_is_no_table_is_wrong_usage(text):
    with pytest.raises(UsageError, match="is no table"):
        state_named(text)


def test_the_command_prints_changes_as_json(lake, capsys):
    options = ["--lake", str(lake.root), "--key", "key", "--format", "json"]
    assert main(["diff", "bronze.things@v0", "bronze.things", *options]) == 0
    changes = json.loads(capsys.readouterr().out)
    assert {"change": "changed", "key": 2, "column": "value", "before": None, "after": "20"} in changes
    assert main(["diff", "bronze.things@v0", "--lake", str(lake.root), "--key", "tags"]) == 1
    assert "several rows have the same" in capsys.readouterr().err
    assert main(["diff", "bronze.things@v0", "--lake", str(lake.root), "--key", "kee"]) == 1
    assert "no column of both states: kee" in capsys.readouterr().err


@pytest.mark.parametrize("named", [["bronze.things"], ["bronze.things@v0", "bronze.others@v1"], ["a", "b", "c"], []])
def test_what_is_not_two_states_of_one_table_is_wrong_usage(lake, capsys, named):
    assert main(["diff", *named, "--lake", str(lake.root), "--key", "key"]) == 1
    assert "two states of one table" in capsys.readouterr().err


def test_columns_may_have_any_name(tmp_path):
    lake = Lake(tmp_path / "lake")
    schema = pa.schema([("old", pa.int64()), ("is_there", pa.string()), ("a b", pa.int64())])
    commit(lake, [(1, "x", 1)], schema=schema)
    commit(lake, [(1, "x", 2)], schema=schema)
    assert difference(lake, ["old"]).rows().fetchall() == [("changed", 1, "a b", "1", "2")]


def test_the_last_run_is_what_the_newest_publication_has_anew(lake, capsys):
    assert main(["diff", "--last-run", "--lake", str(lake.root)]) == 1
    assert "fewer than two publications" in capsys.readouterr().err
    commit(lake, OLD, "bronze.others")
    tables = ["bronze.things", "bronze.others"]
    publish(lake, "first", tables)
    commit(lake, OLD)
    publish(lake, "second", tables)
    assert main(["diff", "--last-run", "--lake", str(lake.root)]) == 0
    said = capsys.readouterr()
    assert "p1 → p2: 1 of 2 tables were written" in said.err
    assert said.out.splitlines()[0].startswith("bronze.things@p1 → bronze.things@p2: 3 added, 3 gone, 1 same")
    assert main(["diff", "--last-run", "--lake", str(lake.root), "--format", "json"]) == 0
    assert [len(rows) for rows in json.loads(capsys.readouterr().out).values()] == [6]
    assert main(["diff", "--last-run", "--lake", str(lake.root), "--format", "csv"]) == 1
