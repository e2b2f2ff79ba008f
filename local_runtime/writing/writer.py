"""The one writer: every commit of rows goes through here, with the progress that it makes.

The engine writes the rows as Parquet; the commit is made here (commit.py). Guards against what Sail does silently
(docs/decisions/0004): computed columns are NOT NULL in the files it writes.
"""

import json
import shutil
import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

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

from local_runtime.delta.actions import LogAction, TableSnapshot, rows_in, rows_of, rows_of_file
from local_runtime.delta.commits import commit_version, place_files
from local_runtime.delta.ddl import nullable_columns, parse_ddl, with_comments
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.delta.lake import Lake
from local_runtime.engines.paths import engine_path
from local_runtime.errors import LakehouseError
from local_runtime.quoting import quoted
from local_runtime.state.progress import PROPERTY, Previous, TableProgress, progress_of
from local_runtime.state.row_versions import newest_change

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

Mode = Literal["append", "overwrite", "replace", "same"]
"""What a commit does with the rows that are there: they stay, all of them go, or some files of them go.

"same": the rows to write are the table's rows, so none is written.
"""


BY = "__by_"
"""Begins the names of the folders that an engine writes a partition's files into."""
# The default engine drops a dictionary at 1 MiB, the size of 16,000 pseudonyms: files become 2.4 times as large.
# Its row groups have a million rows, each read by one thread: in a smaller file the other threads would be idle.
ENCODING = {"dictionary_page_size_limit": str(4 * 2**20), "max_row_group_size": "100000"}
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class StagedRows:
    """Rows that an engine has written to `folders`, not committed yet; `files` by part ('' where there is one part).

    `before` is the table before the commit, `schema` its columns after it, `rows_schema` the columns of the rows.
    `partitions` are the partition values of each file, by the columns in `partition_by`.
    """

    table: str
    mode: Mode
    before: TableSnapshot | None
    schema: StructType
    rows_schema: StructType
    folders: tuple[Path, ...]
    files: Mapping[str, Sequence[Path]]
    partition_by: tuple[str, ...] = ()
    partitions: Mapping[Path, Mapping[str, str | None]] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """The rows of each part, from what was written."""
        return {part: sum(map(rows_of_file, files)) for part, files in self.files.items()}

    def without_files(self) -> "StagedRows":
        """None of these rows: the table has them."""
        return replace(self, mode="same", files={}, partitions={})

    def with_rows_of(self, other: "StagedRows", parts: Collection[str]) -> "StagedRows":
        """The `parts` of these rows and all of the other's, as one part, to be committed in the other's mode."""
        files = [path for part in parts for path in self.files.get(part, ())]
        return replace(
            self,
            mode=other.mode,
            folders=(*self.folders, *other.folders),
            files={"": [*files, *(path for paths in other.files.values() for path in paths)]},
            partitions={**self.partitions, **other.partitions},
        )


