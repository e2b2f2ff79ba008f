"""Commits to a Delta table: one log entry that adds files, removes others, and carries the table's properties.

Rows and progress have to be one commit, on both engines, and the progress a table property (docs/decisions/0008);
no engine's writer does that, so the entry is written here. Engines write the rows as Parquet.
Format: https://github.com/delta-io/delta/blob/master/PROTOCOL.md
"""

import json
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from local_runtime.delta.actions import LogAction, TableSnapshot, rows_of_file
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.delta.new_files import write_new_file
from local_runtime.errors import LakehouseError, UnsupportedError

CHECKPOINT_INTERVAL = 10
ENGINE = "lakehouse local runtime"
# Supported writer features of tables; others (deletion vectors, column mapping, …) are refused.
WRITER_FEATURES = {"appendOnly", "invariants", "timestampNtz"}


@dataclass(frozen=True)
class DataFile:
    """A Parquet file of rows in the table's folder: its path below that, its rows, and its partition's values."""

    path: str
    rows: int
    partition: Mapping[str, str | None] = field(default_factory=dict)


def place_files(
    written: Iterable[Path], table: Path, partitions: Mapping[Path, Mapping[str, str | None]] | None = None
) -> list[DataFile]:
    """Moves Parquet files into the table's folder, where no reader sees them before they are committed.

    Files without rows are deleted. `partitions` are the values of the partition that a file is of.
    """
    placed = []
    table.mkdir(parents=True, exist_ok=True)
    for number, file in enumerate(sorted(written)):
        rows = rows_of_file(file)
        if rows:
            name = f"part-{number:05}-{uuid.uuid4()}.parquet"
            shutil.move(file, table / name)
            placed.append(DataFile(name, rows, (partitions or {}).get(file, {})))
        else:
            file.unlink()
    return placed


def commit_version(
    log: DeltaLog,
    before: TableSnapshot | None,
    *,
    mode: str,
    schema: Mapping[str, Any],
    properties: Mapping[str, str],
    added: Sequence[DataFile] = (),
    removed: Iterable[LogAction] = (),
    description: str | None = None,
    partition_by: Sequence[str] = (),
) -> int:
    """Commits the version after `before` (None: the table's first) and returns its number.

    The table gets the `schema` and the partition columns; `properties` are added to those that it has. Raises
    UnsupportedError for a table that needs a more capable writer, and LakehouseError if another writer was faster, or
    if files that stay have other partitions.
    """
    if before is not None and mode != "Overwrite":
        _check_partitions(log, before, partition_by)
    version = 0 if before is None else before.version + 1
    now = int(time.time() * 1000)
    metadata = _metadata(before, schema, properties, description, now) | {"partitionColumns": list(partition_by)}
    actions: list[dict[str, Any]] = [{"commitInfo": _commit_info(now, mode, partition_by, added)}]
    protocol = _protocol(log, before, json.dumps(schema))
    actions += [{"protocol": protocol}] if protocol else []
    actions.append({"metaData": metadata})
    actions += [{"remove": _remove(add, now)} for add in removed]
    actions += [{"add": _add(log.path, file, now)} for file in added]
    _write_entry(log, version, actions)
    if version and version % CHECKPOINT_INTERVAL == 0:
        write_checkpoint(log)
    return version


def _check_partitions(log: DeltaLog, before: TableSnapshot, partition_by: Sequence[str]) -> None:
    if _partitions(before) != list(partition_by):
        raise LakehouseError(
            f"Table {log.path} is partitioned by {', '.join(_partitions(before)) or 'nothing'}, and its code says "
            f"{', '.join(partition_by) or 'nothing'}. Refresh the table in full to change that."
        )


def _commit_info(now: int, mode: str, partition_by: Sequence[str], added: Sequence[DataFile]) -> dict[str, Any]:
    return {
        "timestamp": now,
        "operation": "WRITE",
        "operationParameters": {"mode": mode, "partitionBy": json.dumps(list(partition_by))},
        "operationMetrics": {"numFiles": str(len(added)), "numOutputRows": str(sum(file.rows for file in added))},
        "isBlindAppend": False,
        "engineInfo": ENGINE,
    }


