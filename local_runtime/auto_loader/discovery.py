"""Finds the files of a source that its ledger doesn't know, or not in the form that they have now."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

Listed = tuple[str, int, int]
"""A file in a source's folder: its path below that, its size in bytes, when it was modified (ns since the epoch)."""


@dataclass(frozen=True)
class FoundFile:
    """A listed file to look at, and where it is."""

    name: str
    path: Path
    size: int
    modified_ns: int

    @property
    def uri(self) -> str:
        """The file as `_metadata.file_path` names it."""
        return self.path.as_uri()

    @property
    def modified_at(self) -> datetime:
        """When it was last modified (UTC), cut to milliseconds."""
        return datetime.fromtimestamp(self.modified_ns // 1_000_000 / 1000, tz=UTC)

    def sha256(self) -> str:
        """The hash of its content."""
        with self.path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()


def list_files(folder: Path, pattern: str) -> Iterator[Listed]:
    """The files below `folder` whose names match, in no order. There may be very many.

    Hidden files, and those whose name or folder starts with `_`, are no data (as for Spark).
    """
    waiting = [(str(folder), "")]
    while waiting:
        place, above = waiting.pop()
        try:
            entries = os.scandir(place)
        except (FileNotFoundError, NotADirectoryError):
            continue
        with entries:
            for entry in entries:
                if entry.name.startswith((".", "_")):
                    continue
                if entry.is_dir():
                    waiting.append((entry.path, f"{above}{entry.name}/"))
                elif entry.is_file() and (pattern == "*" or fnmatchcase(entry.name, pattern)):
                    stat = entry.stat()
                    yield above + entry.name, stat.st_size, stat.st_mtime_ns
