"""The one writer: every commit of rows goes through here, with the progress that it makes.

Guards against what Sail does silently (docs/decisions/0004): computed columns become NOT NULL, an append casts to the
table's types, an empty append makes no commit.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pyspark.sql import DataFrame
from pyspark.sql.types import ArrayType, DataType, MapType, StructField, StructType

from local_runtime.delta_log import DeltaLog
from local_runtime.errors import LakehouseError

Mode = Literal["append", "overwrite"]


def nullable(data_type: Any) -> Any:
    """The type with everything in it nullable, and without column metadata."""
    match data_type:
        case StructType():
            return StructType([StructField(f.name, nullable(f.dataType), True) for f in data_type.fields])
        case ArrayType():
            return ArrayType(nullable(data_type.elementType), True)
        case MapType():
            return MapType(nullable(data_type.keyType), nullable(data_type.valueType), True)
        case _:
            return data_type


class Writer:
    """Writes tables of a lake through an engine's session."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def write(self, rows: DataFrame, path: Path, mode: Mode, progress: Mapping[str, Any]) -> int:
        """Appends the rows, or replaces the table by them, in one commit that carries `progress`; returns their number.

        Every column is nullable. An append may add columns; it may not change a type.
        Raises LakehouseError for that.
        """
        log = DeltaLog(path)
        before = log.latest()
        schema = nullable(rows.schema)
        writer = self._session.createDataFrame([], schema).union(rows).write.format("delta").mode(mode)
        if before is not None:
            table = nullable(self._session.read.format("delta").load(str(path)).schema)
            if mode == "overwrite" and table != schema:
                writer = writer.option("overwriteSchema", "true")
            elif mode == "append" and _added(path, table, schema):
                writer = writer.option("mergeSchema", "true")
        writer.option("userMetadata", json.dumps(progress)).save(str(path))
        after = log.latest()
        assert after is not None
        if before is not None and after.version == before.version:
            self._commit_progress(path, progress)
            return 0
        return log.commit(after.version).rows_written

    def _commit_progress(self, path: Path, progress: Mapping[str, Any]) -> None:
        """Commits progress without rows: neither engine commits an append or an overwrite that changes nothing."""
        from deltalake import CommitProperties, DeltaTable, write_deltalake

        table = DeltaTable(str(path))
        empty = table.to_pyarrow_dataset().schema.empty_table()
        properties = CommitProperties(custom_metadata={"userMetadata": json.dumps(progress)})
        write_deltalake(table, empty, mode="append", commit_properties=properties)


def _added(path: Path, table: StructType, rows: StructType) -> bool:
    """Whether the rows have columns that the table lacks."""
    types: dict[str, DataType] = {column.name: column.dataType for column in table.fields}
    for column in rows.fields:
        if column.name in types and types[column.name] != column.dataType:
            raise LakehouseError(
                f"Table {path}: column {column.name} is {types[column.name].simpleString()} there, and "
                f"{column.dataType.simpleString()} in the rows to append. Refresh the table in full to change its type."
            )
    return any(column.name not in types for column in rows.fields)
