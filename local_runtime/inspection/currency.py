"""Whether tables have taken in what their sources hold."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from local_runtime.lake.actions import TableVersion
from local_runtime.lake.delta_log import DeltaLog
from local_runtime.lake.lake import Lake
from local_runtime.lake.progress import FlowProgress, TableProgress
from local_runtime.lake.row_versions import changed_since


def sources_ahead(
    lake: Lake, progress: TableProgress, flows: Collection[str] | None, looked_at: datetime | None
) -> dict[str, tuple[int, int]]:
    """The sources that have changed rows which the table hasn't taken in: the version taken in, and the newest change.

    `flows` are those that count (None: all): what a flow that is gone from the code has read matters no more.
    `looked_at` (UTC) is when the table's flows last ran to their end, whether they found news or not.
    """
    ahead: dict[str, tuple[int, int]] = {}
    for name, flow in progress.flows.items():
        if flows is not None and name not in flows:
            continue
        for source, seen in _awaited(flow).items():
            log = lake.log(source)
            details = log.details()
            if details is None:
                continue
            is_other = details.metadata["id"] != seen.table_id
            changed = details.version if is_other else changed_since(log, seen.version)
            if changed is not None and not _was_judged(flow, log, changed, looked_at):
                ahead[source] = (seen.version, changed)
    return ahead


def _awaited(flow: FlowProgress) -> Mapping[str, TableVersion]:
    """The sources whose changes are the flow's news: a stream's other reads change nothing until it has rows."""
    if flow.kind in ("append", "changes"):
        return {source: at for source, at in flow.tables.items() if source in flow.streams}
    return flow.tables


def _was_judged(flow: FlowProgress, log: DeltaLog, changed: int, looked_at: datetime | None) -> bool:
    """Whether a snapshot function has run since the change: what it finds no snapshot in leaves no commit."""
    if flow.kind != "snapshots" or looked_at is None or changed not in log.versions():
        return False
    return datetime.fromtimestamp(log.entry(changed).timestamp / 1000, tz=UTC) <= looked_at
