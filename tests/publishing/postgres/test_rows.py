"""What is on the server is what the lake has, and only what changed is sent."""

import shutil
from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg
import pyarrow as pa
import pytest
from deltalake import DeltaTable

from publishing.postgres import lake_rows
from tests.publishing.postgres.conftest import SCHEMAS, commit, fill, publish_all

NASTY = pa.schema(
    [
        pa.field("title_key", pa.int64(), metadata={"comment": "the title's key"}),
        ("title", pa.string()),
        ("is_new", pa.bool_()),
        ("day", pa.date32()),
        ("seen_at", pa.timestamp("us", "UTC")),
        ("share", pa.decimal128(18, 6)),
        ("genres", pa.list_(pa.string())),
    ]
)
TIME = datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)
LIST = ['D"r,\\', "", None]
ROWS = [
    (2**63 - 1, 'a "b", c\\n\n\\.\nx\r\ty', True, date(2024, 2, 29), TIME, Decimal("0.333333"), LIST),
    (-(2**63), "", False, date(1, 1, 1), TIME.replace(microsecond=120), Decimal("-99999999999.5"), []),
    (0, "\\N", None, date(9999, 12, 31), datetime(1969, 12, 31, 23, 59, 59, 500_000, UTC), Decimal(0), ["NULL", "{}"]),
    (1, "\\.", None, None, datetime(1, 1, 1, tzinfo=UTC), None, None),
    (2, None, None, None, None, None, ["😀 é"]),
    (3, "😀 é", None, None, None, None, [None]),
]


def test_every_cell_arrives_as_it_is(lake, run, ask):
    commit(lake, "dim_title", ROWS, NASTY, schema_mode="overwrite", description="It's all titles.")
    publish_all(lake)
    assert run()[0] == 0
    names = ", ".join(NASTY.names)
    assert ask(f"SELECT {names} FROM lakehouse.dim_title ORDER BY title_key") == sorted(ROWS)
    assert run("--check")[0] == 0  # the digests that each side computes for itself are the same


def test_nul_becomes_a_replacement_character_and_infinity_stays(lake, run, ask):
    schema = pa.schema([("genre", pa.string()), ("names", pa.list_(pa.string())), ("share", pa.float64())])
    commit(lake, "kpi_genre", [("a\0b", ["\0"], float("inf"))], schema, schema_mode="overwrite")
    commit(lake, "dim_title", [(1, "a\0b", 1)])
    publish_all(lake)
    code, said = run()
    assert (code, "kpi_genre: PostgreSQL's texts have no NUL: 2 are sent as \ufffd." in said) == (0, True)
    assert ask("SELECT * FROM lakehouse.kpi_genre") == [("a\ufffdb", ["\ufffd"], float("inf"))]
    assert run("--check")[0] == 0


def test_a_type_without_an_equivalent_is_named(lake, run, ask):
    schema = pa.schema([("place", pa.struct([("x", pa.int64())]))])
    commit(lake, "kpi_genre", [({"x": 1},)], schema, schema_mode="overwrite")
    publish_all(lake)
    code, said = run()
    assert (code, "gold.kpi_genre.place is" in said, ask("SELECT 1 FROM pg_namespace WHERE nspname = 'lakehouse'")) == (
        *(1, True, []),
    )


def written(ask, table, before):
    """The rows that a transaction after `before` wrote."""
    return ask(f"SELECT count(*) FROM lakehouse.{table} WHERE xmin::text::bigint > %s", before)[0][0]


def newest(ask):
    return ask("SELECT max(xmin::text::bigint) FROM lakehouse.publication")[0][0]


def test_what_has_not_changed_is_not_written(lake, run, ask):
    run()
    before = newest(ask)
    code, said = run()
    assert (code, "p1 is in the schema lakehouse: 3 tables, nothing had changed" in said) == (0, True)
    assert newest(ask) == before
    commit(lake, "dim_title", [(key, f"Title {key}", 1) for key in range(-1, 3)])  # another version, the same rows
    publish_all(lake)
    code, said = run()
    assert (code, "nothing had changed" in said, written(ask, "dim_title", before)) == (0, True, 0)
    assert ask("SELECT number, publication FROM lakehouse.publication ORDER BY 1") == [(1, "p1"), (2, "p2")]


