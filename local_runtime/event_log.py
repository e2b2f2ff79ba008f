"""The event log: a Delta table per pipeline, in the shape of the one that Databricks publishes.

https://docs.databricks.com/aws/en/ldp/monitor-event-log-schema
"""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local_runtime.bundle import Pipeline
from local_runtime.errors import LakehouseError
from local_runtime.flows import Result
from local_runtime.lake import Lake

TABLE = "event_log"


class EventLog:
    """Collects the events of one update of a pipeline and appends them to `<schema>.event_log` in one commit."""

    def __init__(self, lake: Lake, pipeline: Pipeline, update_id: str) -> None:
        self._path = lake.path(f"{pipeline.schema}.{TABLE}")
        self._pipeline = pipeline
        self._update_id = update_id
        self._events: list[dict[str, Any]] = []

    def update_progress(self, state: str, message: str, error: str | None = None) -> None:
        """Notes the state of the update: RUNNING, COMPLETED or FAILED."""
        level = "ERROR" if error else "INFO"
        self._add("update_progress", level, message, {"update_progress": {"state": state}}, error=error)

    def flow_progress(self, result: Result) -> None:
        """Notes a flow that has ended, with its rows, what its rules made of them, and files that were not loaded."""
        expectations = [{k: v for k, v in e.items() if k != "action"} for e in result.expectations]
        progress: dict[str, Any] = {
            "status": "COMPLETED",
            "metrics": {"num_output_rows": result.rows_out},
            "data_quality": {"dropped_records": result.dropped, "expectations": expectations},
        }
        details: dict[str, Any] = {"flow_progress": progress}
        if result.rejected:
            details["rejected_files"] = {name: state["reason"] for name, state in result.rejected.items()}
        if result.duplicates:
            details["duplicate_files"] = dict(result.duplicates)
        level = "WARN" if result.rejected or result.duplicates or result.dropped else "INFO"
        message = f"Flow {result.flow} has completed: {result.rows_out:,} rows written, {result.dropped:,} dropped."
        self._add("flow_progress", level, message, details, dataset=result.dataset, flow=result.flow)

    def flow_failed(self, dataset: str, error: str) -> None:
        """Notes a table whose flow has failed."""
        details = {"flow_progress": {"status": "FAILED"}}
        self._add("flow_progress", "ERROR", f"Flow into {dataset} has failed.", details, dataset=dataset, error=error)

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
                "timestamp": datetime.now(UTC),
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
        from deltalake import write_deltalake
        from deltalake.exceptions import DeltaError

        text = pa.string()
        origin = pa.struct([(name, text) for name in ("pipeline_name", "update_id", "dataset_name", "flow_name")])
        names = ("message", "level", "event_type", "maturity_level", "details", "error")
        schema = pa.schema(
            [
                ("id", text),
                ("origin", origin),
                ("timestamp", pa.timestamp("us", tz="UTC")),
                *[(name, text) for name in names],
            ]
        )
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            write_deltalake(str(self._path), pa.Table.from_pylist(self._events, schema=schema), mode="append")
        except (OSError, DeltaError) as error:
            raise LakehouseError(
                f"The event log {self._path} can't be written: {error}. The tables stand at their last commit; "
                "make room or mend the folder's rights, and run again."
            ) from None
        self._events.clear()
