"""Whether tables are up to date with their sources."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from local_runtime.delta.actions import TableVersion
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.delta.lake import Lake
from local_runtime.state.progress import FlowProgress, TableProgress
from local_runtime.state.row_versions import newest_change_since


def sources_ahead(
    lake: Lake, table: DeltaLog, progress: TableProgress, flows: Collection[str] | None, looked_at: datetime | None
) -> dict[str, tuple[int, int]]:
    """The sources with changes that the table hasn't taken in: the version taken in, and the newest change.

    `flows` are those that count (None: all): the reads of a flow that was removed from the code don't matter.
    `looked_at` (UTC) is when the table's flows last completed, with or without news: a flow without news
    leaves no commit. It doesn't count for a table that was restored or changed since.
    """
    changed = newest_change_since(table, progress.version)
    if changed is not None and not _is_before(table, changed, looked_at):
        looked_at = None
    ahead: dict[str, tuple[int, int]] = {}
    for name, flow in progress.flows.items():
        for source, seen in _awaited_sources(flow).items() if flows is None or name in flows else ():
            changed = _newest_change(lake.log(source), seen)
            if changed is not None and not _is_before(lake.log(source), changed, looked_at):
                ahead[source] = (seen.version, changed)
    return ahead


def _awaited_sources(flow: FlowProgress) -> Mapping[str, TableVersion]:
    """The sources whose changes make the flow run: a stream's other reads change nothing until it has rows."""
    if flow.kind in ("append", "changes"):
        return {source: at for source, at in flow.intake.tables.items() if source in flow.intake.streams}
    return flow.intake.tables


def _newest_change(log: DeltaLog, seen: TableVersion) -> int | None:
    """The newest version that changed the source's rows since it was read; None without one, and without a table."""
    details = log.details()
    if details is None:
        return None
    return details.version if details.metadata["id"] != seen.table_id else newest_change_since(log, seen.version)


def _is_before(log: DeltaLog, version: int, moment: datetime | None) -> bool:
    if moment is None or version not in log.versions():
        return False
    return datetime.fromtimestamp(log.entry(version).timestamp / 1000, tz=UTC) <= moment
