"""The columns that tables publish: read from their declarations, and compared with those of the last release."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from local_runtime.graph.dataset_graph import Graph

RELEASED = Path(__file__).with_suffix(".json")

Columns = Mapping[str, str]
"""The types of a table's columns by name, in order."""


def published(graph: Graph) -> dict[str, Columns]:
    """The columns of every table that the pipelines declare."""
    tables = {name: dataset.declared for name, dataset in sorted(graph.datasets.items()) if dataset.is_stored}
    return {name: dict(declared.types) for name, declared in tables.items() if declared}


def released() -> dict[str, Columns]:
    """The columns of the last release."""
    return json.loads(RELEASED.read_text())


def breaking_changes(before: Mapping[str, Columns], now: Mapping[str, Columns]) -> Iterator[str]:
    """What dashboards would notice: tables and columns that are gone, retyped or reordered. New ones break nothing."""
    for table, columns in before.items():
        if table not in now:
            yield f"{table} is gone"
            continue
        for name, type in columns.items():
            if name not in now[table]:
                yield f"{table}.{name} is gone"
            elif now[table][name] != type:
                yield f"{table}.{name} was {type} and is {now[table][name]}"
        kept = [name for name in columns if name in now[table]]
        order = [name for name in now[table] if name in columns]
        if kept != order:
            yield f"{table} had its columns in the order {', '.join(kept)}; it is {', '.join(order)}"
