"""The data files that a table gained between two versions: what a stream reads."""

from pathlib import Path

from local_runtime.counts import counted, was_or_were
from local_runtime.delta.actions import TableSnapshot
from local_runtime.delta.data_files import data_file_path, missing_paths
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.errors import LakehouseError
from local_runtime.state.row_versions import proven_unchanged


def gained_files(table: str, log: DeltaLog, after: int, upto: int) -> list[Path]:
    """The data files that the table gained after one version, up to another.

    Raises LakehouseError if that can no longer be known, if rows were changed or removed, or if a file is missing.
    """
    files = _files_gained(table, log, after, upto)
    lost = missing_paths(files)
    if lost:
        raise LakehouseError(
            f"Table {table}: {counted(len(lost), 'data file')} that it gained since version {after} "
            f"{was_or_were(len(lost))} deleted before being read ({lost[0]}), as VACUUM does with files that "
            "newer ones have replaced. Refresh the reading table in full."
        )
    return files


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
            gained += [data_file_path(log, add) for add in entry.added]
            version -= 1
    between = [log.entry(number) if number in available else None for number in range(version + 1, after + 1)]
    return None if any(entry is None or entry.added or entry.removes_data for entry in between) else gained


def _last_restore(log: DeltaLog, after: int, upto: int) -> tuple[int, list[Path]] | None:
    """The last RESTORE that kept all files of version `after`, and the further files of the restored version.

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
            return version, [data_file_path(log, {"path": path}) for path in new.keys() - old.keys()]
    return None


def _identities(snapshot: TableSnapshot | None) -> dict[str, str]:
    """What identifies a table's files, with the rows that are deleted from each."""
    files = snapshot.files if snapshot else {}
    return {path: repr(add.get("deletionVector")) for path, add in files.items()}
