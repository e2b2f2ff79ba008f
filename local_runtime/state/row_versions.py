"""Which versions of a table changed its rows; one that only rewrites files, such as a compaction, doesn't."""

from local_runtime.delta.actions import TableSnapshot, rows_in
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.state.progress import progress_in, progress_of


def newest_change(log: DeltaLog, details: TableSnapshot) -> int:
    """The newest version that changed the table's rows; a compaction doesn't.

    If log entries are missing, it is decided by the table's own progress and its number of rows.
    """
    progress, newest = progress_of(log, details), details.version
    if progress is None or progress.version > newest:
        return newest
    available = set(log.versions())
    later = range(progress.version + 1, newest + 1)
    if all(version in available for version in later):
        entries = [log.entry(version) for version in later]
        return newest if any(entry.added or entry.removes_data for entry in entries) else progress.changed
    return progress.changed if _has_rows_of(log, progress.rows) else newest


def _has_rows_of(log: DeltaLog, rows: int) -> bool:
    snapshot = log.snapshot()
    return snapshot is not None and rows_in(log.path, snapshot) == rows


def proven_unchanged(log: DeltaLog, after: int) -> int | None:
    """A version up to which the table provably has the rows of version `after`, although log entries are missing.

    The oldest of the runtime's commits whose entry exists names the commit before it, and how many rows the table
    had then: that must be `after`, and what it found. Without such a commit, the table's progress must be `after`'s.
    """
    later = [version for version in log.versions() if version > after]
    for version in later:
        entry = log.entry(version)
        carried = progress_in(log.path, entry.metadata) if entry.metadata else None
        if carried is not None and carried.version == version:
            if carried.changed == after:
                return version
            before = carried.previous
            is_same = (
                before is not None and before.version == after and carried.rows - entry.rows_written == before.rows
            )
            return version - 1 if is_same else None
    progress = progress_of(log)
    is_last = progress is not None and after in (progress.version, progress.changed)
    return log.newest_version() if is_last and progress and _has_rows_of(log, progress.rows) else None


def newest_change_since(log: DeltaLog, after: int) -> int | None:
    """The newest version after `after` that added, changed or removed rows; None without one.

    If log entries are missing and nothing proves that the rows are unchanged, the newest version.
    """
    newest = log.newest_version()
    if newest is None or newest <= after:
        return None
    available = set(log.versions())
    if any(version not in available for version in range(after + 1, newest + 1)):
        proven = proven_unchanged(log, after)
        if proven is None or any(version not in available for version in range(proven + 1, newest + 1)):
            return newest
        after = proven
    for version in range(newest, after, -1):
        entry = log.entry(version)
        if entry.added or entry.removes_data:
            return version
    return None
