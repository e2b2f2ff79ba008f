"""The tokens of a file as it is now: a change holds within a second, without a restart."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from local_runtime.errors import UsageError
from serving.access.tokens import Token, find, read
from serving.problems import Problem

EVERY = 1.0  # seconds between two looks at the file


class CurrentTokens:
    """Reads the file, and again where it has changed. Raises UsageError where it can't be read at first."""

    def __init__(self, path: Path, every: float = EVERY) -> None:
        self.path, self._every = path, every
        self._lock = threading.Lock()
        self._looked = time.monotonic()
        self._state = self._seen()
        self._tokens: list[Token] | None = read(path)

    def find(self, given: str) -> Token | None:
        """The valid token that was sent. Raises Problem (503) while the file can't be read: nobody is let in by it."""
        with self._lock:
            if time.monotonic() - self._looked >= self._every:
                self._look()
            tokens = self._tokens
        if tokens is None:
            raise Problem(
                503, "tokens-unreadable", "The server's file of tokens can't be read. Its owner has to mend it."
            )
        return find(tokens, given, datetime.now(UTC))

    def _look(self) -> None:
        self._looked, state = time.monotonic(), self._seen()
        if state == self._state and self._tokens is not None:
            return
        self._state = state
        try:
            self._tokens = read(self.path)
        except UsageError:
            self._tokens = None

    def _seen(self) -> object:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size
