"""A lake: a folder of Delta tables, `<lake>/<schema>/<table>`; nothing else in it is needed to go on."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local_runtime.errors import LakehouseError
from local_runtime.lake.delta_log import DeltaLog

RUNTIME_FOLDER = ".runtime"
EVENT_LOG = "event_log"
"""The name of the table in each schema that the updates of its pipeline are noted in."""


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
        found = (log.parent for log in self.root.glob("*/*/_delta_log") if log.is_dir())
        return sorted(
            ".".join(path.relative_to(self.root).parts) for path in found if not path.parent.name.startswith(".")
        )

    @property
    def staging(self) -> Path:
        """Where rows wait to be committed; empty between runs."""
        return self.root / RUNTIME_FOLDER / "staging"

    def check(self) -> None:
        """Makes sure that every table's newest log entry is whole.

        Raises CorruptTableError where one isn't.
        """
        for table in self.tables():
            self.log(table).check()

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
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LakehouseError(
                    f"Another run is at work on the lake {self.root}: wait until it has ended."
                ) from None
            shutil.rmtree(self.staging, ignore_errors=True)
            try:
                yield
            finally:
                shutil.rmtree(self.staging, ignore_errors=True)
