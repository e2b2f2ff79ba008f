"""`./lakehouse run --log FILE`: what a run says, as lines with the time, for runs that nobody watches.

The lines are appended, one at a time, so that a program which rotates logs may move the file away between two of them.
"""

import shlex
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO

from local_runtime.cli.kept_out import folder_around
from local_runtime.errors import LakehouseError, UsageError
from local_runtime.folding import to_fit
from local_runtime.interrupts import BEFORE_EXIT
from local_runtime.printable import printable


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
        lines = [f"{now} {line}\n" for line in printable(message).split("\n") if line.strip()]
        try:
            with self._path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write("".join(lines))
        except OSError as error:
            if not self._failed:
                print(f"lakehouse: the log {self._path} can't be written: {error.strerror}.", file=sys.stderr)
            self._failed = True


_log: RunLog | None = None


def start(path: Path, arguments: Sequence[str], kept_out: Iterable[Path]) -> None:
    """Logs to a file from now on, and that the command begins.

    Raises UsageError where it can't be written, or would lie in a folder of `kept_out` or beside a key. In the landing
    folder a run would load it.
    """
    global _log
    if around := folder_around(path, kept_out):
        raise UsageError(f"--log {path} lies in {around}, which takes no log. Name a file elsewhere; nothing was done.")
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
    print(to_fit(printable(message), out), file=out, flush=True)
    log(message)


def tell_error(error: LakehouseError | str) -> None:
    """Prints on standard error what has stopped the command, and logs it."""
    tell(f"lakehouse: {error}", sys.stderr)


def tell_note(note: str) -> None:
    """Prints on standard error what is to be known of the command's output."""
    tell(note, sys.stderr)
