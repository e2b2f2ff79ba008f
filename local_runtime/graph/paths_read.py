"""Finds the paths that a query reads with spark.read, in its plan: the pipeline's `spark` sees tables only."""

from typing import Any

from pyspark.sql import DataFrame

from local_runtime.errors import UnsupportedError
from local_runtime.graph.statefulness import relations
from local_runtime.pipelines.code_errors import Interruption
from local_runtime.pipelines.external_files import UNKNOWN_PATH


class EngineNeeded(Interruption):
    """Pipeline code asked for an action while it was traced, where there is no engine."""


def paths_read(dataset: str, frame: DataFrame, known_plans: set[int]) -> set[str]:
    """The paths that the frame reads; `known_plans` are the plan ids of reads that the pipeline's `spark` answered.

    Raises UnsupportedError for a table that is read past it, which would be no dependency, and a path in an option.
    """
    try:
        plan = frame._plan.plan(frame._session.client)  # type: ignore[operator]
    except EngineNeeded:
        return {UNKNOWN_PATH}
    return set(_paths(dataset, plan, known_plans))


def _paths(dataset: str, relation: Any, known_plans: set[int]) -> list[str]:
    kind = relation.WhichOneof("rel_type")
    if kind is None or (relation.HasField("common") and relation.common.plan_id in known_plans):
        return []
    body = getattr(relation, kind)
    if kind != "read":
        return [path for child in relations(body) for path in _paths(dataset, child, known_plans)]
    if body.HasField("named_table"):
        raise UnsupportedError(
            f"{dataset} reads the table {body.named_table.unparsed_identifier} with options, or past the pipeline's "
            "spark: the local runtime needs spark.read.table or spark.readStream.table, without options."
        )
    if "path" in map(str.lower, body.data_source.options):
        raise UnsupportedError(
            f"{dataset} gives a path as an option, which the default engine reads as no rows: give it to load(…)."
        )
    return list(body.data_source.paths) or [UNKNOWN_PATH]
