"""Reads a Delta table's log: versions, entries, checkpoints, what a version range added, and the table as it is now.

Without an engine, because this takes milliseconds and answers what no engine does: whether the newest entry is
complete, and which files a range of versions added.
Format: https://github.com/delta-io/delta/blob/master/PROTOCOL.md
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

from local_runtime.delta.actions import Entry, LogAction, TableSnapshot, checkpoint_actions
from local_runtime.errors import CorruptTableError, LakehouseError
from local_runtime.file_identity import kept_while_unchanged

ENTRY_LENGTH = len("00000000000000000000.json")
CHECKPOINT_NAME = re.compile(r"^(\d{20})\.checkpoint(?:\.\d{10}\.(\d{10}))?\.parquet$")


@kept_while_unchanged(1000)
def _actions_of(path: str) -> tuple[Mapping[str, LogAction], ...]:
    """The actions of an entry: an update looks at the newest entry of a table tens of times."""
    # Not splitlines: texts in an entry may hold other line ends, such as U+2028.
    lines = Path(path).read_bytes().decode("utf-8").split("\n")
    return tuple(json.loads(line) for line in lines if line.strip())


@dataclass(frozen=True)
class _Listing:
    """What the log's folder holds: the versions of its entries and checkpoints, oldest first."""

    entries: list[int]
    checkpoints: dict[int, list[Path]]

    @property
    def newest(self) -> int | None:
        """The newest version; None without a table."""
        return max([*self.entries, *self.checkpoints], default=None)

    def newest_checkpoint(self, version: int) -> int:
        """The newest checkpoint that isn't newer than `version`; -1 without one."""
        return max((checkpoint for checkpoint in self.checkpoints if checkpoint <= version), default=-1)


