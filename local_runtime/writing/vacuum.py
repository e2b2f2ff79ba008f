"""Deletes files that no version of a table within the retention needs, and no publication that is kept."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

from local_runtime.delta.delta_log import DeltaLog
from local_runtime.errors import CorruptTableError
from local_runtime.state.file_ledger import PROGRESS_FOLDER
from local_runtime.state.publications import Publication


def delete_unneeded_files(log: DeltaLog, hours: float, kept: Iterable[int] = ()) -> list[Path]:
    """Deletes the table's data files that went out of use, or were never committed, more than `hours` ago.

    Those of the versions `kept` stay, as far as the log reaches back to them. Segments of the file ledger that no entry
    of the log names any more go too. Returns what was deleted. It is done here because delta-rs can't open every path.
    """
    cutoff = time.time() - hours * 3600
    snapshot = log.snapshot()
    if snapshot is None:
        return []
    needed = {*snapshot.files, *log.removed_since(int(cutoff * 1000)), *_files_of(log, kept)}
    in_use = {log.path / unquote(path) for path in needed}
    properties = log.configurations()
    unneeded = [path for path in _data_files(log.path) if path not in in_use]
    unneeded += [
        path
        for path in (log.path / PROGRESS_FOLDER).glob("*.parquet")
        if not any(path.name in text for text in properties)
    ]
    deleted = [path for path in unneeded if path.stat().st_mtime <= cutoff]
    for path in deleted:
        path.unlink()
    return deleted


def kept_versions(log: DeltaLog, table: str, publications: Iterable[Publication]) -> set[int]:
    """The versions of schema.table that publications name: none of a table that was built again since."""
    details = log.details()
    return {
        one.versions[table] for one in publications if details and one.table_ids.get(table) == details.metadata["id"]
    }


def _files_of(log: DeltaLog, versions: Iterable[int]) -> Iterator[str]:
    for version in versions:
        with suppress(CorruptTableError):  # log entries were cleaned up: nobody can read it any more
            snapshot = log.snapshot(version)
            yield from snapshot.files if snapshot else ()


def _data_files(table: Path) -> Iterator[Path]:
    """Parquet files of the table's folder, except in folders that Delta's VACUUM skips."""
    for folder, folders, names in os.walk(table):
        folders[:] = [name for name in folders if not name.startswith(("_", "."))]
        yield from (Path(folder) / name for name in names if name.endswith(".parquet") and not name.startswith("_"))
