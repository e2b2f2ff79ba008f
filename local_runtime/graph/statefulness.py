"""Refuses a streaming flow that needs state: an increment is run as a batch, which would forget what came before.

Structured streaming refuses some of these too; others (deduplication, aggregation) it runs with state that the
local runtime does not keep.
"""

from collections.abc import Sequence
from typing import NoReturn

from pyspark.sql import DataFrame
from pyspark.sql.connect import proto

from local_runtime.errors import UnsupportedError
from local_runtime.graph.plans import PlanVisitor, expression_parts, plan_of

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
        _Streams(dataset, stream_plans).visit(plan_of(frame))


class _Streams(PlanVisitor[bool]):
    """Whether a relation is a stream; refuses one that needs state."""

    def __init__(self, dataset: str, streams: set[int]) -> None:
        self._dataset, self._streams = dataset, streams

    def known(self, plan_id: int | None) -> bool | None:
        return True if plan_id in self._streams else None

    def relation(self, relation: proto.Relation, inputs: Sequence[bool]) -> bool:
        if not any(inputs):
            return False
        answer = super().relation(relation, inputs)
        if any(isinstance(part, proto.Expression.Window) for part in expression_parts(relation)):
            self._refuse("a window function")
        return answer

    def other(self, kind: str, inputs: Sequence[bool]) -> bool:
        if kind in STATEFUL:
            self._refuse(STATEFUL[kind])
        return True

    def join(self, join: proto.Join, left: bool, right: bool) -> bool:
        return self._refuse("a join of two streams") if left and right else True

    def set_op(self, operation: proto.SetOperation, left: bool, right: bool) -> bool:
        if operation.set_op_type != operation.SET_OP_TYPE_UNION:
            self._refuse("an intersection or a difference")
        return True

    def _refuse(self, operation: str) -> NoReturn:
        raise UnsupportedError(
            f"{self._dataset}: {operation} over a stream needs state, which an increment doesn't have. "
            "Use a materialized view, or AUTO CDC to keep one row per key."
        )
