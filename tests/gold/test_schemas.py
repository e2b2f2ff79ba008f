from gold.rules import RULES
from gold.schemas import STAR, schema
from local_runtime.schemas import declared_columns


def test_keys_are_declared_not_enforced_and_not_null():
    for table, declared in STAR.items():
        ddl = schema(table)
        for column in declared.primary_key:
            assert f"{column} {declared_columns(ddl)[column].upper()} NOT NULL" in ddl, (table, column)
        assert f"CONSTRAINT pk_{table} PRIMARY KEY ({', '.join(declared.primary_key)}) NOT ENFORCED RELY" in ddl


def test_a_foreign_key_points_to_the_primary_key_of_a_dimension():
    for table, declared in STAR.items():
        for column, dimension in declared.foreign_keys.items():
            assert STAR[dimension].primary_key == (column,), (table, column)


def test_every_table_of_the_star_schema_has_rules():
    assert set(STAR) <= set(RULES)
