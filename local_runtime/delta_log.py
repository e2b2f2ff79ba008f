"""Reads a Delta table's log: versions, commits, what a version range added, and the progress that commits carry.

The log is the only state there is. It is read here rather than through an engine, because it answers in
milliseconds and says what no engine does: whether its newest entry is whole, and which files a range added.
Format: https://github.com/delta-io/delta/blob/master/PROTOCOL.md
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from local_runtime.errors import CorruptTableError, LakehouseError

COMMIT_NAME = re.compile(r"^(\d{20})\.json$")


@dataclass(frozen=True)
class TableVersion:
    """A version of a table; `table_id` tells a table from another that stood in its place before."""

    table_id: str
    version: int


@dataclass(frozen=True)
class Commit:
    """One version's log entry."""

    version: int
    actions: tuple[Mapping[str, Any], ...]

    def _first(self, kind: str) -> Mapping[str, Any]:
        return next((action[kind] for action in self.actions if kind in action), {})

    @property
    def info(self) -> Mapping[str, Any]:
        """The commitInfo action."""
        return self._first("commitInfo")

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The metaData action; empty where the commit has none."""
        return self._first("metaData")

    @property
    def timestamp(self) -> int:
        """When it was committed, in milliseconds since the epoch."""
        return int(self.info.get("timestamp", 0))

    @property
    def progress(self) -> Mapping[str, Any]:
        """What the local runtime wrote into the commit's userMetadata; empty for another writer's commit."""
        try:
            found = json.loads(self.info.get("userMetadata") or "{}")
        except json.JSONDecodeError:
            return {}
        return found if isinstance(found, dict) and "flow" in found else {}

    @property
    def restored_version(self) -> int | None:
        """The version that this commit restored; None where it is no RESTORE."""
        if self.info.get("operation") != "RESTORE":
            return None
        return int(self.info.get("operationParameters", {})["version"])

    @property
    def rows_written(self) -> int:
        """Rows in the data files that the commit added."""
        return sum(json.loads(add.get("stats") or "{}").get("numRecords", 0) for add in self.added)

    @property
    def added(self) -> list[Mapping[str, Any]]:
        """The add actions that bring data (a compaction's don't)."""
        return [action["add"] for action in self.actions if "add" in action and action["add"].get("dataChange", True)]

    @property
    def removes_data(self) -> bool:
        """Whether rows were removed or rewritten."""
        return any("remove" in action and action["remove"].get("dataChange", True) for action in self.actions)


class DeltaLog:
    """The log of the table in `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path / "_delta_log"

    def versions(self) -> list[int]:
        """The versions whose log entries are there, oldest first; [] where there is no table."""
        if not self.folder.is_dir():
            return []
        names = (COMMIT_NAME.match(entry.name) for entry in self.folder.iterdir())
        return sorted(int(match.group(1)) for match in names if match)

    def exists(self) -> bool:
        """Whether there is a table."""
        return bool(self.versions())

    def latest(self) -> TableVersion | None:
        """The newest version; None where there is no table."""
        versions = self.versions()
        return TableVersion(self._table_id(versions[0]), versions[-1]) if versions else None

    def _table_id(self, oldest: int) -> str:
        return str(self.commit(oldest).metadata.get("id", ""))

    def commit(self, version: int) -> Commit:
        """The log entry of `version`.

        Raises CorruptTableError where it can't be read.
        """
        path = self.folder / f"{version:020}.json"
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
            actions = tuple(json.loads(line) for line in lines if line.strip())
        except (OSError, ValueError) as error:
            raise CorruptTableError(
                f"Table {self.path}: log entry {path.name} is damaged ({error}). "
                "Older data is not served in its place. "
                f"If it is the newest entry, delete it and run again: its increment is redone; "
                "else delete the table's folder and run again: it is rebuilt."
            ) from None
        if not actions:
            raise CorruptTableError(
                f"Table {self.path}: log entry {path.name} is empty: it was torn while it was written. "
                "Delete it and run again: its increment is redone."
            )
        return Commit(version, actions)

    def check(self) -> None:
        """Makes sure that the newest entry is whole and the checkpoint hint, if any, can be read.

        A torn `_last_checkpoint` is deleted: it is a hint, and the log says the same without it.
        Raises CorruptTableError where the newest entry is damaged.
        """
        versions = self.versions()
        if versions:
            self.commit(versions[-1])
        hint = self.folder / "_last_checkpoint"
        if hint.is_file():
            try:
                json.loads(hint.read_text())
            except ValueError:
                hint.unlink()

    def lineage(self) -> Iterator[Commit]:
        """The commits whose content the table has now, newest first: a RESTORE leads to the version it restored."""
        versions = self.versions()
        oldest = versions[0] if versions else 0
        version = versions[-1] if versions else -1
        while version >= oldest:
            commit = self.commit(version)
            restored = commit.restored_version
            if restored is None:
                yield commit
                version -= 1
            else:
                version = restored

    def progress_of(self, flow: str | None = None) -> Iterator[Mapping[str, Any]]:
        """What `flow` (None: any) wrote into the commits that the table has now, newest first.

        Ends with the last full refresh: what came before no longer counts.
        """
        for commit in self.lineage():
            progress = commit.progress
            if progress and flow in (None, progress["flow"]):
                yield progress
            if progress.get("reset"):
                return

    def added_files(self, after: int, upto: int) -> list[str]:
        """Paths of the data files that the versions from `after` (excluded) to `upto` added.

        Raises LakehouseError where one of them changed or removed rows: an increment is only defined over appends.
        """
        files: list[str] = []
        for version in range(after + 1, upto + 1):
            commit = self.commit(version)
            if commit.removes_data:
                raise LakehouseError(
                    f"Table {self.path} changed or lost rows in version {version} ({commit.info.get('operation')}); "
                    "a streaming read needs a source that only grows. Refresh the reading table in full."
                )
            files += [str(self.path / unquote(add["path"])) for add in commit.added]
        return files
