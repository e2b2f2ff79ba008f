"""The publications of a lake on this machine."""

from typing import Any

from local_runtime.delta.lake import Lake
from local_runtime.state.last_run import run_command
from local_runtime.state.publications import FOLDER, publications
from serving.backends.memory import Memory
from serving.loading import load
from serving.sources import Source, newest_source


class LocalStore:
    """A lake."""

    dialect = "duckdb"
    pause = 1.0
    only_when_asked = False

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.name = f"The lake {lake.root}"

    @property
    def way_out(self) -> str:
        """The run that builds the lake again."""
        return f"Build it again: `{run_command(self.lake)}`"

    def state(self) -> object:
        """What changes with every publication, at the price of two looks at the disk; None without publications."""
        try:
            found = (self.lake.root / FOLDER).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino

    def is_busy(self) -> bool:
        """Whether a run is in progress in a lake that has no publications."""
        return self.lake.is_locked()

    def newest(self) -> Source:
        """The newest publication. Raises LakehouseError as `newest_source`."""
        return newest_source(self.lake)

    def open(self, source: Source) -> Memory:
        """Its tables in memory. Raises LakehouseError as `load`."""
        return Memory(load(self.lake, source))

    def publications(self) -> list[dict[str, Any]]:
        """The publications that are kept, oldest first. Raises LakehouseError for a damaged one."""
        return [
            {
                "id": one.id,
                "published_at": one.published_at.isoformat(),
                "update_id": one.update_id,
                "tables": len(one.versions),
            }
            for one in publications(self.lake)
        ]
