"""Finds the paths that a query reads with spark.read, in its plan: the pipeline's `spark` sees tables only."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql.connect import proto

from local_runtime.errors import UnsupportedError
from local_runtime.graph.plans import PlanVisitor, plan_of
from local_runtime.pipelines.code_errors import Interruption
from local_runtime.pipelines.external_files import UNKNOWN_PATH


class EngineNeeded(Interruption):
    """Pipeline code asked for an action while it was traced, where there is no engine."""


def paths_read(dataset: str, frame: DataFrame, known_plans: set[int]) -> set[str]:
    """The paths that the frame reads; `known_plans` are the plan ids of reads that the pipeline's `spark` answered.

    Raises UnsupportedError for a table that bypasses it, which would be no dependency, and for a path in an option.
    """
    try:
        plan = plan_of(frame)
    except EngineNeeded:
        return {UNKNOWN_PATH}
    return _Paths(dataset, known_plans).visit(plan)


class _Paths(PlanVisitor[set[str]]):
    """The paths that a relation is read from."""

    def __init__(self, dataset: str, known_plans: set[int]) -> None:
        self._dataset, self._known_plans = dataset, known_plans

    def known(self, plan_id: int | None) -> set[str] | None:
        return set() if plan_id in self._known_plans else None

    def other(self, kind: str, inputs: Sequence[set[str]]) -> set[str]:
        return set().union(*inputs)

    def read(self, read: proto.Read) -> set[str]:
        if read.HasField("named_table"):
            raise UnsupportedError(
                f"{self._dataset} reads the table {read.named_table.unparsed_identifier} with options, or past the "
                "pipeline's spark: the local runtime needs spark.read.table or spark.readStream.table, without options."
            )
        if "path" in map(str.lower, read.data_source.options):
            raise UnsupportedError(
                f"{self._dataset} gives a path as an option, which the default engine reads as no rows: give it to "
                "load(…)."
            )
        return set(read.data_source.paths) or {UNKNOWN_PATH}
