"""The rows of a lake's tables."""

from contextlib import contextmanager
from typing import Any

from deltalake import DeltaTable

from local_runtime.delta.lake import Lake


def table_rows(lake: Lake, table: str, *columns: str) -> list[dict[str, Any]]:
    """A table's rows as dicts: all columns unless some are named."""
    return DeltaTable(str(lake.path(table))).to_pyarrow_table(columns=list(columns) or None).to_pylist()


@contextmanager
def gold_as_views(lake, session, tables):
    """Tables of gold as temporary views of a session, without their schema; left there, they would hide tables."""
    names = [table.removeprefix("gold.") for table in tables]
    for name in names:
        session.read.format("delta").load(str(lake.path(f"gold.{name}"))).createOrReplaceTempView(name)
    try:
        yield
    finally:
        for name in names:
            session.catalog.dropTempView(name)
