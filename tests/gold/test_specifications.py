import pytest

from tests.gold.conftest import TABLES

KEYED = {name: table for name, table in TABLES.items() if table.primary_key}


def test_every_table_is_declared_as_it_is_specified(declared):
    assert set(declared) == set(TABLES)
    for name, table in TABLES.items():
        assert declared[name].comment == table.comment
        assert declared[name].schema == (table.schema_in("main.gold") if table.foreign_keys else table.schema)
        assert {expected.name: expected.rule for expected in declared[name].expectations} == {
            **table.rules,
            **table.warnings,
        }


def test_every_function_returns_the_columns_and_types_of_its_specification(analyze):
    """`analyze` raises where one doesn't."""
    assert analyze() is None


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_table_has_a_grain_rules_and_a_comment_for_every_column(table):
    assert table.comment.startswith("One row per ")
    assert table.rules
    assert [column.name for column in table.columns if not column.comment] == []


@pytest.mark.parametrize("table", KEYED.values(), ids=lambda table: table.name)
def test_keys_are_not_null_and_not_enforced(table):
    for column in table.columns:
        is_key = column.name in {*table.primary_key, *table.foreign_keys}
        assert (f"{column.name} {column.type} NOT NULL COMMENT" in table.schema) == is_key, column.name
    primary_key = f"CONSTRAINT pk_{table.name} PRIMARY KEY ({', '.join(table.primary_key)}) NOT ENFORCED RELY"
    assert primary_key in table.schema


@pytest.mark.parametrize("table", KEYED.values(), ids=lambda table: table.name)
def test_a_row_without_a_key_breaks_a_rule(table):
    rules = " AND ".join(table.rules.values())
    # A null is in no list.
    missing = [key for key in {*table.primary_key, *table.foreign_keys} if f"{key} IS NOT NULL" not in rules]
    assert [key for key in missing if f"{key} IN (" not in rules] == []


@pytest.mark.parametrize("table", KEYED.values(), ids=lambda table: table.name)
def test_a_foreign_key_names_its_parent_in_full_and_is_not_enforced(table):
    for column, parent in table.foreign_keys.items():
        assert (
            f"CONSTRAINT fk_{table.name}_{column} FOREIGN KEY ({column}) "
            f"REFERENCES main.gold.{parent} ({column}) NOT ENFORCED RELY"
        ) in table.schema_in("main.gold")


@pytest.mark.parametrize("table", KEYED.values(), ids=lambda table: table.name)
def test_a_foreign_key_points_to_a_primary_key_of_the_same_type(table):
    types = {column.name: column.type for column in table.columns}
    for column, parent in table.foreign_keys.items():
        assert TABLES[parent].primary_key == (column,)
        assert {column.name: column.type for column in TABLES[parent].columns}[column] == types[column]


def test_a_table_reads_the_parents_of_its_foreign_keys_itself_or_through_others(graph):
    """Databricks makes tables in the order of their reads, and a foreign key's parent must be there first."""
    for name, table in TABLES.items():
        assert {f"gold.{parent}" for parent in table.foreign_keys.values()} <= graph.all_read(f"gold.{name}"), name


@pytest.mark.parametrize(
    "table", [table for table in TABLES.values() if table.name.startswith("dim_")], ids=lambda table: table.name
)
def test_the_unknown_member_has_the_unknown_key(table):
    (key,) = table.primary_key
    assert {column.name: column.unknown for column in table.columns}[key] == -1