class Writer:
    """Writes tables of a lake with an engine's session."""

    def __init__(self, engine: "SparkSession", lake: Lake) -> None:
        self._engine = engine
        self._lake = lake

    def stage(
        self,
        table: str,
        rows: DataFrame,
        mode: Mode,
        part: str | None = None,
        partition_by: tuple[str, ...] = (),
        schema: StructType | None = None,
    ) -> StagedRows:
        """Has the engine write the rows for a table, which is not touched: what is in the files is what there is.

        Every column is nullable. An append may add columns; it may not change a type. `part` is a column of the rows
        that the table doesn't get: each of its values, which must be few, gets files of its own. Files of a partitioned
        table hold the partition's columns too: a file can be read by itself. `schema` is the rows', where the caller
        has it. Raises LakehouseError for a changed type, and for names that Delta takes for one, before anything is
        written.
        """
        log = self._lake.log(table)
        before = log.details() if mode == "append" else log.snapshot()
        written = nullable_columns(schema or rows.schema)
        schema = rows_schema = StructType([column for column in written.fields if column.name != part])
        if mode != "overwrite" and before is not None:
            schema = widened(table, StructType.fromJson(json.loads(before.metadata["schemaString"])), rows_schema)
        _check_names(table, schema)
        folder = self._lake.staging / "writes" / f"{table}-{uuid.uuid4()}"
        folder.parent.mkdir(parents=True, exist_ok=True)
        nullable = with_partition_values(self._engine.createDataFrame([], written).union(rows), written, partition_by)
        _check_partitions(table, schema, partition_by)
        by = {name: f"{BY}{place}" for place, name in enumerate(partition_by)}
        if by:
            # As texts: the default engine writes a date that is null into a folder of 1970-01-01.
            texts = {name: F.coalesce(F.col(quoted(name)).cast("string"), F.lit(NO_VALUE)) for name in by}
            nullable = nullable.withColumns({folder: texts[name] for name, folder in by.items()})
        levels = [*([part] if part else []), *by.values()]
        nullable.write.options(**ENCODING).parquet(engine_path(self._lake.root, folder), partitionBy=levels or None)
        files: dict[str, list[Path]] = {}
        partitions: dict[Path, Mapping[str, str | None]] = {}
        for path in sorted(folder.rglob("*.parquet")):
            values = _values(path.relative_to(folder))
            files.setdefault(values.get(part or "") or "", []).append(path)
            partitions[path] = {name: values[level] for name, level in by.items()}
        return StagedRows(table, mode, before, schema, rows_schema, (folder,), files, partition_by, partitions)

    @contextmanager
    def materialized(self, table: str, rows: DataFrame) -> Iterator[DataFrame]:
        """The rows as they are computed now, once, for as long as they are needed."""
        schema = nullable_columns(rows.schema)
        staged = self.stage(table, rows, "overwrite", schema=schema)
        try:
            yield self.rows_of(staged, ("",))
        finally:
            for folder in staged.folders:
                shutil.rmtree(folder, ignore_errors=True)

    def rows_of(self, staged: StagedRows, parts: Collection[str]) -> DataFrame:
        """The rows of some parts, as they were written."""
        rows = self.staged_rows(staged, parts)
        return self._engine.createDataFrame([], staged.rows_schema) if rows is None else rows

    def staged_rows(self, staged: StagedRows, parts: Collection[str]) -> DataFrame | None:
        """The rows of some parts, as they were written; None without rows."""
        paths = [engine_path(self._lake.root, path) for part in parts for path in staged.files.get(part, ())]
        return self._engine.read.schema(staged.rows_schema).parquet(*paths) if paths else None

    def commit_rows(
        self,
        staged: StagedRows,
        progress: TableProgress,
        parts: Collection[str] = ("",),
        *,
        declared: str | None = None,
        comment: str | None = None,
        properties: Mapping[str, str] | None = None,
        removed: Sequence[LogAction] = (),
    ) -> int:
        """Appends the staged rows to their table, or replaces it by them, in one commit; returns their number.

        Files of other parts than `parts` are not committed. `progress` gets the commit's version and the table's rows.
        `declared` is the table's DDL, for its columns' comments, `properties` are its declared ones. `removed` are the
        add actions of the files that the rows replace in the mode "replace". Raises LakehouseError as `commit_version`.
        """
        log, before = self._lake.log(staged.table), staged.before
        paths = [path for part in parts for path in staged.files.get(part, ())]
        files = place_files(paths, log.path, staged.partitions)
        for folder in staged.folders:
            shutil.rmtree(folder, ignore_errors=True)
        written = sum(file.rows for file in files)
        last = progress_of(log, before)
        there = _rows_before(log, before, last) if staged.mode != "overwrite" and before is not None else 0
        there -= sum(rows_of(add) or rows_of_file(log.path / unquote(add["path"])) for add in removed)
        if staged.mode == "overwrite" and before is not None:
            removed = list(before.files.values())
        carried = replace(
            progress,
            version=0 if before is None else before.version + 1,
            rows=there + written,
            unchanged_since=newest_change(log, before) if staged.mode == "same" and before is not None else None,
            previous=Previous(last.version, last.rows) if last else None,
        )
        commit_version(
            log,
            before,
            mode={"overwrite": "Overwrite", "replace": "Replace"}.get(staged.mode, "Append"),
            schema=with_comments(staged.schema, parse_ddl(declared).columns if declared else ()).jsonValue(),
            properties={**(properties or {}), PROPERTY: carried.to_json()},
            added=files,
            removed=removed,
            description=comment,
            partition_by=staged.partition_by,
        )
        return written


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


def _check_partitions(table: str, schema: StructType, partition_by: Sequence[str]) -> None:
    """Raises LakehouseError for partitions by a missing column, or by a type whose texts differ by engine."""
    types = {column.name: column.dataType for column in schema.fields}
    for name in partition_by:
        if not isinstance(types.get(name), DateType | StringType | IntegralType | BooleanType):
            what = types[name].simpleString() if name in types else "no column of it"
            raise LakehouseError(
                f"Table {table}: partition_cols names {name}, which is {what}: partitions are by columns of dates, "
                "texts, whole numbers or truth values."
            )


def _values(path: Path) -> dict[str, str | None]:
    """The values in the names of a staged file's folders, as engines write them."""
    pairs = [folder.partition("=")[::2] for folder in path.parts[:-1]]
    return {name: None if value == NO_VALUE else unquote(value) for name, value in pairs}


def _check_names(table: str, schema: DataType, above: str = "") -> None:
    """Raises LakehouseError for columns, or fields of one, whose names differ in case only."""
    match schema:
        case ArrayType():
            _check_names(table, schema.elementType, f"{above}element.")
        case MapType():
            _check_names(table, schema.keyType, f"{above}key.")
            _check_names(table, schema.valueType, f"{above}value.")
        case StructType():
            count = Counter(column.name.lower() for column in schema.fields)
            twice = [f"{above}{column.name}" for column in schema.fields if count[column.name.lower()] > 1]
            if twice:
                raise LakehouseError(
                    f"Table {table} would have the columns {', '.join(twice)}, which are one to Delta: it tells no "
                    "case apart. Spell the column as the table does, or refresh the table in full to spell it anew."
                )
            for column in schema.fields:
                _check_names(table, column.dataType, f"{above}{column.name}.")


def _rows_before(log: DeltaLog, before: TableSnapshot, progress: TableProgress | None) -> int:
    if progress is not None and progress.version == before.version:
        return progress.rows
    snapshot = log.snapshot()
    return rows_in(log.path, snapshot) if snapshot else 0


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
    _check_names(table, schema)
    return schema
