"""Finds the files of a source once: by path, size and content."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CHANGED = "changed_after_load"


@dataclass(frozen=True)
class SourceFile:
    """A file of a source: `name` is its path below the source's folder, `modified_at` is cut to milliseconds."""

    name: str
    path: Path
    size: int
    modified_ns: int
    sha256: str

    @property
    def uri(self) -> str:
        """The file as `_metadata.file_path` names it."""
        return self.path.as_uri()

    @property
    def modified_at(self) -> datetime:
        """When it was last modified (UTC)."""
        return datetime.fromtimestamp(self.modified_ns // 1_000_000 / 1000, tz=UTC)

    @property
    def identity(self) -> dict[str, Any]:
        """What tells this content from another under the same name."""
        return {"size": self.size, "modified_ns": self.modified_ns, "sha256": self.sha256}


@dataclass
class Ledger:
    """What a flow has done with each file, folded from its commits: loaded files, and rejected ones with a reason."""

    loaded: dict[str, dict[str, Any]] = field(default_factory=dict)
    rejected: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, commits: Iterable[Mapping[str, Any]]) -> "Ledger":
        """The ledger after `commits` (a flow's progress entries), newest first."""
        ledger = cls()
        for progress in reversed(list(commits)):
            files = progress.get("files", {})
            ledger.loaded |= files
            ledger.rejected = {name: state for name, state in ledger.rejected.items() if name not in files}
            ledger.rejected |= progress.get("rejected", {})
        return ledger


def find_new(folder: Path, pattern: str, ledger: Ledger) -> Iterator[SourceFile]:
    """The files below `folder` that the ledger doesn't know in this form, by path.

    Hidden files, and those whose name starts with `_`, are no data (as for Spark).
    """
    for path in sorted(folder.rglob(pattern)):
        relative = path.relative_to(folder)
        if not path.is_file() or any(part.startswith((".", "_")) for part in relative.parts):
            continue
        stat = path.stat()
        name = relative.as_posix()
        known = [state for state in (ledger.loaded.get(name), ledger.rejected.get(name)) if state]
        if any((state["size"], state["modified_ns"]) == (stat.st_size, stat.st_mtime_ns) for state in known):
            continue
        with path.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        if all(state["sha256"] != sha256 for state in known):
            yield SourceFile(name, path.absolute(), stat.st_size, stat.st_mtime_ns, sha256)
