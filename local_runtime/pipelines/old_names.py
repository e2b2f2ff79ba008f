"""The names that `dlt` had, for pipelines that use `dp` now: each is another spelling of a current one.

Signatures: https://docs.databricks.com/aws/en/ldp/cdc ("the same syntax"), and the vendor's package databricks-dlt.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pyspark import pipelines as dp
from pyspark.sql import DataFrame

from local_runtime.pipelines.datasets import SnapshotFunction, refuse
from local_runtime.pipelines.injected_spark import BatchReader, StreamReader


def read_table(name: str) -> DataFrame:
    """spark.read.table."""
    return BatchReader().table(name)


def read_stream(name: str) -> DataFrame:
    """spark.readStream.table."""
    return StreamReader().table(name)


OF_FUNCTIONS: Mapping[str, object] = {"read": read_table, "read_stream": read_stream, "readStream": read_stream}
"""Those that a definition's function calls, which it does after the pipeline's files were read too."""


def old_names(current: Mapping[str, Callable[..., Any]]) -> dict[str, object]:
    """The old names of definitions; `current` are those that Databricks adds to `pyspark.pipelines`."""
    return {
        "view": dp.temporary_view,
        "create_view": dp.temporary_view,
        "create_table": dp.table,
        "create_target_table": current["create_streaming_table"],
        "create_streaming_live_table": current["create_streaming_table"],
        "apply_changes": _apply_changes(current["create_auto_cdc_flow"]),
        "apply_changes_from_snapshot": _apply_changes_from_snapshot(current["create_auto_cdc_from_snapshot_flow"]),
    }


def _apply_changes(create_auto_cdc_flow: Callable[..., None]) -> Callable[..., None]:
    def apply_changes(
        target: str,
        source: str,
        keys: Any,
        sequence_by: Any,
        *,
        where: object = None,
        flow_name: str | None = None,
        **arguments: Any,
    ) -> None:
        """create_auto_cdc_flow, whose `name` was `flow_name`; `where` has no successor."""
        refuse(f"apply_changes into {target}", where=where is not None)
        if flow_name is not None:
            arguments["name"] = flow_name
        create_auto_cdc_flow(target, source, keys, sequence_by, **arguments)

    return apply_changes


def _apply_changes_from_snapshot(create_auto_cdc_from_snapshot_flow: Callable[..., None]) -> Callable[..., None]:
    def apply_changes_from_snapshot(
        target: str,
        source: str | SnapshotFunction | None = None,
        keys: Any = None,
        stored_as_scd_type: int | str | None = None,
        *,
        snapshot_and_version: SnapshotFunction | None = None,
        **arguments: Any,
    ) -> None:
        """create_auto_cdc_from_snapshot_flow; a function as its source was `snapshot_and_version` at first."""
        create_auto_cdc_from_snapshot_flow(
            target, source or snapshot_and_version, keys, stored_as_scd_type, **arguments
        )

    return apply_changes_from_snapshot
