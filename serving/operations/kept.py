"""Reads the report aside, and again when the lake has changed: it takes seconds, and readers shouldn't wait for it."""

import asyncio
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from local_runtime.delta.lake import RUNTIME_FOLDER, Lake
from local_runtime.errors import first_line
from local_runtime.state.last_run import run_command
from local_runtime.state.publications import FOLDER
from local_runtime.state.release_decisions import FILE

if TYPE_CHECKING:
    from serving.operations.report import Report

PATIENCE = 2.0  # seconds that a reader waits for a new report
REST = 3.0  # seconds between two readings: a run commits several times a second
LONGEST = 30.0  # seconds after which a report counts as old, whatever `state_of` says


def _report_of(lake: Lake) -> "Report":
    from serving.operations.report import report_of  # a start shouldn't wait for what it imports

    return report_of(lake)


class KeptReport:
    """The last report on a lake. Its methods belong to one event loop; reading runs in a thread of its own."""

    def __init__(self, lake: Lake, read: Callable[[Lake], "Report"] = _report_of) -> None:
        self._lake, self._read = lake, read
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="operations")
        self._report: Report | None = None
        self._of: object = None
        self._ended = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    async def get(self, patience: float = PATIENCE) -> "tuple[Report | None, bool]":
        """The report, and whether it is of the lake as it is; None where the first one takes longer than `patience`."""
        state = await asyncio.to_thread(state_of, self._lake)
        if self._is_of(state):
            return self._report, True
        if self._reading is None and (self._report is None or time.monotonic() - self._ended >= REST):
            self._reading = asyncio.get_running_loop().create_task(self._again(state))
        if self._reading is not None:
            await asyncio.wait([self._reading], timeout=patience)
        return self._report, self._is_of(state)

    def _is_of(self, state: object) -> bool:
        return self._report is not None and self._of == state and time.monotonic() - self._ended < LONGEST

    async def _again(self, state: object) -> None:
        try:
            self._report = await asyncio.get_running_loop().run_in_executor(self._thread, self._read, self._lake)
        except Exception as error:  # the page says so, and other pages work
            from serving.operations.report import Report

            unread = [f"The lake can't be read: {first_line(error)}"]
            self._report = Report(read_at=datetime.now(UTC), run_command=run_command(self._lake), unread=unread)
        self._of, self._ended, self._reading = state, time.monotonic(), None


def state_of(lake: Lake) -> object:
    """What changes with every commit, run, decision, publication and lost data file, at the price of looks at folders.

    A file that is written in place changes nothing here: reports have a longest age for that.
    """
    folders = [folder for name in lake.tables() for folder in _folders_of(lake.path(name))]
    runtime = lake.root / RUNTIME_FOLDER
    beside = [lake.root / FOLDER, lake.root / FILE, runtime, *(sorted(runtime.iterdir()) if runtime.is_dir() else [])]
    return [_changed(path) for path in (*folders, *beside)], lake.is_locked()


def _folders_of(table: Path) -> list[Path]:
    """The folders of a table's log and data files, partitions too: they change with each file that comes or goes."""
    return [Path(folder) for folder, _, _ in os.walk(table)]


def _changed(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return None
    return str(path), found.st_mtime_ns, found.st_size
