"""`./lakehouse run --log FILE`: what a run says, as lines with the time, for runs that nobody watches.

The lines are appended, one at a time, so that a program which rotates logs may move the file away between two of them.
"""

import re
import shlex
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO

from local_runtime.errors import LakehouseError, UsageError
from local_runtime.folding import to_fit
from local_runtime.interrupts import BEFORE_EXIT

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class RunLog:
    """A file of lines with the time. One that can't be written any more is reported once, and stops no run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._failed = False

    def open(self) -> None:
        """Makes the file if it isn't there. Raises UsageError where its folder is missing, or it can't be written."""
        parent = self._path.parent
        if not parent.is_dir():
            raise UsageError(f"--log {self._path}: there is no folder {parent}. Make it first; nothing was done.")
        try:
            self._path.open("a").close()
        except OSError as error:
            raise UsageError(f"--log {self._path}: it can't be written: {error.strerror}. Nothing was done.") from None

    def write(self, message: str) -> None:
        """Appends a message, each of its lines with the time and its zone (ISO 8601)."""
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        lines = [f"{now} {CONTROL.sub('', line)}\n" for line in message.splitlines() if line.strip()]
        try:
            with self._path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write("".join(lines))
        except OSError as error:
            if not self._failed:
                print(f"lakehouse: the log {self._path} can't be written: {error.strerror}.", file=sys.stderr)
            self._failed = True


_log: RunLog | None = None


def start(path: Path, arguments: Sequence[str], landing: Path) -> None:
    """Logs to a file from now on, and that the command begins.

    Raises UsageError where it can't be written, or lies in the landing folder, where a run would load it.
    """
    global _log
    if path.is_relative_to(landing):
        raise UsageError(f"--log {path} lies in the landing folder {landing}. Name a file elsewhere; nothing was done.")
    log = RunLog(path)
    log.open()
    _log = log
    log.write(f"Started: ./lakehouse {shlex.join(arguments)}")
    BEFORE_EXIT.append(_end_at_signal)


def log(message: str) -> None:
    """Logs a message, if there is a log."""
    if _log is not None:
        _log.write(message)


def end(status: int) -> None:
    """Logs that the command ends, with its exit status, and logs no longer."""
    global _log
    log(f"Ended: exit status {status}")
    _log = None


def _end_at_signal(last_words: str, code: int) -> None:
    log(f"lakehouse: {last_words}")
    end(code)


def tell(message: str, stream: TextIO | None = None) -> None:
    """Prints a message, folded on a terminal, and logs it."""
    out = stream or sys.stdout
    print(to_fit(message, out), file=out, flush=True)
    log(message)


def tell_error(error: LakehouseError | str) -> None:
    """Prints on standard error what has stopped the command, and logs it."""
    tell(f"lakehouse: {error}", sys.stderr)