class DeltaLog:
    """The log of the table in `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path / "_delta_log"
        self._folder = str(self.folder)

    def _listing(self) -> _Listing:
        entries: list[int] = []
        parts: dict[int, list[Path]] = {}
        wanted: dict[int, int] = {}
        for name in self._names():
            # A log may have very many entries; a regular expression would be slow.
            if name.endswith(".json") and len(name) == ENTRY_LENGTH and name[:20].isdigit():
                entries.append(int(name[:20]))
            elif match := CHECKPOINT_NAME.match(name):
                parts.setdefault(int(match.group(1)), []).append(self.folder / name)
                wanted[int(match.group(1))] = int(match.group(2) or 1)
        complete = {version: sorted(files) for version, files in parts.items() if len(files) == wanted[version]}
        return _Listing(sorted(entries), complete)

    def _names(self) -> list[str]:
        try:
            return os.listdir(self._folder)
        except (FileNotFoundError, NotADirectoryError):
            return []

    def versions(self) -> list[int]:
        """The versions whose log entries exist, oldest first; [] without a table."""
        return self._listing().entries

    def exists(self) -> bool:
        """Whether there is a table."""
        return self.newest_version() is not None

    def newest_version(self) -> int | None:
        """The newest version; None where there is no table."""
        return self._listing().newest

    def changed_at(self) -> datetime:
        """When the newest version was committed (UTC); if its entry is missing, when the log was last written."""
        versions, newest = self.versions(), self.newest_version()
        if versions and versions[-1] == newest:
            return datetime.fromtimestamp(self.entry(versions[-1]).timestamp / 1000, tz=UTC)
        return datetime.fromtimestamp(self.folder.stat().st_mtime, tz=UTC)

    def entry(self, version: int) -> Entry:
        """The log entry of `version`.

        Raises CorruptTableError where it can't be read.
        """
        name = f"{version:020}.json"
        path = f"{self._folder}/{name}"  # a text: of Paths, an update would make thousands
        try:
            actions = _actions_of(path)
        except FileNotFoundError:
            raise CorruptTableError(
                f"Table {self.path}: log entry {name} is gone, and no checkpoint covers it, so nobody can tell "
                f"what the table held. Put it back, or delete {self.path} and run again with all of its sources: it is "
                "rebuilt, and what reads it needs a full refresh."
            ) from None
        except (OSError, ValueError) as error:
            raise CorruptTableError(
                f"Table {self.path}: log entry {name} is damaged ({error}). "
                "Older data is not served in its place. "
                f"If it is the newest entry, delete it and run again: its increment is redone; "
                "else delete the table's folder and run again: it is rebuilt."
            ) from None
        if not actions:
            raise CorruptTableError(
                f"Table {self.path}: log entry {name} is empty: it was torn while it was written. "
                "Delete it and run again: its increment is redone."
            )
        return Entry(version, actions)

    def check_newest_entry(self) -> None:
        """Makes sure that the newest entry is complete and the checkpoint hint, if any, can be read.

        A torn `_last_checkpoint` is deleted: it is only a hint.
        Raises CorruptTableError where the newest entry is damaged.
        """
        versions = self.versions()
        if versions:
            self.entry(versions[-1])
        hint = self.folder / "_last_checkpoint"
        if hint.is_file():
            try:
                json.loads(hint.read_text())
            except ValueError:
                hint.unlink()

    def details(self) -> TableSnapshot | None:
        """The newest version with its metaData and protocol, and no files; None where there is no table.

        Reads back from the newest entry until it has both, at most to the newest checkpoint: as a rule one entry and
        one checkpoint at most, however long the log is.
        """
        listing = self._listing()
        newest = listing.newest
        if newest is None:
            return None
        details = TableSnapshot(newest)
        checkpoint = listing.newest_checkpoint(newest)
        for version in range(newest, checkpoint, -1):
            entry = self.entry(version)
            details.metadata = details.metadata or entry.metadata
            details.protocol = details.protocol or entry.protocol
            if details.metadata and details.protocol:
                return details
        if checkpoint >= 0:
            older = TableSnapshot(checkpoint)
            older.apply(checkpoint_actions(listing.checkpoints[checkpoint], ["metaData", "protocol"]))
            details.metadata, details.protocol = details.metadata or older.metadata, details.protocol or older.protocol
        if not details.metadata or not details.protocol:
            raise self._incomplete(newest)
        return details

    def snapshot(self, version: int | None = None) -> TableSnapshot | None:
        """The table at `version` (None: the newest), with its files; None where there is no table.

        Raises LakehouseError where the log doesn't reach back to that version any more.
        """
        listing = self._listing()
        newest = listing.newest
        if newest is None:
            return None
        wanted = newest if version is None else version
        checkpoint = listing.newest_checkpoint(wanted)
        snapshot = TableSnapshot(wanted)
        if checkpoint >= 0:
            snapshot.apply(checkpoint_actions(listing.checkpoints[checkpoint], ["metaData", "protocol", "add"]))
        missing = set(range(checkpoint + 1, wanted + 1)) - set(listing.entries)
        if missing:
            raise self._incomplete(wanted)
        for number in range(checkpoint + 1, wanted + 1):
            snapshot.apply(self.entry(number).actions)
        return snapshot

    def removed_since(self, timestamp: int) -> set[str]:
        """Paths of the data files that were removed after `timestamp` (milliseconds since the epoch)."""
        listing = self._listing()
        checkpoint = max(listing.checkpoints, default=-1)
        actions = [action for version in listing.entries for action in self.entry(version).actions]
        actions += checkpoint_actions(listing.checkpoints.get(checkpoint, []), ["remove"])
        removed = (action["remove"] for action in actions if "remove" in action)
        return {remove["path"] for remove in removed if (remove.get("deletionTimestamp") or 0) > timestamp}

    def configurations(self) -> list[str]:
        """The table's properties as text, at every version whose entry or checkpoint exists."""
        listing = self._listing()
        metadata = [self.entry(version).metadata for version in listing.entries]
        for parts in listing.checkpoints.values():
            metadata += [action["metaData"] for action in checkpoint_actions(parts, ["metaData"])]
        return [str(action["configuration"]) for action in metadata if action]

    def files_of_newest(self) -> list[Path]:
        """The files of the log that the newest version is read from."""
        listing = self._listing()
        checkpoint = listing.newest_checkpoint(max([*listing.entries, *listing.checkpoints], default=-1))
        entries = [self.folder / f"{version:020}.json" for version in listing.entries if version >= checkpoint]
        hint = self.folder / "_last_checkpoint"
        return [*entries, *listing.checkpoints.get(checkpoint, []), *([hint] if hint.is_file() else [])]

    def _incomplete(self, version: int) -> LakehouseError:
        return CorruptTableError(
            f"Table {self.path}: its log doesn't hold all that version {version} is made of (entries are missing, or "
            "its checkpoint is of a kind that the local runtime can't read). Bring the missing files of _delta_log "
            "back, or delete the table's folder and run again: it is rebuilt."
        )

    def added_files(self, after: int, upto: int) -> list[str] | None:
        """Paths of the data files that the versions from `after` (excluded) to `upto` added.

        None where entries of that range are gone. Raises LakehouseError where one of them changed or removed rows: an
        increment is only defined over appends.
        """
        files: list[str] = []
        available = set(self.versions())
        if any(version not in available for version in range(after + 1, upto + 1)):
            return None
        for version in range(after + 1, upto + 1):
            entry = self.entry(version)
            if entry.removes_data:
                raise LakehouseError(
                    f"Table {self.path} changed or lost rows in version {version} ({entry.info.get('operation')}); "
                    "a streaming read needs a source that only grows. Refresh the reading table in full."
                )
            files += [unquote(add["path"]) for add in entry.added]
        return files