def test_only_the_rows_that_changed_are_written(lake, run, ask):
    run()
    before = newest(ask)
    commit(lake, "dim_title", [(-1, "Title -1", 1), (0, "Title 0", 1), (1, "New", 1), (2, "Title 2", 1), (7, "7", 1)])
    commit(lake, "fact_playback", [(key, key % 3, None, None, 1) for key in range(1, 6)])
    commit(lake, "kpi_genre", [("Dramas", 6, 1), (None, 1, 1), (None, 1, 1), ("", 0, 1)])
    publish_all(lake)
    code, said = run()
    assert (code, "3 changed, 5 rows sent, 4 removed" in said) == (0, True), said
    titles = ask("SELECT title_key, title FROM lakehouse.dim_title ORDER BY 1")
    assert titles[2:] == [(1, "New"), (2, "Title 2"), (7, "7")]
    assert ask("SELECT min(session_key), count(*) FROM lakehouse.fact_playback") == [(1, 5)]
    assert ask("SELECT genre, plays FROM lakehouse.kpi_genre ORDER BY 1, 2") == [
        *(("", 0), ("Dramas", 6), (None, 1), (None, 1))
    ]
    assert [written(ask, name, before) for name in SCHEMAS] == [2, 0, 3]
    assert run("--check")[0] == 0


@pytest.mark.parametrize("how", ["vacuumed", "built again"])
def test_without_the_version_before_all_of_the_table_is_compared(lake, run, ask, how):
    run()
    if how == "vacuumed":
        files = [*lake.path("gold.dim_title").glob("*.parquet")]
    else:
        files = [path for path in lake.path("gold.dim_title").rglob("*") if path.is_file()]
    if how == "built again":
        for path in files:
            path.unlink()
    commit(lake, "dim_title", [(key, "Other", 2) for key in range(-1, 3)])
    if how == "vacuumed":
        for path in files:
            path.unlink()
    publish_all(lake)
    code, said = run()
    assert (code, "so all of it is sent" in said) == (0, True), said
    assert ask("SELECT DISTINCT title FROM lakehouse.dim_title") == [("Other",)]
    assert run("--check")[0] == 0


@pytest.mark.parametrize(
    "edit",
    [
        "DELETE FROM lakehouse.fact_playback WHERE session_key = 1",
        "UPDATE lakehouse.fact_playback SET session_key = 99 WHERE session_key = 1",
        "DROP TABLE lakehouse.fact_playback",
        "UPDATE lakehouse.kpi_genre SET plays = 17",
        "DELETE FROM lakehouse.kpi_genre",
    ],
)
def test_rows_that_somebody_edited_are_made_right(lake, run, ask, edit):
    run()
    ask(edit)
    assert run("--check")[0] == 1
    fill(lake, 2)
    commit(lake, "fact_playback", [(key, key % 3, None, None, 2) for key in range(2, 8)])
    publish_all(lake)
    assert run()[0] == 0
    assert ask("SELECT min(session_key), count(*), min(batch) FROM lakehouse.fact_playback") == [(2, 6, 2)]
    assert run("--check")[0] == 0


def test_a_changed_row_that_counts_do_not_show_is_found_and_sent_again_where_asked(lake, run, ask):
    run()
    ask("UPDATE lakehouse.dim_title SET title = 'mine' WHERE title_key = 0")
    ask("CREATE VIEW titles AS SELECT * FROM lakehouse.dim_title")
    code, said = run("--check")
    assert (code, "dim_title: rows of it were changed; --rebuild dim_title" in said) == (1, True)
    assert run("--rebuild", "dim_title")[0] == 0
    assert ask("SELECT title FROM titles WHERE title_key = 0") == [("Title 0",)]


def test_an_older_publication_can_be_sent(lake, run, ask):
    fill(lake, 2)
    run()
    assert run("--publication", "p1")[0] == 0
    assert ask("SELECT DISTINCT batch FROM lakehouse.dim_title") == [(1,)]


def test_rows_that_break_their_own_key_are_refused(lake, run, dsn):
    commit(lake, "dim_title", [(1, "a", 1), (1, "b", 1)])
    publish_all(lake)
    code, said = run()
    assert (code, "dim_title of the lake breaks its own key" in said) == (1, True)
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT FROM pg_namespace WHERE nspname = 'lakehouse'").fetchall() == []


@pytest.mark.parametrize(
    ("changed", "held", "note"),
    [
        (3, 99, "most of its rows have changed"),
        (2, 3, "4 of its rows came or went"),
        (2, 4, ""),
        (1, 99, ""),
    ],
)
def test_of_a_large_table_changes_are_held_in_memory_only_if_they_are_few(
    lake, run, ask, monkeypatch, changed, held, note
):
    monkeypatch.setattr(lake_rows, "LARGE", 0)
    monkeypatch.setattr(lake_rows, "HELD", held)
    run()
    before = newest(ask)
    commit(lake, "dim_title", [(key, "Other" if key < changed - 1 else f"Title {key}", 1) for key in range(-1, 3)])
    publish_all(lake)
    code, said = run()
    assert (code, note in said, written(ask, "dim_title", before)) == (0, True, 4 if note else changed)
    assert run("--check")[0] == 0


def test_a_table_that_has_grown_much_is_sent_completely(lake, run, ask):
    run()
    fill(lake, 1, plays=13)
    code, said = run()
    assert (code, "fact_playback: it has 13 rows, and had 6, so all of it is sent." in said) == (0, True)
    assert run("--check")[0] == 0


