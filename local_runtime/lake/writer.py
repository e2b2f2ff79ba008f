"""The one writer: every commit of rows goes through here, with the progress that it makes.

The engine writes the rows as Parquet; the commit is made here (commit.py). Guards against what Sail does silently
(docs/decisions/0004): computed columns are NOT NULL in the files it writes.
"""

import json
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pyspark.sql import DataFrame
from pyspark.sql.types import StructField, StructType

from local_runtime.errors import LakehouseError
from local_runtime.lake.actions import Snapshot, rows_in
from local_runtime.lake.commit import DataFile, commit, place_files
from local_runtime.lake.ddl import nullable_columns, parse_ddl, with_comments
from local_runtime.lake.delta_log import DeltaLog
from local_runtime.lake.lake import Lake
from local_runtime.lake.paths import plain
from local_runtime.lake.progress import PROPERTY, Previous, TableProgress, progress_of

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

Mode = Literal["append", "overwrite"]


class Writer:
    """Writes tables of a lake with an engine's session."""

    def __init__(self, engine: "SparkSession", lake: Lake) -> None:
        self._engine = engine
        self._lake = lake

    def write(
        self,
        table: str,
        rows: DataFrame,
        mode: Mode,
        progress: TableProgress,
        *,
        declared: str | None = None,
        comment: str | None = None,
    ) -> int:
        """Appends the rows to a table, or replaces it by them, in one commit with `progress`; returns their number.

        Every column is nullable. An append may add columns; it may not change a type. `progress` gets the commit's
        version and the table's rows. `declared` is the table's DDL, for its columns' comments.
        Raises LakehouseError for a changed type, and as `commit`.
        """
        log = self._lake.log(table)
        before = log.snapshot() if mode == "overwrite" else log.details()
        schema = given = nullable_columns(rows.schema)
        if mode == "append" and before is not None:
            schema = widened(table, StructType.fromJson(json.loads(before.metadata["schemaString"])), given)
        _check_names(table, schema)
        files = self._files(table, rows, given)
        written = sum(file.rows for file in files)
        last = progress_of(log, before)
        kept = _rows_before(log, before, last) if mode == "append" and before is not None else 0
        carried = replace(
            progress,
            version=0 if before is None else before.version + 1,
            rows=kept + written,
            previous=Previous(last.version, last.rows) if last else None,
        )
        commit(
            log,
            before,
            mode="Append" if mode == "append" else "Overwrite",
            schema=with_comments(schema, parse_ddl(declared).columns if declared else ()).jsonValue(),
            properties={PROPERTY: carried.to_json()},
            added=files,
            removed=before.files.values() if mode == "overwrite" and before else (),
            description=comment,
        )
        return written

    def _files(self, table: str, rows: DataFrame, schema: StructType) -> list[DataFile]:
        """The rows as Parquet files in the table's folder, every column nullable."""
        folder = self._lake.staging / "writes" / f"{table}-{uuid.uuid4()}"
        folder.parent.mkdir(parents=True, exist_ok=True)
        nullable = self._engine.createDataFrame([], schema).union(rows)
        nullable.write.parquet(plain(self._lake.root, folder))
        return place_files(folder.glob("*.parquet"), self._lake.path(table))


def _check_names(table: str, schema: StructType) -> None:
    """Raises LakehouseError for columns whose names differ in case only: Delta takes them for one."""
    names = [column.name for column in schema.fields]
    folded = [name.lower() for name in names]
    twice = [name for name, low in zip(names, folded, strict=True) if folded.count(low) > 1]
    if twice:
        raise LakehouseError(
            f"Table {table} would have the columns {', '.join(twice)}, which are one to Delta: it tells no case apart. "
            "Spell the column as the table does, or refresh the table in full to spell it anew."
        )


def _rows_before(log: DeltaLog, before: Snapshot, progress: TableProgress | None) -> int:
    if progress is not None and progress.version == before.version:
        return progress.rows
    snapshot = log.snapshot()
    return rows_in(log.path, snapshot) if snapshot else 0


def widened(table: str, there: StructType, rows: StructType) -> StructType:
    """The table's columns and those that the rows add.

    Raises LakehouseError where a column has another type in the rows, or another case.
    """
    types = {column.name: column.dataType for column in nullable_columns(there).fields}
    added: list[StructField] = []
    for column in rows.fields:
        if column.name not in types:
            added.append(column)
        elif types[column.name] != column.dataType:
            raise LakehouseError(
                f"Table {table}: column {column.name} is {types[column.name].simpleString()} there, and "
                f"{column.dataType.simpleString()} in the rows to write. Refresh the table in full to change its type."
            )
    schema = StructType([*there.fields, *added])
    _check_names(table, schema)
    return schema
