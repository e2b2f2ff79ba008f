"""The tokens of a file as it is now: a change holds within a second, without a restart."""

import logging
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from local_runtime.errors import UsageError
from serving.access.tokens import Token, TokenFile, find, read_usable
from serving.problems import Problem

log = logging.getLogger(__name__)
EVERY = 1.0  # seconds between two looks at the file


class CurrentTokens:
    """Reads the file, and again where it has changed. Raises UsageError where it can't be read at first.

    An entry that can't be used lets nobody in, and the log says why; the others go on.
    """

    def __init__(self, path: Path, every: float = EVERY) -> None:
        self.path, self._every = path, every
        self._lock = threading.Lock()
        self._looked = time.monotonic()
        self._state = self._seen()
        self._file: TokenFile | None = self._read()

    def find(self, given: str) -> Token | None:
        """The valid token that was sent. Raises Problem (503) while the file can't be read: nobody is let in by it."""
        with self._lock:
            if time.monotonic() - self._looked >= self._every:
                self._look()
            file = self._file
        if file is None:
            raise Problem(
                503, "tokens-unreadable", "The server's file of tokens can't be read. Its owner has to mend it."
            )
        return find(file.tokens, given, datetime.now(UTC))

    def _look(self) -> None:
        self._looked, state = time.monotonic(), self._seen()
        if state == self._state and self._file is not None:
            return
        self._state = state
        try:
            self._file = self._read()
        except UsageError:
            self._file = None

    def _read(self) -> TokenFile:
        found = read_usable(self.path)
        for problem in found.problems:
            log.warning(problem)
        return found

    def _seen(self) -> object:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size
