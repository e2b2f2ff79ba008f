"""The rows of a lake's tables."""

from typing import Any

from deltalake import DeltaTable

from local_runtime.delta.lake import Lake


def table_rows(lake: Lake, table: str, *columns: str) -> list[dict[str, Any]]:
    """A table's rows as dicts: all columns unless some are named."""
    return DeltaTable(str(lake.path(table))).to_pyarrow_table(columns=list(columns) or None).to_pylist()
