"""Analyzes every flow on empty tables, so that a wrong rule, column or type is refused before any data is touched."""

from collections.abc import Sequence
from typing import Any

from pyspark.errors import PySparkException

from local_runtime.auto_loader.staging import METADATA_COLUMN
from local_runtime.bundle import Pipeline, code_hash
from local_runtime.errors import LakehouseError, first_line
from local_runtime.expectations import check_rules
from local_runtime.graph import Graph
from local_runtime.lake import Lake
from local_runtime.model import Dataset, QueryFlow
from local_runtime.readers import UnknownSchema, Validator
from local_runtime.schemas import check_declared, columns_only
from local_runtime.session import reading
from local_runtime.writer import nullable


def validate(session: Any, graph: Graph, lake: Lake, pipelines: Sequence[Pipeline]) -> None:
    """Analyzes the flows of `pipelines` in the graph's order, unless this very code has written every table before.

    What a table's columns will be is taken from its flow, else from its declared schema, else from the table as it is;
    flows that read a table of which none is known are left to the run.

    Raises LakehouseError for the first thing that is wrong.
    """
    if all(_wrote_every_table(pipeline, graph, lake) for pipeline in pipelines):
        return
    foreign = {read.name for reads in graph.reads.values() for read in reads} - graph.datasets.keys()
    schemas = {name: _schema_of(session, lake, name) for name in foreign}
    for name in graph.in_order():
        dataset = graph.datasets[name]
        analyzed = _analyze(session, dataset, graph, lake, schemas) if dataset.pipeline in pipelines else None
        if analyzed is None and dataset.schema is not None:
            analyzed = session.createDataFrame([], columns_only(dataset.schema)).schema
        if analyzed is None and dataset.is_stored and lake.log(name).exists():
            analyzed = _schema_of(session, lake, name)
        if analyzed is not None:
            schemas[name] = analyzed


def _schema_of(session: Any, lake: Lake, table: str) -> Any:
    return nullable(session.read.format("delta").load(str(lake.path(table))).schema)


def _wrote_every_table(pipeline: Pipeline, graph: Graph, lake: Lake) -> bool:
    code = code_hash(pipeline)
    newest = (next(lake.log(name).lineage(), None) for name in graph.stored(pipeline))
    return all(commit is not None and commit.progress.get("code") == code for commit in newest)


def _analyze(session: Any, dataset: Dataset, graph: Graph, lake: Lake, schemas: dict[str, Any]) -> Any:
    """The columns that the dataset's flows produce; None where they can't be known before the run."""
    schema = None
    for flow in dataset.flows:
        if not isinstance(flow, QueryFlow):
            continue
        commits = list(lake.log(dataset.name).progress_of(flow.name))
        validator = Validator(session, dataset.pipeline.schema, graph.datasets, schemas, commits)
        try:
            with reading(validator):
                rows = flow.function().drop(METADATA_COLUMN)
            schema = nullable(rows.schema)
        except UnknownSchema:
            continue
        except PySparkException as error:
            raise LakehouseError(f"{dataset.name}: its query is wrong: {first_line(error)}") from error
        check_rules(dataset.name, rows, dataset.expectations)
        if dataset.is_stored:
            check_declared(dataset, rows)
    return schema
