"""Keys, indexes, comments, rights, and columns that come and go."""

import shutil
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from exports.tables import INTERMEDIATE
from publishing.keys import Keys, declared_keys
from publishing.postgres import transaction
from tests.gold.conftest import TABLES
from tests.publishing.postgres.conftest import SCHEMAS, commit, fill, publish_all

TIME = datetime(2024, 2, 28, tzinfo=UTC)
TYPES = {
    "BIGINT": pa.int64(),
    "INT": pa.int32(),
    "STRING": pa.string(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us", "UTC"),
    "ARRAY<STRING>": pa.list_(pa.string()),
}


def arrow_type(ddl):
    if ddl.startswith("DECIMAL"):
        return pa.decimal128(*map(int, ddl.removeprefix("DECIMAL(").rstrip(")").split(",")))
    return TYPES[ddl]


def test_every_table_of_the_model_has_its_keys_indexes_and_comments(lake, run, ask):
    specifications = {name: TABLES[name] for name in declared_keys() if name in TABLES}
    for name, table in specifications.items():
        shutil.rmtree(lake.path(f"gold.{name}"), ignore_errors=True)
        fields = [pa.field(it.name, arrow_type(it.type), metadata={"comment": it.comment}) for it in table.columns]
        commit(lake, name, [], pa.schema(fields), schema_mode="overwrite", description=table.comment)
    publish_all(lake)
    code, said = run()
    assert (code, "has no foreign key" in said) == (0, False), said
    star = {name: table for name, table in specifications.items() if name not in INTERMEDIATE}
    keys = ask("""
        SELECT conrelid::regclass::text, contype::text, array_agg(attname::text ORDER BY attname),
            confrelid::regclass::text
        FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
        WHERE connamespace = 'lakehouse'::regnamespace AND conrelid <> 'lakehouse.publication'::regclass
        GROUP BY conrelid, conname, contype, confrelid
    """)
    expected = [(f"lakehouse.{name}", "p", sorted(it.primary_key), "-") for name, it in star.items() if it.primary_key]
    expected += [
        (f"lakehouse.{name}", "f", [column], f"lakehouse.{parent}")
        for name, it in star.items()
        for column, parent in it.foreign_keys.items()
    ]
    assert sorted(keys) == sorted(expected)
    assert len(expected) > 30
    comments = ask("""
        SELECT relname, coalesce(attname, ''), description FROM pg_description JOIN pg_class c ON c.oid = objoid
        LEFT JOIN pg_attribute ON attrelid = objoid AND attnum = objsubid AND objsubid > 0
        WHERE relnamespace = 'lakehouse'::regnamespace AND relname <> 'publication'
    """)
    texts = [(name, "", table.comment) for name, table in star.items()]
    texts += [(name, it.name, it.comment) for name, table in star.items() for it in table.columns if it.comment]
    assert sorted(comments) == sorted(texts)


def test_foreign_keys_and_dates_have_indexes(run, ask):
    run()
    indexes = ask("SELECT indexname FROM pg_indexes WHERE schemaname = 'lakehouse' AND tablename = 'fact_playback'")
    assert {name for (name,) in indexes} == {
        *("pk_fact_playback", "ix_fact_playback_title_key", "ix_fact_playback_started_at")
    }


def test_rows_without_their_dimension_cost_the_foreign_key_and_no_row(lake, run, ask):
    code, _ = run()
    assert code == 0
    foreign = "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"
    assert ask(foreign) == [(1,)]
    commit(lake, "fact_playback", [(1, 404, None, None, 1)])
    publish_all(lake)
    code, said = run()
    assert (code, "fact_playback.title_key has keys that dim_title lacks: it has no foreign key." in said) == (0, True)
    assert (ask(foreign), ask("SELECT title_key FROM lakehouse.fact_playback")) == ([(0,)], [(404,)])
    commit(lake, "fact_playback", [(1, 1, None, None, 1)])
    publish_all(lake)
    assert run()[0] == 0
    assert ask(foreign) == [(1,)]


def test_a_dimension_and_its_fact_may_lose_rows_together(lake, run, ask):
    run()
    fill(lake, 1, titles=2, plays=2)
    code, said = run()
    assert (code, "has no foreign key" in said) == (0, False)
    assert ask("SELECT count(*) FROM lakehouse.dim_title") == [(3,)]


def with_column(name, column, kind):
    return pa.schema([*SCHEMAS[name], (column, kind)])


def test_columns_of_the_lake_come_go_and_change_their_type_under_a_view(lake, run, ask):
    run()
    ask("CREATE VIEW titles AS SELECT title_key, title FROM lakehouse.dim_title")
    wider = with_column("dim_title", "year", pa.int32())
    commit(lake, "dim_title", [(1, "a", 1, 1999)], wider, schema_mode="overwrite")
    commit(lake, "fact_playback", [])
    publish_all(lake)
    assert run()[0] == 0
    assert ask("SELECT year, title FROM lakehouse.dim_title JOIN titles USING (title_key, title)") == [(1999, "a")]
    retyped = with_column("dim_title", "year", pa.string())
    commit(lake, "dim_title", [(1, "a", 1, "MCMXCIX")], retyped, schema_mode="overwrite")
    publish_all(lake)
    assert run()[0] == 0
    assert ask("SELECT year FROM lakehouse.dim_title") == [("MCMXCIX",)]
    commit(lake, "dim_title", [(1, "a", 1)], schema_mode="overwrite")
    publish_all(lake)
    assert run()[0] == 0
    assert ask("SELECT * FROM lakehouse.dim_title") == [(1, "a", 1)]
    assert run("--check")[0] == 0


def test_a_key_of_another_type_is_a_key_again(lake, run, ask):
    run()
    schema = pa.schema([("title_key", pa.string()), *[*SCHEMAS["dim_title"]][1:]])
    commit(lake, "dim_title", [("a", "a", 1)], schema, schema_mode="overwrite")
    commit(lake, "fact_playback", [])
    publish_all(lake)
    code, said = run()
    assert (code, ask("SELECT title_key FROM lakehouse.dim_title")) == (0, [("a",)]), said
    assert ("pk_dim_title",) in ask("SELECT conname FROM pg_constraint")


def test_a_view_on_a_column_that_the_lake_drops_is_kept_and_named(lake, run, ask):
    run()
    ask("CREATE VIEW titles AS SELECT title FROM lakehouse.dim_title")
    commit(
        *(lake, "dim_title", [(1, 2)], pa.schema([("title_key", pa.int64()), ("batch", pa.int32())])),
        schema_mode="overwrite",
    )
    publish_all(lake)
    code, said = run()
    assert (code, "view public.titles depends on column title" in said, "Drop what depends on it" in said) == (
        1,
        True,
        True,
    )
    assert ask("SELECT count(*) FROM titles") == [(4,)]


def test_a_table_that_the_lake_has_no_more_is_dropped(lake, run, ask):
    run()
    shutil.rmtree(lake.path("gold.kpi_genre"))
    publish_all(lake)
    code, said = run()
    assert (code, "1 dropped" in said) == (0, True)
    assert ask("SELECT 1 FROM pg_class WHERE relname = 'kpi_genre'") == []


def with_keys(monkeypatch, **keys):
    """Declares other keys."""
    declared = {**declared_keys(), **keys}
    monkeypatch.setattr(transaction, "declared_keys", lambda: declared)


KEYS = """
    SELECT conrelid::regclass::text, array_agg(attname::text ORDER BY attname) FROM pg_constraint
    JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
    WHERE contype = 'p' AND connamespace = 'lakehouse'::regnamespace AND conname LIKE 'pk%' GROUP BY 1 ORDER BY 1
"""


@pytest.mark.parametrize("changed", [True, False])
def test_another_primary_key_takes_the_place_of_the_one_before(lake, run, ask, monkeypatch, changed):
    run()
    with_keys(monkeypatch, dim_title=Keys(primary=("title_key", "batch")), fact_playback=Keys(primary=("started_at",)))
    if changed:  # rows that the keys before don't allow
        commit(lake, "dim_title", [(1, "a", 1), (1, "b", 2)])
        commit(lake, "fact_playback", [(None, 1, TIME, None, 2), (None, 1, TIME.replace(year=2025), None, 2)])
    else:
        commit(lake, "fact_playback", [(1, 1, TIME, None, 2)])
    publish_all(lake)
    code, said = run()
    assert code == 0, said
    assert ask(KEYS) == [("lakehouse.dim_title", ["batch", "title_key"]), ("lakehouse.fact_playback", ["started_at"])]
    commit(lake, "dim_title", [(1, "a", 1), (1, "c", 2)])
    publish_all(lake)
    code, said = run()
    assert (code, ask("SELECT title FROM lakehouse.dim_title ORDER BY 1")) == (0, [("a",), ("c",)]), said
    assert run("--check")[0] == 0


def test_a_table_whose_key_is_declared_no_more_has_none(lake, run, ask, monkeypatch):
    run()
    with_keys(monkeypatch, dim_title=Keys(), fact_playback=Keys(primary=("session_key",)))
    commit(lake, "dim_title", [(None, "a", 1), (None, "a", 1)])
    publish_all(lake)
    code, said = run()
    assert (code, ask(KEYS)) == (0, [("lakehouse.fact_playback", ["session_key"])]), said
