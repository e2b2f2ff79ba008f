"""The columns of an AUTO CDC table from one update to the next: it may gain some, and loses none."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, FloatType, StructField, StructType

from local_runtime.delta.ddl import nullable_columns
from local_runtime.delta.lake import Lake
from local_runtime.delta.run_again import run_command
from local_runtime.errors import LakehouseError
from local_runtime.pipelines.datasets import AutoCdcFlow
from local_runtime.update.auto_cdc import END_AT, RESERVED, START_AT, column
from local_runtime.writing.schemas import widened
from local_runtime.writing.writer import with_partition_values


def check_reserved(table: str, columns: Sequence[str]) -> None:
    """Raises LakehouseError where a source has columns of the names that AUTO CDC adds."""
    reserved = [name for name in columns if name.lower() in {reserved_name.lower() for reserved_name in RESERVED}]
    if reserved:
        raise LakehouseError(
            f"{table}: its source has columns called {', '.join(reserved)}, which AUTO CDC adds itself. Leave them out "
            "(except_column_list, or a view)."
        )


def all_columns(lake: Lake, table: str, current: StructType, rows: StructType, scd_type: int) -> list[StructField]:
    """The columns of the rows, and the further columns of the table (except for __START_AT and __END_AT).

    Raises LakehouseError where a column has another type or case in the rows, and where the table is of the other SCD
    type.
    """
    if (START_AT in current.names) != (scd_type == 2):
        raise LakehouseError(
            f"{table} was kept as SCD type {1 if scd_type == 2 else 2}, and is declared as {scd_type}. "
            f"`{run_command(lake, [table])}` rebuilds it."
        )
    new = nullable_columns(rows)
    known = {*new.names, START_AT, END_AT}
    return [*new.fields, *(field for field in widened(table, current, new).fields if field.name not in known)]


def columns_with_history(
    lake: Lake, table: str, flow: AutoCdcFlow, current: StructType, rows: StructType
) -> list[StructField]:
    """`all_columns` of changes, which must have every column of the table: values can't be kept for touched keys.

    Raises LakehouseError if they don't.
    """
    columns = all_columns(lake, table, current, rows, flow.scd_type)
    lost = [field.name for field in columns[len(rows.fields) :]]
    if lost:
        raise LakehouseError(
            f"{table} has the columns {', '.join(lost)}, which the changes of the flow {flow.name} don't "
            "have any more, so their values could not be kept. Give them the columns (as null), or refresh the table "
            f"in full: `{run_command(lake, [table])}`."
        )
    return columns


def with_canonical_keys(rows: DataFrame, keys: Sequence[str], partition_by: Sequence[str]) -> DataFrame:
    """The rows with canonical keys, equal ones in equal bits, and with partition values as they are written.

    0.0 and -0.0 are one key, and so is every NaN: a default engine's groups tell them apart.
    """
    names = {key.lower() for key in keys}
    keys_of_floats = [
        field
        for field in rows.schema.fields
        if field.name.lower() in names and isinstance(field.dataType, FloatType | DoubleType)
    ]
    canonical = {
        field.name: F.when(column(field.name) == 0, F.lit(0).cast(field.dataType))
        .when(F.isnan(column(field.name)), F.lit(float("nan")).cast(field.dataType))
        .otherwise(column(field.name))
        for field in keys_of_floats
    }
    return with_partition_values(rows.withColumns(canonical) if keys_of_floats else rows, rows.schema, partition_by)
