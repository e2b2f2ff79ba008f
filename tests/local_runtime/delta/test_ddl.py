import pytest
from pyspark.sql.types import StructType

from local_runtime.delta.ddl import check_columns, parse_ddl
from local_runtime.errors import LakehouseError

NESTED = "a STRUCT<a: INT, b: ARRAY<INT>>, `b c` DECIMAL(18, 6) NOT NULL, m MAP<STRING, STRUCT<x: BIGINT>>"


def test_nested_types_are_one_column_each():
    assert parse_ddl(NESTED).types == {
        "a": "struct<a:int,b:array<int>>",
        "b c": "decimal(18,6)",
        "m": "map<string,struct<x:bigint>>",
    }


def test_types_are_spelled_as_spark_spells_them(spark):
    ddl = "a INTEGER, b LONG, c DECIMAL, d TIMESTAMP, e TIMESTAMP_NTZ, f BOOLEAN, g DATE, h BINARY, i FLOAT, j SMALLINT"
    for declared in (ddl, NESTED):
        schema = spark.createDataFrame([], parse_ddl(declared).rows).schema
        assert {field.name: field.dataType.simpleString() for field in schema.fields} == parse_ddl(declared).types


@pytest.mark.parametrize(("text", "comment"), [("'x, y'", "x, y"), ("'it''s'", "it's"), (r"'it\'s'", "it's")])
def test_comments_may_hold_commas_and_quotes(text, comment):
    assert parse_ddl(f"a INT COMMENT {text}, b INT").columns[0].comment == comment


def test_keys_and_the_tables_they_refer_to_are_read():
    table = parse_ddl(
        "a INT NOT NULL, b INT, CONSTRAINT pk PRIMARY KEY (a) NOT ENFORCED RELY, "
        "CONSTRAINT fk FOREIGN KEY (b) REFERENCES main.gold.dim (b) NOT ENFORCED RELY"
    )
    assert (list(table.types), table.primary_key, table.parents) == (["a", "b"], ("a",), ("main.gold.dim",))


@pytest.mark.parametrize("ddl", ["a", "a INT b INT", "", "SELECT 1"])
def test_what_is_no_column_list_is_refused(ddl):
    with pytest.raises(LakehouseError, match="not a list of column definitions"):
        parse_ddl(ddl)


def test_columns_of_another_type_name_or_order_are_told():
    made = StructType.fromJson(
        {"type": "struct", "fields": [{"name": "b", "type": "long", "nullable": True, "metadata": {}}]}
    )
    with pytest.raises(LakehouseError, match=r"a is missing, declared int; b is bigint, declared string"):
        check_columns("t", {"a": "int", "b": "string"}, made)
