"""A lake: a folder of Delta tables, `<lake>/<schema>/<table>`; runs need nothing else in it to continue."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from local_runtime.delta.delta_log import DeltaLog
from local_runtime.errors import LakehouseError

RUNTIME_FOLDER = ".runtime"
DEFAULT_SCHEMA = "gold"
"""The schema of names without one in queries, as after a USE SCHEMA in a warehouse."""
EVENT_LOG = "event_log"
"""The name of the table in each schema that records the updates of its pipeline."""


@dataclass(frozen=True)
class Lake:
    """The tables below `root`."""

    root: Path

    def path(self, table: str) -> Path:
        """The folder of schema.table."""
        return self.root.joinpath(*table.split("."))

    def log(self, table: str) -> DeltaLog:
        """The Delta log of schema.table."""
        return DeltaLog(self.path(table))

    def tables(self) -> list[str]:
        """Every schema.table that exists, sorted."""
        return [name for name in self._folders() if self.log(name).exists()]

    def without_log(self) -> list[str]:
        """Folders that look like tables, but whose `_delta_log` holds no log; as schema.table."""
        return [name for name in self._folders() if not self.log(name).exists()]

    def _folders(self) -> list[str]:
        if self.root.is_dir() and not os.access(self.root, os.R_OK | os.X_OK):
            raise LakehouseError(f"The lake {self.root} can't be read: permission denied.")
        paths = (log.parent.relative_to(self.root) for log in self.root.glob("*/*/_delta_log") if log.is_dir())
        # With a dot in it, `schema.table` would be no name of a table.
        return sorted(".".join(path.parts) for path in paths if "." not in f"{path.parent}{path.name}")

    @property
    def staging(self) -> Path:
        """Where rows wait to be committed; empty between runs."""
        return self.root / RUNTIME_FOLDER / "staging"

    def check_logs(self) -> None:
        """Makes sure that every table's newest log entry is complete.

        Raises CorruptTableError where one isn't.
        """
        for table in self.tables():
            self.log(table).check_newest_entry()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps every other run off this lake: Delta's local log store locks inside one process only.

        Raises LakehouseError at once where another run holds it.
        """
        folder = self.root / RUNTIME_FOLDER
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = (folder / "lock").open("a")
        except OSError as error:
            raise LakehouseError(
                f"The lake {self.root} can't be written: {error.strerror}. Choose another by --lake."
            ) from None
        with lock:
            if not _lock(lock, fcntl.LOCK_EX):
                raise LakehouseError(f"Another run is in progress on the lake {self.root}: wait until it has ended.")
            shutil.rmtree(self.staging, ignore_errors=True)
            try:
                yield
            finally:
                shutil.rmtree(self.staging, ignore_errors=True)

    def is_locked(self) -> bool:
        """Whether a run or a vacuum holds the lock of this lake."""
        try:
            with (self.root / RUNTIME_FOLDER / "lock").open("rb") as lock:
                return not _lock(lock, fcntl.LOCK_SH)
        except OSError:
            return False


def _lock(file: IO[Any], kind: int) -> bool:
    """Takes the lock unless another process has it; `is_locked` holds it for a moment, so this tries twice."""
    for wait in (0.05, 0):
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            time.sleep(wait)
    return False
