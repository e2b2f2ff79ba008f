"""Schemas of rows to write: names and types that a Delta table accepts, and the columns that an append adds."""

from collections import Counter
from collections.abc import Sequence

from pyspark.sql.types import (
    ArrayType,
    BooleanType,
    DataType,
    DateType,
    IntegralType,
    MapType,
    StringType,
    StructField,
    StructType,
)

from local_runtime.delta.ddl import nullable_columns
from local_runtime.errors import LakehouseError


def widened(table: str, current: StructType, rows: StructType) -> StructType:
    """The table's columns and those that the rows add.

    Raises LakehouseError for a column that has a different type in the rows, or a name in different case.
    """
    types = {column.name: column.dataType for column in nullable_columns(current).fields}
    added: list[StructField] = []
    for column in rows.fields:
        if column.name not in types:
            added.append(column)
        elif types[column.name] != column.dataType:
            raise LakehouseError(
                f"Table {table}: column {column.name} is {types[column.name].simpleString()} there, and "
                f"{column.dataType.simpleString()} in the rows to write. Refresh the table in full to change its type."
            )
    schema = StructType([*current.fields, *added])
    check_names(table, schema)
    return schema


def check_names(table: str, schema: DataType, above: str = "") -> None:
    """Raises LakehouseError for columns, or fields of a column, whose names differ only in case."""
    match schema:
        case ArrayType():
            check_names(table, schema.elementType, f"{above}element.")
        case MapType():
            check_names(table, schema.keyType, f"{above}key.")
            check_names(table, schema.valueType, f"{above}value.")
        case StructType():
            count = Counter(column.name.lower() for column in schema.fields)
            twice = [f"{above}{column.name}" for column in schema.fields if count[column.name.lower()] > 1]
            if twice:
                raise LakehouseError(
                    f"Table {table} would have the columns {', '.join(twice)}, which are one to Delta: column "
                    "names are case-insensitive. Spell the column as the table does, or refresh the table in full to "
                    "change the spelling."
                )
            for column in schema.fields:
                check_names(table, column.dataType, f"{above}{column.name}.")


def check_partition_columns(table: str, schema: StructType, partition_by: Sequence[str]) -> None:
    """Raises LakehouseError for a missing partition column, and for one of a type that engines format differently."""
    types = {column.name: column.dataType for column in schema.fields}
    for name in partition_by:
        if not isinstance(types.get(name), DateType | StringType | IntegralType | BooleanType):
            what = types[name].simpleString() if name in types else "no column of it"
            raise LakehouseError(
                f"Table {table}: partition_cols names {name}, which is {what}: partitions are by columns of dates, "
                "texts, whole numbers or truth values."
            )
