"""The data files that a read of a table needs: all of a version's, or those that it gained between two.

Engines differ in what they make of a file that is gone: the default one reads it as no rows. So it is looked for here.
"""

from collections.abc import Collection, Iterable
from pathlib import Path
from urllib.parse import unquote

from local_runtime.errors import LakehouseError
from local_runtime.lake.actions import LogAction, TableSnapshot
from local_runtime.lake.delta_log import DeltaLog
from local_runtime.lake.row_versions import proven_unchanged


def check_files(table: str, log: DeltaLog, version: int | None = None) -> None:
    """Makes sure that every data file of the table's version (None: the newest) is there.

    Raises LakehouseError where one is gone: its rows would be missed without a word.
    """
    snapshot = log.snapshot(version)
    lost = missing_files(log, snapshot) if snapshot else []
    if lost:
        raise LakehouseError(
            f"Table {table}: {len(lost)} of its data files are gone ({lost[0]}), and their rows with them. Bring them "
            f"back, restore the table to a version that is whole, or build it anew: `./lakehouse run --full-refresh "
            f"{table}`."
        )


def missing_files(log: DeltaLog, snapshot: TableSnapshot) -> list[Path]:
    """The data files of the table, as it is in the snapshot, that aren't there any more."""
    return _missing(_data_file_path(log, add) for add in snapshot.files.values())


def gained_files(table: str, log: DeltaLog, after: int, upto: int) -> list[Path]:
    """The data files that the table gained after one version, up to another.

    Raises LakehouseError where that can't be known any more, rows were changed or lost, or a file of them is gone.
    """
    files = _files_gained(table, log, after, upto)
    lost = _missing(files)
    if lost:
        raise LakehouseError(
            f"Table {table}: {len(lost)} data files that it gained since version {after} were vacuumed before they "
            f"were read ({lost[0]}). Refresh the reading table in full."
        )
    return files


def lacks_partition(table: Path, files: Iterable[LogAction]) -> bool:
    """Whether a file can't be read by itself, for it lacks the columns of its partition.

    The runtime's files have them; other programs' need not.
    """
    return any(lack_columns([table / unquote(add["path"])], add.get("partitionValues") or ()) for add in files)


def lack_columns(files: Iterable[Path], columns: Collection[str]) -> bool:
    """Whether one of the files lacks one of the columns."""
    if not columns:
        return False
    import pyarrow.parquet as pq

    return any(not {*columns} <= {*pq.read_schema(path).names} for path in files)


def _files_gained(table: str, log: DeltaLog, after: int, upto: int) -> list[Path]:
    there_again: list[Path] = []
    try:
        added = log.added_files(after, upto)
    except LakehouseError:
        if (gained := _gained_through_restores(log, after, upto)) is not None:
            return gained
        restored = _last_restore(log, after, upto)
        if restored is None:
            raise
        after, there_again = restored
        added = log.added_files(after, upto)
    if added is None and (proven := proven_unchanged(log, after)) is not None:
        added = log.added_files(proven, upto)
    if added is None:
        raise LakehouseError(
            f"Table {table}: log entries between version {after}, up to which it was read, and version {upto} are "
            "gone, so what it gained is unknown. Refresh the reading table in full."
        )
    return [*there_again, *(log.path / file for file in added)]


def _gained_through_restores(log: DeltaLog, after: int, upto: int) -> list[Path] | None:
    """What the table gained on the way to `upto`, on which a RESTORE leads to the version that it restored.

    None where that way passes by version `after` and its rows, or isn't known.
    """
    available, gained, version = {*log.versions()}, [], upto
    while version > after:
        entry = log.entry(version) if version in available else None
        if entry is None:
            return None
        if entry.info.get("operation") == "RESTORE":
            restored = (entry.info.get("operationParameters") or {}).get("version")
            if restored is None:
                return None
            version = int(restored)
        elif entry.removes_data:
            return None
        else:
            gained += [_data_file_path(log, add) for add in entry.added]
            version -= 1
    between = [log.entry(number) if number in available else None for number in range(version + 1, after + 1)]
    return None if any(entry is None or entry.added or entry.removes_data for entry in between) else gained


def _last_restore(log: DeltaLog, after: int, upto: int) -> tuple[int, list[Path]] | None:
    """The last RESTORE that left all that the table had at version `after`, and the files that it had beside that.

    A RESTORE takes files away, and files never change: where each of `after` is there again, with the same rows deleted
    from it, the table has its rows, and those of the other files are what it gained. None where there is no such
    RESTORE, or the log doesn't go back so far.
    """
    available = set(log.versions())
    restores = [
        version
        for version in range(upto, after, -1)
        if version in available and log.entry(version).info.get("operation") == "RESTORE"
    ]
    for version in restores:
        try:
            old, new = _identities(log.snapshot(after)), _identities(log.snapshot(version))
        except LakehouseError:
            return None
        if old.items() <= new.items():
            return version, [_data_file_path(log, {"path": path}) for path in new.keys() - old.keys()]
    return None


def _identities(snapshot: TableSnapshot | None) -> dict[str, str]:
    """What tells a table's files, with the rows that are deleted from each, from others."""
    files = snapshot.files if snapshot else {}
    return {path: repr(add.get("deletionVector")) for path, add in files.items()}


def _data_file_path(log: DeltaLog, add: LogAction) -> Path:
    return log.path / unquote(add["path"]).removeprefix("file://")


def _missing(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if not path.is_file()]
