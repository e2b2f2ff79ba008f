"""Which versions of a table can still be read: those whose log entries and data files still exist."""

import bisect

from local_runtime.delta.actions import TableSnapshot
from local_runtime.delta.data_files import missing_files
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.delta.lake import Lake
from local_runtime.delta.run_again import run_command
from local_runtime.errors import CorruptTableError, LakehouseError


def readable_snapshot(log: DeltaLog, name: str, version: int | None) -> TableSnapshot | None:
    """The table at `version` (None: the newest), with all of its data files; None without a table.

    Raises LakehouseError where it can't be read: there is no such version, its log entries were cleaned up, or its data
    files are gone. The message says which versions can be. Where the newest one can't, it is a CorruptTableError that
    says how to rebuild the table.
    """
    log.check_newest_entry()
    newest = log.newest_version()
    if newest is None:
        return None
    if version is None or version == newest:
        return _newest(log, name)
    if version > newest:
        raise LakehouseError(f"{name}@v{version}: there is no such version; {_readable(log, newest)}.")
    try:
        snapshot = log.snapshot(version)
    except CorruptTableError:
        raise LakehouseError(f"{name}@v{version}: its log entries were cleaned up; {_readable(log, newest)}.") from None
    if snapshot is not None and (lost := missing_files(log, snapshot)):
        raise LakehouseError(
            f"{name}@v{version}: data files are gone ({len(lost)} of {len(snapshot.files)}); {_readable(log, newest)}."
        )
    return snapshot


def _newest(log: DeltaLog, name: str) -> TableSnapshot | None:
    snapshot = log.snapshot()
    if snapshot is not None and (lost := missing_files(log, snapshot)):
        rebuild = run_command(Lake(log.path.parents[1]), [name])
        raise CorruptTableError(
            f"Table {name}: data files are gone ({len(lost)} of {len(snapshot.files)}: {lost[0]}), though its "
            f"newest version needs them. Bring them back, or rebuild it: `{rebuild}`."
        )
    return snapshot


def _readable(log: DeltaLog, newest: int) -> str:
    """Which versions of the table can be read."""
    oldest = oldest_readable(log)
    if oldest is None:
        return "none of its versions can be read"
    return f"the oldest version that can be read is v{oldest}, the newest is v{newest}"


def oldest_readable(log: DeltaLog) -> int | None:
    """The oldest version that can be read; None where not even the newest can be.

    A vacuum and a clean-up of the log take away what is older than something, so that every later one can be read too.
    """
    newest = log.newest_version()
    if newest is None or not _is_readable(log, newest):
        return None
    return bisect.bisect_left(range(newest), True, key=lambda version: _is_readable(log, version))


def _is_readable(log: DeltaLog, version: int) -> bool:
    try:
        snapshot = log.snapshot(version)
    except CorruptTableError:
        return False
    return snapshot is not None and not missing_files(log, snapshot)
