"""What a table's columns must be before rows are written: their names, types and partitions."""

from collections import Counter
from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
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
from local_runtime.quoting import quoted

NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""Hive's name for null, in the names of a partition's folders."""


def widened(table: str, current: StructType, rows: StructType) -> StructType:
    """The table's columns and those that the rows add.

    Raises LakehouseError where a column has another type in the rows, or another case.
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
    """Raises LakehouseError for columns, or fields of one, whose names differ in case only."""
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
                    f"Table {table} would have the columns {', '.join(twice)}, which are one to Delta: it tells no "
                    "case apart. Spell the column as the table does, or refresh the table in full to spell it anew."
                )
            for column in schema.fields:
                check_names(table, column.dataType, f"{above}{column.name}.")


def check_partitions(table: str, schema: StructType, partition_by: Sequence[str]) -> None:
    """Raises LakehouseError for partitions by a missing column, or by a type whose texts differ by engine."""
    types = {column.name: column.dataType for column in schema.fields}
    for name in partition_by:
        if not isinstance(types.get(name), DateType | StringType | IntegralType | BooleanType):
            what = types[name].simpleString() if name in types else "no column of it"
            raise LakehouseError(
                f"Table {table}: partition_cols names {name}, which is {what}: partitions are by columns of dates, "
                "texts, whole numbers or truth values."
            )


def with_partition_values(rows: DataFrame, schema: StructType, partition_by: Sequence[str]) -> DataFrame:
    """The rows with null for texts that Delta has no partition of: the empty text, and Hive's name for null."""
    texts = [
        column.name
        for column in schema.fields
        if column.name in partition_by and isinstance(column.dataType, StringType)
    ]
    values = {name: F.col(quoted(name)) for name in texts}
    none = {name: value.isin("", NO_VALUE) for name, value in values.items()}
    return rows.withColumns({name: F.when(~none[name], value) for name, value in values.items()}) if texts else rows
