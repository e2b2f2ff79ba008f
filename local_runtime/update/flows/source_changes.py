"""Which data files a table has gained and lost since a flow has read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from local_runtime.delta.actions import LogAction, TableSnapshot, TableVersion
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.update.flows.stages import Partition, partition_of
from local_runtime.update.flows.table_run import TableRun
from local_runtime.update.reads import RunReads


class FullRefreshNeeded(Exception):
    """Why a view is refreshed in full."""


@dataclass(frozen=True, kw_only=True)
class SourceChanges:
    """A source at the version at which it is read, and the actions that changed its rows since it was read last.

    `is_compacted`: its rows have moved to other files meanwhile, so gained rows may be in none of the gained files.
    """

    name: str
    log: DeltaLog
    snapshot: TableSnapshot
    actions: tuple[tuple[str, LogAction], ...]
    is_compacted: bool

    def touched(self, partition_by: tuple[str, ...]) -> set[Partition]:
        """The partitions in which files came or went. Raises FullRefreshNeeded where an action doesn't say."""
        if not all(file.get("partitionValues") for _, file in self.actions):
            raise FullRefreshNeeded(f"a version of {self.name} doesn't say which partitions it changed")
        return {partition_of(file, partition_by) for _, file in self.actions}

    def gained(self) -> list[Path]:
        """The files that it has now and may not have had."""
        added = dict.fromkeys(file["path"] for kind, file in self.actions if kind == "add")
        return self._paths(path for path in added if path in self.snapshot.files)

    def lost(self) -> list[Path]:
        """The files that it had: those whose first change was to be removed."""
        first: dict[str, str] = {}
        for kind, file in self.actions:
            first.setdefault(file["path"], kind)
        return self._paths(path for path, kind in first.items() if kind == "remove")

    def sides(self) -> list[tuple[int, list[Path]]]:
        """The files that it gained, as 1, and those that it lost, as -1."""
        return [(1, self.gained()), (-1, self.lost())]

    def _paths(self, paths: Iterable[str]) -> list[Path]:
        return [self.log.path / unquote(path) for path in paths]


def changes_since(table: TableRun, reads: RunReads, name: str, seen: TableVersion | None) -> SourceChanges:
    """What has changed in a table since a version of it was `seen`.

    Raises FullRefreshNeeded where that isn't known.
    """
    log = table.run.lake.log(name)
    snapshot, now = log.snapshot(reads.version_of(name)), reads.tables[name]
    if seen is None or seen.table_id != now.table_id or snapshot is None:
        raise FullRefreshNeeded(f"{name} is another table than before")
    if list(snapshot.metadata.get("partitionColumns") or []) != list(table.run.graph.datasets[name].partition_cols):
        raise FullRefreshNeeded(f"{name} is not partitioned as its code says")
    available = {*log.versions()}
    moved: list[tuple[str, LogAction]] = []
    for version in range(seen.version + 1, snapshot.version + 1):
        if version not in available:
            raise FullRefreshNeeded(f"log entries of {name} are gone")
        for action in log.entry(version).actions:
            moved += [(kind, action[kind]) for kind in ("add", "remove") if kind in action]
    actions = tuple((kind, file) for kind, file in moved if file.get("dataChange", True))
    is_compacted = len(actions) < len(moved)
    return SourceChanges(name=name, log=log, snapshot=snapshot, actions=actions, is_compacted=is_compacted)