def _metadata(
    before: TableSnapshot | None,
    schema: Mapping[str, Any],
    properties: Mapping[str, str],
    description: str | None,
    now: int,
) -> dict[str, Any]:
    old: LogAction = before.metadata if before else {}
    return {
        "id": old.get("id") or str(uuid.uuid4()),
        "name": old.get("name"),
        "description": description or old.get("description"),
        "format": {"provider": "parquet", "options": {}},
        "schemaString": json.dumps(schema, separators=(",", ":")),
        "createdTime": old.get("createdTime") or now,
        "configuration": {**(old.get("configuration") or {}), **properties},
    }


def _protocol(log: DeltaLog, before: TableSnapshot | None, schema: str) -> dict[str, Any] | None:
    """The protocol action to write; None where the table's own is enough."""
    with_features = '"timestamp_ntz"' in schema
    if before is None and with_features:
        names = ["timestampNtz"]
        return {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": names, "writerFeatures": names}
    if before is None:
        return {"minReaderVersion": 1, "minWriterVersion": 2}
    features = set(before.protocol.get("writerFeatures") or [])
    unknown = features - WRITER_FEATURES
    if unknown or 2 < before.protocol["minWriterVersion"] < 7:
        asked = ", ".join(sorted(unknown)) or f"writer version {before.protocol['minWriterVersion']}"
        raise UnsupportedError(
            f"Table {log.path} asks of its writers what the local runtime can't do ({asked}): another program turned "
            "that on. Turn it off there, or delete the table's folder and run again: it is rebuilt."
        )
    if with_features and "timestampNtz" not in features:
        raise UnsupportedError(
            f"Table {log.path} was made without columns of type TIMESTAMP_NTZ, and would get one: cast it to "
            "TIMESTAMP, or delete the table's folder and run again."
        )
    return None


def _partitions(before: TableSnapshot | None) -> list[str]:
    return list(before.metadata.get("partitionColumns") or []) if before else []


def _remove(add: LogAction, now: int) -> dict[str, Any]:
    return {
        "path": add["path"],
        "deletionTimestamp": now,
        "dataChange": True,
        "extendedFileMetadata": True,
        "partitionValues": add.get("partitionValues") or {},
        "size": add["size"],
    }


def _add(table: Path, file: DataFile, now: int) -> dict[str, Any]:
    return {
        "path": quote(file.path),
        "partitionValues": dict(file.partition),
        "size": (table / file.path).stat().st_size,
        "modificationTime": now,
        "dataChange": True,
        "stats": json.dumps({"numRecords": file.rows}),
    }


def _write_entry(log: DeltaLog, version: int, actions: Sequence[Mapping[str, Any]]) -> None:
    """Writes the entry atomically: no reader sees, and no killed process leaves, a part of it."""
    log.folder.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(action, separators=(",", ":")) + "\n" for action in actions)
    try:
        write_new_file(log.folder / f"{version:020}.json", "".join(lines))
    except FileExistsError:
        raise LakehouseError(
            f"Table {log.path}: another program committed version {version} while this run wrote it. Nothing was lost: "
            "run again, when it has ended."
        ) from None


def write_checkpoint(log: DeltaLog) -> None:
    """Writes a checkpoint of the newest version, so that readers don't have to read every entry.

    It is made on a copy of the log in a folder for temporary files, because delta-rs can't open every path. A
    checkpoint only makes reading faster: where none can be written, the table is complete without it.
    """
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    needed = log.files_of_newest()
    with tempfile.TemporaryDirectory(prefix="lakehouse-checkpoint-") as folder:
        copy = Path(folder) / "table" / "_delta_log"
        copy.mkdir(parents=True)
        for path in needed:
            shutil.copy(path, copy)
        try:
            DeltaTable(str(copy.parent)).create_checkpoint()
        except (DeltaError, OSError):
            return
        hint = copy / "_last_checkpoint"
        for path in [*sorted({*copy.iterdir()} - {hint} - {copy / needed.name for needed in needed}), hint]:
            unfinished = log.folder / f".{path.name}.tmp"
            shutil.copyfile(path, unfinished)
            unfinished.replace(log.folder / path.name)
