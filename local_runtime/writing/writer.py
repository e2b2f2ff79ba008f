"""The writer of all tables: an engine writes rows as Parquet, and one commit adds them with the flow's progress.

It guards against what Sail does silently (docs/decisions/0004): computed columns are NOT NULL in the files it writes.
"""

import json
import shutil
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

import pyarrow.parquet as pq
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

from local_runtime.delta.actions import LogAction, TableSnapshot, rows_in, rows_of, rows_of_file
from local_runtime.delta.commits import commit_version, place_files
from local_runtime.delta.ddl import nullable_columns, parse_ddl, with_comments
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.delta.lake import Lake
from local_runtime.engines.paths import engine_path
from local_runtime.quoting import quoted
from local_runtime.state.progress import PROPERTY, Previous, TableProgress, progress_of
from local_runtime.state.row_versions import newest_change
from local_runtime.writing.schemas import check_names, check_partition_columns, widened

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

Mode = Literal["append", "overwrite", "replace", "same"]
"""What a commit does with the table's rows: keeps them, replaces all of them, or replaces some of their files.

"same": the rows to write are the table's rows, so nothing is written.
"""

BY = "__by_"
"""Begins the names of the folders that an engine writes a partition's files into."""
# The default engine drops a dictionary at 1 MiB, the size of 16,000 pseudonyms: files become 2.4 times as large.
# Its row groups have a million rows, each read by one thread: in a smaller file the other threads would be idle.
ENCODING = {"dictionary_page_size_limit": str(4 * 2**20), "max_row_group_size": "100000"}
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
# The folder of a value whose name would be too long, or written differently by engines.
HASHED, PLAIN = "__sha256_", "^[A-Za-z0-9][A-Za-z0-9_. :-]{0,99}$"


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
        """The same commit without data files: the table already has these rows."""
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
    """Writes tables of a lake with an engine's session.

    `has_no_rows` says of rows that are known to be none: the engine isn't asked to write them.
    """

    def __init__(
        self, engine: "SparkSession", lake: Lake, has_no_rows: Callable[[DataFrame], bool] = lambda rows: False
    ) -> None:
        self._engine = engine
        self._lake = lake
        self._has_no_rows = has_no_rows

    def stage(
        self,
        table: str,
        rows: DataFrame,
        mode: Mode,
        part: str | None = None,
        partition_by: tuple[str, ...] = (),
        schema: StructType | None = None,
    ) -> StagedRows:
        """Has the engine write the rows to files; the table itself isn't touched before the commit.

        Every column is nullable. An append may add columns, but not change a type. `part` is a column of the rows that
        the table doesn't get: each of its values, which must be few, gets separate files. Files of a partitioned table
        also contain the partition columns, so that each can be read alone. `schema` is that of the rows, if the caller
        knows it. Raises LakehouseError, before anything is written, for a changed type, and for column names that
        differ only in case.
        """
        written = nullable_columns(schema or rows.schema)
        nothing = self._nothing(table, mode, [column for column in written.fields if column.name != part], partition_by)
        if self._has_no_rows(rows):
            return nothing
        folder = self._lake.staging / "writes" / f"{table}-{uuid.uuid4()}"
        folder.parent.mkdir(parents=True, exist_ok=True)
        nullable = with_partition_values(self._engine.createDataFrame([], written).union(rows), written, partition_by)
        by = {name: f"{BY}{place}" for place, name in enumerate(partition_by)}
        if by:
            # As texts: the default engine writes a date that is null into a folder of 1970-01-01.
            nullable = nullable.withColumns({folder: _folder_name(name) for name, folder in by.items()})
        levels = [*([part] if part else []), *by.values()]
        nullable.write.options(**ENCODING).parquet(engine_path(self._lake.root, folder), partitionBy=levels or None)
        files: dict[str, list[Path]] = {}
        partitions: dict[Path, Mapping[str, str | None]] = {}
        for path in sorted(folder.rglob("*.parquet")):
            values = _values(path.relative_to(folder))
            files.setdefault(values.get(part or "") or "", []).append(path)
            partitions[path] = {name: _partition_value(values[level], path, name) for name, level in by.items()}
        return replace(nothing, folders=(folder,), files=files, partitions=partitions)

    def adopt(
        self,
        table: str,
        files: Mapping[Path, Mapping[str, str | None]],
        mode: Mode,
        schema: StructType,
        partition_by: tuple[str, ...] = (),
    ) -> StagedRows:
        """Takes Parquet files of rows for the table, each of one partition, as they are. Raises as `stage`."""
        nothing = self._nothing(table, mode, nullable_columns(schema).fields, partition_by)
        return replace(nothing, files={"": [*files]}, partitions=files)

    def _nothing(
        self, table: str, mode: Mode, columns: Sequence[StructField], partition_by: tuple[str, ...]
    ) -> StagedRows:
        """No rows, of these columns, for a table."""
        log = self._lake.log(table)
        before = log.details() if mode == "append" else log.snapshot()
        schema = rows_schema = StructType([*columns])
        if mode != "overwrite" and before is not None:
            schema = widened(table, StructType.fromJson(json.loads(before.metadata["schemaString"])), rows_schema)
        check_names(table, schema)
        check_partition_columns(table, schema, partition_by)
        return StagedRows(table, mode, before, schema, rows_schema, (), {}, partition_by)

    @contextmanager
    def materialized(self, table: str, rows: DataFrame) -> Iterator[DataFrame]:
        """The rows, computed once and kept in files until the context ends."""
        schema = nullable_columns(rows.schema)
        staged = self.stage(table, rows, "overwrite", schema=schema)
        try:
            yield self.rows_of(staged, ("",))
        finally:
            for folder in staged.folders:
                shutil.rmtree(folder, ignore_errors=True)

    def rows_of(self, staged: StagedRows, parts: Collection[str]) -> DataFrame:
        """The staged rows of these parts."""
        rows = self.staged_rows(staged, parts)
        return self._engine.createDataFrame([], staged.rows_schema) if rows is None else rows

    def staged_rows(self, staged: StagedRows, parts: Collection[str]) -> DataFrame | None:
        """The staged rows of these parts; None if there are none."""
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
        """Commits the staged rows, which are appended to their table or replace its rows; returns their number.

        Only files of the `parts` are committed. `progress` gets the commit's version and the table's number of rows.
        `declared` is the table's DDL, for the comments of its columns; `properties` are its declared ones. `removed`
        are the add actions of the files that the rows replace in the mode "replace". Raises LakehouseError as
        `commit_version`.
        """
        log, before = self._lake.log(staged.table), staged.before
        paths = [path for part in parts for path in staged.files.get(part, ())]
        files = place_files(paths, log.path, staged.partitions)
        for folder in staged.folders:
            shutil.rmtree(folder, ignore_errors=True)
        written = sum(file.rows for file in files)
        committed = _progress_after(progress, log, staged, removed, written)
        if staged.mode == "overwrite" and before is not None:
            removed = list(before.files.values())
        commit_version(
            log,
            before,
            mode={"overwrite": "Overwrite", "replace": "Replace"}.get(staged.mode, "Append"),
            schema=with_comments(staged.schema, parse_ddl(declared).columns if declared else ()).jsonValue(),
            properties={**(properties or {}), PROPERTY: committed.to_json()},
            added=files,
            removed=removed,
            description=comment,
            partition_by=staged.partition_by,
        )
        return written