def restored(lake, copy):
    """Puts an older copy of the lake in its place."""
    shutil.rmtree(lake.root)
    shutil.copytree(copy, lake.root)


@pytest.mark.parametrize("later", [0, 1])
def test_a_restored_lake_whose_versions_are_counted_again_arrives_as_it_is(lake, run, ask, tmp_path, later):
    shutil.copytree(lake.root, tmp_path / "copy")
    commit(lake, "dim_title", [(key, f"Lost {key}", 1) for key in range(-1, 3)])
    publish_all(lake)
    run()
    restored(lake, tmp_path / "copy")
    titles = [(key, f"Kept {key}" if key else "Lost 0", 1) for key in range(-1, 3)]
    for _ in range(1 + later):  # the version that was sent, of another history; or the one after it
        titles = [(key, f"{title}!", batch) for key, title, batch in titles[:-1]] + titles[-1:]
        commit(lake, "dim_title", titles)
    publish_all(lake)
    code, said = run()
    assert (code, "the lake has another version 1 than the one sent, as after a restore" in said) == (0, True), said
    assert ask("SELECT title_key, title, batch FROM lakehouse.dim_title ORDER BY 1") == titles
    assert run("--check")[0] == 0


def test_a_version_is_known_after_its_entries_are_in_a_checkpoint(lake, run, ask):
    commit(lake, "dim_title", [(key, f"Title {key}", 1) for key in range(-1, 3)])
    publish_all(lake)
    run()
    DeltaTable(str(lake.path("gold.dim_title"))).create_checkpoint()
    (lake.path("gold.dim_title") / "_delta_log" / f"{0:020}.json").unlink()
    commit(lake, "kpi_genre", [])
    publish_all(lake)
    before = newest(ask)
    code, said = run()
    assert (code, "dim_title" in said, written(ask, "dim_title", before)) == (0, False, 0), said
    commit(lake, "dim_title", [(key, f"Title {key}", 1) for key in range(-1, 2)])
    publish_all(lake)
    code, said = run()
    assert (code, "0 rows sent, 1 removed" in said) == (0, True), said


def test_what_an_older_program_sent_is_compared_once(lake, run, ask):
    run()
    ask("""
        UPDATE lakehouse.publication SET tables =
            (SELECT jsonb_object_agg(key, value - 'content') FROM jsonb_each(tables))
    """)
    code, said = run()
    assert (code, "nothing had changed" in said) == (0, True), said
    assert ask("SELECT max(number) FROM lakehouse.publication") == [(2,)]
    run()
    assert ask("SELECT max(number) FROM lakehouse.publication") == [(2,)]


def test_decimals_without_digits_before_the_point_have_one_digest(lake, run, ask):
    kind = pa.decimal128(3, 3)
    schema = pa.schema([("share", kind), ("shares", pa.list_(kind)), ("all", pa.decimal128(38, 38))])
    half, tiny = Decimal("0.500"), Decimal("-0.001")
    rows = [(half, [half, tiny, None], Decimal("-0." + "9" * 38)), (tiny, [], Decimal(0)), (Decimal(0), None, None)]
    commit(lake, "kpi_genre", rows, schema, schema_mode="overwrite")
    publish_all(lake)
    assert run()[0] == 0
    assert run("--check")[0] == 0
    commit(lake, "kpi_genre", [*rows[1:], (half, [tiny], None)], schema)
    publish_all(lake)
    code, said = run()
    assert (code, "1 changed, 1 row sent, 1 removed" in said, "changed on the server" in said) == (0, True, False), said
    assert run("--check")[0] == 0


def test_columns_of_any_name_are_compared(lake, run, ask):
    names = ("n", "o", "came", "went", "t", "w", "p", "fingerprint", "copies", "place")
    schema = pa.schema([("title_key", pa.int64()), *((name, pa.int64()) for name in names)])
    rows = [(key, *range(10)) for key in range(3)]
    for tables in (rows, [*rows[:2], (2, *range(1, 11))]):
        commit(lake, "dim_title", tables, schema, schema_mode="overwrite")
        commit(lake, "kpi_genre", tables, schema, schema_mode="overwrite")
        publish_all(lake)
        code, said = run()
    assert (code, "2 changed, 2 rows sent, 2 removed" in said, "all of it" in said) == (0, True, False), said
    assert run("--check")[0] == 0


@pytest.mark.parametrize("first", ["one", None])
def test_a_row_whose_key_is_null_names_its_table(lake, run, first):
    run()
    commit(lake, "dim_title", [(-1, "Title -1", 1), (0, "Title 0", 1), (1, first, 1), (None, "Title 2", 1)])
    publish_all(lake)
    code, said = run()
    assert (code, "dim_title of the lake breaks its own key" in said) == (1, True), said
