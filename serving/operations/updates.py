"""The last updates, from the event logs: how long they took, how they ended, and what they wrote by layer."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from local_runtime.delta.lake import EVENT_LOG, Lake
from local_runtime.errors import LakehouseError
from local_runtime.inspection.query import run_query
from local_runtime.quoting import quoted_table
from local_runtime.state.last_run import LastRun, last_run

LAYERS = ("bronze", "silver", "gold")
KEPT = 30  # updates that are shown over time
EVENTS = """
SELECT origin.update_id AS update_id, origin.pipeline_name AS pipeline, epoch_us(timestamp) AS moment, event_type,
    error, split_part(origin.dataset_name, '.', 1) AS layer, origin.dataset_name AS dataset,
    get_json_object(details, '$.update_progress.state') AS state,
    get_json_object(details, '$.flow_progress.metrics.num_output_rows')::BIGINT AS written,
    get_json_object(details, '$.flow_progress.data_quality.dropped_records')::BIGINT AS dropped
FROM {table}
WHERE origin.update_id IS NOT NULL AND event_type IN ('update_progress', 'flow_progress')
"""
BY_PIPELINE = f"""
SELECT update_id, pipeline, min(moment), max(moment), max_by(state, moment) FILTER (WHERE state IS NOT NULL),
    max_by(error, moment) FILTER (WHERE error IS NOT NULL)
FROM ({EVENTS}) GROUP BY update_id, pipeline
"""
BY_LAYER = f"""
SELECT update_id, layer, coalesce(sum(written), 0)::BIGINT, coalesce(sum(dropped), 0)::BIGINT, count(DISTINCT dataset)
FROM ({EVENTS}) WHERE event_type = 'flow_progress' AND layer IS NOT NULL GROUP BY update_id, layer
"""


@dataclass
class LayerRows:
    """The rows that an update's flows gave to the tables of a layer (`rows_in`), and what rules dropped of them."""

    written: int = 0
    dropped: int = 0
    tables: int = 0

    @property
    def rows_in(self) -> int:
        """The rows before the rules."""
        return self.written + self.dropped


@dataclass
class Update:
    """An update of all pipelines: from its first event to its last (UTC), how each pipeline ended, rows by layer.

    `unfinished` is RUNNING while its run is, STOPPED where that was killed.
    """

    id: str
    began_at: datetime
    ended_at: datetime
    states: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    layers: dict[str, LayerRows] = field(default_factory=dict)
    unfinished: str | None = None

    @property
    def duration(self) -> timedelta:
        """The time from the first event to the last."""
        return self.ended_at - self.began_at

    @property
    def state(self) -> str:
        """COMPLETED where every pipeline is and none is still to come; otherwise what the first of the others is."""
        return self.unfinished or next((state for state in self.states.values() if state != "COMPLETED"), "COMPLETED")


def updates_in(lake: Lake, unread: list[str]) -> list[Update]:
    """The last updates, newest first; adds to `unread` what is wrong with event logs that can't be read."""
    updates: dict[str, Update] = {}
    run = last_run(lake)
    unfinished = None if run.ended else "RUNNING" if lake.is_locked() else "STOPPED"
    for table in [name for name in lake.tables() if name.endswith(f".{EVENT_LOG}")]:
        try:
            by_pipeline = run_query(lake, BY_PIPELINE.format(table=quoted_table(table))).fetchall()
            by_layer = run_query(lake, BY_LAYER.format(table=quoted_table(table))).fetchall()
        except LakehouseError as error:
            unread.append(f"The event log {table} can't be read: {error}")
            continue
        _add(updates, by_pipeline, by_layer)
    for update in updates.values():
        update.unfinished = unfinished if _is_of(update, run) else None
    return sorted(updates.values(), key=lambda update: update.began_at, reverse=True)[:KEPT]


def _is_of(update: Update, run: LastRun) -> bool:
    """Whether the update is the last run's: the lake is locked during a run, so no other begins after it."""
    return bool(run.began) and update.began_at >= datetime.fromisoformat(run.began)


def _add(updates: dict[str, Update], by_pipeline: Iterable[Any], by_layer: Iterable[Any]) -> None:
    for update_id, pipeline, first, last, state, error in sorted(by_pipeline, key=lambda row: row[2]):
        began, ended = _moment(first), _moment(last)
        update = updates.setdefault(update_id, Update(update_id, began, ended))
        update.began_at, update.ended_at = min(update.began_at, began), max(update.ended_at, ended)
        update.states[pipeline] = state or "UNKNOWN"
        if error:
            update.errors[pipeline] = error
    for update_id, layer, written, dropped, tables in by_layer:
        rows = updates[update_id].layers.setdefault(layer, LayerRows())
        rows.written, rows.dropped, rows.tables = rows.written + written, rows.dropped + dropped, rows.tables + tables


def _moment(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1e6, UTC)
