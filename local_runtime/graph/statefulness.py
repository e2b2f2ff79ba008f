"""Refuses a streaming flow that needs state: an increment is run as a batch, which would forget what came before.

Structured streaming refuses some of these too; others (deduplication, aggregation) it runs with state that the
local runtime does not keep.
"""

from collections.abc import Iterator
from typing import Any

from pyspark.sql import DataFrame

from local_runtime.errors import UnsupportedError

STATEFUL = {
    "aggregate": "an aggregation",
    "deduplicate": "dropDuplicates",
    "sort": "a sort",
    "limit": "a limit",
    "offset": "an offset",
    "tail": "a tail",
}


def check_stateless(dataset: str, frame: DataFrame, stream_plans: set[int]) -> None:
    """Raises UnsupportedError where rows of a stream go through an operation that needs state.

    `stream_plans` are the plan ids of the frame's streaming reads.
    """
    if stream_plans:
        _is_stream(dataset, frame._plan.plan(frame._session.client), stream_plans)  # type: ignore[operator]


def _is_stream(dataset: str, relation: Any, streams: set[int]) -> bool:
    """Whether the relation is a stream; raises for a stateful one."""
    if relation.HasField("common") and relation.common.plan_id in streams:
        return True
    kind = relation.WhichOneof("rel_type")
    if kind is None:
        return False
    body = getattr(relation, kind)
    inputs = [child for child in relations(body) if _is_stream(dataset, child, streams)]
    if not inputs:
        return False
    if kind in STATEFUL:
        _refuse(dataset, STATEFUL[kind])
    if kind == "join" and len(inputs) > 1:
        _refuse(dataset, "a join of two streams")
    if kind == "set_op" and body.set_op_type != body.SET_OP_TYPE_UNION:
        _refuse(dataset, "an intersection or a difference")
    if _has_window(body):
        _refuse(dataset, "a window function")
    return True


def _refuse(dataset: str, operation: str) -> None:
    raise UnsupportedError(
        f"{dataset}: {operation} over a stream needs state, which an increment doesn't have. "
        "Use a materialized view, or AUTO CDC to keep one row per key."
    )


def relations(message: Any) -> Iterator[Any]:
    """The relations directly below."""
    for descriptor, value in message.ListFields():
        if descriptor.message_type is None:
            continue
        for item in _items(value):
            if item.DESCRIPTOR.name == "Relation":
                yield item


def _has_window(message: Any) -> bool:
    """Whether an expression of this relation, not of one below it, is a window function."""
    for descriptor, value in message.ListFields():
        if descriptor.message_type is None or descriptor.message_type.GetOptions().map_entry:
            continue
        for item in _items(value):
            if item.DESCRIPTOR.name == "Relation":
                continue
            if item.DESCRIPTOR.full_name == "spark.connect.Expression.Window" or _has_window(item):
                return True
    return False


def _items(value: Any) -> list[Any]:
    return [value] if hasattr(value, "DESCRIPTOR") else list(value)