def _progress_after(
    progress: TableProgress, log: DeltaLog, staged: StagedRows, removed: Sequence[LogAction], written: int
) -> TableProgress:
    """The progress with the version of the commit to come, and the table's number of rows after it."""
    before = staged.before
    last = progress_of(log, before)
    kept = _rows_before(log, before, last) if staged.mode != "overwrite" and before is not None else 0
    kept -= sum(rows_of(add) or rows_of_file(log.path / unquote(add["path"])) for add in removed)
    return replace(
        progress,
        version=0 if before is None else before.version + 1,
        rows=kept + written,
        unchanged_since=newest_change(log, before) if staged.mode == "same" and before is not None else None,
        previous=Previous(last.version, last.rows) if last else None,
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


def _folder_name(column: str) -> Column:
    """STRING: what the folder of a partition is called: its value, or the value's hash.

    Names of folders have limits: 255 bytes, of which an encoded letter takes up to twelve.
    """
    text = F.col(quoted(column)).cast("string")
    hashed = F.concat(F.lit(HASHED), F.sha2(F.encode(text, "UTF-8"), 256))
    return F.coalesce(F.when(text.rlike(PLAIN), text).otherwise(hashed), F.lit(NO_VALUE))


def _partition_value(name: str | None, path: Path, column: str) -> str | None:
    """The value of a partition, from the name of its folder, or else from one of its files."""
    if name is None or not name.startswith(HASHED):
        return name
    file = pq.ParquetFile(path)
    return str(file.read_row_group(0, columns=[column]).column(column)[0].as_py()) if file.metadata.num_rows else None


def _values(path: Path) -> dict[str, str | None]:
    """The values in the names of a staged file's folders, as engines write them."""
    pairs = [folder.partition("=")[::2] for folder in path.parts[:-1]]
    return {name: None if value == NO_VALUE else unquote(value) for name, value in pairs}


def _rows_before(log: DeltaLog, before: TableSnapshot, progress: TableProgress | None) -> int:
    if progress is not None and progress.version == before.version:
        return progress.rows
    snapshot = log.snapshot()
    return rows_in(log.path, snapshot) if snapshot else 0
