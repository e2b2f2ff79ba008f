"""The data files that a read of a table needs.

Engines differ on a missing file: the default one reads it as no rows. So files are checked here.
"""

from collections.abc import Collection, Iterable
from pathlib import Path
from urllib.parse import unquote

from local_runtime.delta.actions import LogAction, TableSnapshot
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.delta.lake import Lake
from local_runtime.delta.run_again import run_command
from local_runtime.errors import LakehouseError
from local_runtime.file_identity import kept_while_unchanged


def check_files(table: str, log: DeltaLog, version: int | None = None) -> None:
    """Makes sure that every data file of the table's version (None: the newest) exists.

    Raises LakehouseError if one is missing: its rows would silently be left out.
    """
    snapshot = log.snapshot(version)
    lost = missing_files(log, snapshot) if snapshot else []
    if lost:
        raise LakehouseError(
            f"Table {table}: data files are gone ({len(lost)}: {lost[0]}), and their rows with them. Bring them "
            "back, restore the table to a complete version, or rebuild it: "
            f"`{run_command(Lake(log.path.parents[1]), [table])}`."
        )


def missing_files(log: DeltaLog, snapshot: TableSnapshot) -> list[Path]:
    """The data files of the snapshot that don't exist any more."""
    return missing_paths(data_file_path(log, add) for add in snapshot.files.values())


def lacks_partition(table: Path, files: Iterable[LogAction]) -> bool:
    """Whether a file doesn't contain its partition columns, so that it can't be read alone.

    The runtime's files contain them; those of other programs may not.
    """
    return any(lack_columns([table / unquote(add["path"])], add.get("partitionValues") or ()) for add in files)


def lack_columns(files: Iterable[Path], columns: Collection[str]) -> bool:
    """Whether one of the columns is missing from one of the files."""
    if not columns:
        return False
    return any(not {*columns} <= _columns_of(path) for path in files)


@kept_while_unchanged(2000, only_small=False)
def _columns_of(path: Path) -> frozenset[str]:
    """The columns of a file: a watch asks after each update for those of the files that it reads again."""
    import pyarrow.parquet as pq

    return frozenset(pq.read_schema(path).names)


def data_file_path(log: DeltaLog, add: LogAction) -> Path:
    """Where the data file of an add action is."""
    return log.path / unquote(add["path"]).removeprefix("file://")


def missing_paths(paths: Iterable[Path]) -> list[Path]:
    """The paths that are not files."""
    return [path for path in paths if not path.is_file()]
