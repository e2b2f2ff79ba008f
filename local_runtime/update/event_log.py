"""The event log: a Delta table per schema, in the shape of the one that Databricks publishes for each pipeline.

https://docs.databricks.com/aws/en/ldp/monitor-event-log-schema
"""

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

from local_runtime.counts import counted
from local_runtime.delta.commits import commit_version, place_files
from local_runtime.delta.lake import EVENT_LOG, Lake
from local_runtime.errors import LakehouseError
from local_runtime.update.results import COMPLETE_RECOMPUTE, Result

_ORIGIN = ("pipeline_name", "update_id", "dataset_name", "flow_name")
_TEXTS = ("message", "level", "event_type", "maturity_level", "details", "error")


def _field(name: str, data_type: object) -> dict[str, object]:
    return {"name": name, "type": data_type, "nullable": True, "metadata": {}}


SCHEMA = {
    "type": "struct",
    "fields": [
        _field("id", "string"),
        _field("origin", {"type": "struct", "fields": [_field(name, "string") for name in _ORIGIN]}),
        _field("timestamp", "timestamp"),
        *[_field(name, "string") for name in _TEXTS],
    ],
}


class Publisher(Protocol):
    """A pipeline, as far as its events name it, and the schema that they are published to."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def schema(self) -> str:
        """The schema."""


class EventLog:
    """Collects the events of one update of a pipeline and appends them to `<schema>.event_log` in one commit."""

    def __init__(self, lake: Lake, pipeline: Publisher, update_id: str) -> None:
        self._lake = lake
        self._log = lake.log(f"{pipeline.schema}.{EVENT_LOG}")
        self._pipeline = pipeline
        self._update_id = update_id
        self._events: list[dict[str, Any]] = []

    def update_progress(self, state: str, message: str, error: str | None = None) -> None:
        """Records the state of the update: RUNNING, COMPLETED or FAILED."""
        level = "ERROR" if error else "INFO"
        self._add("update_progress", level, message, {"update_progress": {"state": state}}, error=error)

    def flow_progress(self, result: Result, status: str = "COMPLETED") -> None:
        """Records what a flow did: its rows, what its rules made of them, and files that were not loaded.

        `status` is RUNNING for one that failed after it had committed something.
        """
        expectations = [{k: v for k, v in vars(e).items() if k != "action"} for e in result.expectations]
        progress: dict[str, Any] = {
            "status": status,
            "metrics": {"num_output_rows": result.rows_out},
            "data_quality": {"dropped_records": result.dropped, "expectations": expectations},
        }
        details: dict[str, Any] = {"flow_progress": progress}
        if result.rejected:
            details["rejected_files"] = {name: record.reason for name, record in result.rejected.items()}
        level = "WARN" if result.rejected or result.dropped else "INFO"
        what = "has completed" if status == "COMPLETED" else "committed before it failed"
        message = f"Flow {result.flow} {what}: {counted(result.rows_out, 'row')} written, {result.dropped:,} dropped."
        self._add("flow_progress", level, message, details, dataset=result.dataset, flow=result.flow)

    def planning_information(self, result: Result) -> None:
        """Records how a materialized view was refreshed, and why."""
        refresh = result.refresh
        if refresh is None:
            return
        issues = [{"issue_type": "OTHER", "reason": refresh.reason}] if refresh.technique == COMPLETE_RECOMPUTE else []
        chosen = {"maintenance_type": refresh.technique, "is_chosen": True, "is_applicable": True}
        details = {"planning_information": {"technique_information": [{**chosen, "incrementalization_issues": issues}]}}
        message = f"Flow {result.flow} was planned as {refresh.technique}: {refresh.reason}."
        self._add("planning_information", "INFO", message, details, dataset=result.dataset, flow=result.flow)

    def flow_failed(self, result: Result, error: str) -> None:
        """Records a failed flow; without a flow's name, the table failed."""
        failed = f"Flow {result.flow}" if result.flow else f"Table {result.dataset}"
        details = {"flow_progress": {"status": "FAILED"}}
        flow = result.flow or None
        self._add("flow_progress", "ERROR", f"{failed} has failed.", details, result.dataset, flow, error)

    def _add(
        self,
        event_type: str,
        level: str,
        message: str,
        details: Mapping[str, Any],
        dataset: str | None = None,
        flow: str | None = None,
        error: str | None = None,
    ) -> None:
        self._events.append(
            {
                "id": str(uuid.uuid4()),
                "origin": {
                    "pipeline_name": self._pipeline.name,
                    "update_id": self._update_id,
                    "dataset_name": dataset,
                    "flow_name": flow,
                },
                "timestamp": datetime.now(UTC).isoformat(),
                "message": message,
                "level": level,
                "event_type": event_type,
                "maturity_level": "STABLE",
                "details": json.dumps(details),
                "error": error,
            }
        )

    def write(self) -> None:
        """Appends the events to the table. Raises LakehouseError where that can't be done."""
        import pyarrow as pa
        import pyarrow.json
        import pyarrow.parquet as pq

        text = pa.string()
        origin = pa.struct([(name, text) for name in _ORIGIN])
        columns = [("id", text), ("origin", origin), ("timestamp", pa.timestamp("us", tz="UTC"))]
        schema = pa.schema([*columns, *[(name, text) for name in _TEXTS]])
        file = self._lake.staging / "writes" / f"{uuid.uuid4()}.parquet"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            # Not from Python's objects: pyarrow asks pandas about those, whose import takes longer than all else here.
            lines = "\n".join(map(json.dumps, self._events)).encode()
            parsing = pyarrow.json.ParseOptions(explicit_schema=schema)
            reading = pyarrow.json.ReadOptions(use_threads=False, block_size=len(lines) + 1)
            pq.write_table(pyarrow.json.read_json(pa.BufferReader(lines), reading, parsing), file)
            added = place_files([file], self._log.path)
            commit_version(self._log, self._log.details(), mode="Append", schema=SCHEMA, properties={}, added=added)
        except OSError as error:
            raise LakehouseError(
                f"The event log {self._log.path} can't be written: {error}. The tables were left at their last commit; "
                "make room or fix the folder's permissions, and run again."
            ) from None
        self._events.clear()


@contextmanager
def updating(
    lake: Lake, pipeline: Publisher, update_id: str, failures: Mapping[str, str] | None = None
) -> Iterator[EventLog]:
    """The log of an update of a pipeline, which is written when the update has ended; `failures` are its errors then.

    Raises LakehouseError where the log can't be written.
    """
    events = EventLog(lake, pipeline, update_id)
    events.update_progress("RUNNING", f"Update {update_id} is running.")
    yield events
    if failures:
        events.update_progress("FAILED", f"Update {update_id} has failed.", error="; ".join(failures.values()))
    else:
        events.update_progress("COMPLETED", f"Update {update_id} is complete.")
    events.write()
