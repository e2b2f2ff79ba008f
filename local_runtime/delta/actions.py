"""The actions of a Delta table's log: one entry's, and the table that all of them add up to.

Format: https://github.com/delta-io/delta/blob/master/PROTOCOL.md
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from local_runtime.file_identity import kept_while_unchanged

LogAction = Mapping[str, Any]
"""The body of one action of the log, as the protocol defines it."""


@dataclass(frozen=True)
class TableVersion:
    """A version of a table; `table_id` distinguishes it from an earlier table of the same name."""

    table_id: str
    version: int


@dataclass(frozen=True)
class Entry:
    """One version's log entry."""

    version: int
    actions: tuple[Mapping[str, LogAction], ...]

    def _first(self, kind: str) -> LogAction:
        return next((action[kind] for action in self.actions if kind in action), {})

    @property
    def info(self) -> LogAction:
        """The commitInfo action."""
        return self._first("commitInfo")

    @property
    def metadata(self) -> LogAction:
        """The metaData action; empty where the entry has none."""
        return self._first("metaData")

    @property
    def protocol(self) -> LogAction:
        """The protocol action; empty where the entry has none."""
        return self._first("protocol")

    @property
    def timestamp(self) -> int:
        """When it was committed, in milliseconds since the epoch."""
        return int(self.info.get("timestamp", 0))

    @property
    def rows_written(self) -> int:
        """Rows in the data files that the entry added."""
        return sum(rows_of(add) or 0 for add in self.added)

    @property
    def added(self) -> list[LogAction]:
        """The add actions that bring data (a compaction's don't)."""
        return [action["add"] for action in self.actions if "add" in action and action["add"].get("dataChange", True)]

    @property
    def removes_data(self) -> bool:
        """Whether rows were removed or rewritten."""
        return any("remove" in action and action["remove"].get("dataChange", True) for action in self.actions)


def rows_of(add: LogAction) -> int | None:
    """The rows of a data file, from its add action; None where that has no statistics."""
    rows = json.loads(add.get("stats") or "{}").get("numRecords")
    return None if rows is None else int(rows)


def rows_in(table: Path, snapshot: "TableSnapshot") -> int:
    """The rows of the table in the folder `table`; without statistics the files themselves are read."""
    return sum(
        rows_of_file(table / unquote(add["path"])) if rows_of(add) is None else rows_of(add) or 0
        for add in snapshot.files.values()
    )


@kept_while_unchanged(1000, only_small=False)
def rows_of_file(path: Path) -> int:
    """The rows of a Parquet file, which is asked several times from its staging to its commit."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows)


@dataclass
class TableSnapshot:
    """A table at one version: its metaData and protocol actions, and the add actions of its data files by path."""

    version: int
    metadata: LogAction = field(default_factory=dict)
    protocol: LogAction = field(default_factory=dict)
    files: dict[str, LogAction] = field(default_factory=dict)

    def apply(self, actions: Iterable[Mapping[str, LogAction]]) -> None:
        """Takes in the actions of the next entry, or of a checkpoint."""
        for action in actions:
            if "add" in action:
                self.files[action["add"]["path"]] = action["add"]
            elif "remove" in action:
                self.files.pop(action["remove"]["path"], None)
            elif "metaData" in action:
                self.metadata = action["metaData"]
            elif "protocol" in action:
                self.protocol = action["protocol"]

    def content(self) -> str:
        """A digest of the data files: two versions of one number, of two histories of a table, have different ones.

        It is the same whether the files are read from entries of the log or from a checkpoint.
        """
        deleted = ("storageType", "pathOrInlineDv", "offset")
        files = []
        for path, add in self.files.items():
            vector = add.get("deletionVector") or {}
            about = [int(add.get(name) or 0) for name in ("size", "modificationTime")]
            files.append([unquote(path), *about, *(vector.get(name) for name in deleted)])
        return hashlib.sha256(json.dumps(sorted(files, key=repr)).encode()).hexdigest()[:32]


def checkpoint_actions(parts: Iterable[Path], kinds: Sequence[str]) -> Iterator[Mapping[str, LogAction]]:
    """The actions of a checkpoint, of some kinds only."""
    for part in parts:
        yield from _actions_in_part(part, tuple(kinds))


@kept_while_unchanged(200)
def _actions_in_part(part: Path, kinds: Sequence[str]) -> list[Mapping[str, LogAction]]:
    import pyarrow.parquet as pq

    file = pq.ParquetFile(part)
    return [
        {kind: row}
        for kind in kinds
        if kind in file.schema_arrow.names
        for batch in file.iter_batches(columns=[kind])
        for row in batch.column(kind).drop_null().to_pylist(maps_as_pydicts="lossy")
    ]
